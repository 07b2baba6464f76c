/**
 * The record folder a data set is imported into: fixed-size rows, so that any sample can be read at once.
 *
 * `samples.bin` holds the rows in source order (uint8 or little-endian float32), `targets.bin` four bytes a row (int32
 * classes or float32 numbers; empty without targets), `splits.bin` the row numbers (uint32) of training, validation and
 * test, and `info.json` what they are, sealed with its own hash.
 */
import { createHash, type Hash } from 'node:crypto';
import { splits, type DataInfo } from '../../../core/data/data-info.ts';
import { sizeOf } from '../../../core/tensor/tensor.ts';
import type { PreparedSource } from './source.ts';

/** Raised when the meaning of the files changes: records of other versions are imported again. */
export const recordVersion = 1;

export const recordFiles = {
  samples: 'samples.bin',
  targets: 'targets.bin',
  splits: 'splits.bin',
  info: 'info.json',
} as const;

export interface RecordInfo {
  readonly version: number;
  /** Hash of the source, its options and its files; the folder's name ends in it. */
  readonly key: string;
  readonly info: DataInfo;
  readonly storage: 'uint8' | 'float32';
  readonly rows: number;
  /** sha256 of `targets.bin` and `splits.bin` alone: large sets are checked by it when they are opened. */
  readonly smallHash: string;
}

/** Bytes of one row of samples. */
export function rowBytes({
  info,
  storage,
}: Pick<RecordInfo, 'storage'> & { readonly info: Pick<DataInfo, 'shape'> }): number {
  return sizeOf(info.shape) * (storage === 'uint8' ? 1 : 4);
}

/** The hash that becomes `contentHash`: a line that says how to read the bytes, then (by the caller) the bytes. */
export function startContentHash({
  storage,
  rows,
  description,
}: Pick<PreparedSource, 'storage' | 'rows' | 'description'>): Hash {
  const { kind, shape, target, classes, vocabulary } = description;
  const letters = vocabulary ? ` ${vocabulary.unit} ${JSON.stringify(vocabulary.characters)}` : '';
  return createHash('sha256').update(
    `${kind} ${storage} ${rows}x[${shape.join(',')}] ${target} ${classes.length}${letters}\n`,
  );
}

/** `info.json`: the information and its sha256, so that a damaged file is not believed. */
export function sealed(record: RecordInfo): string {
  const body = JSON.stringify(record);
  return JSON.stringify({ seal: createHash('sha256').update(body).digest('hex'), record: body });
}

/** The information in an `info.json`, or undefined when it is not whole. */
export function unsealed(text: string): RecordInfo | undefined {
  try {
    const { seal, record } = JSON.parse(text) as { seal?: unknown; record?: unknown };
    if (typeof record !== 'string' || createHash('sha256').update(record).digest('hex') !== seal) return undefined;
    const parsed = JSON.parse(record) as RecordInfo;
    return parsed.version === recordVersion ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Number of samples in all splits together: the length of `splits.bin` in words. */
export function splitWords(info: DataInfo): number {
  let words = 0;
  for (const split of splits) words += info.counts[split];
  return words;
}
