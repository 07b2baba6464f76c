/** Layers for sequences [N, steps, features]: attention between steps, and learned positions. */
import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import type { OpBuilder } from '../../ops/builder.ts';
import { tensor } from '../../tensor/tensor.ts';
import { count, useBias } from '../fields.ts';
import type { LayerContext, Stepping } from '../layer.ts';
import { defineLayer, oneInput, requireRank, scoped, showShape, sizeAt } from './define.ts';
import { applyDense } from './dense.ts';
import { applyDropout } from './regularization.ts';

export const sequenceWords = 'a sequence [N, steps, features]';

/** What is added to the score of a step that must not be seen: its weight after the softmax is 0 in float32. */
const hidden = -1e9;

/** [steps, steps], 0 where a step may look (itself and before), `hidden` after. */
function causalMask(b: OpBuilder, steps: number): Value {
  const mask = new Float32Array(steps * steps);
  for (let from = 0; from < steps; from++) mask.fill(hidden, from * steps + from + 1, (from + 1) * steps);
  return b.constant(tensor('float32', [steps, steps], mask));
}

/** [N, steps, heads·size] as [N, heads, steps, size]. */
function intoHeads({ b, stepping }: LayerContext, x: Value, heads: number, size: number): Value {
  if (stepping) return b.reshape(x, [0, heads, 1, size]);
  return b.transpose(b.reshape(x, [0, 0, heads, size]), [0, 2, 1, 3]);
}

/** [N, heads, steps, size] as [N, steps, heads·size]. */
function outOfHeads({ b, stepping }: LayerContext, x: Value, width: number): Value {
  if (stepping) return b.reshape(x, [0, 1, width]);
  return b.reshape(b.transpose(x, [0, 2, 1, 3]), [0, 0, width]);
}

/** Queries, keys and values of every head: [N, heads, steps, size]. */
interface Heads {
  readonly query: Value;
  readonly key: Value;
  readonly content: Value;
  readonly size: number;
}

/** What every step takes from those it looks at: [N, heads, steps, size]. */
function attended(
  context: LayerContext,
  { query, key, content, size }: Heads,
  { causal, dropout }: { readonly causal: boolean; readonly dropout: number },
): Value {
  const { b } = context;
  const scores = b.fusedMatMul(query, key, { transB: true, alpha: size ** -0.5 });
  const masked = causal ? b.add(scores, causalMask(b, sizeAt(context, scores, 3))) : scores;
  return b.matMul(applyDropout(context, b.softmax(masked), dropout), content);
}

/**
 * As `attended`, of one step, which looks at itself and at what is remembered of earlier ones. The query is scaled rather
 * than the product, since ONNX Runtime has a kernel for the product of a vector and a matrix, but only for a plain one; and it
 * is scaled by as many equal numbers as it has features, since a single one ONNX Runtime would draw into the product again.
 */
function attendedByStep(b: OpBuilder, stepping: Stepping, { query, key, content, size }: Heads): Value {
  const { steps, position } = stepping;
  const scaled = b.mul(query, b.constant(tensor('float32', [size], new Float32Array(size).fill(size ** -0.5))));
  const places = b.ints(Array.from({ length: steps }, (_, step) => step));
  const mask = b.where(b.less(places, position), 0, hidden);
  const before = b.add(b.fusedMatMul(scaled, stepping.past('keys', key, 2), { transB: true }), mask);
  const own = b.fusedMatMul(scaled, key, { transB: true });
  const [weights, ownWeight] = b.split(b.softmax(b.concat([before, own], 3)), [steps, 1], 3);
  return b.add(b.matMul(weights, stepping.past('values', content, 2)), b.mul(ownWeight, content));
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
    const { b, stepping } = context;
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
    const [query, key, content] = (['query', 'key', 'value'] as const).map((name) =>
      intoHeads(context, project(name, name === 'query' ? x : memory, heads * size), heads, size),
    );
    const parts = { query, key, content, size };
    const mixed = stepping ? attendedByStep(b, stepping, parts) : attended(context, parts, config);
    return project('output', outOfHeads(context, mixed, heads * size), features);
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
