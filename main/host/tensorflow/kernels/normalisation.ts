/** Whole normalisation operators over TensorFlow.js. */
import * as tf from '@tensorflow/tfjs-core';
import { numberAttribute } from '../../../../core/graph/graph.ts';
import { fromFront, single, tensorAt, type Kernel, type KernelQuery } from '../kernel.ts';

const epsilonOf = (query: KernelQuery): number => numberAttribute(query.attributes, 'epsilon', 1e-5);

/** (x − mean) / √(variance + ε) over the axes from `first` on. */
function standardised(x: tf.Tensor, first: number, epsilon: number): tf.Tensor {
  const axes = Array.from({ length: x.rank - first }, (_, at) => first + at);
  const centred = tf.sub(x, tf.mean(x, axes, true));
  return tf.div(centred, tf.sqrt(tf.add(tf.mean(tf.mul(centred, centred), axes, true), epsilon)));
}

/** A number a channel, shaped to stand at axis 1. */
const perChannel = (values: tf.Tensor, rank: number): tf.Tensor =>
  tf.reshape(values, [-1, ...Array.from({ length: rank - 2 }, () => 1)]);

export const batchNormalization: Kernel = single((query) => {
  const x = tensorAt(query, 0);
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((index) => perChannel(tensorAt(query, index), x.rank));
  const unit = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilonOf(query))));
  return tf.add(tf.mul(unit, scale), bias);
});

export const layerNormalization: Kernel = single((query) => {
  const x = tensorAt(query, 0);
  const first = fromFront(numberAttribute(query.attributes, 'axis', -1), x.rank);
  const scaled = tf.mul(standardised(x, first, epsilonOf(query)), tensorAt(query, 1));
  return query.inputs[2] ? tf.add(scaled, tensorAt(query, 2)) : scaled;
});

export const instanceNormalization: Kernel = single((query) => {
  const x = tensorAt(query, 0);
  const [scale, bias] = [1, 2].map((index) => perChannel(tensorAt(query, index), x.rank));
  return tf.add(tf.mul(standardised(x, 2, epsilonOf(query)), scale), bias);
});
