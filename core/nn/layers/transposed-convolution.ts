/** Transposed convolutions: they enlarge images and signals by their stride. */
import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import { activate } from '../activations.ts';
import { count, initOf, padding, pair, perAxis2d } from '../fields.ts';
import type { LayerContext } from '../layer.ts';
import {
  convolutionBias,
  convolutionFields,
  imageWords,
  requireGroups,
  signalWords,
  type ConvolutionOptions,
} from './convolution.ts';
import { defineLayer, oneInput, requireRank, sizeAt } from './define.ts';
import { spectrallyNormalised } from './spectral.ts';
import { transposedPads } from './window.ts';

/**
 * The transpose of a convolution (its gradient in the input); kernel is [channels, filters / groups, …].
 *
 * Each output pixel is met by kernel area / stride area input pixels, which is the fan-in its start uses.
 */
function applyTransposedConvolution(context: LayerContext, x: Value, options: ConvolutionOptions): Value {
  const { b } = context;
  const { filters, kernel: size, groups = 1 } = options;
  const ones = size.map(() => 1);
  const window = { kernel: size, strides: options.strides ?? ones, dilations: options.dilations ?? ones };
  const channels = sizeAt(context, x, 1);
  requireGroups(context, channels, filters, groups);
  const area = size.reduce((product, length) => product * length, 1);
  const met = area / window.strides.reduce((product, stride) => product * stride, 1);
  const start = initOf(
    options.kernelInitializer ?? 'glorotUniform',
    (channels / groups) * met,
    (filters / groups) * area,
  );
  const raw = context.parameter('kernel', [channels, filters / groups, ...size], start);
  const kernel = options.spectralNormalization ? spectrallyNormalised(context, raw, 1) : raw;
  const bias = convolutionBias(context, filters, options);
  const place = transposedPads(context, x.type.shape, window, options.padding ?? 'same');
  return activate(
    b,
    b.convTranspose(x, kernel, bias, { ...window, ...place, group: groups }),
    options.activation ?? 'linear',
  );
}

const paddingWords =
  "'same': the output is input × stride long; 'valid': (input − 1) × stride + kernelSize; " +
  'a number p: as valid, less p elements at each end.';

export const conv2dTranspose = defineLayer({
  type: 'conv2dTranspose',
  category: 'convolution',
  summary: 'Enlarges an image by its stride with learned filters (also called deconvolution).',
  inputs: oneInput,
  schema: z.strictObject({
    ...convolutionFields,
    kernelSize: perAxis2d()
      .default(3)
      .describe('Height and width of the filters, in pixels; a multiple of the stride avoids checkerboards.'),
    strides: perAxis2d().default(1).describe('How many times larger the output is; 2 doubles the image.'),
    dilation: perAxis2d().default(1).describe('Distance between neighbouring filter taps, in pixels.'),
    padding: padding('same', paddingWords),
  }),
  build(context, [x], config) {
    requireRank(context, x, [4], imageWords);
    return applyTransposedConvolution(context, x, {
      ...config,
      kernel: pair(config.kernelSize),
      strides: pair(config.strides),
      dilations: pair(config.dilation),
    });
  },
});

export const conv1dTranspose = defineLayer({
  type: 'conv1dTranspose',
  category: 'convolution',
  summary: 'Lengthens a signal by its stride with learned filters.',
  inputs: oneInput,
  schema: z.strictObject({
    ...convolutionFields,
    kernelSize: count().default(3).describe('Length of the filters, in elements.'),
    strides: count().default(1).describe('How many times longer the output is.'),
    dilation: count().default(1).describe('Distance between neighbouring filter taps, in elements.'),
    padding: padding('same', paddingWords),
  }),
  build(context, [x], config) {
    requireRank(context, x, [3], signalWords);
    const window = { kernel: [config.kernelSize], strides: [config.strides], dilations: [config.dilation] };
    return applyTransposedConvolution(context, x, { ...config, ...window });
  },
});
