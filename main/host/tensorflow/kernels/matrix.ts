/** Matrix products over TensorFlow.js. */
import * as tf from '@tensorflow/tfjs-core';
import { numberAttribute } from '../../../../core/graph/graph.ts';
import { fusedOrder } from '../../../../core/ops/types/matrix.ts';
import type { Shape } from '../../../../core/tensor/tensor.ts';
import { single, spread, tensorAt, type Kernel, type KernelQuery } from '../kernel.ts';

/** numpy.matmul, to the shape the type rules give. */
function multiply(left: tf.Tensor, right: tf.Tensor, shape: Shape): tf.Tensor {
  const a = left.rank === 1 ? tf.expandDims(left, 0) : left;
  const b = right.rank === 1 ? tf.expandDims(right, 1) : right;
  return tf.reshape(product(a, b), [...shape]);
}

/** One matrix on the right takes all rows at once; otherwise batches are spread, for gradients are not summed over them. */
function product(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const [rows, inner] = a.shape.slice(-2);
  const columns = b.shape[b.rank - 1];
  if (a.dtype !== 'float32') {
    return tf.sum(tf.mul(tf.expandDims(a, -1), tf.expandDims(b, -3)), -2);
  }
  if (b.rank === 2) return tf.matMul(tf.reshape(a, [-1, inner]), b);
  const batch = tf.backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return tf.matMul(spread(a, [...batch, rows, inner]), spread(b, [...batch, inner, columns]));
}

export const matMul: Kernel = single((query) =>
  multiply(tensorAt(query, 0), tensorAt(query, 1), query.outputs[0].shape),
);

const flag = (query: KernelQuery, name: string): boolean => numberAttribute(query.attributes, name, 0) === 1;

const scaled = (x: tf.Tensor, factor: number): tf.Tensor => (factor === 1 ? x : tf.mul(x, factor));

export const gemm: Kernel = single((query) => {
  const flat = tf.matMul(tensorAt(query, 0), tensorAt(query, 1), flag(query, 'transA'), flag(query, 'transB'));
  const values = scaled(flat, numberAttribute(query.attributes, 'alpha', 1));
  if (!query.inputs[2]) return values;
  return tf.add(values, scaled(tensorAt(query, 2), numberAttribute(query.attributes, 'beta', 1)));
});

export const fusedMatMul: Kernel = single((query) => {
  const side = (index: number, name: 'A' | 'B'): tf.Tensor => {
    const x = tensorAt(query, index);
    const [trans, transBatch] = [flag(query, `trans${name}`), flag(query, `transBatch${name}`)];
    return trans || transBatch ? tf.transpose(x, [...fusedOrder(x.rank, trans, transBatch)]) : x;
  };
  const values = multiply(side(0, 'A'), side(1, 'B'), query.outputs[0].shape);
  return scaled(values, numberAttribute(query.attributes, 'alpha', 1));
});
