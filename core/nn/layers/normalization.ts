/**
 * Batch, layer, group and instance normalisation.
 *
 * Training writes them in primitives, which have gradients of any order on every device; evaluation uses ONNX's whole
 * operators, which read their input once.
 */
import { z } from 'zod';
import type { Dim, Value } from '../../graph/graph.ts';
import { staticShape } from '../../graph/graph.ts';
import { sizeOf } from '../../tensor/tensor.ts';
import { count } from '../fields.ts';
import type { LayerContext } from '../layer.ts';
import { normalizedGroups } from './group-moments.ts';
import { defineLayer, oneInput, requireRank, sizeAt } from './define.ts';

const epsilonField = (fallback: number) =>
  z.number().positive().default(fallback).describe('Added to the variance before the root, against division by zero.');
const scaleField = z.boolean().default(true).describe('Whether a learned gain (gamma) multiplies the result.');
const centerField = z.boolean().default(true).describe('Whether a learned offset (beta) is added to the result.');

export interface AffineOptions {
  readonly epsilon: number;
  readonly scale: boolean;
  readonly center: boolean;
}

interface Affine {
  readonly gamma: Value | null;
  readonly beta: Value | null;
}

function affine(context: LayerContext, size: number, options: AffineOptions): Affine {
  return {
    gamma: options.scale ? context.parameter('gamma', [size], { type: 'ones' }, { decay: false }) : null,
    beta: options.center ? context.parameter('beta', [size], { type: 'zeros' }, { decay: false }) : null,
  };
}

/** The parameters where a whole operator must have them: ones and zeros stand for those left out. */
function wholeAffine(context: LayerContext, { gamma, beta }: Affine, size: number): readonly [Value, Value] {
  const { b } = context;
  return [gamma ?? b.constant(filled(size, 1)), beta ?? b.constant(filled(size, 0))];
}

function filled(size: number, value: number) {
  return { dtype: 'float32', shape: [size], data: new Float32Array(size).fill(value) } as const;
}

/** [size] as [size, 1, …], so that it lines up with axis 1 of a value of this rank. */
function alongChannels(context: LayerContext, value: Value, rank: number): Value {
  return rank === 2 ? value : context.b.reshape(value, [-1, ...Array.from({ length: rank - 2 }, () => 1)]);
}

interface Moments {
  readonly centered: Value;
  readonly mean: Value;
  readonly variance: Value;
}

/** The mean over some axes, which stay as axes of 1. */
type Mean = (x: Value) => Value;

/** Mean and (biased) variance in two passes: E[x²] − E[x]² would cancel. */
function moments(context: LayerContext, x: Value, meanOf: Mean): Moments {
  const { b } = context;
  const mean = meanOf(x);
  const centered = b.sub(x, mean);
  return { mean, centered, variance: meanOf(b.square(centered)) };
}

/** The mean over the batch and all places, places first: they lie side by side in memory, and short sums lose less. */
function batchMean({ b }: LayerContext, rank: number): Mean {
  const places = Array.from({ length: rank - 2 }, (_, axis) => axis + 2);
  return (x) => b.reduceMean(places.length > 0 ? b.reduceMean(x, places, true) : x, [0], true);
}

/** 1 / sqrt(variance + epsilon), on the few numbers the reductions left. */
function inverseDeviation(context: LayerContext, variance: Value, epsilon: number): Value {
  return context.b.reciprocal(context.b.sqrt(context.b.add(variance, epsilon)));
}

/** centered·(inverse·gamma) + beta: the small factors are multiplied first. */
function rescale(
  context: LayerContext,
  centered: Value,
  inverse: Value,
  gamma: Value | null,
  beta: Value | null,
): Value {
  const { b } = context;
  const result = b.mul(centered, gamma ? b.mul(inverse, gamma) : inverse);
  return beta ? b.add(result, beta) : result;
}

// --- batch ---

export interface BatchOptions extends AffineOptions {
  readonly momentum: number;
}

export const batchDefaults: BatchOptions = { momentum: 0.9, epsilon: 1e-5, scale: true, center: true };

