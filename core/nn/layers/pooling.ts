/** Pooling: the largest or the mean value of each window, or of each whole channel. */
import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import { count, padding, pair, perAxis2d } from '../fields.ts';
import type { LayerContext } from '../layer.ts';
import { imageWords, signalWords } from './convolution.ts';
import { defineLayer, oneInput, requireRank } from './define.ts';
import { slidingPads, type Padding } from './window.ts';

type Pooling = 'max' | 'average';

/** Padding never counts: the largest value ignores it and the mean divides by the real elements only. */
function pool(
  context: LayerContext,
  x: Value,
  kind: Pooling,
  kernel: readonly number[],
  strides: readonly number[],
  rule: Padding,
): Value {
  const dilations = kernel.map(() => 1);
  if (typeof rule === 'number' && kernel.some((size) => 2 * rule > size)) {
    context.fail(
      `padding ${rule} is more than half its window of ${kernel.join('×')}`,
      "use a smaller padding, or 'same'",
    );
  }
  const pads = slidingPads(context, x.type.shape, { kernel, strides, dilations }, rule);
  const window = { kernel, strides, pads };
  return kind === 'max' ? context.b.maxPool(x, window).output : context.b.averagePool(x, window);
}

const poolPadding = padding('valid');

function pooling2d(type: string, kind: Pooling, summary: string) {
  return defineLayer({
    type,
    category: 'pooling',
    summary,
    inputs: oneInput,
    schema: z.strictObject({
      poolSize: perAxis2d().default(2).describe('Height and width of the window, in pixels.'),
      strides: perAxis2d().optional().describe('Pixels the window moves at a time; poolSize when left out.'),
      padding: poolPadding,
    }),
    build(context, [x], config) {
      requireRank(context, x, [4], imageWords);
      return pool(context, x, kind, pair(config.poolSize), pair(config.strides ?? config.poolSize), config.padding);
    },
  });
}

function pooling1d(type: string, kind: Pooling, summary: string) {
  return defineLayer({
    type,
    category: 'pooling',
    summary,
    inputs: oneInput,
    schema: z.strictObject({
      poolSize: count().default(2).describe('Length of the window, in elements.'),
      strides: count().optional().describe('Elements the window moves at a time; poolSize when left out.'),
      padding: poolPadding,
    }),
    build(context, [x], config) {
      requireRank(context, x, [3], signalWords);
      return pool(context, x, kind, [config.poolSize], [config.strides ?? config.poolSize], config.padding);
    },
  });
}

function globalPooling(type: string, kind: Pooling, summary: string) {
  return defineLayer({
    type,
    category: 'pooling',
    summary,
    inputs: oneInput,
    schema: z.strictObject({}),
    build(context, [x]) {
      requireRank(context, x, [3, 4], 'a signal [N, channels, length] or an image [N, channels, height, width]');
      const axes = x.type.shape.length === 4 ? [2, 3] : [2];
      return kind === 'max' ? context.b.reduceMax(x, axes) : context.b.reduceMean(x, axes);
    },
  });
}

export const maxPooling2d = pooling2d('maxPooling2d', 'max', 'Keeps the largest value of each window of an image.');
export const averagePooling2d = pooling2d('averagePooling2d', 'average', 'Keeps the mean of each window of an image.');
export const maxPooling1d = pooling1d('maxPooling1d', 'max', 'Keeps the largest value of each window of a signal.');
export const averagePooling1d = pooling1d('averagePooling1d', 'average', 'Keeps the mean of each window of a signal.');
export const globalAveragePooling = globalPooling(
  'globalAveragePooling',
  'average',
  'The mean of each channel: [N, channels].',
);
export const globalMaxPooling = globalPooling(
  'globalMaxPooling',
  'max',
  'The largest value of each channel: [N, channels].',
);
