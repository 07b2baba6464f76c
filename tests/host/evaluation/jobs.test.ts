/** The evaluate and sample jobs end to end, on models as they start from their seed. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import type { WrittenArtifact } from '../../../core/protocol/run-updates.ts';
import { decodeSafetensors } from '../../../core/tensor/safetensors.ts';
import type { Evaluation } from '../../../main/host/evaluation/evaluation.ts';
import { evaluateJob } from '../../../main/host/runs/evaluate-job.ts';
import type { ModelSource, WorkerMessage } from '../../../main/host/runs/messages.ts';
import { sampleJob } from '../../../main/host/runs/sample-job.ts';

const folder = mkdtempSync(join(tmpdir(), 'lathe-jobs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dense = (units: number, activation = 'linear') => ({ type: 'dense', units, activation });

function source(document: object): ModelSource {
  const text = JSON.stringify({ lathe: 1, name: 'test', training: { steps: 1, seed: 4 }, ...document });
  return {
    document: text,
    baseDir: folder,
    dataCache: join(folder, 'data'),
    extractorCache: join(folder, 'extractors'),
    threads: 1,
    device: 'cpu',
  };
}

const data = { source: 'builtin:points/8gaussians' };
const vae = source({
  data,
  task: { type: 'vae', likelihood: 'gaussian' },
  networks: {
    encoder: {
      inputs: { x: 'points' },
      layers: [
        { ...dense(8, 'relu'), id: 'h' },
        { ...dense(2), id: 'mean' },
        { ...dense(2), id: 'logVariance', inputs: ['h'] },
      ],
      outputs: ['mean', 'logVariance'],
    },
    decoder: { inputs: { z: 'latent' }, layers: [dense(8, 'relu'), dense(2)] },
  },
});
const classifier = source({
  data,
  task: { type: 'classifier' },
  networks: { classifier: { inputs: { x: 'points' }, layers: [dense(8)] } },
});

const ignore = (): void => {};
const artifactsOf = (value: unknown) => (value as { artifacts: readonly WrittenArtifact[] }).artifacts;

test('evaluating a VAE of points gives the parts of its bound and stamped scores beside those of a perfect model', async () => {
  const messages: WorkerMessage[] = [];
  const job = { kind: 'evaluate', source: vae, count: 200, seed: 5, options: {} } as const;
  const found = (await evaluateJob(job, (message) => messages.push(message))) as unknown as Evaluation;
  expect(found.heldOut.map((figure) => figure.name).sort()).toEqual(
    ['validation', 'test']
      .flatMap((split) => ['bitsPerDim', 'distortion', 'loss', 'rate'].map((name) => `${split}.${name}`))
      .sort(),
  );
  const figure = (name: string): number => found.heldOut.find((candidate) => candidate.name === name)?.value ?? NaN;
  expect(figure('test.loss')).toBeCloseTo(figure('test.distortion') + figure('test.rate'), 4);
  const names = found.scores.map((score) => score.name);
  expect(names).toEqual(
    expect.arrayContaining([
      'frechetDistance',
      'kernelDistance',
      'precision',
      'recall',
      'density',
      'coverage',
      'memorisationRatio',
      'modesCovered',
    ]),
  );
  expect(found.reference.map((score) => score.name)).toEqual(names);
  const score = (list: Evaluation['scores'], name: string): number =>
    list.find((candidate) => candidate.name === name)?.value ?? NaN;
  // An untrained decoder draws a blob near the origin; the data lie on a circle of radius 1.5.
  expect(score(found.scores, 'frechetDistance')).toBeGreaterThan(10 * score(found.reference, 'frechetDistance'));
  expect(score(found.reference, 'modesCovered')).toBe(8);
  for (const { n, seed, stamp } of found.scores)
    expect([n, seed, stamp.data]).toEqual([200, 5, `${found.dataHash} test 200`]);
  expect(messages.some((message) => message.type === 'progress' && message.what === 'samples')).toBe(true);
  expect(await evaluateJob(job, ignore)).toMatchObject({ scores: found.scores, heldOut: found.heldOut });
});

test('evaluating a classifier reports classes on the whole test split', async () => {
  const found = (await evaluateJob(
    { kind: 'evaluate', source: classifier, count: 50, seed: 1, options: {} },
    ignore,
  )) as unknown as Evaluation;
  const accuracy = found.scores.find((score) => score.name === 'accuracy');
  expect([found.n, accuracy?.n, accuracy?.stamp.extractor]).toEqual([2000, 2000, 'classifier']);
  const figure = found.heldOut.find((candidate) => candidate.name === 'test.accuracy');
  expect(accuracy?.value).toBeCloseTo(figure?.value ?? NaN, 9);
  const confusion = found.classification?.confusion ?? [];
  expect(confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(2000);
  expect(confusion.reduce((sum, row, i) => sum + row[i], 0) / 2000).toBeCloseTo(accuracy?.value ?? NaN, 9);
});

test('sampling points writes a picture, the numbers and a CSV that hold the same points', async () => {
  const outFolder = join(folder, 'out', 'deeper');
  const job = {
    kind: 'sample',
    source: vae,
    outFolder,
    prefix: 'points',
    count: 30,
    seed: 2,
    options: { temperature: 0.5 },
  } as const;
  const artifacts = artifactsOf(await sampleJob(job, ignore));
  expect(artifacts.map((artifact) => artifact.path)).toEqual([
    ...['png', 'safetensors', 'csv'].map((ending) => `points.${ending}`),
    ...['png', 'safetensors', 'csv'].map((ending) => `points-reconstructions.${ending}`),
  ]);
  expect(readdirSync(outFolder).sort()).toEqual(artifacts.map((artifact) => artifact.path).sort());
  const raw = decodeSafetensors(readFileSync(join(outFolder, 'points.safetensors'))).tensors.get('data');
  const rows = parse(readFileSync(join(outFolder, 'points.csv'), 'utf8'), { columns: true }) as {
    x: string;
    y: string;
  }[];
  expect(rows.flatMap(({ x, y }) => [Math.fround(Number(x)), Math.fround(Number(y))])).toEqual(
    Array.from(raw?.data as Float32Array),
  );
  expect((await sharp(join(outFolder, 'points.png')).metadata()).width).toBe(480);
  const again = artifactsOf(await sampleJob({ ...job, prefix: 'again' }, ignore));
  expect(again.map((artifact) => artifact.sha256)).toEqual(artifacts.map((artifact) => artifact.sha256));
});

test('sampling pictures can write each to a file of its own', async () => {
  const npy = join(folder, 'tiny.npy');
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (40, 4, 4), }`.padEnd(117) + '\n';
  writeFileSync(
    npy,
    Buffer.concat([
      Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]),
      Buffer.from(header),
      Buffer.alloc(640, 90),
    ]),
  );
  const picture = source({
    data: { source: `npy:${npy}`, batchSize: 4 },
    task: { type: 'gan' },
    networks: {
      generator: { inputs: { z: 'latent' }, layers: [dense(16, 'tanh'), { type: 'reshape', shape: [1, 4, 4] }] },
      discriminator: { inputs: { x: 'image' }, layers: [{ type: 'flatten' }, dense(1)] },
    },
  });
  const outFolder = join(folder, 'pictures');
  const job = {
    kind: 'sample',
    source: picture,
    outFolder,
    prefix: 'gan',
    count: 3,
    seed: 2,
    options: { separateFiles: 1 },
  } as const;
  const artifacts = artifactsOf(await sampleJob(job, ignore));
  expect(artifacts.map((artifact) => artifact.path)).toEqual([
    'gan.png',
    'gan.safetensors',
    'gan/0000.png',
    'gan/0001.png',
    'gan/0002.png',
  ]);
  const raw = decodeSafetensors(readFileSync(join(outFolder, 'gan.safetensors'))).tensors.get('data')
    ?.data as Float32Array;
  const pixels = await sharp(join(outFolder, 'gan/0001.png')).toColourspace('b-w').raw().toBuffer();
  expect([...pixels]).toEqual(Array.from(raw.subarray(16, 32), (value) => Math.round((value + 1) * 127.5)));
});

test('options a family does not have, or values it does not allow, are refused in plain words', async () => {
  const job = { kind: 'sample', source: vae, outFolder: folder, prefix: 'x', count: 1, seed: 1, options: {} } as const;
  await expect(sampleJob({ ...job, options: { temprature: 1 } }, ignore)).rejects.toMatchObject({
    code: 'option',
    hint: "did you mean 'temperature'?",
  });
  await expect(sampleJob({ ...job, options: { temperature: 7 } }, ignore)).rejects.toThrow(
    /a number from 0 to 2, found 7/,
  );
  await expect(sampleJob({ ...job, count: 0 }, ignore)).rejects.toThrow(/whole number from 1 to 100000, found 0/);
  await expect(evaluateJob({ kind: 'evaluate', source: vae, count: 3, seed: 1, options: {} }, ignore)).rejects.toThrow(
    /from 10 to 20000, found 3/,
  );
});
