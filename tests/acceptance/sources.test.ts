/** What was promised: data from files of any kind train through the same path as the built-in data. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { GlyphPainter, glyphClass, glyphClasses, glyphSize } from '../../core/data/glyphs.ts';
import { RandomStream } from '../../core/random/random.ts';
import { freshHost, lastingFolder } from '../host/runs/fixtures.ts';

const host = freshHost();
const pixels = glyphSize * glyphSize;
const twoDigits = 400;

/** Ones and zeros, drawn: enough to tell apart in a few steps. */
function digits(count: number): { readonly bytes: Uint8Array; readonly labels: readonly number[] } {
  const painter = new GlyphPainter();
  const bytes = new Uint8Array(count * pixels);
  const labels: number[] = [];
  for (let index = 0; labels.length < count; index++) {
    const label = glyphClass(index);
    if (label > 1) continue;
    painter.paint(index, bytes.subarray(labels.length * pixels, (labels.length + 1) * pixels));
    labels.push(label);
  }
  return { bytes, labels };
}

/** A file in the format of the MNIST family: big-endian sizes, then bytes. */
function idx(shape: readonly number[], values: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
  return Buffer.concat([header, values]);
}

const convolution = [
  { type: 'conv2d', filters: 8, kernelSize: 3, strides: 2, activation: 'relu' },
  { type: 'flatten' },
];

/** Trains a classifier and gives its accuracy on the test split. */
async function accuracyOn(folder: string, data: object, hidden: readonly object[], classes: number): Promise<number> {
  const document = JSON.stringify({
    lathe: 1,
    name: 'From files',
    data: { batchSize: 32, split: { validation: 0.1, test: 0.2 }, ...data },
    task: { type: 'classifier' },
    networks: { classifier: { inputs: { x: 'data' }, layers: [...hidden, { type: 'dense', units: classes }] } },
    training: { steps: 60, optimizer: { type: 'adam', learningRate: 0.01 } },
  });
  const startedMs = performance.now();
  const run = await host.train(document, folder, { threads: 1 });
  expect((await run.done).status, host.run(run.id).error?.message).toBe('finished');
  const { heldOut } = await host.evaluate(run.id, { count: 20, seed: 1, options: {} });
  const accuracy = heldOut.find((figure) => figure.name === 'test.accuracy')?.value ?? 0;
  console.log(`${host.run(run.id).dataSource}: accuracy ${accuracy}, ${Math.round(performance.now() - startedMs)} ms`);
  return accuracy;
}

it('IDX files, plain and gzipped', async () => {
  const folder = lastingFolder();
  const { bytes, labels } = digits(twoDigits);
  const trained = twoDigits - 100;
  writeFileSync(
    join(folder, 'train-images-idx3-ubyte'),
    idx([trained, glyphSize, glyphSize], bytes.subarray(0, trained * pixels)),
  );
  writeFileSync(join(folder, 'train-labels-idx1-ubyte'), idx([trained], Uint8Array.from(labels.slice(0, trained))));
  writeFileSync(
    join(folder, 't10k-images-idx3-ubyte.gz'),
    gzipSync(idx([100, glyphSize, glyphSize], bytes.subarray(trained * pixels))),
  );
  writeFileSync(
    join(folder, 't10k-labels-idx1-ubyte.gz'),
    gzipSync(idx([100], Uint8Array.from(labels.slice(trained)))),
  );
  expect(await accuracyOn(folder, { source: 'idx:.', split: undefined }, convolution, 2)).toBeGreaterThanOrEqual(0.95);
});

it('a folder of pictures, one folder a class', async () => {
  const folder = lastingFolder();
  const { bytes, labels } = digits(twoDigits);
  for (const name of glyphClasses.slice(0, 2)) mkdirSync(join(folder, 'pictures', name), { recursive: true });
  const raw = { width: glyphSize, height: glyphSize, channels: 1 } as const;
  for (const [i, label] of labels.entries()) {
    const png = sharp(bytes.subarray(i * pixels, (i + 1) * pixels), { raw })
      .toColourspace('b-w')
      .png();
    await png.toFile(join(folder, 'pictures', glyphClasses[label], `${i}.png`));
  }
  const data = { source: 'images:pictures', image: { width: 28, height: 28, channels: 1 } };
  expect(await accuracyOn(folder, data, convolution, 2)).toBeGreaterThanOrEqual(0.95);
});

it('a table of numbers and words', async () => {
  const folder = lastingFolder();
  const random = new RandomStream(1, 'table');
  const rows = Array.from({ length: 400 }, () => {
    const [a, b] = [random.normal(), random.normal()];
    const colour = random.uniform() < 0.5 ? 'red' : 'blue, or "nearly"';
    const kind = colour === 'red' ? (a > 0 ? 'warm' : 'cool') : b > 0 ? 'tall' : 'flat';
    return `${a.toFixed(4)},"${colour.replaceAll('"', '""')}",${(1000 * b + 5000).toFixed(1)},${kind}`;
  });
  writeFileSync(join(folder, 'things.csv'), `a,colour,b,kind\n${rows.join('\n')}\n`);
  const hidden = [{ type: 'dense', units: 32, activation: 'relu' }];
  expect(await accuracyOn(folder, { source: 'table:things.csv', target: 'kind' }, hidden, 4)).toBeGreaterThanOrEqual(
    0.85,
  );
});
