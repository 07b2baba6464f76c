/** A classifier's examples, judged and explained through the services, and what its evaluations keep. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openServices, pointsDocument } from './support.ts';

const { ask, until } = openServices();
/** A single layer without hidden ones: its score's gradient is a column of its weights, the same at every point. */
const linear = pointsDocument(
  { type: 'classifier' },
  { classifier: { inputs: { x: 'points' }, layers: [{ id: 'scores', type: 'dense', units: 8 }] } },
  { steps: 60, evaluateEvery: 20, checkpointEvery: 60 },
);
let run = '';
beforeAll(async () => {
  run = (await ask('runs.start', { text: linear, baseDir: '/' })).id;
  await until(run, 'finished');
});

describe('a confusion', () => {
  it('is kept at each evaluation while the model trains', async () => {
    const moments = await ask('runs.insights', { run });
    expect(moments.filter(({ kind }) => kind === 'confusion')).toEqual(
      [20, 40, 60].map((step) => ({ kind: 'confusion', split: 'validation', step })),
    );
  });

  it('adds up to the examples evaluated, and its diagonal to the accuracy recorded with it', async () => {
    const { data } = await ask('runs.model', { run });
    const insight = await ask('runs.insight', { run, kind: 'confusion', split: 'validation', step: 60 });
    if (insight.kind !== 'confusion') throw new Error('no confusion');
    const sum = (cells: typeof insight.cells): number => cells.reduce((total, [, , count]) => total + count, 0);
    expect(insight.n).toBe(Math.min(1024, data.counts.validation));
    expect(sum(insight.cells)).toBe(insight.n);
    const [line] = await ask('runs.metrics', { run, keys: ['validation.accuracy'] });
    const right = sum(insight.cells.filter(([actual, predicted]) => actual === predicted));
    expect(right / insight.n).toBeCloseTo(line!.values.at(-1)!, 10);
  });

  it('of the test split is kept by an evaluation, and is the one the evaluation answers with', async () => {
    const answer = (await ask('runs.evaluate', { run, count: 10, seed: 0 })) as unknown as {
      readonly classification: { readonly confusion: readonly (readonly number[])[] };
    };
    const insight = await ask('runs.insight', { run, kind: 'confusion', split: 'test', step: 60 });
    if (insight.kind !== 'confusion') throw new Error('no confusion');
    const whole = insight.classes.map(() => insight.classes.map(() => 0));
    for (const [actual, predicted, count] of insight.cells) whole[actual]![predicted] = count;
    expect(whole).toEqual(answer.classification.confusion);
  });

  it('that was never made is refused', async () => {
    await expect(ask('runs.insight', { run, kind: 'confusion', split: 'test', step: 1 })).rejects.toMatchObject({
      code: 'no-insight',
    });
  });
});

describe('examples', () => {
  it('are judged as the evaluation did: the same examples in the same cells', async () => {
    const insight = await ask('runs.insight', { run, kind: 'confusion', split: 'validation', step: 60 });
    if (insight.kind !== 'confusion') throw new Error('no confusion');
    const { actual, predicted, indices, confidence, total } = await ask('runs.judge', {
      run,
      of: 'validation',
      count: insight.n,
    });
    expect(indices).toHaveLength(Math.min(insight.n, total));
    expect(new Set(indices).size).toBe(indices.length);
    for (const [from, to, count] of insight.cells)
      expect([...actual.keys()].filter((i) => actual[i] === from && predicted[i] === to)).toHaveLength(count);
    for (const share of confidence) expect(share > 1 / 8 - 1e-6 && share <= 1).toBe(true);
  });

  it('come back by their places with scores and the gradient, which a linear model has the same everywhere', async () => {
    const judged = await ask('runs.judge', { run, of: 'validation', count: 40 });
    const indices = [...judged.indices];
    const method = 'gradient';
    const found = await ask('runs.explain', { run, of: 'validation', indices, score: 3, method });
    expect([...found.classes]).toEqual(indices.map(() => 3));
    expect([...found.samples.labels!]).toEqual([...judged.actual]);
    expect(found.samples.shape).toEqual([8]);
    expect(found.samples.referenceShape).toEqual([2]);
    const first = found.saliency.slice(0, 2);
    expect(first.some((value) => value !== 0)).toBe(true);
    found.saliency.forEach((value, i) => expect(value).toBeCloseTo(first[i % 2]!, 6));
    const own = await ask('runs.explain', { run, of: 'validation', indices, score: 'predicted', method });
    expect([...own.classes]).toEqual([...judged.predicted]);
    const actual = await ask('runs.explain', { run, of: 'validation', indices, score: 'actual', method });
    expect([...actual.classes]).toEqual([...judged.actual]);
  });

  it.each([
    ['a place beyond the split', { indices: [1_000_000] }, 'bad-input'],
    ['a class the data has not', { score: 8 }, 'bad-input'],
    ['a way the model does not know', { method: 'magic' }, 'bad-input'],
  ] as const)('with %s are refused', async (_, wrong, code) => {
    const request = { run, of: 'test', indices: [0], score: 'predicted', method: 'gradient', ...wrong } as const;
    await expect(ask('runs.explain', { ...request, indices: [...request.indices] })).rejects.toMatchObject({ code });
  });
});

it('a model that makes samples says so when it is asked to judge, and keeps how its critic scores', async () => {
  const dense = (units: number) => ({ type: 'dense', units });
  const gan = pointsDocument(
    { type: 'gan', latentSize: 2 },
    {
      generator: { inputs: { z: 'latent' }, layers: [dense(2)] },
      discriminator: { inputs: { x: 'points' }, layers: [dense(1)] },
    },
    { evaluateEvery: 20 },
  );
  const { id } = await ask('runs.start', { text: gan, baseDir: '/' });
  await until(id, 'finished');
  await expect(ask('runs.judge', { run: id, of: 'test', count: 1 })).rejects.toMatchObject({ code: 'no-classes' });
  const insight = await ask('runs.insight', { run: id, kind: 'scores', split: 'validation', step: 20 });
  if (insight.kind !== 'scores') throw new Error('no scores');
  const lines = await ask('runs.metrics', { run: id, keys: ['validation.realScore', 'validation.fakeScore'] });
  insight.populations.forEach(({ n, mean, counts }, index) => {
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(n);
    expect(mean).toBeCloseTo(lines[index]!.values.at(-1)!, 5);
  });
});
