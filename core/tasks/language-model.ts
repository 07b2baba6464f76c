/** The language model: one network that foretells the next token of a text from those before it, by cross entropy. */
import { z } from 'zod';
import { keepsRules } from '../data/made-text.ts';
import { decodeTokens, vocabularySize, type Vocabulary } from '../data/text.ts';
import type { Dim, TensorType, Value } from '../graph/graph.ts';
import { softmaxCrossEntropy } from '../nn/losses.ts';
import type { ProgramBuilder } from '../program/program-builder.ts';
import type { Program } from '../program/program.ts';
import { numbersOf } from '../tensor/tensor.ts';
import { dataType, meansOver, planScalars, program, train } from './common.ts';
import { expectShape } from './expectations.ts';
import { generatedTokens, generationOptions } from './generation.ts';
import {
  batchDim,
  type CompileContext,
  type CompiledModel,
  type Probe,
  type TaskDefinition,
  type TaskSession,
} from './task.ts';

const schema = z
  .strictObject({ type: z.literal('languageModel') })
  .describe('Foretells the next character of a text, and so writes texts.');
type Config = z.output<typeof schema>;

const network = 'languageModel';

/** Tokens a network sees at once: the samples hold one more, which the last of them foretells. */
const contextOf = (shape: readonly number[]): number => shape[0] - 1;

/** A batch of tokens: int64 [batch, steps]. */
const tokenType = (steps: number, batch: Dim = batchDim): TensorType => ({ dtype: 'int64', shape: [batch, steps] });

function check(probe: Probe): void {
  const { vocabulary } = probe.data;
  if (!vocabulary) return;
  const context = contextOf(probe.data.shape);
  const [logits] = probe.apply(network, { data: tokenType(context) });
  const expected = [batchDim, context, vocabularySize(vocabulary)];
  expectShape(probe, network, logits, expected, 'after every step one score for each token of the vocabulary');
  expectLookingBack(probe);
  expectVocabulary(probe, vocabulary);
}

/** Reports layers through which a step could see later ones: the model would be told what it is to foretell. */
function expectLookingBack(probe: Probe): void {
  for (const { definition, config, id, path, bypass } of probe.network(network)?.layers ?? []) {
    if (bypass || definition.causal?.(config)) continue;
    const { type } = definition;
    const reason = 'mixes steps of the text, so the network would see what it is to foretell';
    const hint =
      definition.causal === undefined
        ? 'use layers that treat every step alike, lstm or gru, and multiHeadAttention with "causal": true'
        : 'add "causal": true';
    probe.issue(path, `${type} '${id}' ${reason}`, hint);
  }
}

/** Reports embeddings with too few rows: the lookup would fail in the middle of training. */
function expectVocabulary(probe: Probe, vocabulary: Vocabulary): void {
  const needed = vocabularySize(vocabulary);
  const found = probe.network(network);
  for (const { definition, config, id, inputs, path } of found?.layers ?? []) {
    const { inputDim } = config as { readonly inputDim?: number };
    const takesText = inputs.some((input) => found?.inputs.get(input) === 'data');
    if (!takesText || inputDim === undefined || inputDim >= needed) continue;
    probe.issue(path, `${definition.type} '${id}' has ${inputDim} rows, expected ${needed}: the tokens of the data`);
  }
}

/** A window's tokens but the last, and each one's next. */
function windows(p: ProgramBuilder, x: Value, context: number): { readonly seen: Value; readonly next: Value } {
  const tokens = p.b.cast(x, 'int64');
  return { seen: p.b.slice(tokens, [0], [context], [1]), next: p.b.slice(tokens, [1], [context + 1], [1]) };
}

/** Cross entropy of every token, in nats: [batch·context]. */
function tokenLosses(p: ProgramBuilder, context: CompileContext, x: Value, training: boolean): Value {
  const length = contextOf(context.data.shape);
  const { seen, next } = windows(p, x, length);
  const [logits] = context.apply(p, network, { data: seen }, { training });
  const classes = logits.type.shape[2] as number;
  return softmaxCrossEntropy(p.b, p.b.reshape(logits, [-1, classes]), p.b.reshape(next, [-1]));
}

const bitsPerNat = 1 / Math.LN2;

