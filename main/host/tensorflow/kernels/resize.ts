/** Resize over TensorFlow.js: along each axis every output element is a weighted sum, so each axis is a matrix product. */
import * as tf from '@tensorflow/tfjs-core';
import { axisWeights } from '../../../../core/ops/reference/resize.ts';
import { resizeAxes } from '../../../../core/ops/types/shape.ts';
import { listAt, operandAt, pickAlong, single, tensorAt, withAxisLast, type Kernel } from '../kernel.ts';

export const resize: Kernel = single((query) => {
  const { shape: input } = operandAt(query, 0);
  const { shape: output } = query.outputs[0];
  const scales = listAt(query, 2);
  return resizeAxes(query, input.length).reduce(
    (x, axis, at) => {
      const [from, to] = [input[axis], output[axis]];
      const scale = scales && scales.length > 0 ? scales[at] : to / from;
      if (scale === 1 && to === from) return x;
      const weights = Array.from({ length: to }, (_, place) => axisWeights(query.attributes, place, from, to, scale));
      if (weights.every((parts) => parts.length === 1))
        return pickAlong(
          x,
          weights.map(([{ from: place }]) => place),
          axis,
        );
      return withAxisLast(x, axis, (turned) => weighted(turned, weights, from));
    },
    tensorAt(query, 0),
  );
});

type Weights = ReturnType<typeof axisWeights>;

function weighted(x: tf.Tensor, weights: readonly Weights[], from: number): tf.Tensor {
  const matrix = new Float32Array(weights.length * from);
  weights.forEach((parts, place) => parts.forEach((part) => (matrix[place * from + part.from] += part.weight)));
  const product = tf.matMul(tf.reshape(x, [-1, from]), tf.tensor2d(matrix, [weights.length, from]), false, true);
  return tf.reshape(product, x.shape.with(x.rank - 1, weights.length));
}
