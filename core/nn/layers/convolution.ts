/** Convolutions over one and two axes, channels first. */
import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import { activate, type Activation } from '../activations.ts';
import {
  activation,
  biasInitializer,
  count,
  initOf,
  kernelInitializer,
  padding,
  pair,
  perAxis2d,
  spectralNormalization,
  useBias,
  type InitialiserField,
} from '../fields.ts';
import type { LayerContext } from '../layer.ts';
import { defineLayer, oneInput, requireRank, sizeAt } from './define.ts';
import { spectrallyNormalised } from './spectral.ts';
import { slidingPads, type Padding } from './window.ts';

export interface ConvolutionOptions {
  readonly filters: number;
  /** One number a spatial axis. */
  readonly kernel: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly groups?: number;
  readonly padding?: Padding;
  readonly activation?: Activation;
  readonly useBias?: boolean;
  readonly kernelInitializer?: InitialiserField;
  readonly biasInitializer?: InitialiserField;
  readonly spectralNormalization?: boolean;
}

/** activation(kernel ⋆ x + bias), a cross-correlation as everywhere in the field; kernel is [filters, channels / groups, …]. */
export function applyConvolution(context: LayerContext, x: Value, options: ConvolutionOptions): Value {
  const { b } = context;
  const { filters, kernel: size, groups = 1 } = options;
  const ones = size.map(() => 1);
  const window = { kernel: size, strides: options.strides ?? ones, dilations: options.dilations ?? ones };
  const channels = sizeAt(context, x, 1);
  requireGroups(context, channels, filters, groups);
  const pads = slidingPads(context, x.type.shape, window, options.padding ?? 'same');
  const area = size.reduce((product, length) => product * length, 1);
  const start = initOf(
    options.kernelInitializer ?? 'glorotUniform',
    (channels / groups) * area,
    (filters / groups) * area,
  );
  const raw = context.parameter('kernel', [filters, channels / groups, ...size], start);
  const kernel = options.spectralNormalization ? spectrallyNormalised(context, raw, 0) : raw;
  const bias = convolutionBias(context, filters, options);
  return activate(b, b.conv(x, kernel, bias, { ...window, pads, group: groups }), options.activation ?? 'linear');
}

/** The bias of a convolution, or null when it has none. */
export function convolutionBias(
  context: LayerContext,
  filters: number,
  options: Pick<ConvolutionOptions, 'useBias' | 'biasInitializer'>,
): Value | null {
  if (options.useBias === false) return null;
  return context.parameter('bias', [filters], initOf(options.biasInitializer ?? 'zeros', 1, filters), { decay: false });
}

/** Channels and filters must both split evenly into the groups. */
export function requireGroups(context: LayerContext, channels: number, filters: number, groups: number): void {
  if (channels % groups === 0 && filters % groups === 0) return;
  context.fail(
    `${groups} groups do not divide its ${channels} channels and ${filters} filters evenly`,
    'use groups that divide both',
  );
}

export const imageWords = 'an image [N, channels, height, width]';
export const signalWords = 'a signal [N, channels, length]';

/** The fields every convolution has, transposed ones included. */
export const convolutionFields = {
  filters: count().describe('Number of output channels.'),
  padding: padding('same'),
  groups: count().default(1).describe('Into how many independent groups the channels are split.'),
  activation,
  useBias,
  kernelInitializer,
  biasInitializer,
  spectralNormalization,
};

export const conv2d = defineLayer({
  type: 'conv2d',
  category: 'convolution',
  summary: 'Slides a bank of small filters over an image [N, channels, height, width].',
  inputs: oneInput,
  schema: z.strictObject({
    kernelSize: perAxis2d().default(3).describe('Height and width of the filters, in pixels.'),
    strides: perAxis2d().default(1).describe('Pixels the filters move at a time; 2 halves the image.'),
    dilation: perAxis2d().default(1).describe('Distance between neighbouring filter taps, in pixels.'),
    ...convolutionFields,
  }),
  build(context, [x], config) {
    requireRank(context, x, [4], imageWords);
    return applyConvolution(context, x, {
      ...config,
      kernel: pair(config.kernelSize),
      strides: pair(config.strides),
      dilations: pair(config.dilation),
    });
  },
});

export const conv1d = defineLayer({
  type: 'conv1d',
  category: 'convolution',
  summary: 'Slides a bank of filters along a signal [N, channels, length].',
  inputs: oneInput,
  schema: z.strictObject({
    kernelSize: count().default(3).describe('Length of the filters, in elements.'),
    strides: count().default(1).describe('Elements the filters move at a time.'),
    dilation: count().default(1).describe('Distance between neighbouring filter taps, in elements.'),
    ...convolutionFields,
  }),
  build(context, [x], config) {
    requireRank(context, x, [3], signalWords);
    const window = { kernel: [config.kernelSize], strides: [config.strides], dilations: [config.dilation] };
    return applyConvolution(context, x, { ...config, ...window });
  },
});

const { filters: _filters, groups: _groups, ...depthwiseFields } = convolutionFields;

export const depthwiseConv2d = defineLayer({
  type: 'depthwiseConv2d',
  category: 'convolution',
  summary: 'Filters every channel of an image by itself, without mixing channels.',
  inputs: oneInput,
  schema: z.strictObject({
    kernelSize: perAxis2d().default(3).describe('Height and width of the filters, in pixels.'),
    depthMultiplier: count().default(1).describe('Output channels made of each input channel.'),
    strides: perAxis2d().default(1).describe('Pixels the filters move at a time.'),
    dilation: perAxis2d().default(1).describe('Distance between neighbouring filter taps, in pixels.'),
    ...depthwiseFields,
  }),
  build(context, [x], config) {
    requireRank(context, x, [4], imageWords);
    const channels = sizeAt(context, x, 1);
    return applyConvolution(context, x, {
      ...config,
      filters: channels * config.depthMultiplier,
      groups: channels,
      kernel: pair(config.kernelSize),
      strides: pair(config.strides),
      dilations: pair(config.dilation),
    });
  },
});
