/**
 * `npy:FILE`: a NumPy array file, versions 1 to 3 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html):
 * pictures or points, with labels in a second file beside it.
 */
import { ByteReader } from '../byte-reader.ts';
import { DataError } from '../data-error.ts';
import { exists, sizeOfFile } from '../files.ts';
import type { Chunk, PreparedSource, SourcePlan, SourceRequest } from '../source.ts';
import { divideAll } from '../split.ts';
import { sizeOf } from '../../../../core/tensor/tensor.ts';

const longestHeader = 1 << 16;
const mostClasses = 1000;
const chunkBytes = 1 << 20;

/** How each type we read turns a little-endian element into a number. */
const types: Readonly<
  Record<string, { readonly bytes: number; readonly at: (view: DataView, offset: number) => number }>
> = {
  '|u1': { bytes: 1, at: (view, offset) => view.getUint8(offset) },
  '|b1': { bytes: 1, at: (view, offset) => view.getUint8(offset) },
  '|i1': { bytes: 1, at: (view, offset) => view.getInt8(offset) },
  '<u2': { bytes: 2, at: (view, offset) => view.getUint16(offset, true) },
  '<i2': { bytes: 2, at: (view, offset) => view.getInt16(offset, true) },
  '<u4': { bytes: 4, at: (view, offset) => view.getUint32(offset, true) },
  '<i4': { bytes: 4, at: (view, offset) => view.getInt32(offset, true) },
  '<u8': { bytes: 8, at: (view, offset) => Number(view.getBigUint64(offset, true)) },
  '<i8': { bytes: 8, at: (view, offset) => Number(view.getBigInt64(offset, true)) },
  '<f4': { bytes: 4, at: (view, offset) => view.getFloat32(offset, true) },
  '<f8': { bytes: 8, at: (view, offset) => view.getFloat64(offset, true) },
};

interface Header {
  readonly type: string;
  readonly shape: readonly number[];
}

/** Opens the file and reads its header; the reader stands at the first element. */
async function openNpy(file: string): Promise<{ reader: ByteReader; header: Header }> {
  const bytes = await sizeOfFile(file);
  const reader = await ByteReader.open(file);
  try {
    const magic = await reader.read(8, 'its header');
    if (magic.subarray(0, 6).toString('latin1') !== '\x93NUMPY') {
      throw new DataError(
        'format',
        file,
        `is not a NumPy array file: it begins with ${magic.subarray(0, 6).toString('hex')}, not 934e554d5059`,
      );
    }
    const version = magic[6];
    if (version < 1 || version > 3)
      throw new DataError('format', file, `is of .npy version ${version}, known are 1 to 3`);
    const lengthBytes = await reader.read(version === 1 ? 2 : 4, 'its header');
    const length = version === 1 ? lengthBytes.readUInt16LE(0) : lengthBytes.readUInt32LE(0);
    if (length > longestHeader) throw new DataError('corrupt', file, `announces a header of ${length} bytes`);
    const header = headerOf((await reader.read(length, 'its header')).toString('latin1'), file);
    const announced = reader.offset + sizeOf(header.shape) * types[header.type].bytes;
    if (!reader.packed && bytes !== announced) {
      throw new DataError(
        bytes < announced ? 'truncated' : 'format',
        file,
        `expected ${announced} bytes, found ${bytes}`,
      );
    }
    return { reader, header };
  } catch (error) {
    reader.close();
    throw error;
  }
}

/** Reads the header's Python dictionary: `{'descr': '<f4', 'fortran_order': False, 'shape': (60, 2), }`. */
function headerOf(text: string, file: string): Header {
  const type = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const dims = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (order === undefined || dims === undefined)
    throw new DataError('corrupt', file, 'has a header that cannot be read');
  const savedAs = 'save it with numpy.ascontiguousarray(a, dtype="<f4") or dtype="uint8"';
  if (type === undefined || !Object.hasOwn(types, type)) {
    throw new DataError(
      'format',
      file,
      `holds elements of type ${type ?? 'structured'}, expected one of ${Object.keys(types).join(' ')}`,
      savedAs,
    );
  }
  if (order === 'True') throw new DataError('format', file, 'is stored in Fortran order, expected C order', savedAs);
  const shape = dims
    .split(',')
    .map((dim) => dim.trim())
    .filter((dim) => dim !== '')
    .map((dim) => Number(dim.replace('L', '')));
  if (!shape.every(Number.isSafeInteger) || !Number.isSafeInteger(sizeOf(shape)))
    throw new DataError('corrupt', file, `has the shape (${dims})`);
  if (sizeOf(shape) === 0) throw new DataError('empty', file, `has the shape (${dims}), which holds nothing`);
  return { type, shape };
}

/** How an array's rows become samples: which are its channels, and where they stand. */
interface Layout {
  readonly kind: 'image' | 'points';
  readonly shape: readonly number[];
  /** Whether channels come last in the file. */
  readonly interleaved: boolean;
}

function layoutOf({ type, shape }: Header, file: string): Layout {
  const picture = type === '|u1' || type === '<f4' || type === '<f8';
  if (!picture) throw new DataError('format', file, `holds elements of type ${type}, expected |u1 (uint8), <f4 or <f8`);
  if (shape.length === 3) return { kind: 'image', shape: [1, shape[1], shape[2]], interleaved: false };
  if (shape.length === 4) {
    if (shape[1] === 1 || shape[1] === 3) return { kind: 'image', shape: shape.slice(1), interleaved: false };
    if (shape[3] === 1 || shape[3] === 3)
      return { kind: 'image', shape: [shape[3], shape[1], shape[2]], interleaved: true };
    throw new DataError(
      'format',
      file,
      `has the shape (${shape.join(', ')}), where neither axis 1 nor axis 3 is 1 or 3 channels`,
    );
  }
  if (shape.length === 2 && type !== '|u1') return { kind: 'points', shape: [shape[1]], interleaved: false };
  const expected = 'expected [N, H, W] or [N, C, H, W] or [N, H, W, C] pictures, or [N, D] real numbers';
  throw new DataError(
    'format',
    file,
    `is a ${type} array of shape (${shape.join(', ')}), ${expected}`,
    'reshape it, flat pictures to [N, H, W]',
  );
}