/** Batch normalisation over every axis but the channels (axis 1). */
export function applyBatchNormalization(context: LayerContext, x: Value, options: BatchOptions): Value {
  const { b } = context;
  const rank = x.type.shape.length;
  const channels = sizeAt(context, x, 1);
  const parts = affine(context, channels, options);
  const movingMean = context.buffer('movingMean', [channels], { type: 'zeros' });
  const movingVariance = context.buffer('movingVariance', [channels], { type: 'ones' });
  if (!context.training) {
    const [gamma, beta] = wholeAffine(context, parts, channels);
    const attributes = { epsilon: options.epsilon, momentum: options.momentum };
    return b.emit('BatchNormalization', [x, gamma, beta, movingMean.value, movingVariance.value], attributes);
  }
  const axes = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1);
  const { centered, mean, variance } = moments(context, x, batchMean(context, rank));
  const blend = (old: Value, fresh: Value) =>
    b.add(b.mul(old, options.momentum), b.mul(b.reshape(fresh, [channels]), 1 - options.momentum));
  movingMean.update(blend(movingMean.value, mean));
  movingVariance.update(blend(movingVariance.value, b.mul(b.stopGradient(variance), bessel(context, x, axes))));
  const gamma = parts.gamma && alongChannels(context, parts.gamma, rank);
  const beta = parts.beta && alongChannels(context, parts.beta, rank);
  return rescale(context, centered, inverseDeviation(context, variance, options.epsilon), gamma, beta);
}

/** n / (n − 1) for the n elements of `axes`: makes a biased variance unbiased. 1 when n is 1. */
function bessel(context: LayerContext, x: Value, axes: readonly number[]): Value {
  const { b } = context;
  const dims: readonly Dim[] = axes.map((axis) => x.type.shape[axis]);
  const known = staticShape(dims);
  if (known) return b.scalar(sizeOf(known) / Math.max(sizeOf(known) - 1, 1));
  const sizes = b.cast(b.gather(b.shapeOf(x), b.ints(axes)), 'float32');
  const n = b.reduce('ReduceProd', sizes);
  return b.div(n, b.max(b.sub(n, 1), 1));
}

const featureRanks = [2, 3, 4];
const featureWords = 'features [N, features], a signal [N, channels, length] or an image [N, channels, height, width]';

export const batchNormalization = defineLayer({
  type: 'batchNormalization',
  category: 'normalisation',
  summary:
    'Gives every channel mean 0 and deviation 1 over the batch, then a learned gain and offset (Ioffe and Szegedy 2015).',
  inputs: oneInput,
  schema: z.strictObject({
    momentum: z
      .number()
      .min(0)
      .max(1)
      .default(batchDefaults.momentum)
      .describe(
        'Share of the old moving average kept each training step, as in Keras; PyTorch calls 1 − this momentum.',
      ),
    epsilon: epsilonField(batchDefaults.epsilon),
    scale: scaleField,
    center: centerField,
  }),
  build(context, [x], config) {
    requireRank(context, x, featureRanks, featureWords);
    return applyBatchNormalization(context, x, config);
  },
});

// --- layer ---

/** Normalises over the features of each position: axis 1 of an image, the last axis of anything else. */
function applyLayerNormalization(context: LayerContext, x: Value, options: AffineOptions): Value {
  const rank = x.type.shape.length;
  const axis = rank === 4 ? 1 : rank - 1;
  const size = sizeAt(context, x, axis);
  const parts = affine(context, size, options);
  if (!context.training && axis === rank - 1) {
    const attributes = { axis: -1, epsilon: options.epsilon };
    return context.b.emit('LayerNormalization', [x, ...wholeAffine(context, parts, size)], attributes);
  }
  const { centered, variance } = moments(context, x, (value) => context.b.reduceMean(value, [axis], true));
  const place = (value: Value | null) => value && (axis === 1 ? alongChannels(context, value, rank) : value);
  const inverse = inverseDeviation(context, variance, options.epsilon);
  // gamma stands along the very axis that was reduced, so it multiplies the whole result and not the inverse alone
  const normalized = context.b.mul(centered, inverse);
  const scaled = parts.gamma ? context.b.mul(normalized, place(parts.gamma) as Value) : normalized;
  return parts.beta ? context.b.add(scaled, place(parts.beta) as Value) : scaled;
}

export const layerNormalization = defineLayer({
  type: 'layerNormalization',
  category: 'normalisation',
  summary:
    'Gives the features of every position mean 0 and deviation 1: the channels of a pixel, or the last axis (Ba et al. 2016). ' +
    'For a whole image at once use groupNormalization with 1 group.',
  inputs: oneInput,
  causal: () => true,
  schema: z.strictObject({ epsilon: epsilonField(1e-5), scale: scaleField, center: centerField }),
  build(context, [x], config) {
    requireRank(
      context,
      x,
      featureRanks,
      'features [N, features], a sequence [N, steps, features] or an image [N, channels, height, width]',
    );
    return applyLayerNormalization(context, x, config);
  },
});

