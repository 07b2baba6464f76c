/**
 * Makes the pictures of the template gallery: trains each example for a short while and keeps, small, what it then drew.
 * `node scripts/make-thumbnails.ts [NAME …]` writes resources/thumbnails/NAME.png; takes some minutes.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { modify, applyEdits } from 'jsonc-parser';
import sharp from 'sharp';
import type { DataInfo } from '../core/data/data-info.ts';
import { byteVocabulary, decodeTokens } from '../core/data/text.ts';
import type { Samples } from '../core/protocol/samples.ts';
import type { Run } from '../core/protocol/records.ts';
import { createServices } from '../main/services/create-services.ts';

const root = resolve(import.meta.dirname, '..');
const examples = join(root, 'resources/examples');
const folder = join(root, 'resources/thumbnails');
const ending = '.lathe.jsonc';

/** Twice the size it is shown at, for screens of fine pixels. */
const width = 480;
const height = 240;

/** Long enough to see what the model is about; the examples' own lengths are for learning it well. */
const shortSteps: Readonly<Record<string, number>> = {
  autoencoder: 400,
  classifier: 150,
  'conditional-vae': 600,
  diffusion: 1000,
  'diffusion-points': 8000,
  flow: 600,
  gan: 600,
  'language-model': 450,
  'gan-points': 4000,
  'table-classifier': 400,
  vae: 700,
  'wgan-gp': 1200,
};

type Services = ReturnType<typeof createServices>;
const context = { request: 0, signal: new AbortController().signal, progress: () => undefined };

/** The example with other lengths; all else is as people will run it. */
function shortened(name: string): string {
  let text = readFileSync(join(examples, `${name}${ending}`), 'utf8');
  const steps = shortSteps[name] ?? 300;
  const changes: readonly (readonly [string, number | undefined])[] = [
    ['epochs', undefined],
    ['steps', steps],
    ['sampleEvery', steps],
    ['evaluateEvery', steps],
    ['scoreEvery', 0],
    ['checkpointEvery', steps],
  ];
  for (const [field, value] of changes) text = applyEdits(text, modify(text, ['training', field], value, {}));
  const isPoints = /"source": "builtin:points/.test(text);
  return applyEdits(text, modify(text, ['training', 'sampleCount'], isPoints ? 256 : 32, {}));
}

async function trained(services: Services, name: string): Promise<Run> {
  const { methods } = services;
  const run = await methods['runs.start']({ text: shortened(name), baseDir: examples, name }, context);
  for (;;) {
    const now = await methods['runs.get']({ run: run.id }, context);
    if (now.status !== 'running' && now.status !== 'queued') {
      if (now.status !== 'finished') throw new Error(`${name} ended as ${now.status}: ${now.error?.message ?? ''}`);
      return now;
    }
    await new Promise((wake) => setTimeout(wake, 500));
  }
}

/** What the run drew last: samples rather than copies, where it drew both. */
async function lastSamples({ methods }: Services, run: string): Promise<Samples> {
  const moments = await methods['runs.moments']({ run }, context);
  const last = moments.at(-1)!;
  const output = last.outputs.find((each) => each.name === 'samples') ?? last.outputs[0];
  return methods['runs.momentSamples']({ run, step: last.step, output: output.name }, context);
}

/** One sample's pixels as grey or coloured bytes. */
function pixels(
  values: Float32Array,
  shape: readonly number[],
  range: Samples['range'],
): { readonly data: Buffer; readonly channels: 1 | 3 } {
  const [channels, rows, columns] = shape;
  const area = rows * columns;
  const data = Buffer.alloc(values.length);
  const [scale, shift] = range === 'symmetric' ? [127.5, 127.5] : [255, 0];
  for (let i = 0; i < area; i++)
    for (let c = 0; c < channels; c++)
      data[i * channels + c] = Math.max(0, Math.min(255, Math.round(values[c * area + i] * scale + shift)));
  return { data, channels: channels === 3 ? 3 : 1 };
}

/** Images edge to edge in a grid; of copies, each under what it was made from. */
async function imagesPicture(samples: Samples): Promise<Buffer> {
  const { shape, range, reference, data } = samples;
  const [, rows, columns] = shape;
  const size = shape.reduce((product, length) => product * length, 1);
  const across = 8;
  const cell = width / across;
  const layers = Array.from({ length: across * 4 }, (_, i) => {
    const row = Math.floor(i / across);
    const isReference = reference !== null && row % 2 === 0;
    const index = reference === null ? i : Math.floor(row / 2) * across + (i % across);
    const source = isReference ? reference : data;
    return {
      ...pixels(source.subarray(index * size, (index + 1) * size), shape, range),
      left: (i % across) * cell,
      top: row * cell,
    };
  });
  const images = await Promise.all(
    layers.map(async ({ data: bytes, channels, left, top }) => ({
      input: await sharp(bytes, { raw: { width: columns, height: rows, channels } })
        .resize(cell, cell, { kernel: 'nearest' })
        .png()
        .toBuffer(),
      left,
      top,
    })),
  );
  return sharp({ create: { width, height, channels: 3, background: '#000' } })
    .composite(images)
    .png({ palette: true, colours: 32, effort: 10 })
    .toBuffer();
}

