/** Writes the folder of an export whole or not at all, and replaces a former export without touching what others put there. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode, explainFileError, writeFileAtomic } from '../files/atomic.ts';
import { TaskFailure } from '../runs/failure.ts';

export const manifestName = 'manifest.json';
/** What the manifest of every export opens with. */
export const manifestFormat = 'lathe.export';

export interface ExportedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** What it is, in words. */
  readonly what: string;
}

/** The folder while it is being filled. */
export class FolderWriter {
  readonly path: string;
  readonly #files: ExportedFile[] = [];

  constructor(path: string) {
    this.path = path;
  }

  async write(name: string, what: string, chunks: Iterable<Uint8Array | string>): Promise<void> {
    const { bytes, sha256 } = await writeFileAtomic(join(this.path, name), chunks);
    this.#files.push({ name, bytes, sha256, what });
  }

  /** The bytes of a file as they are on the disk. */
  read(name: string): Promise<Uint8Array> {
    return readFile(join(this.path, name));
  }

  get files(): readonly ExportedFile[] {
    return this.#files;
  }
}

/** What is where an export is to be: nothing, an empty folder, or a former export with these files. */
type Place = { readonly kind: 'free' | 'empty' } | { readonly kind: 'former'; readonly files: ReadonlySet<string> };

/**
 * Fills a folder beside `outFolder` and, when that went well, puts it in its place. Of a former export there, files
 * that the export had not written are kept.
 * @throws TaskFailure when `outFolder` holds something else; FileError when it cannot be written.
 */
export async function writeFolder(outFolder: string, fill: (folder: FolderWriter) => Promise<void>): Promise<void> {
  const target = resolve(outFolder);
  const place = await lookAt(target);
  const temporary = siblingOf(target, 'tmp');
  try {
    await mkdir(temporary, { recursive: true });
    await fill(new FolderWriter(temporary));
    await putInPlace(temporary, target, place);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw errorCode(error) !== undefined && isSystemError(error) ? explainFileError(error, target, 'write') : error;
  }
}

const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

function siblingOf(target: string, ending: string): string {
  return join(dirname(target), `.${basename(target)}.${process.pid}-${randomBytes(4).toString('hex')}.${ending}`);
}

async function lookAt(target: string): Promise<Place> {
  let entries: readonly string[];
  try {
    entries = await readdir(target);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { kind: 'free' };
    if (errorCode(error) !== 'ENOTDIR') throw explainFileError(error, target, 'read');
    throw new TaskFailure('exportFolder', `${target} is a file, not a folder`, 'choose another folder');
  }
  if (entries.length === 0) return { kind: 'empty' };
  const files = entries.includes(manifestName) ? await filesOfExport(join(target, manifestName)) : undefined;
  if (files) return { kind: 'former', files };
  throw new TaskFailure(
    'exportFolder',
    `${target} is not empty, and no former export: it has no ${manifestName} of Lathe’s`,
    'choose a new or an empty folder',
  );
}

/** Names of the files a former export wrote, its manifest included; undefined when this is no manifest of an export. */
async function filesOfExport(path: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const manifest = JSON.parse(await readFile(path, 'utf8')) as { format?: unknown; files?: unknown } | null;
    if (manifest?.format !== manifestFormat || !Array.isArray(manifest.files)) return undefined;
    const files = manifest.files as readonly { readonly name?: unknown }[];
    return new Set([manifestName, ...files.map((file) => String(file?.name))]);
  } catch {
    return undefined;
  }
}

async function putInPlace(temporary: string, target: string, place: Place): Promise<void> {
  switch (place.kind) {
    case 'empty':
      await rmdir(target);
      return rename(temporary, target);
    case 'free':
      return rename(temporary, target);
    case 'former':
      return replaceFormer(temporary, target, place.files);
  }
}

async function replaceFormer(temporary: string, target: string, files: ReadonlySet<string>): Promise<void> {
  const old = siblingOf(target, 'old');
  await rename(target, old);
  try {
    await rename(temporary, target);
  } catch (error) {
    await rename(old, target);
    throw error;
  }
  const written = new Set(await readdir(target));
  for (const name of await readdir(old)) {
    if (!files.has(name) && !written.has(name)) await rename(join(old, name), join(target, name));
  }
  await rm(old, { recursive: true, force: true });
}
