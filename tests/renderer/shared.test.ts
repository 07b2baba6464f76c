/** Data read anew keeps the objects it already had. */
import { expect, test } from 'vitest';
import { shared } from '../../renderer/state/shared.ts';

const model = () => ({
  name: 'A',
  layers: [
    { id: 'a', spec: { units: 3, shape: [1, 2] } },
    { id: 'b', spec: { units: 4 } },
  ],
  positions: new Map([['a', { x: 1, y: 2 }]]),
});

test('what is equal is the same object', () => {
  const last = model();
  expect(shared(last, model())).toBe(last);
});

test('a change makes new only what holds it', () => {
  const last = model();
  const fresh = model();
  fresh.layers[1]!.spec.units = 5;
  const next = shared(last, fresh);
  expect(next).toEqual(fresh);
  expect(next).not.toBe(last);
  expect(next.layers[0]).toBe(last.layers[0]);
  expect(next.layers[1]).not.toBe(last.layers[1]);
  expect(next.positions).toBe(last.positions);
});

test.each([
  [{ a: 1 }, { b: 1 }],
  [{ a: undefined }, {}],
  [{ a: undefined }, { b: undefined }],
  [[1, 2], [1]],
  [[1], [1, 2]],
  [new Map([['a', 1]]), new Map([['b', 1]])],
  [null, { a: 1 }],
  [{ a: 1 }, null],
  [{ a: 0 }, { a: -0 }],
  [[{ a: 1 }], { 0: { a: 1 } }],
])('never says of %j what only %j says', (last, fresh) => {
  expect(shared(last, fresh)).toStrictEqual(fresh);
});
