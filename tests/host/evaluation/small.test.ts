/** Extractors without classes, points, class reports and rows for the store. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { predictedClasses } from '../../../core/metrics/classification.ts';
import { matrixOfRows } from '../../../core/metrics/feature-matrix.ts';
import { checkDocument } from '../../../core/spec/check.ts';
import { evaluationRows, type Evaluation } from '../../../main/host/evaluation/evaluation.ts';
import { loadExtractor, type Extractor } from '../../../main/host/evaluation/extractor.ts';
import { recipeFor } from '../../../main/host/evaluation/extractor-recipe.ts';
import { realFeatures } from '../../../main/host/evaluation/real-features.ts';
import { scoreClasses } from '../../../main/host/evaluation/score-classes.ts';
import { scoreReference, scoreSamples } from '../../../main/host/evaluation/score-samples.ts';
import { shuffled } from '../../../main/host/evaluation/shuffled.ts';
import { readExamples } from '../../../main/host/runs/task-session.ts';
import { temporaryFolder } from '../files/fixtures.ts';
import { eightGaussians, squares } from './fixtures.ts';

test('pictures without classes get the code of an autoencoder; a damaged file is made anew, to the same bytes', async () => {
  const dataset = squares({ train: 300, validation: 0, test: 60 });
  const cacheDir = join(temporaryFolder(), 'not', 'there', 'yet');
  // Two at once, as two runs started together would: both end with the one file.
  const load = () => loadExtractor({ dataset, cacheDir, threads: 1 });
  const [first, twin] = await Promise.all([load(), load()]);
  expect(twin.info).toEqual(first.info);
  await twin.release();
  expect(first.info).toMatchObject({ kind: 'autoencoder', features: 64, accuracy: null });
  const { features, classProbabilities } = await first.extract(readExamples(dataset, 'unit', 'test', 0, 60).x, 'unit');
  expect([features.rows, features.columns, classProbabilities]).toEqual([60, 64, undefined]);
  // Scaled to a mean square of 1 over training pictures; test pictures are much the same here.
  const meanSquare = Array.from(features.data).reduce((sum, value) => sum + value * value, 0) / features.data.length;
  expect(Math.abs(meanSquare - 1)).toBeLessThan(0.3);
  await first.release();
  const [name, ...others] = readdirSync(cacheDir);
  expect(others).toEqual([]);
  const bytes = readFileSync(join(cacheDir, name));
  bytes[bytes.length - 5] ^= 1;
  writeFileSync(join(cacheDir, name), bytes);
  let trained = false;
  const second = await loadExtractor({ dataset, cacheDir, threads: 1, onProgress: () => (trained = true) });
  expect([trained, second.info]).toEqual([true, first.info]);
  await second.release();
});

test('there is an extractor for pictures of any size, and it gives back what it was given', () => {
  for (const shape of [
    [1, 1, 1],
    [1, 4, 9],
    [3, 32, 32],
    [3, 131, 100],
    [1, 1024, 3],
  ]) {
    for (const classes of [[], ['a', 'b']]) {
      const target = classes.length > 0 ? 'class' : 'none';
      const counts = { train: 500, validation: 0, test: 50 };
      const info: DataInfo = { source: 'npy:any.npy', kind: 'image', shape, target, classes, counts, contentHash: '' };
      const recipe = recipeFor(info);
      expect(recipe?.kind).toBe(classes.length > 0 ? 'classifier' : 'autoencoder');
      // The family itself checks that the decoder gives the picture's own shape.
      expect(checkDocument(JSON.stringify(recipe?.document), info).issues).toEqual([]);
    }
  }
});

test('points are their own features, and their known modes are counted', async () => {
  const dataset = eightGaussians();
  const extractor = await loadExtractor({ dataset, cacheDir: '/nowhere', threads: 1 });
  const real = await realFeatures(extractor, dataset, { count: 1000 });
  expect(real.moreFromTraining).toBe(0);
  const reference = Object.fromEntries(
    scoreReference(extractor, dataset.info, real, { seed: 1, repeats: 5 }).scores.map((s) => [s.name, s.value]),
  );
  expect(reference['modesCovered']).toBe(8);
  // 1 − e^(−9/2) of a Gaussian in the plane lies within 3 deviations.
  expect(Math.abs(reference['highQualityShare'] - 0.989)).toBeLessThan(0.012);
  expect(reference['frechetDistance']).toBeLessThan(0.02);
  // The training split begins with the first modes: what a collapsed model would draw.
  const collapsed = { data: readExamples(dataset, 'unit', 'train', 0, 900).x, range: 'unit' } as const;
  const found = Object.fromEntries(
    (await scoreSamples(extractor, dataset.info, real, collapsed, { seed: 1, repeats: 5 })).scores.map((s) => [
      s.name,
      s.value,
    ]),
  );
  expect(found['modesCovered']).toBeLessThan(4);
  expect(found['frechetDistance']).toBeGreaterThan(0.5);
});

test('a set stored class by class is seen mixed, every sample once', () => {
  const dataset = eightGaussians();
  const { x, y } = readExamples(shuffled(dataset), 'unit', 'test', 0, 1600);
  expect(new Set(Array.from(y?.data ?? [], Number).slice(0, 100)).size).toBe(8);
  const sorted = (values: Float32Array) => Float32Array.from(values).sort();
  expect(sorted(x.data)).toEqual(sorted(readExamples(dataset, 'unit', 'test', 0, 1600).x.data));
});

test('few held-out samples are topped up for the reference, and it says so; too few are refused', async () => {
  const options = { seed: 1, repeats: 2 };
  const some = squares({ train: 300, validation: 5, test: 15 });
  const extractor = await loadExtractor({ dataset: eightGaussians(), cacheDir: '/nowhere', threads: 1 });
  const flat: Extractor = {
    ...extractor,
    extract: async (x) => ({ features: { rows: x.shape[0], columns: 105, data: x.data } }),
  };
  const real = await realFeatures(flat, some, { count: 20, trainingRows: 100 });
  expect([real.holdout.rows, real.more.features.rows, real.moreFromTraining, real.training.rows]).toEqual([
    20, 20, 20, 100,
  ]);
  expect(real.stamp.data).toBe(`${some.info.contentHash} test 15 + validation 5`);
  expect(scoreReference(flat, some.info, real, options).warnings.join()).toMatch(/20 of the 20 real samples/);
  await expect(realFeatures(flat, squares({ train: 300, validation: 0, test: 4 }), { count: 20 })).rejects.toThrow(
    /at least 10/,
  );
});

test('a class report agrees with a count by hand, each score within its interval', () => {
  // Class 0: 3 of 4 right; class 1: 1 of 2 right; class 2 never occurs.
  const probabilities = matrixOfRows([
    [0.9, 0.1, 0],
    [0.8, 0.2, 0],
    [0.7, 0.3, 0],
    [0.4, 0.6, 0],
    [0.2, 0.8, 0],
    [0.6, 0.4, 0],
  ]);
  const labels = [0, 0, 0, 0, 1, 1];
  const stamp = { extractor: 'classifier', resize: 'none', data: 'd' };
  const report = scoreClasses(labels, probabilities, { classes: ['a', 'b', 'c'], stamp, seed: 1 });
  const value = Object.fromEntries(report.scores.map((score) => [score.name, score.value]));
  expect(Array.from(predictedClasses(probabilities))).toEqual([0, 0, 0, 1, 1, 0]);
  expect(value['accuracy']).toBeCloseTo(4 / 6, 12);
  expect(value['recall.a']).toBeCloseTo(3 / 4, 12);
  expect(value['recall.b']).toBeCloseTo(1 / 2, 12);
  expect(value['balancedAccuracy']).toBeCloseTo(5 / 8, 12);
  // F1 of a: 2·3 ÷ (4 + 4); of b: 2·1 ÷ (2 + 2).
  expect(value['macroF1']).toBeCloseTo((6 / 8 + 2 / 4) / 2, 12);
  const logLoss = -[0.9, 0.8, 0.7, 0.4, 0.8, 0.4].reduce((sum, p) => sum + Math.log(p), 0) / 6;
  expect(value['logLoss']).toBeCloseTo(logLoss, 12);
  expect(value).not.toHaveProperty('recall.c');
  expect(report.confusion).toEqual([
    [3, 1, 0],
    [1, 1, 0],
    [0, 0, 0],
  ]);
  for (const { low, high, value: middle } of report.scores) {
    expect(low).toBeLessThanOrEqual(middle);
    expect(high).toBeGreaterThanOrEqual(middle);
  }
});

test('an evaluation becomes rows of the store: stamps kept, no interval where none was made', () => {
  const stamp = { extractor: 'e1', resize: 'none 28x28', data: 'd test 5' };
  const evaluation: Evaluation = {
    step: 40,
    seed: 2,
    n: 5,
    heldOut: [{ name: 'test.rate', label: 'Rate', split: 'test', value: 3, n: 9, goal: null }],
    scores: [
      { name: 'coverage', value: 0.5, low: 0.4, high: 0.6, n: 5, seed: 2, repeats: 20, goal: 'max', stamp },
      { name: 'classesCovered', value: 9, low: 9, high: 9, n: 5, seed: 2, repeats: 0, goal: 'max', stamp },
      { name: 'memorisationRatio', value: NaN, low: NaN, high: NaN, n: 5, seed: 2, repeats: 20, goal: 'max', stamp },
    ],
    reference: [{ name: 'coverage', value: 0.97, low: 0.9, high: 1, n: 5, seed: 2, repeats: 10, goal: 'max', stamp }],
    warnings: [],
    extractor: null,
    classShares: null,
    classification: null,
    insights: [],
    dataHash: 'd',
    seconds: 1,
  };
  const stamped = { extractorHash: 'e1', resize: 'none 28x28' };
  expect(evaluationRows(evaluation)).toEqual([
    { step: 40, metric: 'test.rate', value: 3, n: 9, seed: 2, extra: { label: 'Rate', goal: null, data: 'd' } },
    {
      step: 40,
      metric: 'coverage',
      value: 0.5,
      low: 0.4,
      high: 0.6,
      n: 5,
      seed: 2,
      ...stamped,
      extra: { goal: 'max', repeats: 20, data: 'd test 5' },
    },
    {
      step: 40,
      metric: 'classesCovered',
      value: 9,
      n: 5,
      seed: 2,
      ...stamped,
      extra: { goal: 'max', repeats: 0, data: 'd test 5' },
    },
    {
      step: 40,
      metric: 'memorisationRatio',
      value: NaN,
      low: null,
      high: null,
      n: 5,
      seed: 2,
      ...stamped,
      extra: { goal: 'max', repeats: 20, data: 'd test 5' },
    },
  ]);
});
