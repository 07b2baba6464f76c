/** The residual block of diffusion models and deep image networks, with an optional embedding added in its middle. */
import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import { activate, type Activation } from '../activations.ts';
import { activationChoice, count, kernelInitializer } from '../fields.ts';
import type { LayerContext } from '../layer.ts';
import { applyConvolution, imageWords } from './convolution.ts';
import { defineLayer, requireRank, scoped, showShape, sizeAt } from './define.ts';
import { applyDense } from './dense.ts';
import { applyBatchNormalization, applyGroupNormalization, batchDefaults, groupDefaults } from './normalization.ts';
import { applyDropout } from './regularization.ts';
import { upsampleNearest } from './upsampling.ts';

const schema = z.strictObject({
  filters: count().describe('Number of output channels.'),
  kernelSize: count().default(3).describe('Height and width of both convolutions, in pixels.'),
  normalization: z.enum(['group', 'batch', 'none']).default('group').describe('Normalisation before each activation.'),
  groups: count()
    .default(groupDefaults.groups)
    .describe('Groups of the group normalisation; must divide the channels before and after.'),
  activation: activationChoice.default('silu').describe('Function before each convolution and on the embedding.'),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('Share of elements zeroed before the second convolution, in training.'),
  resample: z
    .enum(['none', 'down', 'up'])
    .default('none')
    .describe(
      'down halves height and width (mean of 2×2), up doubles them (nearest), both before the first convolution.',
    ),
  kernelInitializer: kernelInitializer.describe(
    'How the first convolution and the shortcut start; the second starts at zero.',
  ),
});
type Config = z.output<typeof schema>;

function normalize(context: LayerContext, name: string, x: Value, config: Config): Value {
  const inner = scoped(context, name);
  switch (config.normalization) {
    case 'none':
      return x;
    case 'batch':
      return applyBatchNormalization(inner, x, batchDefaults);
    case 'group':
      return applyGroupNormalization(inner, x, config.groups, groupDefaults);
  }
}

function resampled(context: LayerContext, x: Value, how: Config['resample']): Value {
  switch (how) {
    case 'none':
      return x;
    case 'up':
      return upsampleNearest(context, x, [2, 2]);
    case 'down':
      if (sizeAt(context, x, 2) % 2 !== 0 || sizeAt(context, x, 3) % 2 !== 0) {
        context.fail(
          `its ${sizeAt(context, x, 2)}×${sizeAt(context, x, 3)} input cannot be halved`,
          'pad it to an even size first',
        );
      }
      return context.b.averagePool(x, { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] });
  }
}

/** activation(embedding) projected to the channels, as [N, filters, 1, 1]. */
function projected(context: LayerContext, embedding: Value, filters: number, activation: Activation): Value {
  if (embedding.type.shape.length !== 2) {
    context.fail(`its second input must be an embedding [N, features], found ${showShape(embedding.type.shape)}`);
  }
  const features = applyDense(scoped(context, 'embedding'), activate(context.b, embedding, activation), {
    units: filters,
  });
  return context.b.unsqueeze(features, [2, 3]);
}

export const residualBlock = defineLayer({
  type: 'residualBlock',
  category: 'convolution',
  summary:
    'Normalise, activate, convolve, twice, added to the input (a 1×1 convolution where channels differ). ' +
    'An embedding as second input is projected and added after the first convolution (Ho et al. 2020). Starts as the identity.',
  inputs: { fewest: 1, most: 2, names: ['image', 'embedding'] },
  schema,
  build(context, [x, embedding], config) {
    const { b } = context;
    requireRank(context, x, [4], imageWords);
    const kernel = [config.kernelSize, config.kernelSize];
    const { filters, activation, kernelInitializer: start } = config;
    const opened = activate(b, normalize(context, 'norm1', x, config), activation);
    const inner = applyConvolution(scoped(context, 'conv1'), resampled(context, opened, config.resample), {
      filters,
      kernel,
      kernelInitializer: start,
    });
    const conditioned = embedding ? b.add(inner, projected(context, embedding, filters, activation)) : inner;
    const closing = activate(b, normalize(context, 'norm2', conditioned, config), activation);
    const dropped = applyDropout(context, closing, config.dropout);
    const change = applyConvolution(scoped(context, 'conv2'), dropped, { filters, kernel, kernelInitializer: 'zeros' });
    const short = resampled(context, x, config.resample);
    const shortcut =
      sizeAt(context, x, 1) === filters
        ? short
        : applyConvolution(scoped(context, 'shortcut'), short, { filters, kernel: [1, 1], kernelInitializer: start });
    return b.add(shortcut, change);
  },
});
