import { expect, test } from 'vitest';
import { followConnection, useShell, withProgress } from '../../../renderer/app/shell-store.ts';

test('a lost host stays lost until it is found', () => {
  const states = (['connecting', 'open', 'lost', 'connecting', 'lost', 'connecting', 'open'] as const).map((status) => {
    followConnection(status);
    return useShell.getState().connection;
  });
  expect(states).toEqual(['connecting', 'open', 'lost', 'lost', 'lost', 'lost', 'open']);
});

test('jobs are followed by their request and leave when done', () => {
  const job = (request: number, done: number, total: number | null) => ({ request, what: 'import', done, total });
  const some = withProgress([], [job(1, 0, 10), job(2, 5, null)]);
  expect(withProgress(some, [job(1, 4, 10)])).toEqual([job(1, 4, 10), job(2, 5, null)]);
  expect(withProgress(some, [job(1, 10, 10)])).toEqual([job(2, 5, null)]);
});
