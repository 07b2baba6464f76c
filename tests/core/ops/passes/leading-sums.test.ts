import { expect, it } from 'vitest';
import { OpBuilder } from '../../../../core/ops/builder.ts';
import { sumByProduct } from '../../../../core/ops/passes/leading-sums.ts';
import { evaluateGraph } from '../../../../core/ops/reference/evaluate.ts';
import { verifyGraph } from '../../../../core/graph/verify.ts';
import { inferTypes } from '../../../../core/ops/types.ts';
import { numbersOf, tensorOf } from '../../../../core/tensor/tensor.ts';

function sumGraph(shape: readonly number[], axes: readonly number[], keepdims: boolean) {
  const b = new OpBuilder('sums');
  b.output('sum', b.reduceSum(b.input('x', 'float32', shape), axes, keepdims));
  return b.build();
}

it.each([false, true])('sums whole numbers over the first axis exactly, keepdims %s', (keepdims) => {
  const graph = sumByProduct(sumGraph([8, 16, 33], [0], keepdims));
  verifyGraph(graph, inferTypes);
  expect(graph.nodes.map((node) => node.op)).toEqual(['Reshape', 'Gemm', 'Reshape']);
  // Element i of row r is i + 1000·r, so the sum over 8 rows is 8·i + 28,000.
  const x = Array.from({ length: 8 * 528 }, (_, at) => (at % 528) + 1000 * Math.floor(at / 528));
  const sum = evaluateGraph(graph, new Map([['x', tensorOf('float32', [8, 16, 33], x)]])).get('sum');
  expect(sum?.shape).toEqual(keepdims ? [1, 16, 33] : [16, 33]);
  expect(sum && numbersOf(sum)).toEqual(Array.from({ length: 528 }, (_, i) => 8 * i + 28_000));
});

it.each([
  ['small sums', [8, 16], [0]],
  ['sums over other axes', [8, 16, 33], [1]],
  ['sums over several axes', [8, 16, 33], [0, 1]],
])('leaves %s as they are', (_, shape, axes) => {
  const graph = sumGraph(shape, axes, false);
  expect(sumByProduct(graph)).toBe(graph);
});
