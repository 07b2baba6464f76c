/** Random graphs over a symbolic batch, rich in what the passes look for, for properties that must hold on all of them. */
import type { Graph, Value } from '../../../core/graph/graph.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';

/** Park and Miller 1988: enough to pick test cases, the same on every machine. */
function picker(seed: number): (below: number) => number {
  let state = (seed * 7919 + 12345) % 2147483647;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

type Step = (b: OpBuilder, x: Value, y: Value) => Value;

/** Every step gives a value of the shape [N, 2, 3] that its operands have. */
const steps: readonly Step[] = [
  (b, x, y) => b.add(x, y),
  (b, x, y) => b.mul(x, y),
  (b, x, y) => b.sub(x, y),
  (b, x) => b.tanh(x),
  (b, x) => b.neg(x),
  (b, x) => b.neg(b.neg(x)),
  (b, x, y) => b.add(x, b.neg(y)),
  (b, x, y) => b.add(b.neg(x), y),
  (b, x, y) => b.sub(x, b.neg(y)),
  (b, x) => b.add(x, 0),
  (b, x) => b.add(b.zerosLike(x), x),
  (b, x) => b.mul(x, b.fillLike(x, 1)),
  (b, x) => b.div(x, 1),
  (b, x) => b.unary('Identity', x),
  (b, x) => b.mul(x, b.exp(b.scalar(0.5))),
  (b, x) => b.reshape(b.reshape(x, [0, -1]), [-1, 2, 3]),
  (b, x) => b.reshape(b.reshape(x, [-1, 3, 2]), [0, -1, 3]),
  (b, x) => b.transpose(b.transpose(x, [2, 0, 1]), [1, 2, 0]),
  (b, x) => b.transpose(b.transpose(x, [0, 2, 1]), [0, 2, 1]),
  (b, x) => b.reshapeLike(b.transpose(x, [0, 2, 1]), x),
  (b, x) => b.squeeze(b.unsqueeze(x, [1]), [1]),
  (b, x, y) => b.mul(y, b.expandLike(b.reduceMean(x, [2], true), x)),
  (b, x) => b.expandLike(b.reduceSum(x), x),
  (b, x) => b.reduceSum(b.unsqueeze(x, [0]), [0]),
  (b, x, y) => b.slice(b.concat([x, y], 1), [1], [3], [1]),
  (b, x) => b.where(b.greater(x, 0), x, b.expandLike(b.scalar(-0.25), x)),
  (b, x) => b.cast(b.cast(x, 'float64'), 'float32'),
  (b, x) => b.emit('Pad', [x, b.ints([0, 0, 0, 0, 0, 0])]),
  (b, x) => b.emit('Slice', [x, b.ints([0]), b.ints([100]), b.ints([1])]),
  (b, x) => b.add(x, b.emit('Constant', [], { value: tensorOf('float32', [3], [1, 2, 3]) })),
];

/** A graph of about `size` steps with two outputs; much of it is unused. */
export function randomGraph(seed: number, size: number): Graph {
  const pick = picker(seed);
  const b = new OpBuilder(`random ${seed}`);
  const values = [b.input('x', 'float32', ['N', 2, 3]), b.input('y', 'float32', ['N', 2, 3])];
  for (let count = 0; count < size; count++) {
    const recent = (): Value => values[Math.max(0, values.length - 1 - pick(6))];
    values.push(b.withOrigin(`part/${count % 5}`, () => steps[pick(steps.length)](b, recent(), recent())));
  }
  b.output('last', values[values.length - 1]);
  b.output('earlier', values[Math.max(0, values.length - 4)]);
  return b.build();
}

export function randomFeeds(seed: number, batch: number): Map<string, Tensor> {
  const pick = picker(seed + 99);
  const values = (): Tensor =>
    tensorOf(
      'float32',
      [batch, 2, 3],
      Array.from({ length: batch * 6 }, () => (pick(2000) - 1000) / 700),
    );
  return new Map([
    ['x', values()],
    ['y', values()],
  ]);
}
