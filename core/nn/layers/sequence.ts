/** Layers for sequences [N, steps, features]: attention between steps, and learned positions. */
import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import type { OpBuilder } from '../../ops/builder.ts';
import { tensor } from '../../tensor/tensor.ts';
import { count, useBias } from '../fields.ts';
import type { LayerContext } from '../layer.ts';
import { defineLayer, oneInput, requireRank, scoped, showShape, sizeAt } from './define.ts';
import { applyDense } from './dense.ts';
import { applyDropout } from './regularization.ts';

export const sequenceWords = 'a sequence [N, steps, features]';

/** What is added to the score of a step that must not be seen: its weight after the softmax is 0 in float32. */
const hidden = -1e9;

/** [steps, steps], 0 where a step may look (itself and before), `hidden` after; the step's own row where there is one at a time. */
function causalMask(context: LayerContext, steps: number): Value {
  const { b, stepping } = context;
  if (stepping) return b.where(b.greater(places(b, stepping.steps), stepping.position), hidden, 0);
  const mask = new Float32Array(steps * steps);
  for (let from = 0; from < steps; from++) mask.fill(hidden, from * steps + from + 1, (from + 1) * steps);
  return b.constant(tensor('float32', [steps, steps], mask));
}

/** 0, 1, … steps − 1. */
function places(b: OpBuilder, steps: number): Value {
  return b.ints(Array.from({ length: steps }, (_, step) => step));
}

/**
 * Keys or values [N, heads, steps, size] of the steps to be looked at: all of them at hand, or, one step at a time, this
 * one's put beside those of earlier steps.
 */
function remembered({ b, stepping }: LayerContext, name: string, fresh: Value): Value {
  if (!stepping) return fresh;
  const [batch, heads, , size] = fresh.type.shape;
  const { value, keep } = stepping.carried(name, [batch, heads, stepping.steps, size]);
  const here = b.unsqueeze(b.equal(places(b, stepping.steps), stepping.position), [1]);
  const next = b.where(here, fresh, value);
  keep(next);
  return next;
}

/** [N, steps, heads·size] as [N, heads, steps, size]. */
function intoHeads(context: LayerContext, x: Value, heads: number, size: number): Value {
  return context.b.transpose(context.b.reshape(x, [0, 0, heads, size]), [0, 2, 1, 3]);
}

export const multiHeadAttention = defineLayer({
  type: 'multiHeadAttention',
  category: 'attention',
  summary:
    'Lets every step of a sequence look at every other, in several heads (Vaswani et al. 2017). ' +
    'With a second input the steps of the first look at those of the second. Adds no residual of its own.',
  inputs: { fewest: 1, most: 2, names: ['queries', 'memory'] },
  schema: z.strictObject({
    heads: count().default(4).describe('Number of attention heads.'),
    headSize: count().optional().describe('Features of each head; features / heads when left out.'),
    causal: z.boolean().default(false).describe('Whether a step may look at itself and earlier steps only.'),
    dropout: z.number().min(0).lt(1).default(0).describe('Share of attention weights zeroed in training.'),
    useBias,
  }),
  causal: ({ causal }) => causal,
  build(context, [x, memory = x], config) {
    const { b } = context;
    requireRank(context, x, [3], sequenceWords);
    requireRank(context, memory, [3], sequenceWords);
    const features = sizeAt(context, x, 2);
    const { heads } = config;
    if (config.headSize === undefined && features % heads !== 0) {
      context.fail(
        `${heads} heads do not divide its ${features} features evenly`,
        'use heads that divide them, or give headSize',
      );
    }
    if (config.causal && memory !== x) context.fail('causal attention looks at its own steps, so it takes one input');
    const size = config.headSize ?? features / heads;
    const project = (name: string, value: Value, units: number): Value =>
      applyDense(scoped(context, name), value, { units, useBias: config.useBias });
    const [query, ...seen] = (['query', 'key', 'value'] as const).map((name) =>
      intoHeads(context, project(name, name === 'query' ? x : memory, heads * size), heads, size),
    );
    const [key, content] = ['keys', 'values'].map((name, at) => remembered(context, name, seen[at]));
    const scores = b.fusedMatMul(query, key, { transB: true, alpha: size ** -0.5 });
    const masked = config.causal ? b.add(scores, causalMask(context, sizeAt(context, x, 1))) : scores;
    const weights = applyDropout(context, b.softmax(masked), config.dropout);
    const joined = b.reshape(b.transpose(b.matMul(weights, content), [0, 2, 1, 3]), [0, 0, heads * size]);
    return project('output', joined, features);
  },
});

export const positionEmbedding = defineLayer({
  type: 'positionEmbedding',
  category: 'embedding',
  summary: 'Adds a learned vector for its place to every step of a sequence.',
  inputs: oneInput,
  schema: z.strictObject({}),
  causal: () => true,
  build(context, [x]) {
    if (x.type.shape.length !== 3) context.fail(`expected ${sequenceWords}, found ${showShape(x.type.shape)}`);
    const { b, stepping } = context;
    const shape = [stepping?.steps ?? sizeAt(context, x, 1), sizeAt(context, x, 2)];
    const positions = context.parameter('positions', shape, { type: 'normal', scale: 0.02 });
    return b.add(x, stepping ? b.gather(positions, stepping.position) : positions);
  },
});
