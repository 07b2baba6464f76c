/** Language models: what is written with remembered keys, values and states is what the whole network foretells. */
import { describe, expect, it } from 'vitest';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { asciiVocabulary } from '../../../core/data/text.ts';
import { initialState } from '../../../core/program/initial-state.ts';
import { builtinDataInfo } from '../../../core/spec/builtin-data.ts';
import { checkDocument } from '../../../core/spec/check.ts';
import { compileDocument } from '../../../core/spec/compile.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import { chosen, Stepper } from '../../../core/tasks/generation.ts';
import type { TaskSession } from '../../../core/tasks/task.ts';
import { numbersOf, tensor, tensorOf } from '../../../core/tensor/tensor.ts';
import { Engine } from '../../../main/host/runs/engine.ts';

const context = 12;
const layersOf: Readonly<Record<string, readonly object[]>> = {
  attention: [
    { type: 'positionEmbedding' },
    { id: 'norm', type: 'layerNormalization' },
    { id: 'a', type: 'multiHeadAttention', heads: 3, causal: true },
    { id: 'first', type: 'add', inputs: ['norm', 'a'] },
    { id: 'b', type: 'multiHeadAttention', heads: 2, headSize: 5, causal: true },
    { type: 'add', inputs: ['first', 'b'] },
  ],
  lstm: [
    { type: 'lstm', units: 14 },
    { type: 'dropout', rate: 0.4 },
    { type: 'lstm', units: 9 },
  ],
  gru: [{ type: 'gru', units: 14 }],
};

const documentOf = (
  layers: readonly object[],
  source = 'builtin:text',
  task: object = { type: 'languageModel' },
): string =>
  JSON.stringify({
    lathe: 1,
    name: 'test',
    data: { source, batchSize: 4, ...(source === 'builtin:text' && { context }) },
    task,
    networks: {
      languageModel: {
        inputs: { x: 'text' },
        layers: [
          { type: 'embedding', inputDim: 96, outputDim: 12 },
          ...layers,
          { id: 'logits', type: 'dense', units: 96 },
        ],
      },
    },
    training: { steps: 3 },
  });

/** A model with weights large enough that its scores differ much. */
function open(layers: readonly object[]) {
  const { document } = parseDocument(documentOf(layers));
  if (!document) throw new Error('the document has errors');
  const data = builtinDataInfo(document.data) as DataInfo;
  const model = compileDocument(document, data);
  const state = initialState(model.registry.all, 3);
  for (const [name, { data: values }] of state)
    if (/embeddings|positions/.test(name)) for (let i = 0; i < values.length; i++) values[i] *= 40;
  const engine = new Engine(model, state, { threads: 1, device: 'cpu' });
  const session: TaskSession = {
    run: (program, args) => engine.run(program, args),
    examples: (_split, _start, count) => ({
      x: tensor(
        'float32',
        [count, context + 1],
        Float32Array.from({ length: count * (context + 1) }, (_, i) => i % 96),
      ),
    }),
    progress: () => {},
  };
  return { model, session, engine };
}

/** What the whole network says of the token after these; places used up, it goes on from the later half. */
async function scoresAfter(session: TaskSession, tokens: readonly number[]): Promise<readonly number[]> {
  let from = 0;
  while (tokens.length - from > context) from += context - Math.floor(context / 2);
  const padded = Array.from({ length: context }, (_, at) => tokens[from + at] ?? 0);
  const { logits } = await session.run('predict', { tokens: tensorOf('int64', [1, context], padded) });
  return numbersOf(logits).slice((tokens.length - from - 1) * 96, (tokens.length - from) * 96);
}

async function greedy(session: TaskSession, given: readonly number[], count: number): Promise<number[]> {
  const tokens = [...given];
  for (let i = 0; i < count; i++) {
    const scores = await scoresAfter(session, tokens);
    tokens.push(scores.indexOf(Math.max(...scores)));
  }
  return tokens;
}

describe.each(Object.keys(layersOf))('a network of %s', (kind) => {
  const { model, session } = open(layersOf[kind]);

  it('is a document without faults', () => {
    expect(checkDocument(documentOf(layersOf[kind])).issues).toEqual([]);
  });

  it('gives the same scores step by step as all at once, to 1e-5', async () => {
    const texts = [0, 1, 2].map((row) => Array.from({ length: context }, (_, at) => (row * 31 + at * at * 7) % 96));
    const { logits } = await session.run('predict', { tokens: tensorOf('int64', [3, context], texts.flat()) });
    const step = model.programs.get('step');
    if (!step) throw new Error('there is no step');
    const stepper = new Stepper(session, step, 3, context);
    for (let at = 0; at < context; at++) {
      const found = await stepper.take(texts.map((text) => text[at]));
      for (let row = 0; row < 3; row++) {
        const expected = numbersOf(logits).slice((row * context + at) * 96, (row * context + at + 1) * 96);
        const worst = Math.max(...expected.map((value, token) => Math.abs(value - found[row * 96 + token])));
        expect(worst, `text ${row}, step ${at}`).toBeLessThan(1e-5);
      }
    }
  });

  it('writes at temperature 0 what the whole network foretells as most likely', async () => {
    const options = { prompt: 'cat', length: 9, temperature: 0 };
    const [{ data, reference }] = await model.sample(session, { count: 2, seed: 1, options });
    const prompt = [...'cat'].map((character) => asciiVocabulary.characters.indexOf(character));
    const expected = await greedy(session, prompt, 9);
    expect(data.shape).toEqual([2, 12]);
    expect([...data.data]).toEqual([...expected, ...expected]);
    expect([...(reference?.data ?? [])]).toEqual([...prompt, ...prompt]);
  });

  it('writes the same texts for the same seed, in any number, and others for another', async () => {
    const draw = async (count: number, seed: number) => {
      const [{ data }] = await model.sample(session, { count, seed, options: { length: 30, temperature: 1.5 } });
      return Array.from({ length: count }, (_, row) => data.data.slice(row * 30, (row + 1) * 30).join());
    };
    const three = await draw(3, 5);
    expect(await draw(1, 5)).toEqual(three.slice(0, 1));
    expect(new Set([...three, ...(await draw(3, 6))]).size).toBe(6);
  });

  it('says what a prompt holds that the data does not', async () => {
    const draw = model.sample(session, { count: 1, seed: 1, options: { prompt: 'naïve' } });
    await expect(draw).rejects.toThrow("the prompt holds 'ï'");
  });

  it('has perplexity e^loss and loss / ln 2 bits per character', async () => {
    const found = await model.evaluate(session, 'validation', 8);
    expect(found['perplexity']).toBeCloseTo(Math.exp(found['loss']), 6);
    expect(found['bitsPerCharacter']).toBeCloseTo(found['loss'] / Math.LN2, 6);
    const { logits } = await session.run('predict', {
      tokens: tensorOf(
        'int64',
        [1, context],
        Array.from({ length: context }, (_, at) => at),
      ),
    });
    const losses = Array.from({ length: context }, (_, at) => {
      const scores = numbersOf(logits).slice(at * 96, (at + 1) * 96);
      return Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0)) - scores[at + 1];
    });
    const first = await model.evaluate(session, 'validation', 1);
    expect(first['loss']).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / context, 5);
  });
});

