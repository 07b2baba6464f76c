/** Element-by-element operators over TensorFlow.js. */
import * as tf from '@tensorflow/tfjs-core';
import { numberAttribute, stringAttribute, type Attributes } from '../../../../core/graph/graph.ts';
import type { DType } from '../../../../core/tensor/tensor.ts';
import { carried, operandAt, single, spread, tensorAt, type Kernel } from '../kernel.ts';

/** One operand: `compute` gets it and the node's attributes. */
export const unary = (compute: (x: tf.Tensor, attributes: Attributes) => tf.Tensor): Kernel =>
  single((query) => compute(tensorAt(query, 0), query.attributes));

/** Two operands that TensorFlow.js broadcasts and whose gradients it sums again. */
export const binary = (
  compute: (a: tf.Tensor, b: tf.Tensor, dtype: DType, attributes: Attributes) => tf.Tensor,
): Kernel =>
  single((query) => compute(tensorAt(query, 0), tensorAt(query, 1), operandAt(query, 0).dtype, query.attributes));

/** Any number of operands, spread first: TensorFlow.js forgets to sum the gradients of these when it broadcasts. */
export const variadic = (compute: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Kernel =>
  single(({ inputs, outputs: [{ shape }] }) =>
    inputs.map((input) => spread(input!.tensor, shape)).reduce((a, b) => compute(a, b)),
  );

const alpha = (attributes: Attributes, fallback: number): number => numberAttribute(attributes, 'alpha', fallback);

/** Σ of the part above zero and a function of the part below it, so that neither overflows in the other's domain. */
const piecewise = (x: tf.Tensor, below: (negative: tf.Tensor) => tf.Tensor): tf.Tensor =>
  tf.add(tf.relu(x), below(tf.minimum(x, tf.zerosLike(x))));

export const elu = (x: tf.Tensor, a: Attributes): tf.Tensor =>
  piecewise(x, (low) => tf.mul(tf.expm1(low), alpha(a, 1)));
/** Defaults of the ONNX specification (Klambauer et al. 2017). */
export const selu = (x: tf.Tensor, a: Attributes): tf.Tensor =>
  tf.mul(
    piecewise(x, (low) => tf.mul(tf.expm1(low), alpha(a, 1.6732631921768188))),
    numberAttribute(a, 'gamma', 1.0507010221481323),
  );
export const celu = (x: tf.Tensor, a: Attributes): tf.Tensor =>
  piecewise(x, (low) => tf.mul(tf.expm1(tf.div(low, alpha(a, 1))), alpha(a, 1)));
export const softsign = (x: tf.Tensor): tf.Tensor => tf.div(x, tf.add(tf.abs(x), 1));
export const hardSigmoid = (x: tf.Tensor, a: Attributes): tf.Tensor =>
  tf.clipByValue(tf.add(tf.mul(x, alpha(a, 0.2)), numberAttribute(a, 'beta', 0.5)), 0, 1);
export const hardSwish = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.clipByValue(tf.add(tf.div(x, 6), 0.5), 0, 1));
export const mish = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.tanh(tf.softplus(x)));
export const leakyRelu = (x: tf.Tensor, a: Attributes): tf.Tensor => tf.leakyRelu(x, alpha(a, 0.01));

/** Hendrycks and Gimpel 2016; `approximate` = 'tanh' is their cheaper form. */
export function gelu(x: tf.Tensor, attributes: Attributes): tf.Tensor {
  const cubed = tf.add(x, tf.mul(tf.mul(tf.mul(x, x), x), 0.044715));
  const gate =
    stringAttribute(attributes, 'approximate', 'none') === 'tanh'
      ? tf.tanh(tf.mul(cubed, Math.sqrt(2 / Math.PI)))
      : tf.erf(tf.mul(x, Math.SQRT1_2));
  return tf.mul(tf.mul(x, 0.5), tf.add(gate, 1));
}

/** Above zero x, below it slope·x. */
export const prelu = (x: tf.Tensor, slope: tf.Tensor): tf.Tensor =>
  tf.sub(tf.relu(x), tf.mul(slope, tf.relu(tf.neg(x))));

/** Integers are divided towards zero. */
export function divide(a: tf.Tensor, b: tf.Tensor, dtype: DType): tf.Tensor {
  if (dtype === 'float32') return tf.div(a, b);
  return tf.mul(tf.mul(tf.sign(a), tf.sign(b)), tf.floorDiv(tf.abs(a), tf.abs(b)));
}

/** fmod = 1 takes the dividend's sign (C's fmod), 0 the divisor's. */
export function modulo(a: tf.Tensor, b: tf.Tensor, dtype: DType, attributes: Attributes): tf.Tensor {
  if (numberAttribute(attributes, 'fmod', 0) === 0) return tf.mod(a, b);
  const quotient = divide(a, b, dtype);
  const whole = dtype === 'float32' ? tf.mul(tf.sign(quotient), tf.floor(tf.abs(quotient))) : quotient;
  return tf.sub(a, tf.mul(whole, b));
}

/** The exponent may be an integer under a float base. */
export const power = (base: tf.Tensor, exponent: tf.Tensor, dtype: DType): tf.Tensor =>
  tf.pow(base, carried(exponent, dtype));

/** Comparisons of truth values are comparisons of 0 and 1. */
export const comparison = (compute: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Kernel =>
  binary((a, b) => (a.dtype === 'bool' ? compute(tf.cast(a, 'int32'), tf.cast(b, 'int32')) : compute(a, b)));

export const where: Kernel = single((query) => {
  const [{ shape }] = query.outputs;
  const [condition, a, b] = [0, 1, 2].map((index) => spread(tensorAt(query, index), shape));
  return tf.where(condition, a, b);
});

export const clip: Kernel = single((query) => {
  const [{ shape }] = query.outputs;
  const above = query.inputs[1]
    ? tf.maximum(tensorAt(query, 0), spread(tensorAt(query, 1), shape))
    : tensorAt(query, 0);
  return query.inputs[2] ? tf.minimum(above, spread(tensorAt(query, 2), shape)) : above;
});

/** To bool means "not zero", to an integer towards zero. */
export const cast: Kernel = single((query) => {
  const x = tensorAt(query, 0);
  const [{ dtype }] = query.outputs;
  if (dtype === 'bool') return tf.notEqual(x.dtype === 'bool' ? tf.cast(x, 'int32') : x, 0);
  const whole = carried(x, dtype);
  return dtype === 'uint8' ? tf.mod(whole, tf.scalar(256, 'int32')) : whole;
});
