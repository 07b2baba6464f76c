/** Imports a source into a record folder: rows stream to disk and into the content hash; a rename makes it whole. */
import { createHash, randomBytes, type Hash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { splits } from '../../../core/data/data-info.ts';
import { sizeOf } from '../../../core/tensor/tensor.ts';
import { DataError, systemCode } from './data-error.ts';
import { recordFiles, recordVersion, sealed, startContentHash } from './record.ts';
import type { Chunk, DataProgress, PreparedSource } from './source.ts';

const temporaryPrefix = '.importing-';
const staleMs = 24 * 3600 * 1000;

/**
 * Writes `source` to the folder `target`, replacing a damaged one. Two processes may do so at once: each writes a folder
 * of its own, and the second to finish keeps what the first put in place (`isWhole` says whether that is sound).
 * @throws DataError from the source, or `cache` when the disk refuses.
 */
export async function writeRecord(
  source: PreparedSource,
  target: string,
  key: string,
  onProgress: DataProgress,
  isWhole: () => boolean,
): Promise<void> {
  const parent = path.dirname(target);
  const folder = path.join(
    parent,
    `${temporaryPrefix}${key.slice(0, 12)}-${process.pid}-${randomBytes(4).toString('hex')}`,
  );
  try {
    await mkdir(folder, { recursive: true });
    await removeStale(parent);
    await writeFiles(source, folder, key, onProgress);
    await install(folder, target, isWhole);
  } catch (error) {
    throw cacheError(error, parent);
  } finally {
    // What went wrong above matters more than a folder left behind.
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function writeFiles(
  source: PreparedSource,
  folder: string,
  key: string,
  onProgress: DataProgress,
): Promise<void> {
  const contentHash = startContentHash(source);
  const targets = await writeSamples(source, folder, contentHash, onProgress);
  const words = splits.map((split) => bytesOf(source.splits[split]));
  const smallHash = createHash('sha256');
  for (const hash of [contentHash, smallHash]) for (const part of [targets, ...words]) hash.update(part);
  await writeWhole(path.join(folder, recordFiles.targets), targets);
  await writeWhole(path.join(folder, recordFiles.splits), Buffer.concat(words));
  const counts = {
    train: source.splits.train.length,
    validation: source.splits.validation.length,
    test: source.splits.test.length,
  };
  const info = { ...source.description, counts, contentHash: contentHash.digest('hex') };
  const { storage, rows } = source;
  const record = { version: recordVersion, key, info, storage, rows, smallHash: smallHash.digest('hex') };
  await writeWhole(path.join(folder, recordFiles.info), Buffer.from(sealed(record)));
}

/** Streams the samples to disk and returns the targets' bytes, which are small enough to hold. */
async function writeSamples(
  source: PreparedSource,
  folder: string,
  hash: Hash,
  onProgress: DataProgress,
): Promise<Buffer> {
  const { rows, description } = source;
  const targets: Buffer[] = [];
  const file = await open(path.join(folder, recordFiles.samples), 'w');
  let done = 0;
  try {
    for await (const chunk of source.chunks()) {
      checkChunk(chunk, source);
      const samples = bytesOf(chunk.samples);
      hash.update(samples);
      await writeFully(file, samples);
      if (chunk.targets) targets.push(Buffer.from(bytesOf(chunk.targets)));
      done += chunk.count;
      onProgress(done, rows, `importing ${description.source}`);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (done !== rows) throw new Error(`a source announced ${rows} rows and gave ${done}`);
  return Buffer.concat(targets);
}

function checkChunk(chunk: Chunk, { description, storage }: PreparedSource): void {
  const expected = chunk.count * sizeOf(description.shape);
  const rightType = storage === 'uint8' ? chunk.samples instanceof Uint8Array : chunk.samples instanceof Float32Array;
  const rightTargets =
    description.target === 'none' ? chunk.targets === undefined : chunk.targets?.length === chunk.count;
  if (!rightType || !rightTargets || chunk.samples.length !== expected)
    throw new Error('a source gave a chunk that is not what it announced');
}

/** Moves the finished folder into place; a damaged one there makes way, a sound one (another process's work) stays. */
async function install(folder: string, target: string, isWhole: () => boolean): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rename(folder, target);
    } catch (error) {
      const taken = ['ENOTEMPTY', 'EEXIST', 'EPERM', 'ENOTDIR'].includes(systemCode(error) ?? '');
      if (!taken || attempt === 8) throw error;
      if (isWhole()) return;
      const aside = path.join(
        path.dirname(target),
        `${temporaryPrefix}old-${process.pid}-${randomBytes(4).toString('hex')}`,
      );
      await rename(target, aside).catch(() => undefined);
      await rm(aside, { recursive: true, force: true });
    }
  }
}

/** Removes what imports that were killed left behind more than a day ago. */
async function removeStale(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(temporaryPrefix)) continue;
    const folder = path.join(parent, name);
    const found = await stat(folder).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > staleMs) await rm(folder, { recursive: true, force: true });
  }
}

async function writeWhole(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await writeFully(handle, bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeFully(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
}

function bytesOf(values: Uint8Array | Uint32Array | Int32Array | Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

function cacheError(error: unknown, folder: string): unknown {
  const code = systemCode(error);
  if (error instanceof DataError || code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new DataError('cache', folder, 'the data cache cannot be written: the disk is full', 'free some space');
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return new DataError('cache', folder, 'the data cache cannot be written: this user may not write there');
  }
  return new DataError('cache', folder, `the data cache cannot be written (${code})`);
}
