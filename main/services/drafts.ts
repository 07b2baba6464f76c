/** Edits that were not saved yet, kept in the home: one file a draft. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Draft } from '../../core/protocol/documents.ts';
import type { ParsedInput } from '../../core/protocol/methods.ts';
import { explainFileError, removeFile } from '../host/files/atomic.ts';
import { writeJsonFile } from './json-file.ts';

const draftSchema = z.strictObject({ path: z.string().nullable(), text: z.string(), changedMs: z.number() });
const ending = '.json';

export class DraftsService {
  readonly #folder: string;

  /** @param root the home's folder */
  constructor(root: string) {
    this.#folder = join(root, 'drafts');
  }

  /** Newest first. Files that are no drafts are passed over and stay where they are. */
  async list(): Promise<readonly Draft[]> {
    const drafts: Draft[] = [];
    for (const name of await this.#names()) {
      const text = await readFile(join(this.#folder, name), 'utf8').catch(() => '');
      const draft = parsed(text);
      if (draft) drafts.push({ id: name.slice(0, -ending.length), ...draft });
    }
    return drafts.toSorted((a, b) => b.changedMs - a.changedMs);
  }

  /** @throws FileError */
  async save({ id, path, text }: ParsedInput<'drafts.save'>): Promise<null> {
    await this.#names();
    await writeJsonFile(join(this.#folder, id + ending), { path, text, changedMs: Date.now() });
    return null;
  }

  /** A draft that is not there is fine. @throws FileError */
  async remove({ id }: ParsedInput<'drafts.remove'>): Promise<null> {
    await removeFile(join(this.#folder, id + ending));
    return null;
  }

  async #names(): Promise<readonly string[]> {
    try {
      await mkdir(this.#folder, { recursive: true });
      return (await readdir(this.#folder)).filter((name) => /^[a-z0-9-]{1,64}\.json$/.test(name));
    } catch (error) {
      throw explainFileError(error, this.#folder, 'read');
    }
  }
}

function parsed(text: string): z.output<typeof draftSchema> | undefined {
  try {
    return draftSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
