/** Upsampling: enlarging images and signals without parameters. */
import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import { tensorOf } from '../../tensor/tensor.ts';
import { count, pair, perAxis2d } from '../fields.ts';
import type { LayerContext } from '../layer.ts';
import { imageWords, signalWords } from './convolution.ts';
import { defineLayer, oneInput, requireRank, sizeAt } from './define.ts';

/** Repeats every element of each spatial axis `factors` times. */
export function upsampleNearest(context: LayerContext, x: Value, factors: readonly number[]): Value {
  const { b } = context;
  if (factors.every((factor) => factor === 1)) return x;
  const scales = b.constant(tensorOf('float32', [factors.length + 2], [1, 1, ...factors]));
  const how = { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' };
  return b.emit('Resize', [x, null, scales], how);
}

/**
 * Bilinear interpolation between pixel centres (half-pixel convention, edges repeated: PyTorch's
 * `align_corners=False`), as one small constant matrix an axis, so that its gradient is a product too.
 */
function upsampleBilinear(context: LayerContext, x: Value, [vertical, horizontal]: readonly [number, number]): Value {
  const { b } = context;
  const rows = interpolation(sizeAt(context, x, 2), vertical);
  const columns = interpolation(sizeAt(context, x, 3), horizontal);
  const wide = b.matMul(x, b.transpose(b.constant(columns), [1, 0]));
  return b.matMul(b.constant(rows), wide);
}

/** The matrix [size·factor, size] that interpolates one axis. */
function interpolation(size: number, factor: number) {
  const values = new Float64Array(size * factor * size);
  for (let out = 0; out < size * factor; out++) {
    const at = Math.min(Math.max((out + 0.5) / factor - 0.5, 0), size - 1);
    const low = Math.floor(at);
    const high = Math.min(low + 1, size - 1);
    values[out * size + low] += 1 - (at - low);
    values[out * size + high] += at - low;
  }
  return tensorOf('float32', [size * factor, size], values);
}

export const upsampling2d = defineLayer({
  type: 'upsampling2d',
  category: 'shape',
  summary: 'Enlarges an image a whole number of times.',
  inputs: oneInput,
  schema: z.strictObject({
    size: perAxis2d().default(2).describe('How many times higher and wider.'),
    interpolation: z
      .enum(['nearest', 'bilinear'])
      .default('nearest')
      .describe('nearest repeats pixels, bilinear blends between their centres.'),
  }),
  build(context, [x], config) {
    requireRank(context, x, [4], imageWords);
    const factors = pair(config.size);
    return config.interpolation === 'nearest'
      ? upsampleNearest(context, x, factors)
      : upsampleBilinear(context, x, factors);
  },
});

export const upsampling1d = defineLayer({
  type: 'upsampling1d',
  category: 'shape',
  summary: 'Repeats every element of a signal a whole number of times.',
  inputs: oneInput,
  schema: z.strictObject({ size: count().default(2).describe('How many times longer.') }),
  build(context, [x], config) {
    requireRank(context, x, [3], signalWords);
    return upsampleNearest(context, x, [config.size]);
  },
});
