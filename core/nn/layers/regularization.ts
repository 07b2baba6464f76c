/** Layers that act in training only: dropout and noise. */
import { z } from 'zod';
import type { Dim, Value } from '../../graph/graph.ts';
import type { LayerContext } from '../layer.ts';
import { defineLayer, oneInput, requireRank } from './define.ts';

/** Zeroes a share `rate` of the elements of `shape` and divides the rest by 1 − rate, so that the mean stays. */
export function applyDropout(
  context: LayerContext,
  x: Value,
  rate: number,
  shape: readonly Dim[] = x.type.shape,
): Value {
  if (!context.training || rate === 0) return x;
  const { b } = context;
  const kept = b.cast(b.greaterOrEqual(context.noise('uniform', shape), rate), 'float32');
  return b.mul(x, b.mul(kept, 1 / (1 - rate)));
}

const rate = z.number().min(0).lt(1).default(0.5).describe('Share that is zeroed, from 0 up to but not including 1.');

export const dropout = defineLayer({
  type: 'dropout',
  category: 'regularisation',
  summary: 'Zeroes a random share of its input in training and enlarges the rest to match (Srivastava et al. 2014).',
  inputs: oneInput,
  causal: () => true,
  schema: z.strictObject({ rate }),
  build(context, [x], config) {
    return applyDropout(context, x, config.rate);
  },
});

export const spatialDropout = defineLayer({
  type: 'spatialDropout',
  category: 'regularisation',
  summary: 'Zeroes whole channels at random in training (Tompson et al. 2015).',
  inputs: oneInput,
  schema: z.strictObject({ rate }),
  build(context, [x], config) {
    requireRank(context, x, [3, 4], 'a signal [N, channels, length] or an image [N, channels, height, width]');
    const [batch, channels, ...places] = x.type.shape;
    return applyDropout(context, x, config.rate, [batch, channels, ...places.map(() => 1)]);
  },
});

export const gaussianNoise = defineLayer({
  type: 'gaussianNoise',
  category: 'regularisation',
  summary: 'Adds normal noise in training.',
  inputs: oneInput,
  causal: () => true,
  schema: z.strictObject({
    deviation: z.number().min(0).default(0.1).describe("Standard deviation of the noise, in the input's units."),
  }),
  build(context, [x], config) {
    if (!context.training || config.deviation === 0) return x;
    return context.b.add(x, context.b.mul(context.noise('normal', x.type.shape), config.deviation));
  },
});
