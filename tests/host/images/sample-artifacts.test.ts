/** Files of drawn samples: they hold what was drawn, in the data's own words. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { SampleOutput } from '../../../core/tasks/task.ts';
import { decodeSafetensors } from '../../../core/tensor/safetensors.ts';
import { tensorOf } from '../../../core/tensor/tensor.ts';
import { writeSampleArtifacts } from '../../../main/host/images/sample-artifacts.ts';
import { float32Text, samplesCsv } from '../../../main/host/images/sample-csv.ts';
import { temporaryFolder } from '../files/fixtures.ts';

const counts = { train: 10, validation: 0, test: 0 };
const glyphs: DataInfo = {
  source: 's',
  kind: 'image',
  shape: [1, 2, 2],
  target: 'class',
  classes: ['a', 'b'],
  counts,
  contentHash: 'h',
};

function images(name: string, count: number, labels?: readonly number[]): SampleOutput {
  const data = tensorOf(
    'float32',
    [count, 1, 2, 2],
    Array.from({ length: count * 4 }, (_, i) => Math.sin(i)),
  );
  return { name, label: name, kind: 'image', range: 'symmetric', data, ...(labels && { labels }) };
}

test('each output of a step becomes a picture and its raw numbers, with paths below the run and true hashes', async () => {
  const folder = temporaryFolder();
  const samples = images('samples', 4, [0, 1, 0, 1]);
  const reconstructions = {
    ...images('reconstructions', 3),
    reference: tensorOf('float32', [3, 1, 2, 2], new Float32Array(12).fill(0.5)),
  };
  const written = await writeSampleArtifacts(folder, 250, 7, glyphs, [samples, reconstructions, images('none', 0)]);
  expect(written.map((artifact) => artifact.path)).toEqual([
    'samples/step-00000250-samples.png',
    'samples/step-00000250-samples.safetensors',
    'samples/step-00000250-reconstructions.png',
    'samples/step-00000250-reconstructions.safetensors',
  ]);
  for (const { path, sha256, bytes, step } of written) {
    const content = readFileSync(join(folder, path));
    expect([createHash('sha256').update(content).digest('hex'), content.length, step]).toEqual([sha256, bytes, 250]);
  }
  // Classes in turn: one column each.
  expect(written[0].meta).toMatchObject({
    output: 'samples',
    kind: 'image',
    count: 4,
    seed: 7,
    columns: 2,
    range: 'symmetric',
  });
  const raw = decodeSafetensors(readFileSync(join(folder, written[1].path)));
  expect(raw.tensors.get('data')).toEqual(samples.data);
  expect(raw.tensors.get('labels')?.data).toEqual(BigInt64Array.of(0n, 1n, 0n, 1n));
  expect(JSON.parse(raw.metadata['lathe.samples'])).toEqual(written[1].meta);
  const other = decodeSafetensors(readFileSync(join(folder, written[3].path)));
  expect(other.tensors.get('reference')?.data).toEqual(reconstructions.reference.data);
  expect(existsSync(join(folder, 'samples/step-00000250-none.png'))).toBe(false);
});

test('the same samples are written to the same bytes', async () => {
  const write = () => writeSampleArtifacts(temporaryFolder(), 1, 7, glyphs, [images('samples', 5)]);
  expect(await write()).toEqual(await write());
});

const table: DataInfo = {
  source: 't',
  kind: 'table',
  shape: [4],
  target: 'class',
  classes: ['no', 'yes, "maybe"'],
  counts,
  contentHash: 'h',
  columns: [
    { name: 'height, cm', kind: 'number', mean: 170, deviation: 10 },
    { name: 'eyes', kind: 'category', categories: ['blue', 'dark "brown"', ''] },
  ],
  targetColumn: { name: 'sold', kind: 'category', categories: ['no', 'yes, "maybe"'] },
};

test('table samples read back as rows of the table: units, words and quotes', () => {
  const data = tensorOf('float32', [2, 4], [0.25, 0.1, 0.9, 0.3, -2, 0.2, 0.1, 0.7]);
  const csv = samplesCsv({ name: 'samples', label: '', kind: 'table', range: 'unit', data, labels: [1, 0] }, table);
  expect(parse(csv ?? '', { columns: true })).toEqual([
    { 'height, cm': '172.5', eyes: 'dark "brown"', sold: 'yes, "maybe"' },
    { 'height, cm': '150', eyes: '', sold: 'no' },
  ]);
});

test('points keep every bit of their float32 coordinates', () => {
  const values = [0.1, -1 / 3, 1e-20, 123456.79, 2 ** -149, -0.5].map(Math.fround);
  const points: DataInfo = {
    source: 'p',
    kind: 'points',
    shape: [2],
    target: 'none',
    classes: [],
    counts,
    contentHash: 'h',
  };
  const output = {
    name: 'samples',
    label: '',
    kind: 'points',
    range: 'unit',
    data: tensorOf('float32', [3, 2], values),
  } as const;
  const rows = parse(samplesCsv(output, points) ?? '', { columns: true }) as { x: string; y: string }[];
  expect(rows.flatMap(({ x, y }) => [Math.fround(Number(x)), Math.fround(Number(y))])).toEqual(values);
  expect(float32Text(Math.fround(0.1))).toBe('0.1');
});

test('class scores name the predicted and the actual class', () => {
  const data = tensorOf('float32', [2, 2], [0.75, 0.25, 0.5, 0.5]);
  const csv = samplesCsv(
    { name: 'predictions', label: '', kind: 'classScores', range: 'unit', data, labels: [1, 0] },
    glyphs,
  );
  expect(csv).toBe('predicted,a,b,actual\na,0.75,0.25,b\na,0.5,0.5,a\n');
});