it('writes beyond the places of a network what the later half of the text foretells', async () => {
  const { model, session } = open(layersOf['attention']);
  const options = { prompt: 'cat', length: 40, temperature: 0 };
  const [{ data }] = await model.sample(session, { count: 1, seed: 1, options });
  const tokens = [...data.data];
  for (let at = 3; at < tokens.length; at++) {
    const scores = await scoresAfter(session, tokens.slice(0, at));
    expect(Math.max(...scores) - scores[tokens[at]], `token ${at}`).toBeLessThan(1e-4);
  }
});

it('takes a step without the keys and values of other steps leaving the program', () => {
  const { model } = open(layersOf['attention']);
  const step = model.programs.get('step');
  const fresh = step?.graph.outputs.filter(({ name }) => name.startsWith('fresh/')) ?? [];
  expect(fresh.map(({ value }) => value.type.shape)).toEqual([
    ['N', 3, 1, 4],
    ['N', 3, 1, 4],
    ['N', 2, 1, 5],
    ['N', 2, 1, 5],
  ]);
});

describe('what a language model may be made of', () => {
  const messages = (layers: readonly object[], source?: string, task?: object): readonly string[] =>
    checkDocument(documentOf(layers, source, task)).issues.map((issue) => issue.message);

  it.each([
    ['attention that sees later steps', [{ type: 'multiHeadAttention', heads: 2 }], 'multiHeadAttention'],
    ['a convolution along the steps', [{ type: 'conv1d', filters: 12 }], 'conv1d'],
  ])('is not %s', (_, layers, type) => {
    expect(messages(layers).join()).toContain(`${type} '${type}_1' mixes steps of the text`);
  });

  it('is no embedding with too few rows', () => {
    const text = documentOf(layersOf['gru']).replace('"inputDim":96', '"inputDim":95');
    expect(checkDocument(text).issues[0].message).toContain("embedding 'embedding_1' has 95 rows, expected 96");
  });

  it('learns from texts alone, and texts are for nothing else', () => {
    expect(messages(layersOf['gru'], 'builtin:glyphs')).toContain(
      "task 'languageModel' learns from texts, and this data is pictures",
    );
    expect(messages([], 'builtin:text', { type: 'autoencoder' })).toContain(
      "task 'autoencoder' learns from pictures, points, tables, and this data is texts",
    );
  });
});

describe('the choice of a token', () => {
  const logits = Float32Array.of(1, 3, 2, 3.5);

  it('is the most likely at temperature 0 and of one alone', () => {
    expect(chosen(logits, 0.99, { temperature: 0, topK: 0 })).toBe(3);
    expect(chosen(logits, 0.99, { temperature: 1, topK: 1 })).toBe(3);
  });

  it('is the lower of two equally likely tokens first', () => {
    const equal = Float32Array.of(2, 5, 2, 5, 5);
    const found = [0, 0.4, 0.7].map((uniform) => chosen(equal, uniform, { temperature: 0.1, topK: 3 }));
    expect(found).toEqual([1, 3, 4]);
  });

  it('is some token even where scores are no numbers', () => {
    const broken = Float32Array.of(NaN, NaN, NaN);
    for (const temperature of [0, 1]) expect([0, 1, 2]).toContain(chosen(broken, 0.5, { temperature, topK: 0 }));
  });

  it.each([
    [1, 0],
    [0.5, 0],
    [2, 2],
  ])('at temperature %d among the first %i follows the softmax', (temperature, topK) => {
    const kept = topK === 2 ? [1, 3] : [0, 1, 2, 3];
    const weights = kept.map((token) => Math.exp(logits[token] / temperature));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const counts = [0, 0, 0, 0];
    const draws = 10_000;
    for (let i = 0; i < draws; i++) counts[chosen(logits, (i + 0.5) / draws, { temperature, topK })]++;
    kept.forEach((token, at) => expect(counts[token] / draws).toBeCloseTo(weights[at] / total, 3));
    expect(counts.filter((count) => count > 0)).toHaveLength(kept.length);
  });
});
