/**
 * `cifar:DIR`: the binary versions of CIFAR-10 and CIFAR-100 (https://www.cs.toronto.edu/~kriz/cifar.html): rows of one
 * or two label bytes and 3072 bytes of picture, channels first.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ByteReader } from '../byte-reader.ts';
import { DataError, readingError } from '../data-error.ts';
import { exists, namesIn, sizeOfFile } from '../files.ts';
import type { Chunk, PreparedSource, SourcePlan, SourceRequest } from '../source.ts';
import { divide, range } from '../split.ts';

const pictureBytes = 3 * 32 * 32;
const chunkRows = 256;

/** What tells the two sets apart. */
interface Variant {
  readonly trainFiles: readonly string[];
  readonly testFile: string;
  /** Bytes before each picture, and which of them is the label. */
  readonly labelBytes: number;
  readonly labelAt: number;
  readonly classCount: number;
  readonly namesFile: string;
}

const trainBatches = [
  'data_batch_1.bin',
  'data_batch_2.bin',
  'data_batch_3.bin',
  'data_batch_4.bin',
  'data_batch_5.bin',
];
const cifar10: Variant = {
  trainFiles: trainBatches,
  testFile: 'test_batch.bin',
  labelBytes: 1,
  labelAt: 0,
  classCount: 10,
  namesFile: 'batches.meta.txt',
};
const cifar100 = { trainFiles: ['train.bin'], testFile: 'test.bin', labelBytes: 2 } as const;
const fine: Variant = { ...cifar100, labelAt: 1, classCount: 100, namesFile: 'fine_label_names.txt' };
const coarse: Variant = { ...cifar100, labelAt: 0, classCount: 20, namesFile: 'coarse_label_names.txt' };

function variantOf(folder: string, names: readonly string[], target: string | undefined): Variant {
  if (names.some((name) => trainBatches.includes(name))) {
    if (target !== undefined)
      throw new DataError('option', folder, `holds CIFAR-10, which has no target "${target}"`, 'leave the target out');
    return cifar10;
  }
  if (names.includes('train.bin')) {
    if (target === undefined || target === 'fine') return fine;
    if (target === 'coarse') return coarse;
    throw new DataError(
      'option',
      folder,
      `holds CIFAR-100, which has the targets "fine" and "coarse", not "${target}"`,
    );
  }
  const hint = 'the binary version is needed, not the Python or Matlab one';
  throw new DataError('missing', folder, 'has neither data_batch_1.bin (CIFAR-10) nor train.bin (CIFAR-100)', hint);
}

/** The folder itself, or the one the archive unpacks to inside it. */
async function folderOf(folder: string): Promise<string> {
  const names = await namesIn(folder);
  const inner = ['cifar-10-batches-bin', 'cifar-100-binary'].filter((name) => names.includes(name));
  return inner.length === 1 && !names.some((name) => name.endsWith('.bin')) ? path.join(folder, inner[0]) : folder;
}

/** Names of the classes, one a line; their numbers when the file of names is not there. */
async function classNames(file: string, count: number): Promise<string[]> {
  if (!(await exists(file))) return Array.from({ length: count }, (_, i) => String(i));
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw readingError(error, file);
  });
  const names = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (names.length !== count)
    throw new DataError('format', file, `expected ${count} class names, found ${names.length}`);
  return names;
}

async function rowsIn(file: string, rowBytes: number): Promise<number> {
  const bytes = await sizeOfFile(file);
  if (bytes % rowBytes === 0) return bytes / rowBytes;
  const whole = Math.floor(bytes / rowBytes);
  throw new DataError(
    'truncated',
    file,
    `expected a multiple of ${rowBytes} bytes a picture, found ${bytes} bytes (${whole} whole pictures and a rest)`,
  );
}

async function* fileChunks(file: string, rows: number, variant: Variant): AsyncGenerator<Chunk> {
  const { labelBytes, labelAt, classCount } = variant;
  const rowBytes = labelBytes + pictureBytes;
  const reader = await ByteReader.open(file);
  try {
    for (let first = 0; first < rows; first += chunkRows) {
      const count = Math.min(chunkRows, rows - first);
      const bytes = await reader.read(count * rowBytes, `picture ${first + 1} to ${first + count}`);
      const samples = new Uint8Array(count * pictureBytes);
      const targets = new Int32Array(count);
      for (let row = 0; row < count; row++) {
        const start = row * rowBytes;
        targets[row] = bytes[start + labelAt];
        if (targets[row] >= classCount) {
          throw new DataError(
            'format',
            file,
            `picture ${first + row + 1} has the label ${targets[row]}, expected 0 to ${classCount - 1}`,
          );
        }
        samples.set(bytes.subarray(start + labelBytes, start + rowBytes), row * pictureBytes);
      }
      yield { count, samples, targets };
    }
  } finally {
    reader.close();
  }
}

async function prepare(
  request: SourceRequest,
  folder: string,
  variant: Variant,
  hasTest: boolean,
): Promise<PreparedSource> {
  const files = [...variant.trainFiles, ...(hasTest ? [variant.testFile] : [])].map((name) => path.join(folder, name));
  const counts: number[] = [];
  for (const file of files) counts.push(await rowsIn(file, variant.labelBytes + pictureBytes));
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const testRows = hasTest ? counts[counts.length - 1] : 0;
  const classes = await classNames(path.join(folder, variant.namesFile), variant.classCount);
  async function* chunks(): AsyncGenerator<Chunk> {
    for (const [i, file] of files.entries()) yield* fileChunks(file, counts[i], variant);
  }
  const test = hasTest ? { test: range(rows - testRows, testRows) } : {};
  return {
    description: { source: request.source, kind: 'image', shape: [3, 32, 32], target: 'class', classes },
    storage: 'uint8',
    splits: divide({ train: range(0, rows - testRows), ...test }, request),
    rows,
    chunks,
  };
}

export async function planCifar(request: SourceRequest): Promise<SourcePlan> {
  const folder = await folderOf(request.path);
  const names = await namesIn(folder);
  const variant = variantOf(folder, names, request.target);
  const lacking = variant.trainFiles.filter((name) => !names.includes(name));
  if (lacking.length > 0) throw new DataError('missing', folder, `lacks ${lacking.join(', ')}`);
  const used = [...variant.trainFiles, variant.testFile, variant.namesFile].filter((name) => names.includes(name));
  const hasTest = names.includes(variant.testFile);
  return {
    identity: { namesFile: variant.namesFile },
    files: used.map((name) => path.join(folder, name)),
    prepare: () => prepare(request, folder, variant, hasTest),
  };
}