function compile(context: CompileContext): CompiledModel {
  const { plan, data } = context;
  const length = contextOf(data.shape);
  const vocabulary = data.vocabulary as Vocabulary;
  const training = program(context, 'train', (p) => {
    const losses = tokenLosses(p, context, p.batch('x', dataType(data, plan.batchSize)), true);
    const loss = p.b.reduceMean(losses);
    p.metric('loss', loss);
    p.metric('bitsPerCharacter', p.b.mul(loss, bitsPerNat));
    p.metric('perplexity', p.b.exp(loss));
    train(p, context, loss, network, [network]);
  });
  const score = program(context, 'score', (p) => {
    const losses = tokenLosses(p, context, p.argument('x', 'float32', dataType(data).shape), false);
    p.result('loss', p.b.reduceMean(p.b.reshape(losses, [-1, length]), [1]));
  });
  const predict = program(context, 'predict', (p) => {
    const { dtype, shape } = tokenType(length);
    const [logits] = context.apply(p, network, { data: p.argument('tokens', dtype, shape) }, { training: false });
    p.result('logits', logits);
  });
  const step = program(context, 'step', (p) => {
    const { dtype, shape } = tokenType(1);
    const token = p.argument('token', dtype, shape);
    const stepping = { steps: length, position: p.argument('position', 'int64', []) };
    const [logits] = context.apply(p, network, { data: token }, { training: false, stepping });
    p.result('logits', p.b.squeeze(logits, [1]));
  });
  return {
    registry: context.registry,
    train: training,
    batchesPerStep: 1,
    programs: new Map([score, predict, step].map((each) => [each.name, each])),
    scalars: planScalars(plan, { [network]: [network] }),
    outputs: [{ name: 'samples', label: 'Texts', kind: 'text' }],
    sampleOptions: generationOptions,
    exports: [{ name: network, program: 'predict' }],
    sample: async (session, request) => [await generatedTokens(session, step, vocabulary, length, request)],
    evaluate: async (session, split, limit) => ({
      ...(await evaluate(session, split, limit, data.counts[split])),
      ...(data.rules && { linesKeepingRules: await linesKeepingRules(session, step, vocabulary, length) }),
    }),
  };
}

async function evaluate(
  session: TaskSession,
  split: Parameters<TaskSession['examples']>[0],
  limit: number,
  available: number,
): Promise<Record<string, number>> {
  const { loss } = await meansOver(session, split, limit, available, async ({ x }) => ({
    loss: numbersOf((await session.run('score', { x }))['loss']),
  }));
  if (loss === undefined) return {};
  return { loss, bitsPerCharacter: loss * bitsPerNat, perplexity: Math.exp(loss) };
}

/** Share of whole lines a model writes that keep the rules of the made text. */
async function linesKeepingRules(
  session: TaskSession,
  step: Program,
  vocabulary: Vocabulary,
  length: number,
): Promise<number> {
  const request = { count: 16, seed: 0, options: { length: 160 } };
  const { data } = await generatedTokens(session, step, vocabulary, length, request);
  const lines = Array.from({ length: request.count }, (_, row) =>
    decodeTokens(vocabulary, data.data.subarray(row * 160, (row + 1) * 160))
      .split('\n')
      .slice(0, -1),
  ).flat();
  return lines.filter(keepsRules).length / Math.max(1, lines.length);
}

const curves = (heldOut: boolean) =>
  [
    { name: 'loss', label: 'Cross entropy' },
    { name: 'bitsPerCharacter', label: 'Bits per character' },
    { name: 'perplexity', label: 'Perplexity' },
  ].map((metric) => ({ ...metric, goal: 'min' as const, ...(heldOut && { heldOut }) }));

export const languageModel: TaskDefinition<Config> = {
  type: 'languageModel',
  label: 'Language model',
  summary: 'Foretells the next character of a text, and so writes texts.',
  group: 'predictive',
  data: ['text'],
  schema,
  metrics: [
    ...curves(false),
    ...curves(true),
    { name: 'linesKeepingRules', label: 'Lines that keep the rules', goal: 'max', heldOut: true },
  ],
  networks: {
    [network]: {
      purpose: 'From tokens (text) to a score for each possible next token after every step, before softmax.',
      inputs: { x: 'data' },
    },
  },
  range: () => 'unit',
  check,
  compile,
};
