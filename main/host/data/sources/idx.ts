/**
 * `idx:DIR`: the MNIST family (MNIST, Fashion-MNIST, EMNIST, KMNIST): big-endian arrays with a four-byte magic number,
 * as http://yann.lecun.com/exdb/mnist/ describes them; plain or gzip.
 */
import path from 'node:path';
import { ByteReader } from '../byte-reader.ts';
import { DataError } from '../data-error.ts';
import { namesIn, sizeOfFile } from '../files.ts';
import type { Chunk, PreparedSource, SourcePlan, SourceRequest } from '../source.ts';
import { divide, range } from '../split.ts';

const maxSide = 4096;
const chunkRows = 512;

/** One pair of files. */
interface Part {
  readonly images: string;
  readonly labels: string;
}

interface Parts {
  readonly train: Part;
  readonly test: Part | undefined;
}

const names = {
  trainImages: /^(.+-)?train-images[-.]idx3-ubyte(\.gz)?$/,
  trainLabels: /^(.+-)?train-labels[-.]idx1-ubyte(\.gz)?$/,
  testImages: /^(.+-)?(t10k|test)-images[-.]idx3-ubyte(\.gz)?$/,
  testLabels: /^(.+-)?(t10k|test)-labels[-.]idx1-ubyte(\.gz)?$/,
} as const;

/** The one file of a kind. When both the plain and the packed form are there, the plain one is read. */
function oneOf(folder: string, found: readonly string[], pattern: RegExp, expected: string): string | undefined {
  const matches = found.filter((name) => pattern.test(name));
  const plain = matches.filter((name) => !name.endsWith('.gz') || !matches.includes(name.slice(0, -3)));
  if (plain.length > 1) {
    const problem = `holds several sets, with ${plain.join(' and ')} for ${expected}`;
    throw new DataError('format', folder, problem, 'give each set a folder of its own');
  }
  return plain.length === 1 ? path.join(folder, plain[0]) : undefined;
}

async function findParts(folder: string): Promise<Parts> {
  const found = await namesIn(folder);
  const part = (images: RegExp, labels: RegExp, prefix: string): Part | undefined => {
    const imageFile = oneOf(folder, found, images, `${prefix}-images-idx3-ubyte`);
    const labelFile = oneOf(folder, found, labels, `${prefix}-labels-idx1-ubyte`);
    if (imageFile && labelFile) return { images: imageFile, labels: labelFile };
    if (!imageFile && !labelFile) return undefined;
    const lacking = imageFile ? `${prefix}-labels-idx1-ubyte` : `${prefix}-images-idx3-ubyte`;
    throw new DataError(
      'missing',
      folder,
      `has ${path.basename(imageFile ?? labelFile ?? '')} but lacks ${lacking} (or ${lacking}.gz)`,
    );
  };
  const train = part(names.trainImages, names.trainLabels, 'train');
  const test = part(names.testImages, names.testLabels, 't10k');
  if (!train)
    throw new DataError('missing', folder, 'has no file train-images-idx3-ubyte or train-images-idx3-ubyte.gz');
  return { train, test };
}

/** Opens an IDX file of bytes and reads its dimensions. */
async function openIdx(file: string, dimensions: number): Promise<{ reader: ByteReader; sizes: readonly number[] }> {
  const bytes = await sizeOfFile(file);
  const reader = await ByteReader.open(file);
  try {
    const header = await reader.read(4 + 4 * dimensions, 'its header');
    const expected = 0x800 + dimensions;
    const magic = header.readUInt32BE(0);
    if (magic !== expected) {
      const problem = `is not an IDX file of ${dimensions}-dimensional bytes: expected magic number ${hex(expected)}, found ${hex(magic)}`;
      throw new DataError('format', file, problem);
    }
    const sizes = Array.from({ length: dimensions }, (_, i) => header.readUInt32BE(4 + 4 * i));
    if (sizes[0] === 0) throw new DataError('empty', file, 'announces 0 samples');
    const [height, width] = [sizes[1] ?? 1, sizes[2] ?? 1];
    if (height < 1 || width < 1 || height > maxSide || width > maxSide) {
      throw new DataError('format', file, `announces pictures of ${width} × ${height} pixels, which cannot be`);
    }
    const announced = header.length + sizes[0] * height * width;
    const fits = reader.packed || bytes === announced;
    if (!fits)
      throw new DataError(
        bytes < announced ? 'truncated' : 'format',
        file,
        `expected ${announced} bytes, found ${bytes}`,
      );
    return { reader, sizes };
  } catch (error) {
    reader.close();
    throw error;
  }
}

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;

