/** Embeddings: learned vectors for whole numbers and labels, sinusoids for the time of a diffusion model. */
import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import { tensorOf } from '../../tensor/tensor.ts';
import { activationChoice, count, initOf } from '../fields.ts';
import type { LayerContext } from '../layer.ts';
import { defineLayer, oneInput, scoped, showShape } from './define.ts';
import { applyDense } from './dense.ts';

const embeddingsInitializer = z
  .enum(['normal', 'uniform', 'truncatedNormal', 'zeros'])
  .default('normal')
  .describe('How the vectors start: normal has deviation 0.02, uniform lies within ±0.05.');

function lookUp(
  context: LayerContext,
  indices: Value,
  rows: number,
  width: number,
  start: 'normal' | 'uniform' | 'truncatedNormal' | 'zeros',
): Value {
  const { dtype, shape } = indices.type;
  if (dtype !== 'int64' && dtype !== 'int32') {
    context.fail(
      `expected whole numbers, found ${dtype} ${showShape(shape)}`,
      'take its input from a label, or use a dense layer',
    );
  }
  return context.b.gather(context.parameter('embeddings', [rows, width], initOf(start, rows, width)), indices);
}

export const embedding = defineLayer({
  type: 'embedding',
  category: 'embedding',
  summary: 'Looks up a learned vector for every whole number of its input.',
  inputs: oneInput,
  causal: () => true,
  schema: z.strictObject({
    inputDim: count()
      .optional()
      .describe('How many different numbers there are, from 0 up; the tokens of the data when left out.'),
    outputDim: count().describe('Length of the vectors.'),
    embeddingsInitializer,
  }),
  build(context, [indices], config) {
    const { inputDim } = config;
    if (inputDim === undefined)
      return context.fail('it is not known how many different numbers there are', 'give inputDim');
    return lookUp(context, indices, inputDim, config.outputDim, config.embeddingsInitializer);
  },
});

export const classEmbedding = defineLayer({
  type: 'classEmbedding',
  category: 'embedding',
  summary:
    'Looks up a learned vector for each class label [N]. One more row, number `classes`, stands for "no class": ' +
    'classifier-free guidance trains and samples with it (Ho and Salimans 2022).',
  inputs: { ...oneInput, names: ['label'] },
  schema: z.strictObject({
    classes: count().optional().describe('Number of classes; taken from the data when left out.'),
    outputDim: count().describe('Length of the vectors.'),
    embeddingsInitializer,
  }),
  build(context, [labels], config) {
    const { classes } = config;
    if (classes === undefined)
      return context.fail('the number of classes is not known', 'give classes, or use data that has classes');
    return lookUp(context, labels, classes + 1, config.outputDim, config.embeddingsInitializer);
  },
});

/**
 * The sinusoids of Vaswani et al. 2017 as Ho et al. 2020 (DDPM) lay them out: dimension/2 sines, then as many cosines, of
 * time·scale·maxPeriod^(−i / (dimension/2 − 1)), i from 0. @param time [N] or [N, 1]; the result is [N, dimension].
 */
function sinusoids(context: LayerContext, time: Value, dimension: number, scale: number, maxPeriod: number): Value {
  const { b } = context;
  const half = dimension / 2;
  const frequencies = Array.from({ length: half }, (_, i) => scale * maxPeriod ** (-i / Math.max(half - 1, 1)));
  const column = time.type.shape.length === 1 ? b.unsqueeze(time, [1]) : time;
  const angles = b.mul(column, b.constant(tensorOf('float32', [1, half], frequencies)));
  return b.concat([b.sin(angles), b.cos(angles)], 1);
}

export const timeEmbedding = defineLayer({
  type: 'timeEmbedding',
  category: 'embedding',
  summary:
    'Turns the time of a diffusion process [N] into features [N, dimension]: sines and cosines, then an optional two-layer network.',
  inputs: { ...oneInput, names: ['time'] },
  schema: z.strictObject({
    dimension: count(2).default(128).describe('Number of sines and cosines together; an even number.'),
    scale: z
      .number()
      .positive()
      .default(1000)
      .describe('Multiplies the time first: 1000 for times in [0, 1], 1 for times that are already step numbers.'),
    maxPeriod: z.number().gt(1).default(10_000).describe('Slowest wavelength over the fastest, in scaled time.'),
    units: count().optional().describe('Width of the two dense layers that follow; none follow when left out.'),
    activation: activationChoice.default('silu').describe('Function between the two dense layers.'),
  }),
  build(context, [time], config) {
    const { shape, dtype } = time.type;
    const fits = dtype === 'float32' && (shape.length === 1 || (shape.length === 2 && shape[1] === 1));
    if (!fits)
      context.fail(
        `expected one time a sample [N], found ${dtype} ${showShape(shape)}`,
        "connect it to a network input of kind 'time'",
      );
    if (config.dimension % 2 !== 0) context.fail(`dimension ${config.dimension} is odd`, `use ${config.dimension + 1}`);
    const waves = sinusoids(context, time, config.dimension, config.scale, config.maxPeriod);
    if (config.units === undefined) return waves;
    const hidden = applyDense(scoped(context, 'dense1'), waves, { units: config.units, activation: config.activation });
    return applyDense(scoped(context, 'dense2'), hidden, { units: config.units });
  },
});
