/** Folders that a person picks files from. */
import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { FolderEntry, FolderListing } from '../../core/protocol/documents.ts';
import type { ParsedInput } from '../../core/protocol/methods.ts';
import { explainFileError } from '../host/files/atomic.ts';
import { ServiceError } from './service-error.ts';

/** Entries looked at together. */
const together = 64;
const inOrder = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Folders first, then files with one of the endings, each by name; hidden ones left out. @throws FileError in words */
export async function listFolder({ path: given, endings }: ParsedInput<'files.list'>): Promise<FolderListing> {
  if (given !== '' && !isAbsolute(given))
    throw new ServiceError('bad-path', `'${given}' is not a whole path`, { path: ['path'] });
  const path = given === '' ? homedir() : resolve(given);
  const names = await readdir(path).catch((error: unknown) => {
    throw explainFileError(error, path, 'read');
  });
  const shown = names.filter((name) => !name.startsWith('.'));
  const entries: FolderEntry[] = [];
  for (let first = 0; first < shown.length; first += together) {
    const found = await Promise.all(shown.slice(first, first + together).map((name) => entryOf(path, name)));
    entries.push(...found.filter((entry) => entry !== undefined));
  }
  const wanted = entries.filter(
    (entry) =>
      entry.kind === 'folder' ||
      !endings ||
      endings.some((ending) => entry.name.toLowerCase().endsWith(ending.toLowerCase())),
  );
  const parent = dirname(path);
  return { path, parent: parent === path ? null : parent, entries: wanted.toSorted(compareEntries) };
}

/** Undefined for what is neither file nor folder, or cannot be looked at. */
async function entryOf(folder: string, name: string): Promise<FolderEntry | undefined> {
  try {
    const found = await stat(join(folder, name));
    if (!found.isDirectory() && !found.isFile()) return undefined;
    const kind = found.isDirectory() ? 'folder' : 'file';
    return { name, kind, bytes: kind === 'file' ? found.size : 0, modifiedMs: found.mtimeMs };
  } catch {
    return undefined;
  }
}

function compareEntries(a: FolderEntry, b: FolderEntry): number {
  return a.kind === b.kind ? inOrder.compare(a.name, b.name) : a.kind === 'folder' ? -1 : 1;
}
