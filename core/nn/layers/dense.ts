/** The fully connected layer. */
import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import { activate, type Activation } from '../activations.ts';
import {
  activation,
  biasInitializer,
  count,
  initOf,
  kernelInitializer,
  spectralNormalization,
  useBias,
  type InitialiserField,
} from '../fields.ts';
import type { LayerContext } from '../layer.ts';
import { defineLayer, oneInput, requireRank, sizeAt } from './define.ts';
import { spectrallyNormalised } from './spectral.ts';

export interface DenseOptions {
  readonly units: number;
  readonly activation?: Activation;
  readonly useBias?: boolean;
  readonly kernelInitializer?: InitialiserField;
  readonly biasInitializer?: InitialiserField;
  readonly spectralNormalization?: boolean;
}

/** activation(x·kernel + bias) over the last axis; kernel is [features, units]. */
export function applyDense(context: LayerContext, x: Value, options: DenseOptions): Value {
  const { b } = context;
  const features = sizeAt(context, x, -1);
  const { units } = options;
  const start = initOf(options.kernelInitializer ?? 'glorotUniform', features, units);
  const raw = context.parameter('kernel', [features, units], start);
  const kernel = options.spectralNormalization ? spectrallyNormalised(context, raw, 1) : raw;
  const bias =
    options.useBias === false
      ? null
      : context.parameter('bias', [units], initOf(options.biasInitializer ?? 'zeros', features, units), {
          decay: false,
        });
  const product = x.type.shape.length === 2 ? b.gemm(x, kernel, bias) : withBias(context, b.matMul(x, kernel), bias);
  return activate(b, product, options.activation ?? 'linear');
}

function withBias(context: LayerContext, product: Value, bias: Value | null): Value {
  return bias ? context.b.add(product, bias) : product;
}

export const tokenScores = defineLayer({
  type: 'tokenScores',
  category: 'core',
  summary: 'Gives every token of a text vocabulary a score: a dense layer as wide as the vocabulary of the data.',
  inputs: oneInput,
  causal: () => true,
  schema: z.strictObject({
    tokens: count().optional().describe('Number of tokens; taken from the data when left out.'),
    useBias,
    kernelInitializer,
    biasInitializer,
  }),
  build(context, [x], { tokens, ...config }) {
    requireRank(context, x, [2, 3], 'rows of features [N, features] or [N, steps, features]');
    if (tokens === undefined) return context.fail('the number of tokens is not known', 'give tokens, or use a text');
    return applyDense(context, x, { ...config, units: tokens });
  },
});

export const dense = defineLayer({
  type: 'dense',
  category: 'core',
  summary:
    'Fully connected: every output is a weighted sum of every input feature, plus a bias. Works on the last axis.',
  inputs: oneInput,
  causal: () => true,
  schema: z.strictObject({
    units: count().describe('Number of outputs.'),
    activation,
    useBias,
    kernelInitializer,
    biasInitializer,
    spectralNormalization,
  }),
  build(context, [x], config) {
    requireRank(
      context,
      x,
      [2, 3],
      'rows of features [N, features] or [N, steps, features]',
      'add a flatten layer before it',
    );
    return applyDense(context, x, config);
  },
});
