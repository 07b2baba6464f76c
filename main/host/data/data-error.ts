/** What goes wrong with data from outside, told in one sentence that names the file. */

/**
 * `source`: the document names no known source; `option`: an option does not fit the source; `missing`, `unreadable`:
 * the file system says no; `empty`, `truncated`, `corrupt`, `format`: the bytes are not what the format says;
 * `content`: a well-formed file whose values cannot be trained on; `cache`: the data cache cannot be written.
 */
export type DataErrorCode =
  | 'source'
  | 'option'
  | 'missing'
  | 'unreadable'
  | 'empty'
  | 'truncated'
  | 'corrupt'
  | 'format'
  | 'content'
  | 'cache';

/** A data set that cannot be opened. `message` names the file and what is wrong; `hint` says what to do. */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly code: DataErrorCode;
  /** The file or folder at fault; empty when the fault is in the document's words. */
  readonly file: string;
  readonly hint: string | undefined;

  constructor(code: DataErrorCode, file: string, problem: string, hint?: string) {
    super(file === '' ? problem : `${file}: ${problem}`);
    this.code = code;
    this.file = file;
    this.hint = hint;
  }
}

/** Whether an error comes from the operating system, with its code (`ENOENT`, …). */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The DataError for an operating system's refusal to read `file`; other errors pass through unchanged. */
export function readingError(error: unknown, file: string): unknown {
  const code = systemCode(error);
  if (error instanceof DataError || code === undefined) return error;
  if (code === 'ENOENT') return new DataError('missing', file, 'does not exist');
  if (code === 'ENOTDIR') return new DataError('missing', file, 'is a file where a folder was expected');
  if (code === 'EISDIR') return new DataError('missing', file, 'is a folder where a file was expected');
  if (code === 'EACCES' || code === 'EPERM') return new DataError('unreadable', file, 'may not be read by this user');
  return new DataError('unreadable', file, `cannot be read (${code})`);
}
