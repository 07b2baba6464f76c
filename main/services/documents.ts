/** Model documents as files: templates to begin with, opening, saving, and which were open of late. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import type { OpenedDocument, RecentDocument, Template } from '../../core/protocol/documents.ts';
import type { ParsedInput } from '../../core/protocol/methods.ts';
import { parseDocument } from '../../core/spec/parse.ts';
import { errorCode, explainFileError, writeFileAtomic } from '../host/files/atomic.ts';
import { readJsonFile, Sequence, writeJsonFile } from './json-file.ts';
import { ServiceError } from './service-error.ts';

const templateEnding = '.lathe.jsonc';
const largestDocument = 1_000_000;
const mostRecent = 50;

const recentSchema = z.array(
  z.strictObject({ path: z.string(), name: z.string(), family: z.string(), openedMs: z.number() }),
);

export class DocumentsService {
  readonly #templatesFolder: string;
  readonly #recentFile: string;
  readonly #sequence = new Sequence();
  #templates: Promise<readonly Template[]> | undefined;

  /** @param root the home's folder; @param templatesFolder of the bundled examples */
  constructor(root: string, templatesFolder: string) {
    this.#recentFile = join(root, 'recent.json');
    this.#templatesFolder = templatesFolder;
  }

  templates(): Promise<readonly Template[]> {
    this.#templates ??= readTemplates(this.#templatesFolder);
    return this.#templates;
  }

  /** Newest first. */
  async recent(): Promise<readonly RecentDocument[]> {
    const { value } = readJsonFile(this.#recentFile, recentSchema, []);
    return Promise.all(
      value.map(async (entry) => ({ ...entry, exists: (await modifiedOf(entry.path)) !== undefined })),
    );
  }

  /** @throws FileError, ServiceError in words */
  async open({ path: given }: ParsedInput<'documents.open'>): Promise<OpenedDocument> {
    const path = absolute(given);
    const opened = await readDocument(path);
    await this.#remember(path, opened.text);
    return opened;
  }

  /** @throws ServiceError `changed` when another program wrote the file since `expectedMs`; FileError */
  save({ path: given, text, expectedMs }: ParsedInput<'documents.save'>): Promise<OpenedDocument> {
    const path = absolute(given);
    if (!/\.jsonc?$/i.test(path)) {
      throw new ServiceError('bad-path', `${basename(path)} is not the name of a document`, {
        hint: 'documents end in .lathe.jsonc',
        path: ['path'],
      });
    }
    return this.#sequence.run(async () => {
      const now = await modifiedOf(path);
      if (expectedMs !== undefined && now !== undefined && now !== expectedMs) {
        throw new ServiceError('changed', `another program has changed ${path} since it was opened`, {
          hint: 'open it again, or save under another name',
        });
      }
      await writeFileAtomic(path, [text]);
      const modifiedMs = (await modifiedOf(path)) ?? 0;
      await this.#rememberNow(path, text);
      return { path, text, modifiedMs };
    });
  }

  #remember(path: string, text: string): Promise<void> {
    return this.#sequence.run(() => this.#rememberNow(path, text));
  }

  async #rememberNow(path: string, text: string): Promise<void> {
    const { document } = parseDocument(text);
    const entry = {
      path,
      name: document?.name ?? basename(path).replace(/(\.lathe)?\.jsonc?$/i, ''),
      family: document?.task.type ?? '',
      openedMs: Date.now(),
    };
    const { value } = readJsonFile(this.#recentFile, recentSchema, []);
    await writeJsonFile(
      this.#recentFile,
      [entry, ...value.filter((other) => other.path !== path)].slice(0, mostRecent),
    );
  }
}

async function readDocument(path: string): Promise<OpenedDocument> {
  try {
    const { size, mtimeMs } = await stat(path);
    if (size > largestDocument) {
      throw new ServiceError('too-large', `${path} has ${size} bytes; a document has at most ${largestDocument}`);
    }
    const bytes = await readFile(path);
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), modifiedMs: mtimeMs };
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    if (error instanceof TypeError)
      throw new ServiceError('not-text', `${path} is not a text file`, {
        hint: 'documents are JSON with comments, in UTF-8',
      });
    throw explainFileError(error, path, 'read');
  }
}

/** @throws ServiceError: which folder a relative path means depends on how Lathe was started. */
function absolute(path: string): string {
  if (isAbsolute(path)) return resolve(path);
  throw new ServiceError('bad-path', `'${path}' is not a whole path`, { path: ['path'] });
}

async function modifiedOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw explainFileError(error, path, 'read');
  }
}

async function readTemplates(folder: string): Promise<readonly Template[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(templateEnding)).toSorted();
  return Promise.all(
    names.map(async (file) => {
      const text = await readFile(join(folder, file), 'utf8');
      const { document } = parseDocument(text);
      const name = basename(file, templateEnding);
      return {
        name,
        title: document?.name ?? name,
        family: document?.task.type ?? '',
        about: commentAtTop(text),
        text,
        baseDir: folder,
      };
    }),
  );
}

/** The lines of comment that a text begins with, as one paragraph. */
function commentAtTop(text: string): string {
  const lines = text.split(/\r?\n/);
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end < 0 ? lines.length : end)
    .map((line) => line.replace(/^\/\/\s*/, ''))
    .join(' ')
    .trim();
}
