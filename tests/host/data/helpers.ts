/** Writes data files by hand, as their formats say, for the tests of the sources. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import type { Split } from '../../../core/data/data-info.ts';
import { DataError } from '../../../main/host/data/data-error.ts';
import type { Dataset } from '../../../main/host/data/dataset.ts';
import { targetsFor } from '../../../main/host/data/describe.ts';
import { openDataset, type OpenOptions } from '../../../main/host/data/open.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A fresh folder, removed after the test. */
export function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'lathe-data-'));
  folders.push(folder);
  return folder;
}

/** Writes a file, making its folders; returns its path. */
export function put(folder: string, name: string, bytes: Uint8Array | string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

/** Opens with the cache inside `folder`. */
export function openIn(folder: string, source: string, more: Partial<OpenOptions> = {}): Promise<Dataset> {
  return openDataset({ source, baseDir: folder, cacheDir: path.join(folder, '.cache'), ...more });
}

/** The DataError that opening ends in, and proof that nothing half-made is left in the cache. */
export async function failureOf(folder: string, source: string, more: Partial<OpenOptions> = {}): Promise<DataError> {
  const error: unknown = await openIn(folder, source, more).then(
    () => 'opened',
    (reason: unknown) => reason,
  );
  if (!(error instanceof DataError)) throw new Error(`expected a DataError, got ${String(error)}`, { cause: error });
  const cache = path.join(folder, '.cache');
  const left = readdirSync(folder).includes('.cache') ? readdirSync(cache) : [];
  if (left.length > 0) throw new Error(`left in the cache: ${left.join(', ')}`);
  if (error.message.includes('\n')) throw new Error(`more than one line: ${error.message}`);
  return error;
}

/** Every sample of a split with its target, as plain numbers. */
export function all(
  dataset: Dataset,
  split: Split,
  range: 'unit' | 'symmetric' = 'unit',
): { x: number[]; y: number | undefined }[] {
  const size = dataset.info.shape.reduce((product, dim) => product * dim, 1);
  const count = dataset.info.counts[split];
  const x = new Float32Array(count * size);
  const y = targetsFor(dataset.info, count);
  dataset.read(
    split,
    Array.from({ length: count }, (_, i) => i),
    range,
    x,
    y,
  );
  return Array.from({ length: count }, (_, i) => ({
    x: [...x.subarray(i * size, (i + 1) * size)],
    y: y && Number(y[i]),
  }));
}

/** An IDX file of bytes: magic 0x0000 08 <dimensions>, big-endian sizes, values. */
export function idx(sizes: readonly number[], values: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.writeUInt32BE(0x800 + sizes.length, 0);
  for (const [i, size] of sizes.entries()) header.writeUInt32BE(size, 4 + 4 * i);
  return Buffer.concat([header, values]);
}

/** A version 1.0 .npy file. */
export function npy(
  descr: string,
  shape: readonly number[],
  values: Uint8Array | Float32Array | Float64Array | BigInt64Array,
  fortran = false,
): Buffer {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${dims}), }`;
  const padded = `${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11)}\n`;
  const head = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  head.writeUInt16LE(padded.length, 8);
  return Buffer.concat([head, Buffer.from(padded), Buffer.from(values.buffer, values.byteOffset, values.byteLength)]);
}

/** Deterministic bytes. */
export function bytes(length: number, first = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (first + i * 37) % 251);
}
