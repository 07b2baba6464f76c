/** Activation functions by name, written in ONNX operators. */
import type { Value } from '../graph/graph.ts';
import type { OpBuilder } from '../ops/builder.ts';

export const activationNames = [
  'linear',
  'relu',
  'leakyRelu',
  'elu',
  'selu',
  'celu',
  'gelu',
  'geluTanh',
  'silu',
  'swish',
  'mish',
  'softplus',
  'softsign',
  'sigmoid',
  'hardSigmoid',
  'hardSwish',
  'tanh',
  'softmax',
  'logSoftmax',
] as const;
export type ActivationName = (typeof activationNames)[number];

/** A name, or a name with its constant. */
export type Activation = ActivationName | { readonly type: ActivationName; readonly alpha?: number | undefined };

/** Slope of leakyRelu below zero when none is given: Keras's, and the one of Radford et al. 2015 (DCGAN). */
const leakySlope = 0.2;

/**
 * Applies an activation function; the result has `x`'s shape.
 *
 * relu; leakyRelu (alpha 0.2); elu and celu (alpha 1; Clevert 2015, Barron 2017); selu (Klambauer 2017); gelu (exact)
 * and geluTanh (Hendrycks and Gimpel 2016); silu = swish = x·σ(x) (Ramachandran 2017); mish (Misra 2019);
 * hardSigmoid = clip(x/6 + 1/2, 0, 1) and hardSwish = x·hardSigmoid(x) (Howard 2019). softmax and logSoftmax go over
 * the features: the channel axis of an image [N, C, H, W], the last axis of anything else.
 */
export function activate(b: OpBuilder, x: Value, activation: Activation): Value {
  const name = typeof activation === 'string' ? activation : activation.type;
  const alpha = typeof activation === 'string' ? undefined : activation.alpha;
  switch (name) {
    case 'linear':
      return x;
    case 'relu':
      return b.relu(x);
    case 'leakyRelu':
      return b.unary('LeakyRelu', x, { alpha: alpha ?? leakySlope });
    case 'elu':
      return b.unary('Elu', x, { alpha: alpha ?? 1 });
    case 'selu':
      return b.unary('Selu', x, { alpha: 1.6732632423543772, gamma: 1.0507009873554805 });
    case 'celu':
      return b.unary('Celu', x, { alpha: alpha ?? 1 });
    case 'gelu':
      return b.unary('Gelu', x, { approximate: 'none' });
    case 'geluTanh':
      return b.unary('Gelu', x, { approximate: 'tanh' });
    case 'silu':
    case 'swish':
      return b.mul(x, b.sigmoid(x));
    case 'mish':
      return b.unary('Mish', x);
    case 'softplus':
      return b.softplus(x);
    case 'softsign':
      return b.unary('Softsign', x);
    case 'sigmoid':
      return b.sigmoid(x);
    case 'hardSigmoid':
      return b.unary('HardSigmoid', x, { alpha: 1 / 6, beta: 0.5 });
    case 'hardSwish':
      return b.unary('HardSwish', x);
    case 'tanh':
      return b.tanh(x);
    case 'softmax':
      return b.softmax(x, featureAxis(x));
    case 'logSoftmax':
      return b.logSoftmax(x, featureAxis(x));
  }
}

/** Where the features of a value stand: axis 1 of an image, the last axis of anything else. */
function featureAxis(x: Value): number {
  return x.type.shape.length === 4 ? 1 : x.type.shape.length - 1;
}
