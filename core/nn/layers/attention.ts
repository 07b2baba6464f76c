/** Self-attention between the pixels of an image. */
import { z } from 'zod';
import { count } from '../fields.ts';
import { applyConvolution, imageWords } from './convolution.ts';
import { defineLayer, oneInput, requireRank, scoped, sizeAt } from './define.ts';
import { applyGroupNormalization, groupDefaults } from './normalization.ts';

/** softmax(qᵀk / √size) v for every head (Vaswani et al. 2017), within the residual of DDPM's attention block. */
export const selfAttention2d = defineLayer({
  type: 'selfAttention2d',
  category: 'attention',
  summary:
    'Lets every pixel look at every other: group normalisation, attention in heads, added to the input (Ho et al. 2020).',
  inputs: oneInput,
  schema: z.strictObject({
    heads: count().default(1).describe('Number of attention heads.'),
    headSize: count().optional().describe('Channels of each head; channels / heads when left out.'),
    groups: count()
      .default(groupDefaults.groups)
      .describe('Groups of the group normalisation before; must divide the channels.'),
  }),
  build(context, [x], config) {
    const { b } = context;
    requireRank(context, x, [4], imageWords);
    const channels = sizeAt(context, x, 1);
    const { heads } = config;
    if (config.headSize === undefined && channels % heads !== 0) {
      context.fail(
        `${heads} heads do not divide its ${channels} channels evenly`,
        'use heads that divide them, or give headSize',
      );
    }
    const headSize = config.headSize ?? channels / heads;
    const inner = heads * headSize;
    const normalized = applyGroupNormalization(scoped(context, 'norm'), x, config.groups, groupDefaults);
    const joined = applyConvolution(scoped(context, 'queryKeyValue'), normalized, {
      filters: 3 * inner,
      kernel: [1, 1],
    });
    const [query, key, value] = b.split(b.reshape(joined, [0, 3 * heads, headSize, -1]), [heads, heads, heads], 1);
    const weights = b.softmax(b.fusedMatMul(query, key, { transA: true, alpha: headSize ** -0.5 }));
    const mixed = b.reshape(b.fusedMatMul(value, weights, { transB: true }), [
      0,
      inner,
      sizeAt(context, x, 2),
      sizeAt(context, x, 3),
    ]);
    const out = applyConvolution(scoped(context, 'output'), mixed, {
      filters: channels,
      kernel: [1, 1],
      kernelInitializer: 'zeros',
    });
    return b.add(x, out);
  },
});
