/** Whole recurrent layers over TensorFlow.js, step by step as ONNX writes them. */
import * as tf from '@tensorflow/tfjs-core';
import { numberAttribute } from '../../../../core/graph/graph.ts';
import { operandAt, tensorAt, type Kernel, type KernelQuery } from '../kernel.ts';

/** A layer's operands without the axis of directions; gates stand side by side. */
interface Layer {
  /** What each step's input gives the gates, [batch, gates·hidden] each, its bias added. */
  readonly fromInput: readonly tf.Tensor[];
  /** [gates·hidden, hidden] and [gates·hidden]. */
  readonly weights: tf.Tensor;
  readonly bias: tf.Tensor;
  readonly start: (index: number) => tf.Tensor;
}

function layerOf(query: KernelQuery, gates: number): Layer {
  const [steps, batch, features] = operandAt(query, 0).shape;
  const hidden = operandAt(query, 2).shape[2];
  const wide = gates * hidden;
  const bias = query.inputs[3] ? tf.reshape(tensorAt(query, 3), [2, wide]) : tf.zeros([2, wide]);
  const [ofInput, ofState] = tf.split(bias, 2);
  const rows = tf.reshape(tensorAt(query, 0), [steps * batch, features]);
  const given = tf.add(tf.matMul(rows, tf.reshape(tensorAt(query, 1), [wide, features]), false, true), ofInput);
  return {
    // Not tf.unstack and tf.stack: their gradients fail where there is one step only.
    fromInput: Array.from({ length: steps }, (_, step) => tf.slice(given, [step * batch, 0], [batch, wide])),
    weights: tf.reshape(tensorAt(query, 2), [wide, hidden]),
    bias: tf.reshape(ofState, [wide]),
    start: (index) =>
      query.inputs[index] ? tf.reshape(tensorAt(query, index), [batch, hidden]) : tf.zeros([batch, hidden]),
  };
}

/** h · weightsᵀ + bias. */
const fromState = (h: tf.Tensor, weights: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
  tf.add(tf.matMul(h, weights, false, true), bias);

function results({ outputs }: KernelQuery, all: readonly tf.Tensor[], ...last: readonly tf.Tensor[]): tf.Tensor[] {
  return outputs.map(({ shape }, index) =>
    tf.reshape(index === 0 ? tf.concat([...all], 0) : last[index - 1], [...shape]),
  );
}

/** i, o, f = σ(…), g = tanh(…); c ← f·c + i·g; h = o·tanh(c). Gates stand in the order i, o, f, g. */
export const lstm: Kernel = (query) => {
  const layer = layerOf(query, 4);
  let [h, c] = [layer.start(5), layer.start(6)];
  const all = layer.fromInput.map((given) => {
    const [i, o, f, g] = tf.split(tf.add(given, fromState(h, layer.weights, layer.bias)), 4, 1);
    c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
    h = tf.mul(tf.sigmoid(o), tf.tanh(c));
    return h;
  });
  return results(query, all, h, c);
};

/** z, r = σ(…); h ← (1 − z)·n + z·h with n = tanh(x·Wₙ + r·(h·Rₙ)), or tanh(x·Wₙ + (r·h)·Rₙ) without `linear_before_reset`. */
export const gru: Kernel = (query) => {
  const layer = layerOf(query, 3);
  const resetLast = numberAttribute(query.attributes, 'linear_before_reset', 0) !== 0;
  const [ofZ, ofR, ofN] = tf.split(layer.weights, 3);
  const [biasZ, biasR, biasN] = tf.split(layer.bias, 3);
  let h = layer.start(5);
  const all = layer.fromInput.map((given) => {
    const [inZ, inR, inN] = tf.split(given, 3, 1);
    const z = tf.sigmoid(tf.add(inZ, fromState(h, ofZ, biasZ)));
    const r = tf.sigmoid(tf.add(inR, fromState(h, ofR, biasR)));
    const recurrent = resetLast ? tf.mul(r, fromState(h, ofN, biasN)) : fromState(tf.mul(r, h), ofN, biasN);
    const n = tf.tanh(tf.add(inN, recurrent));
    h = tf.add(n, tf.mul(z, tf.sub(h, n)));
    return h;
  });
  return results(query, all, h);
};