/** Points as a cloud on nothing, so that it stands on any ground. */
function pointsPicture({ data, shape }: Samples): Promise<Buffer> {
  const [dimensions] = shape;
  const count = data.length / dimensions;
  const reach = Math.max(...data.map(Math.abs)) * 1.08;
  const scale = height / 2 / reach;
  const dots = Array.from({ length: count }, (_, i) => {
    const [x, y] = [data[i * dimensions] * scale + width / 2, height / 2 - data[i * dimensions + 1] * scale];
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3"/>`;
  });
  return drawn(`<g fill="#2e8bcc" fill-opacity="0.8">${dots.join('')}</g>`);
}

/** Scores of classes: one row of bars for each sample. */
function scoresPicture({ data, shape }: Samples): Promise<Buffer> {
  const [classes] = shape;
  const rows = Math.min(16, data.length / classes);
  const [cellWidth, cellHeight] = [width / classes, height / rows];
  const bars = Array.from({ length: rows * classes }, (_, i) => {
    const [row, column] = [Math.floor(i / classes), i % classes];
    const share = Math.max(0.02, data[row * classes + column]);
    return `<rect x="${column * cellWidth + 4}" y="${row * cellHeight + 3}" width="${(cellWidth - 8) * share}" height="${cellHeight - 6}" fill="#2e8bcc" fill-opacity="${0.35 + 0.65 * share}"/>`;
  });
  return drawn(bars.join(''));
}

function drawn(shapes: string): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes}</svg>`;
  return sharp(Buffer.from(svg)).png({ palette: true, colours: 64, effort: 10 }).toBuffer();
}

/** Classes of pictures: what was classified, with the scores under each. */
async function classifiedPicture(samples: Samples): Promise<Buffer> {
  const { data, reference, referenceShape, shape } = samples;
  if (!reference || referenceShape?.length !== 3) return scoresPicture(samples);
  const across = 8;
  const picture = await imagesPicture({ ...samples, data: reference, shape: referenceShape, reference: null });
  const cell = width / across;
  const [classes] = shape;
  const bars = Array.from({ length: across * 4 * classes }, (_, i) => {
    const [index, one] = [Math.floor(i / classes), i % classes];
    const share = data[index * classes + one];
    const [left, bottom] = [(index % across) * cell, (Math.floor(index / across) + 1) * cell];
    return `<rect x="${left + 3 + (one * (cell - 6)) / classes}" y="${bottom - 14 * share}" width="${(cell - 6) / classes - 1}" height="${14 * share}" fill="#5fb2f0"/>`;
  });
  const over = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${bars.join('')}</svg>`,
  );
  return sharp(picture)
    .composite([{ input: over }])
    .png({ palette: true, colours: 64, effort: 10 })
    .toBuffer();
}

/** The beginning of a text, line by line, the first whole one on. */
function textPicture(samples: Samples, { vocabulary }: DataInfo): Promise<Buffer> {
  const text = Array.from({ length: 4 }, (_, index) => {
    const [length] = samples.shape;
    return decodeTokens(vocabulary ?? byteVocabulary, samples.data.subarray(index * length, (index + 1) * length));
  }).join('\n');
  const lineHeight = 22;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const drawnLines = lines.slice(0, Math.floor(height / lineHeight)).map((line, i) => {
    const words = line.slice(0, 60).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    return `<text x="10" y="${(i + 1) * lineHeight - 4}" xml:space="preserve">${words}</text>`;
  });
  return drawn(`<g font-family="DejaVu Sans Mono, monospace" font-size="15" fill="#2e8bcc">${drawnLines.join('')}</g>`);
}

function pictureOf(samples: Samples, data: DataInfo): Promise<Buffer> {
  switch (samples.kind) {
    case 'image':
      return imagesPicture(samples);
    case 'points':
      return pointsPicture(samples);
    case 'text':
      return textPicture(samples, data);
    case 'table':
    case 'classScores':
      return classifiedPicture(samples);
  }
}

async function main(names: readonly string[]): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'lathe-thumbnails-'));
  const services = createServices({ home });
  mkdirSync(folder, { recursive: true });
  try {
    for (const name of names) {
      const run = await trained(services, name);
      const { data } = await services.methods['runs.model']({ run: run.id }, context);
      const png = await pictureOf(await lastSamples(services, run.id), data);
      writeFileSync(join(folder, `${name}.png`), png);
      console.log(`${name}.png: ${png.length} bytes, after ${run.currentStep} steps`);
    }
  } finally {
    await services.close();
    rmSync(home, { recursive: true, force: true });
  }
}

const all = readdirSync(examples)
  .filter((file) => file.endsWith(ending))
  .map((file) => file.slice(0, -ending.length));
const wanted = process.argv.slice(2);
await main(wanted.length > 0 ? wanted : all);
