/** Small JSON files of the home: written whole or not at all, parsed as hostile, kept aside when damaged. */
import { readFileSync, renameSync } from 'node:fs';
import type { z } from 'zod';
import { errorCode, explainFileError, writeFileAtomic } from '../host/files/atomic.ts';

export interface ReadJson<T> {
  readonly value: T;
  /** What a person should know of: a damaged file, and where it is kept. */
  readonly notice?: string;
}

/**
 * Reads a file by a schema; `fallback` when there is none. A damaged one is renamed to `FILE.damaged-TIME`, so that
 * nothing in it is lost, and said. @throws FileError when it cannot be read
 */
export function readJsonFile<T>(file: string, schema: z.ZodType<T>, fallback: T): ReadJson<T> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { value: fallback };
    throw explainFileError(error, file, 'read');
  }
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return { value: parsed.data };
  const aside = `${file}.damaged-${Date.now()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    throw explainFileError(error, file, 'write');
  }
  const [issue] = parsed.error.issues;
  const where = issue && issue.path.length > 0 ? ` (${issue.path.join('.')}: ${issue.message})` : '';
  return {
    value: fallback,
    notice: `${file} could not be understood${where}; it is kept as ${aside}, and a fresh one is used`,
  };
}

/** @throws FileError; the file is then as it was before */
export async function writeJsonFile(file: string, value: unknown): Promise<void> {
  await writeFileAtomic(file, [`${JSON.stringify(value, undefined, 2)}\n`]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Runs pieces of work one after another, so that two writers of a file never meet. */
export class Sequence {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}
