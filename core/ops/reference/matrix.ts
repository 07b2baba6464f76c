/** Reference kernels of matrix products. */
import { numberAttribute } from '../../graph/graph.ts';
import { sizeOf, stridesOf, type Shape } from '../../tensor/tensor.ts';
import { fusedOrder } from '../types/matrix.ts';
import { broadcastOffsets, doublesAt, result, tensorAt, viewOffsets, type Kernel, type KernelQuery } from './kernel.ts';

interface Matrices {
  readonly shape: Shape;
  readonly values: Float64Array;
}

function operand(query: KernelQuery, index: number): Matrices {
  return { shape: tensorAt(query, index).shape, values: doublesAt(query, index) };
}

function permuted({ shape, values }: Matrices, order: readonly number[]): Matrices {
  const strides = stridesOf(shape);
  const turned = order.map((axis) => shape[axis]);
  const offsets = viewOffsets(
    turned,
    order.map((axis) => strides[axis]),
  );
  return { shape: turned, values: Float64Array.from(offsets, (offset) => values[offset]) };
}

/** numpy.matmul. */
function multiply(left: Matrices, right: Matrices): Float64Array {
  const a = left.shape.length === 1 ? [1, ...left.shape] : left.shape;
  const b = right.shape.length === 1 ? [...right.shape, 1] : right.shape;
  const [rows, inner] = a.slice(-2);
  const columns = b[b.length - 1];
  const batch = batchShape(a.slice(0, -2), b.slice(0, -2));
  const [fromA, fromB] = [broadcastOffsets(a.slice(0, -2), batch), broadcastOffsets(b.slice(0, -2), batch)];
  const values = new Float64Array(sizeOf(batch) * rows * columns);
  for (let n = 0; n < fromA.length; n++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let total = 0;
        for (let k = 0; k < inner; k++) {
          total += left.values[(fromA[n] * rows + i) * inner + k] * right.values[(fromB[n] * inner + k) * columns + j];
        }
        values[(n * rows + i) * columns + j] = total;
      }
    }
  }
  return values;
}

function batchShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [left, right] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    return left === 1 ? right : left;
  });
}

export const matMul: Kernel = (query) => result(query, multiply(operand(query, 0), operand(query, 1)));

export const gemm: Kernel = (query) => {
  const { attributes } = query;
  const side = (index: number, flag: string): Matrices =>
    numberAttribute(attributes, flag, 0) === 1 ? permuted(operand(query, index), [1, 0]) : operand(query, index);
  const alpha = numberAttribute(attributes, 'alpha', 1);
  const values = multiply(side(0, 'transA'), side(1, 'transB')).map((value) => alpha * value);
  const bias = query.inputs[2];
  if (!bias) return result(query, values);
  const beta = numberAttribute(attributes, 'beta', 1);
  const added = doublesAt(query, 2);
  const offsets = broadcastOffsets(bias.shape, query.outputs[0].shape);
  return result(
    query,
    values.map((value, at) => value + beta * added[offsets[at]]),
  );
};

export const fusedMatMul: Kernel = (query) => {
  const { attributes } = query;
  const flag = (name: string): boolean => numberAttribute(attributes, name, 0) === 1;
  const side = (index: number, name: 'A' | 'B'): Matrices => {
    const matrices = operand(query, index);
    return permuted(matrices, fusedOrder(matrices.shape.length, flag(`trans${name}`), flag(`transBatch${name}`)));
  };
  const alpha = numberAttribute(attributes, 'alpha', 1);
  return result(
    query,
    multiply(side(0, 'A'), side(1, 'B')).map((value) => alpha * value),
  );
};
