/** A data set ready for training: any sample of any split at once, from memory or from disk. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { splits, type DataInfo, type DataRange, type Split } from '../../../core/data/data-info.ts';
import { sizeOf } from '../../../core/tensor/tensor.ts';
import { DataError } from './data-error.ts';
import { recordFiles, rowBytes, splitWords, startContentHash, unsealed, type RecordInfo } from './record.ts';

export interface Dataset {
  readonly info: DataInfo;
  /**
   * Reads samples in the order of `indices` (from 0, inside the split).
   * @param range how pictures are mapped: `unit` to [0, 1], `symmetric` to [−1, 1]; others are handed over as stored
   * @param x receives `indices.length` samples, each of `info.shape`
   * @param y receives the targets: class numbers (`BigInt64Array`) or numbers (`Float32Array`), as `info.target` says
   * @throws RangeError when an index, a length or the type of `y` does not fit
   */
  read(
    split: Split,
    indices: ArrayLike<number>,
    range: DataRange,
    x: Float32Array,
    y?: BigInt64Array | Float32Array,
  ): void;
  close(): void;
}

type Storage = Uint8Array | Float32Array;

/** Where rows come from: gives an array and the position in it at which `row` starts. */
interface Rows {
  readonly values: Storage;
  locate(row: number): number;
  close(): void;
}

function memoryRows(bytes: Buffer, record: RecordInfo): Rows {
  const size = sizeOf(record.info.shape);
  return { values: viewOf(bytes, record.storage), locate: (row) => row * size, close: () => {} };
}

/** Reads each row when it is asked for. */
function fileRows(file: string, record: RecordInfo): Rows {
  const fd = openSync(file, 'r');
  const length = rowBytes(record);
  const bytes = Buffer.alloc(length);
  const locate = (row: number): number => {
    const found = readSync(fd, bytes, 0, length, row * length);
    if (found !== length)
      throw new DataError('cache', file, `row ${row} cannot be read: expected ${length} bytes, found ${found}`);
    return 0;
  };
  return { values: viewOf(bytes, record.storage), locate, close: () => closeSync(fd) };
}

function viewOf(bytes: Buffer, storage: RecordInfo['storage']): Storage {
  if (storage === 'uint8') return bytes;
  if (bytes.byteOffset % 4 === 0) return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

/**
 * Opens the record in `folder`. Sets up to `memoryLimit` bytes are held in memory and checked against their content
 * hash; larger ones are checked by size and by the hash of their targets and splits.
 * @returns undefined when there is no record, or it is damaged, or another `key`'s: it must be imported (again).
 */
export function openRecord(folder: string, key: string, memoryLimit: number): Dataset | undefined {
  try {
    const record = unsealed(readFileSync(path.join(folder, recordFiles.info), 'utf8'));
    if (record === undefined || record.key !== key) return undefined;
    const samplesFile = path.join(folder, recordFiles.samples);
    const targets = readFileSync(path.join(folder, recordFiles.targets));
    const words = readFileSync(path.join(folder, recordFiles.splits));
    const bytes = record.rows * rowBytes(record);
    const whole = statSync(samplesFile).size === bytes && words.length === splitWords(record.info) * 4;
    if (!whole || createHash('sha256').update(targets).update(words).digest('hex') !== record.smallHash)
      return undefined;
    if (bytes > memoryLimit) return datasetOf(record, fileRows(samplesFile, record), targets, words);
    const samples = readFileSync(samplesFile);
    const { info, storage, rows } = record;
    const hash = startContentHash({ storage, rows, description: info }).update(samples).update(targets).update(words);
    return hash.digest('hex') === info.contentHash
      ? datasetOf(record, memoryRows(samples, record), targets, words)
      : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

function datasetOf(record: RecordInfo, rows: Rows, targetBytes: Buffer, words: Buffer): Dataset {
  const { info } = record;
  const numbers = new Uint32Array(Uint8Array.from(words).buffer);
  const rowsOf = {} as Record<Split, Uint32Array>;
  let at = 0;
  for (const split of splits) {
    rowsOf[split] = numbers.subarray(at, at + info.counts[split]);
    at += info.counts[split];
  }
  const raw = Uint8Array.from(targetBytes).buffer;
  const targets = info.target === 'number' ? new Float32Array(raw) : new Int32Array(raw);
  const size = sizeOf(info.shape);
  const read: Dataset['read'] = (split, indices, range, x, y) => {
    checkRequest(info, indices.length, size, x, y);
    const [scale, shift] = mapping(record, range);
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i];
      const row = rowsOf[split][index];
      if (row === undefined)
        throw new RangeError(`sample ${index} is outside the ${split} split of ${info.counts[split]} samples`);
      copyRow(rows.values, rows.locate(row), x, i * size, size, scale, shift);
      if (y instanceof BigInt64Array) y[i] = BigInt(targets[row]);
      else if (y) y[i] = targets[row];
    }
  };
  return { info, read, close: () => rows.close() };
}

function copyRow(
  from: Storage,
  start: number,
  to: Float32Array,
  at: number,
  size: number,
  scale: number,
  shift: number,
): void {
  for (let k = 0; k < size; k++) to[at + k] = from[start + k] * scale + shift;
}

/** Stored pictures are 0 … 255 (uint8) or 0 … 1 (float32). */
function mapping({ info, storage }: RecordInfo, range: DataRange): readonly [scale: number, shift: number] {
  if (info.kind !== 'image') return [1, 0];
  const unit = storage === 'uint8' ? 1 / 255 : 1;
  switch (range) {
    case 'unit':
      return [unit, 0];
    case 'symmetric':
      return [2 * unit, -1];
  }
}

function checkRequest(
  info: DataInfo,
  count: number,
  size: number,
  x: Float32Array,
  y: BigInt64Array | Float32Array | undefined,
): void {
  if (x.length !== count * size)
    throw new RangeError(`${count} samples of ${size} values need ${count * size} places, x has ${x.length}`);
  if (y === undefined) return;
  if (info.target === 'none') throw new RangeError(`${info.source} has no targets`);
  if ((info.target === 'class') !== y instanceof BigInt64Array) {
    throw new RangeError(
      `targets of kind "${info.target}" go into a ${info.target === 'class' ? 'BigInt64Array' : 'Float32Array'}`,
    );
  }
  if (y.length !== count) throw new RangeError(`${count} samples have ${count} targets, y has ${y.length} places`);
}
