/** A job that cannot go on, as data: a code to match on and a sentence for people. */
import type { RunFailure } from '../../../core/protocol/records.ts';

export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** Any error as data. Errors that carry a `code` and a `hint` keep them. */
export function failureOf(error: unknown): RunFailure {
  if (!(error instanceof Error)) return { code: 'error', message: String(error) };
  const { code, hint } = error as { code?: unknown; hint?: unknown };
  return {
    code: typeof code === 'string' ? code : error.name,
    message: error.message,
    ...(typeof hint === 'string' && { hint }),
  };
}
