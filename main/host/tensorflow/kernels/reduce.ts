/** Reductions and operators along one axis over TensorFlow.js. */
import * as tf from '@tensorflow/tfjs-core';
import { numberAttribute } from '../../../../core/graph/graph.ts';
import {
  carried,
  fromFront,
  listAt,
  operandAt,
  single,
  tensorAt,
  withAxisLast,
  type Kernel,
  type KernelQuery,
} from '../kernel.ts';

/** The axes a reduction sums up: all of them when none is listed, unless the node asks for none then. */
function reducedAxes(query: KernelQuery): number[] {
  const { rank } = tensorAt(query, 0);
  const listed = listAt(query, 1) ?? [];
  const none = numberAttribute(query.attributes, 'noop_with_empty_axes', 0) === 1;
  if (listed.length > 0) return listed.map((axis) => fromFront(axis, rank));
  return none ? [] : Array.from({ length: rank }, (_, axis) => axis);
}

export const reduction = (compute: (x: tf.Tensor, axes: number[]) => tf.Tensor): Kernel =>
  single((query) => {
    const axes = reducedAxes(query);
    const [{ dtype, shape }] = query.outputs;
    const x = tensorAt(query, 0);
    const reduced = axes.length === 0 ? compute(tf.expandDims(x, 0), [0]) : compute(x, axes);
    return tf.reshape(carried(reduced, dtype), [...shape]);
  });

export const sumSquare = (x: tf.Tensor, axes: number[]): tf.Tensor => tf.sum(tf.mul(x, x), axes);
export const norm = (x: tf.Tensor, axes: number[]): tf.Tensor => tf.sqrt(sumSquare(x, axes));

const axisOf = (query: KernelQuery, fallback: number): number =>
  fromFront(numberAttribute(query.attributes, 'axis', fallback), operandAt(query, 0).shape.length);

/** The first of equal values, or the last when the node asks for it. */
export const argMax: Kernel = single((query) => {
  const axis = axisOf(query, 0);
  const x = tensorAt(query, 0);
  const last = numberAttribute(query.attributes, 'select_last_index', 0) === 1;
  const places = last
    ? tf.sub(tf.scalar(x.shape[axis] - 1, 'int32'), tf.argMax(tf.reverse(x, axis), axis))
    : tf.argMax(x, axis);
  return tf.reshape(places, [...query.outputs[0].shape]);
});

/** Along the last axis: the gradient of `tf.cumsum` along another one comes out transposed. */
export const cumSum: Kernel = single((query) => {
  const x = tensorAt(query, 0);
  const [axis] = listAt(query, 1)!;
  const flag = (name: string): boolean => numberAttribute(query.attributes, name, 0) === 1;
  return withAxisLast(x, fromFront(axis, x.rank), (turned) =>
    tf.cumsum(turned, turned.rank - 1, flag('exclusive'), flag('reverse')),
  );
});

/** TensorFlow.js has these along the last axis only. */
export const alongAxis = (compute: (x: tf.Tensor) => tf.Tensor): Kernel =>
  single((query) => withAxisLast(tensorAt(query, 0), axisOf(query, -1), compute));