// --- group and instance ---

/** Normalises each sample over groups of neighbouring channels, then a gain and offset for every channel. */
export function applyGroupNormalization(
  context: LayerContext,
  x: Value,
  groups: number,
  options: AffineOptions,
): Value {
  const { b } = context;
  const rank = x.type.shape.length;
  const channels = sizeAt(context, x, 1);
  if (channels % groups !== 0) {
    context.fail(
      `${groups} groups do not divide its ${channels} channels evenly`,
      `use groups ${largestDivisor(channels, groups)}`,
    );
  }
  const parts = affine(context, channels, options);
  if (!context.training) return wholeGroupNormalization(context, x, groups, parts, options.epsilon);
  const places = staticShape(x.type.shape.slice(2));
  if (places && places.length > 0 && b.uses('group-moments')) {
    return normalizedGroups(b, x, parts, { groups, channels, places, epsilon: options.epsilon });
  }
  const split = b.reshape(x, rank === 2 ? [0, groups, -1] : [0, groups, channels / groups, -1]);
  const { centered, variance } = moments(context, split, (value) =>
    b.reduceMean(value, rank === 2 ? [2] : [2, 3], true),
  );
  const inverse = inverseDeviation(context, variance, options.epsilon);
  const grouped = (value: Value | null) => value && b.reshape(value, rank === 2 ? [groups, -1] : [groups, -1, 1]);
  return reshaped(context, rescale(context, centered, inverse, grouped(parts.gamma), grouped(parts.beta)), x);
}

function wholeGroupNormalization(
  context: LayerContext,
  x: Value,
  groups: number,
  { gamma, beta }: Affine,
  epsilon: number,
): Value {
  const { b } = context;
  const rank = x.type.shape.length;
  const [ones, zeros] = wholeAffine(context, { gamma: null, beta: null }, groups);
  const flat = b.emit('InstanceNormalization', [b.reshape(x, [0, groups, -1]), ones, zeros], { epsilon });
  const normalized = reshaped(context, flat, x);
  const scaled = gamma ? b.mul(normalized, alongChannels(context, gamma, rank)) : normalized;
  return beta ? b.add(scaled, alongChannels(context, beta, rank)) : scaled;
}

/** `value` with the axes of `like` again; only the batch may be unknown, or everything is read at run time. */
function reshaped(context: LayerContext, value: Value, like: Value): Value {
  const sample = staticShape(like.type.shape.slice(1));
  return sample ? context.b.reshape(value, [0, ...sample]) : context.b.reshapeLike(value, like);
}

function largestDivisor(channels: number, most: number): number {
  let divisor = Math.min(most, channels);
  while (channels % divisor !== 0) divisor--;
  return divisor;
}

export const groupDefaults = { groups: 8, epsilon: 1e-5, scale: true, center: true } as const;

export const groupNormalization = defineLayer({
  type: 'groupNormalization',
  category: 'normalisation',
  summary: 'Normalises every sample over groups of channels, so that batches of any size work alike (Wu and He 2018).',
  inputs: oneInput,
  schema: z.strictObject({
    groups: count()
      .default(groupDefaults.groups)
      .describe('Number of groups; must divide the channels. 1 normalises the whole sample.'),
    epsilon: epsilonField(groupDefaults.epsilon),
    scale: scaleField,
    center: centerField,
  }),
  build(context, [x], config) {
    requireRank(context, x, featureRanks, featureWords);
    return applyGroupNormalization(context, x, config.groups, config);
  },
});

export const instanceNormalization = defineLayer({
  type: 'instanceNormalization',
  category: 'normalisation',
  summary: 'Gives every channel of every sample mean 0 and deviation 1 (Ulyanov et al. 2016).',
  inputs: oneInput,
  schema: z.strictObject({ epsilon: epsilonField(1e-5), scale: scaleField, center: centerField }),
  build(context, [x], config) {
    requireRank(context, x, [3, 4], 'a signal [N, channels, length] or an image [N, channels, height, width]');
    return applyGroupNormalization(context, x, sizeAt(context, x, 1), config);
  },
});
