import { expect, it } from 'vitest';
import { differentiate } from '../../../../core/autodiff/differentiate.ts';
import { OpBuilder } from '../../../../core/ops/builder.ts';
import { gradients } from '../../../../core/ops/gradient.ts';
import { optimise } from '../../../../core/ops/optimise.ts';
import { evaluateGraph } from '../../../../core/ops/reference/evaluate.ts';
import { numbersOf, tensorOf } from '../../../../core/tensor/tensor.ts';

/** The gradient in an image of 4 × 4 that is rectified and pooled in windows of 2 × 2. */
function gradientGraph() {
  const b = new OpBuilder('pooled');
  const x = b.input('x', 'float32', [1, 1, 4, 4]);
  const dy = b.input('dy', 'float32', [1, 1, 2, 2]);
  const y = b.maxPool(b.relu(x), { kernel: [2, 2], strides: [2, 2] }).output;
  b.output('dx', differentiate(b, gradients, y, [x], dy)[0]);
  return b.build();
}

it('sends the gradient to the largest of each window, and nowhere in a window without anything above 0', () => {
  const image = [1, 2, -1, -2, 0, -3, -4, 0, 5, -1, 3, 3, -1, 4, 3, 1];
  const feeds = new Map([
    ['x', tensorOf('float32', [1, 1, 4, 4], image)],
    ['dy', tensorOf('float32', [1, 1, 2, 2], [10, 20, 30, 60])],
  ]);
  const found = evaluateGraph(optimise(gradientGraph(), { verify: true }), feeds).get('dx');
  // The three largest of the last window share what comes to it.
  const wanted = [0, 10, 0, 0, 0, 0, 0, 0, 30, 0, 20, 20, 0, 0, 20, 0];
  expect(found && [...numbersOf(found)].map((value) => value + 0)).toEqual(wanted);
});

it('makes the mask at the size of the pooled image', () => {
  const sizes = (without: readonly 'pooled-rectifier'[]): readonly unknown[] =>
    optimise(gradientGraph(), { without: new Set(without) })
      .nodes.filter(({ op, outputs }) => op === 'Cast' && outputs[0].type.dtype === 'bool')
      .map(({ outputs }) => outputs[0].type.shape);
  expect(sizes(['pooled-rectifier'])).toEqual([[1, 1, 4, 4]]);
  expect(sizes([])).toEqual([[1, 1, 2, 2]]);
});
