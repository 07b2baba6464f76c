/**
 * Writes files so that a reader, a crash or a full disk never meets half of one, and names what went wrong in plain
 * words.
 */

import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export type FileErrorCode = 'disk-full' | 'read-only' | 'denied' | 'missing' | 'not-a-folder' | 'corrupt' | 'failed';

/** A file that could not be written or read: which, why, and what to do, in `message`. */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly code: FileErrorCode;
  readonly path: string;

  constructor(code: FileErrorCode, path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}

export interface WrittenFile {
  /** Lower-case hexadecimal sha256 of the whole file. */
  readonly sha256: string;
  readonly bytes: number;
}

const day = 86_400_000;
const temporaryName = /^\..+\.(\d+)-[0-9a-f]{8}\.tmp$/;

/**
 * Writes `chunks` to `path`, replacing what was there in one step: temporary file in the same folder, fsync, rename,
 * fsync of the folder. When it resolves the file is on the disk; when it rejects, `path` is as it was before.
 * The chunks are read while writing, so their buffers must not change until it resolves.
 * @throws FileError
 */
export async function writeFileAtomic(path: string, chunks: Iterable<Uint8Array | string>): Promise<WrittenFile> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
  try {
    const written = await writeDurably(temporary, chunks);
    await rename(temporary, path);
    await syncFolder(folder);
    return written;
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw explainFileError(error, path, 'write');
  }
}

async function writeDurably(path: string, chunks: Iterable<Uint8Array | string>): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx');
  try {
    for (const chunk of chunks) {
      const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      hash.update(buffer);
      let done = 0;
      while (done < buffer.length) done += (await file.write(buffer, done, buffer.length - done)).bytesWritten;
      bytes += buffer.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** Makes a rename or an unlink in `folder` durable; Windows has no such call and does it with the rename. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Deletes the temporary files that a killed process left in `folder`; those of a living process are kept for a day.
 * @returns the names deleted.
 * @throws FileError
 */
export async function clearStaleTemporaries(folder: string): Promise<string[]> {
  const cleared: string[] = [];
  try {
    for (const name of await readdir(folder)) {
      const pid = temporaryName.exec(name)?.[1];
      if (pid === undefined) continue;
      const path = join(folder, name);
      if (isAlive(Number(pid)) && Date.now() - (await stat(path)).mtimeMs < day) continue;
      await unlink(path);
      cleared.push(name);
    }
  } catch (error) {
    throw explainFileError(error, folder, 'write');
  }
  return cleared;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Deletes a file; one that is already gone is fine. @throws FileError */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw explainFileError(error, path, 'write');
  }
}

/** A `FileError` in plain words for an error of `node:fs` met while reading or writing `path`. */
export function explainFileError(error: unknown, path: string, intent: 'read' | 'write'): FileError {
  if (error instanceof FileError) return error;
  const options = { cause: error };
  const start = `cannot ${intent} ${path}: `;
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new FileError('disk-full', path, `${start}the disk is full; free some space and try again`, options);
    case 'EROFS':
      return new FileError('read-only', path, `${start}it lies on a read-only disk; choose another folder`, options);
    case 'EACCES':
    case 'EPERM':
      return new FileError('denied', path, `${start}permission denied; check who owns ${dirname(path)}`, options);
    case 'ENOENT':
      return new FileError(
        'missing',
        path,
        intent === 'read' ? `${start}there is no such file` : `${start}the folder ${dirname(path)} does not exist`,
        options,
      );
    case 'ENOTDIR':
      return new FileError('not-a-folder', path, `${start}a part of ${dirname(path)} is a file, not a folder`, options);
    case 'EISDIR':
      return new FileError('failed', path, `${start}it is a folder, not a file`, options);
    default:
      return new FileError('failed', path, start + (error instanceof Error ? error.message : String(error)), options);
  }
}

/** The system's name of an error (`ENOENT`), if it has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