async function readLabels(file: string): Promise<Buffer> {
  const { reader, sizes } = await openIdx(file, 1);
  try {
    const labels = await reader.read(sizes[0], 'the labels');
    await reader.expectEnd();
    return Buffer.from(labels);
  } finally {
    reader.close();
  }
}

/** Size of the pictures of a part whose labels are known. */
async function imageSize(
  { images, labels }: Part,
  labelCount: number,
): Promise<readonly [height: number, width: number]> {
  const { reader, sizes } = await openIdx(images, 3);
  reader.close();
  if (sizes[0] !== labelCount) {
    throw new DataError(
      'format',
      images,
      `holds ${sizes[0]} pictures but ${path.basename(labels)} holds ${labelCount} labels`,
    );
  }
  return [sizes[1], sizes[2]];
}

async function prepare(request: SourceRequest, { train, test }: Parts): Promise<PreparedSource> {
  const trainLabels = await readLabels(train.labels);
  const testLabels = test ? await readLabels(test.labels) : Buffer.alloc(0);
  const [height, width] = await imageSize(train, trainLabels.length);
  if (test) {
    const [testHeight, testWidth] = await imageSize(test, testLabels.length);
    if (testHeight !== height || testWidth !== width) {
      const problem = `holds pictures of ${testWidth} × ${testHeight} pixels but the training pictures are ${width} × ${height}`;
      throw new DataError('format', test.images, problem);
    }
  }
  const present = [...new Set(trainLabels)].sort((a, b) => a - b);
  const strange = testLabels.find((label) => !present.includes(label));
  if (test && strange !== undefined)
    throw new DataError('content', test.labels, `holds the label ${strange}, which no training sample has`);
  const classOf = new Int32Array(256);
  for (const [number, label] of present.entries()) classOf[label] = number;
  const rows = trainLabels.length + testLabels.length;
  async function* chunks(): AsyncGenerator<Chunk> {
    yield* partChunks(train.images, trainLabels, height * width, classOf);
    if (test) yield* partChunks(test.images, testLabels, height * width, classOf);
  }
  return {
    description: {
      source: request.source,
      kind: 'image',
      shape: [1, height, width],
      target: 'class',
      classes: present.map(String),
    },
    storage: 'uint8',
    splits: divide(
      { train: range(0, trainLabels.length), ...(test && { test: range(trainLabels.length, testLabels.length) }) },
      request,
    ),
    rows,
    chunks,
  };
}

async function* partChunks(file: string, labels: Buffer, size: number, classOf: Int32Array): AsyncGenerator<Chunk> {
  const { reader } = await openIdx(file, 3);
  try {
    for (let first = 0; first < labels.length; first += chunkRows) {
      const count = Math.min(chunkRows, labels.length - first);
      const samples = await reader.read(count * size, `picture ${first + 1} to ${first + count} of ${labels.length}`);
      yield {
        count,
        samples,
        targets: Int32Array.from(labels.subarray(first, first + count), (label) => classOf[label]),
      };
    }
    await reader.expectEnd();
  } finally {
    reader.close();
  }
}

export async function planIdx(request: SourceRequest): Promise<SourcePlan> {
  const parts = await findParts(request.path);
  const files = [parts.train, ...(parts.test ? [parts.test] : [])].flatMap(({ images, labels }) => [images, labels]);
  return { identity: {}, files, prepare: () => prepare(request, parts) };
}