/** Rows as numbers, a megabyte at a time. */
async function* numberRows(file: string): AsyncGenerator<{ first: number; count: number; values: Float32Array }> {
  const { reader, header } = await openNpy(file);
  try {
    const { bytes, at } = types[header.type];
    const rows = header.shape[0];
    const size = sizeOf(header.shape.slice(1));
    const step = Math.max(1, Math.floor(chunkBytes / (size * bytes)));
    for (let first = 0; first < rows; first += step) {
      const count = Math.min(step, rows - first);
      const piece = await reader.read(count * size * bytes, `row ${first} to ${first + count - 1} of ${rows}`);
      const view = new DataView(piece.buffer, piece.byteOffset, piece.length);
      const values = Float32Array.from({ length: count * size }, (_, i) => at(view, i * bytes));
      const bad = values.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0)
        throw new DataError(
          'content',
          file,
          `holds ${values[bad]} in row ${first + Math.floor(bad / size)}`,
          'remove rows that are not finite',
        );
      yield { first, count, values };
    }
    await reader.expectEnd();
  } finally {
    reader.close();
  }
}

/** The interval a picture array's real numbers lie in: [0, 1], [−1, 1] or [0, 255], whichever is the narrowest that fits. */
async function intervalOf(file: string): Promise<readonly [number, number]> {
  let [low, high] = [Infinity, -Infinity];
  for await (const { values } of numberRows(file)) {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low >= 0 && high <= 1) return [0, 1];
  if (low >= -1 && high <= 1) return [-1, 1];
  if (low >= 0 && high <= 255) return [0, 255];
  throw new DataError(
    'content',
    file,
    `holds pictures with values from ${low} to ${high}, expected 0 to 1, −1 to 1 or 0 to 255`,
  );
}

/** Moves channels first and maps the interval to [0, 1]. */
function arrange(
  values: Float32Array,
  count: number,
  layout: Layout,
  [low, high]: readonly [number, number],
): Float32Array {
  const size = sizeOf(layout.shape);
  const [channels] = layout.shape;
  const plane = size / channels;
  const out = new Float32Array(values.length);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < size; i++) {
      const from = layout.interleaved ? (i % plane) * channels + Math.floor(i / plane) : i;
      out[row * size + i] = (values[row * size + from] - low) / (high - low);
    }
  }
  return out;
}

interface Labels {
  readonly target: 'class' | 'number' | 'none';
  readonly classes: readonly string[];
  readonly values: Int32Array | Float32Array | undefined;
}

/** Whole numbers become classes (in order of value), real numbers stay numbers. */
async function readLabels(file: string | undefined, rows: number): Promise<Labels> {
  if (file === undefined) return { target: 'none', classes: [], values: undefined };
  const { reader, header } = await openNpy(file);
  reader.close();
  if (sizeOf(header.shape) !== rows || header.shape[0] !== rows) {
    throw new DataError(
      'format',
      file,
      `has the shape (${header.shape.join(', ')}), expected (${rows}), one label a row`,
    );
  }
  const values = new Float32Array(rows);
  for await (const piece of numberRows(file)) values.set(piece.values, piece.first);
  if (header.type === '<f4' || header.type === '<f8') return { target: 'number', classes: [], values };
  const present = [...new Set(values)].sort((a, b) => a - b);
  if (present.length > mostClasses)
    throw new DataError(
      'content',
      file,
      `holds ${present.length} different labels, at most ${mostClasses} classes are possible`,
    );
  const numbers = new Map(present.map((value, i) => [value, i]));
  return {
    target: 'class',
    classes: present.map(String),
    values: Int32Array.from(values, (value) => numbers.get(value) ?? 0),
  };
}

async function prepare(request: SourceRequest, labelFile: string | undefined): Promise<PreparedSource> {
  const { path: file, source } = request;
  const { reader, header } = await openNpy(file);
  reader.close();
  const layout = layoutOf(header, file);
  const rows = header.shape[0];
  const { target, classes, values: targets } = await readLabels(labelFile, rows);
  const bytes = header.type === '|u1';
  const interval = bytes || layout.kind === 'points' ? ([0, 1] as const) : await intervalOf(file);
  async function* chunks(): AsyncGenerator<Chunk> {
    for await (const { first, count, values } of numberRows(file)) {
      const arranged = layout.kind === 'points' ? values : arrange(values, count, layout, interval);
      yield {
        count,
        samples: bytes ? Uint8Array.from(arranged) : arranged,
        targets: targets?.subarray(first, first + count),
      };
    }
  }
  return {
    description: { source, kind: layout.kind, shape: layout.shape, target, classes },
    storage: bytes ? 'uint8' : 'float32',
    splits: divideAll(rows, request),
    rows,
    chunks,
  };
}

/** The labels of `name.npy` are in `name.labels.npy`, when it is there. */
export async function planNpy(request: SourceRequest): Promise<SourcePlan> {
  const { path: file } = request;
  await sizeOfFile(file);
  const beside = `${file.replace(/\.npy$/i, '')}.labels.npy`;
  const labelFile = (await exists(beside)) ? beside : undefined;
  return { identity: {}, files: labelFile ? [file, labelFile] : [file], prepare: () => prepare(request, labelFile) };
}
