/** The progress of one request among those of others. */
import { expect, it } from 'vitest';
import { progressAfter } from '../../renderer/client/use-request.ts';

it('follows its own request only, and remembers when each part of the work began', () => {
  const other = { request: 1, what: 'import', done: 9, total: 10 };
  const mine = { request: 2, what: 'samples', done: 1, total: 4 };
  expect(progressAfter(null, [other], 2, 100)).toBeNull();
  expect(progressAfter(null, [mine, other], undefined, 100)).toBeNull();
  const first = progressAfter(null, [mine, other], 2, 100);
  expect(first).toEqual({ what: 'samples', done: 1, total: 4, sinceMs: 100 });
  expect(progressAfter(first, [{ ...mine, done: 3 }], 2, 250)).toMatchObject({ done: 3, sinceMs: 100 });
  expect(progressAfter(first, [{ ...mine, what: 'scores', done: 0 }], 2, 250)).toMatchObject({
    what: 'scores',
    sinceMs: 250,
  });
});
