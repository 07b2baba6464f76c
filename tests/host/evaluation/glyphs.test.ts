/** The extractor and the scores on real digits: real against real is near the floor, everything wrong is far from it. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RandomStream } from '../../../core/random/random.ts';
import { tensor, type Tensor } from '../../../core/tensor/tensor.ts';
import { loadExtractor, type Extractor } from '../../../main/host/evaluation/extractor.ts';
import { realFeatures, type RealFeatures } from '../../../main/host/evaluation/real-features.ts';
import { scoreReference, scoreSamples, type SampleScores } from '../../../main/host/evaluation/score-samples.ts';
import { readExamples } from '../../../main/host/runs/task-session.ts';
import { smallGlyphs } from './fixtures.ts';

const dataset = smallGlyphs();
const count = 300;
const options = { seed: 3, repeats: 5 };
const cacheDir = mkdtempSync(join(tmpdir(), 'lathe-extractor-'));
let extractor: Extractor;
let real: RealFeatures;
let floor: Readonly<Record<string, number>>;
let trainingMessages = 0;

beforeAll(async () => {
  extractor = await loadExtractor({ dataset, cacheDir, threads: 2, onProgress: () => trainingMessages++ });
  real = await realFeatures(extractor, dataset, { count, trainingRows: 1000 });
  floor = valuesOf(scoreReference(extractor, dataset.info, real, options));
});

afterAll(async () => {
  await extractor.release();
  rmSync(cacheDir, { recursive: true, force: true });
});

const valuesOf = ({ scores }: SampleScores): Record<string, number> =>
  Object.fromEntries(scores.map((score) => [score.name, score.value]));
const scored = async (data: Tensor<'float32'>, labels?: readonly number[]) =>
  scoreSamples(extractor, dataset.info, real, { data, range: 'unit', ...(labels && { labels }) }, options);
const digits = (from: number, howMany: number) => readExamples(dataset, 'unit', 'train', from, howMany);

test('it recognises held-out digits, and says so', () => {
  expect(extractor.info).toMatchObject({ kind: 'classifier', features: 64 });
  expect(extractor.info.accuracy).toBeGreaterThan(0.9);
  expect(extractor.warnings).toEqual([]);
  expect(extractor.resize).toBe('none 28x28');
  expect(trainingMessages).toBeGreaterThan(1);
});

test('a second load reads the one file there is: same hash, same features, no training', async () => {
  const { x } = digits(0, 20);
  const again = await loadExtractor({
    dataset,
    cacheDir,
    threads: 1,
    onProgress: () => expect.fail('it was trained again'),
  });
  expect(again.info).toEqual(extractor.info);
  expect(again.info.hash).toMatch(/^[0-9a-f]{64}$/);
  const [a, b] = [(await again.extract(x, 'unit')).features, (await extractor.extract(x, 'unit')).features];
  b.data.forEach((value, i) => expect(a.data[i]).toBeCloseTo(value, 4));
  await again.release();
  expect(readdirSync(cacheDir)).toHaveLength(1);
});

test('pictures have the same features in either range, and class probabilities that sum to 1', async () => {
  const { x } = digits(0, 10);
  const symmetric = { ...x, data: x.data.map((value) => 2 * value - 1) };
  const [a, b] = [await extractor.extract(x, 'unit'), await extractor.extract(symmetric, 'symmetric')];
  expect(b.features.data).toEqual(a.features.data);
  for (let row = 0; row < 10; row++) {
    const probabilities = a.classProbabilities?.data.subarray(row * 10, row * 10 + 10) ?? [];
    expect(Array.from(probabilities).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
  }
  await expect(extractor.extract(tensor('float32', [1, 1, 2, 2], new Float32Array(4)), 'unit')).rejects.toThrow(
    /\[1, 28, 28\].*\[1, 2, 2\]/,
  );
});

test('real digits against real digits are near the floor', () => {
  // 1 − 2⁻⁵ is the expected coverage of equal distributions for k = 5 (Naeem et al. 2020).
  expect(Math.abs(floor['coverage'] - (1 - 2 ** -5))).toBeLessThan(0.1);
  expect(floor['precision']).toBeGreaterThan(0.75);
  expect(floor['recall']).toBeGreaterThan(0.75);
  expect(floor['classesCovered']).toBe(10);
  expect(floor['classDivergence']).toBeLessThan(0.05);
  expect(floor['memorisationRatio']).toBeGreaterThan(0.75);
  expect(floor['memorisationRatio']).toBeLessThan(1.25);
  expect(real.stamp).toEqual({
    extractor: extractor.info.hash,
    resize: 'none 28x28',
    data: `${dataset.info.contentHash} test ${count}`,
  });
});

test('noise is far from everything', async () => {
  const data = new Float32Array(count * 784);
  new RandomStream(5, 'noise').fillUniform(data);
  const noise = valuesOf(await scored(tensor('float32', [count, 1, 28, 28], data)));
  expect(noise['frechetDistance']).toBeGreaterThan(20 * floor['frechetDistance']);
  expect(noise['kernelDistance']).toBeGreaterThan(20 * Math.abs(floor['kernelDistance']));
  // How far depends on the extractor, whose training is another one on each kind of processor: real digits have above 0.75.
  expect(noise['precision']).toBeLessThan(floor['precision'] / 4);
  expect(noise['coverage']).toBeLessThan(floor['coverage'] / 4);
});

test('a model that draws one digit only covers one class; asked for all, it hardly agrees', async () => {
  const { x, y } = digits(0, 1500);
  const threes = Array.from(y?.data ?? [], Number).flatMap((label, i) => (label === 3 ? [i] : []));
  const data = new Float32Array(100 * 784);
  threes.slice(0, 100).forEach((row, i) => data.set(x.data.subarray(row * 784, (row + 1) * 784), i * 784));
  const found = await scored(
    tensor('float32', [100, 1, 28, 28], data),
    Array.from({ length: 100 }, (_, i) => i % 10),
  );
  const values = valuesOf(found);
  expect(values['classesCovered']).toBeLessThanOrEqual(2);
  // −ln of the share of one class in ten.
  expect(values['classDivergence']).toBeGreaterThan(0.8 * Math.log(10));
  expect(values['recall']).toBeLessThan(0.5);
  expect(found.classShares?.[3]).toBeGreaterThan(0.9);
  expect(values['labelAgreement']).toBeLessThan(0.2);
});

test('copies of training digits are found out', async () => {
  // Of the 1,500 training digits 1,000 are looked at, so about two thirds of the copies have distance 0.
  const found = await scored(digits(0, 200).x);
  const copies = found.nearestTraining.filter(({ distance }) => distance < 1e-4);
  expect(copies.length / 200).toBeGreaterThan(0.5);
  expect(valuesOf(found)['memorisationRatio']).toBeLessThan(0.2);
});

test('samples that are not finite are refused by name, and too few are', async () => {
  const data = new Float32Array(20 * 784).fill(NaN);
  await expect(scored(tensor('float32', [20, 1, 28, 28], data))).rejects.toThrow(/NaN/);
  await expect(scored(digits(0, 5).x)).rejects.toThrow(/at least 10 samples, found 5/);
});
