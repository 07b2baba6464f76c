/** The gradient of max pooling without indices is the one with indices, which finite differences and PyTorch hold. */
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../core/autodiff/differentiate.ts';
import { OpBuilder, type Window } from '../../../core/ops/builder.ts';
import { gradients } from '../../../core/ops/gradient.ts';
import type { OptimisationName } from '../../../core/ops/optimisations.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { numbersOf, sizeOf, tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';

/** Small whole numbers have many ties. */
function drawn(shape: readonly number[], name: string, ties: boolean): Tensor {
  const values = new Float64Array(sizeOf(shape));
  new RandomStream(4, name).fillNormal(values);
  return tensorOf('float64', shape, ties ? values.map((value) => Math.round(value)) : values);
}

/** First derivatives of Σ weights·pooled, and those of the sum of their squares in the weights. */
function derivatives(shape: readonly number[], window: Window, without: readonly OptimisationName[], ties: boolean) {
  const b = new OpBuilder('pool', new Set(without));
  const x = b.input('x', 'float64', shape);
  const y = b.maxPool(x, window).output;
  const weights = b.input('weights', 'float64', y.type.shape);
  const [first] = differentiate(b, gradients, b.reduceSum(b.mul(y, weights)), [x]);
  const [second] = differentiate(b, gradients, b.reduceSum(b.square(first)), [weights]);
  b.output('first', first);
  b.output('second', second);
  const feeds = { x: drawn(shape, 'x', ties), weights: drawn(y.type.shape as readonly number[], 'weights', false) };
  const found = evaluateGraph(b.build(), new Map(Object.entries(feeds)));
  return [...found.values()].map(numbersOf);
}

describe('without indices, each place of the window is compared', () => {
  const windows: readonly (readonly [string, readonly number[], Window])[] = [
    ['overlapping', [2, 3, 5, 6], { kernel: [3, 3], strides: [2, 2] }],
    ['padded, as `same` asks', [1, 2, 6, 5], { kernel: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] }],
    ['apart, with rest at the end', [2, 1, 8, 7], { kernel: [2, 2], strides: [3, 3] }],
    ['dilated', [1, 2, 7, 7], { kernel: [2, 2], strides: [1, 1], dilations: [2, 3] }],
    ['1-D', [2, 2, 9], { kernel: [4], strides: [2], pads: [1, 1] }],
  ];
  for (const ties of [false, true])
    it.each(windows)(`%s${ties ? ', with ties' : ''}`, (_, shape, window) => {
      const expected = derivatives(shape, window, [], ties);
      const found = derivatives(shape, window, ['max-pool-indices'], ties);
      found.forEach((numbers, i) => numbers.forEach((value, at) => expect(value).toBeCloseTo(expected[i][at], 10)));
    });
});
