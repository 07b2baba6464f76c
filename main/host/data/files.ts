/** Looks at files and folders: what is there, how large, how old. */
import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DataError, readingError } from './data-error.ts';

/** Names in a folder, sorted by code unit so that every machine sees the same order; hidden ones left out. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => !name.startsWith('.') && name !== 'Thumbs.db' && name !== '__MACOSX').sort();
  } catch (error) {
    throw readingError(error, folder);
  }
}

/** @throws DataError when `file` is missing, not a file, or empty. Returns its size in bytes. */
export async function sizeOfFile(file: string): Promise<number> {
  const found = await lookAt(file);
  if (!found.isFile()) throw new DataError('missing', file, 'is a folder where a file was expected');
  if (found.size === 0) throw new DataError('empty', file, 'is empty');
  return found.size;
}

/** What the file system says of a path. @throws DataError when it is missing or out of reach. */
export async function lookAt(file: string): Promise<Stats> {
  try {
    return await stat(file);
  } catch (error) {
    throw readingError(error, file);
  }
}

/** Whether anything is at that path. */
export async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** Path, size and time of each file: changes when a file is replaced. */
export async function fingerprint(files: readonly string[]): Promise<(readonly [string, number, number])[]> {
  const marks: (readonly [string, number, number])[] = [];
  const together = 64;
  for (let first = 0; first < files.length; first += together) {
    const group = files.slice(first, first + together);
    const found = await Promise.all(group.map(lookAt));
    for (const [i, { size, mtimeMs }] of found.entries()) marks.push([path.resolve(group[i]), size, mtimeMs]);
  }
  return marks;
}
