/** Checkpoint files: every state tensor of a run and what is needed to resume it, in one safetensors file. */

import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import {
  checkTensor,
  emptyTensor,
  encodeSafetensors,
  parseSafetensorsHeader,
  prefixBytes,
  readHeaderLength,
  SafetensorsError,
} from '../../../core/tensor/safetensors.ts';
import type { JsonValue } from '../../../core/protocol/records.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';
import { explainFileError, FileError, writeFileAtomic } from './atomic.ts';
import type { WrittenFile } from './atomic.ts';

export interface Checkpoint {
  /** Parameters, optimizer state, moving averages and buffers, by name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** What else a resume needs (step, hashes, seed, counters); opaque here. */
  readonly meta: JsonValue;
}

export interface ReadCheckpoint extends Checkpoint {
  readonly sha256: string;
}

export interface WrittenCheckpoint extends WrittenFile {
  readonly path: string;
}

const formatKey = 'lathe.checkpoint';
const formatVersion = '1';
const metaKey = 'lathe.meta';

/** `step-00001000.safetensors` for step 1000: eight digits, so that names sort by step. */
export function checkpointName(step: number): string {
  return `step-${String(step).padStart(8, '0')}.safetensors`;
}

/**
 * Writes a checkpoint to `folder/name`, all or nothing, durable once it resolves. Equal state gives an equal sha256,
 * whatever the order of tensors or of keys in `meta`. The tensors must not change until it resolves.
 * @throws FileError
 */
export async function writeCheckpoint(
  folder: string,
  name: string,
  checkpoint: Checkpoint,
): Promise<WrittenCheckpoint> {
  const path = join(folder, name);
  const metadata = { [formatKey]: formatVersion, [metaKey]: canonicalJson(checkpoint.meta) };
  const written = await writeFileAtomic(path, encodeSafetensors(checkpoint.tensors, metadata));
  return { path, ...written };
}

/**
 * Reads a checkpoint straight into one buffer a tensor. With `expectedSha256` (the registered one) a file with even one
 * changed byte is refused.
 * @throws FileError: `missing`, or `corrupt` saying what is wrong (cut short, no checkpoint, other bytes than
 * registered).
 */
export async function readCheckpoint(path: string, expectedSha256?: string): Promise<ReadCheckpoint> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const checkpoint = await readFrom(file);
    if (expectedSha256 !== undefined && checkpoint.sha256 !== expectedSha256) {
      throw new SafetensorsError(
        `its sha256 is ${checkpoint.sha256}, registered was ${expectedSha256}: its bytes have changed`,
      );
    }
    return checkpoint;
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw explainFileError(error, path, 'read');
    throw new FileError('corrupt', path, `${path} is damaged or no checkpoint: ${error.message}`, { cause: error });
  } finally {
    await file?.close();
  }
}

async function readFrom(file: FileHandle): Promise<ReadCheckpoint> {
  const { size } = await file.stat();
  const hash = createHash('sha256');
  const prefix = await readInto(file, new Uint8Array(Math.min(prefixBytes, size)), 0, hash);
  const headerLength = readHeaderLength(prefix, size);
  const headerBytes = await readInto(file, new Uint8Array(headerLength), prefixBytes, hash);
  const dataStart = prefixBytes + headerLength;
  const header = parseSafetensorsHeader(headerBytes, size - dataStart);
  const meta = parseMeta(header.metadata);
  const tensors = new Map<string, Tensor>();
  // Entries are in file order without holes, so hashing them one by one hashes the whole file.
  for (const entry of header.entries) {
    const { tensor, bytes } = emptyTensor(entry);
    await readInto(file, bytes, dataStart + entry.begin, hash);
    checkTensor(entry.name, tensor);
    tensors.set(entry.name, tensor);
  }
  return { tensors, meta, sha256: hash.digest('hex') };
}

async function readInto(file: FileHandle, target: Uint8Array, position: number, hash: Hash): Promise<Uint8Array> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) throw new SafetensorsError('the file became shorter while it was read');
    done += bytesRead;
  }
  hash.update(target);
  return target;
}

function parseMeta(metadata: Readonly<Record<string, string>>): JsonValue {
  const version = metadata[formatKey];
  const text = metadata[metaKey];
  if (version === undefined || text === undefined)
    throw new SafetensorsError('it is a safetensors file, but not a checkpoint of a run');
  if (version !== formatVersion) {
    throw new SafetensorsError(
      `it is a checkpoint of format ${version}, this version of Lathe reads format ${formatVersion}`,
    );
  }
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new SafetensorsError('its description is not JSON', { cause: error });
  }
}

/** JSON with the keys of every object sorted, so that equal values give equal text. */
export function canonicalJson(value: JsonValue): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    const record = item as Record<string, unknown>;
    return Object.fromEntries(
      Object.keys(record)
        .sort()
        .map((key) => [key, record[key]]),
    );
  });
}
