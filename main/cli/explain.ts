/** Turns what was thrown into one or two sentences and an exit code. */
import process from 'node:process';
import type { ExitCode } from './command.ts';

/** Errors whose words are meant for people. */
const plainNames = new Set([
  'UsageError',
  'HomeLockedError',
  'StoreError',
  'DataError',
  'FileError',
  'TaskFailure',
  'EngineError',
  'DocumentError',
]);

/** Codes of failures that come from what was asked for, not from what went wrong on the way. */
const dataMistakes = new Set(['source', 'option', 'missing']);
const mistakes = new Set([
  // of jobs
  'device',
  'cpu-fallback',
  'option',
  'finished',
  'running',
  'no-checkpoint',
  'document',
  // of the store
  'unknown-run',
  'ambiguous-run',
  'invalid',
]);

export interface Explanation {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly exit: ExitCode;
}

/** What to say about an error. Errors of a kind that is not expected are called what they are: a fault of the program. */
export function explain(error: unknown): Explanation {
  if (!(error instanceof Error)) return { code: 'error', message: String(error), exit: 1 };
  const { code, hint } = error as { readonly code?: unknown; readonly hint?: unknown };
  const stable = typeof code === 'string' ? code : error.name;
  const helped = typeof hint === 'string' ? { hint } : {};
  // A worker's failures come as plain errors with a code of lower-case words.
  const isPlain = plainNames.has(error.name) || (typeof code === 'string' && /^[a-z]/.test(code));
  if (isPlain) {
    const asked = error.name === 'DataError' ? dataMistakes : mistakes;
    const exit = error.name === 'UsageError' || error.name === 'DocumentError' || asked.has(stable) ? 2 : 1;
    return { code: stable, message: error.message, ...helped, exit };
  }
  const advice = debugging() ? {} : { hint: 'this is a fault of Lathe; set LATHE_DEBUG=1 to see where' };
  return { code: stable, message: error.message, ...advice, exit: 1 };
}

/** The sentence, with its hint in brackets, and the stack when LATHE_DEBUG is set. */
export function wordsFor(error: unknown): string {
  const { message, hint } = explain(error);
  const words = hint === undefined ? message : `${message} (${hint})`;
  return debugging() && error instanceof Error ? `${words}\n${error.stack}` : words;
}

function debugging(): boolean {
  return Boolean(process.env['LATHE_DEBUG']);
}
