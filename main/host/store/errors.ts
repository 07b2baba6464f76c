/** What can go wrong with the store, in plain words. */

import Database from 'better-sqlite3';

export type StoreErrorCode =
  | 'locked'
  | 'missing'
  | 'newer'
  | 'foreign'
  | 'corrupt'
  | 'disk-full'
  | 'read-only'
  | 'unknown-run'
  | 'ambiguous-run'
  | 'invalid'
  | 'failed';

/** The store cannot do what was asked; `message` names the file or the run and says what to do. */
export class StoreError extends Error {
  override readonly name: string = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Another process writes to this home. */
export class HomeLockedError extends StoreError {
  override readonly name = 'HomeLockedError';
  /** The home folder. */
  readonly home: string;
  /** The process that holds it; null when it has not said so yet. */
  readonly pid: number | null;

  constructor(home: string, pid: number | null, options?: ErrorOptions) {
    const who = pid === null ? 'another process' : `process ${pid}`;
    super(
      'locked',
      `${who} is already using the home ${home}; wait for it to end, or choose another home with --home`,
      options,
    );
    this.home = home;
    this.pid = pid;
  }
}

/** A `StoreError` for an error that SQLite gave about `file`; any other error is passed on as it is. */
export function explainSqliteError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const [code, words] = wordsFor(error);
  return new StoreError(code, `the database ${file} ${words}`, { cause: error });
}

function wordsFor(error: { readonly code: string; readonly message: string }): readonly [StoreErrorCode, string] {
  const { code, message } = error;
  if (code === 'SQLITE_NOTADB')
    return ['corrupt', 'is not an SQLite database; it has been left as it is: move it away, or choose another home'];
  if (code.startsWith('SQLITE_CORRUPT')) {
    return [
      'corrupt',
      `is damaged (${message}); it has been left as it is: restore a copy, or try the sqlite3 tool's .recover`,
    ];
  }
  if (code === 'SQLITE_FULL') return ['disk-full', 'cannot grow: the disk is full; free some space and try again'];
  if (code.startsWith('SQLITE_READONLY')) return ['read-only', 'cannot be written: it or its folder is read-only'];
  if (code.startsWith('SQLITE_CANTOPEN'))
    return [
      'read-only',
      'cannot be opened: its folder is missing, or may not be written, which SQLite needs even for reading',
    ];
  if (code.startsWith('SQLITE_BUSY')) return ['locked', 'is being written by another program; close it and try again'];
  if (code.startsWith('SQLITE_CONSTRAINT')) return ['invalid', `refuses the record: ${message}`];
  return ['failed', `gave an error: ${message} (${code})`];
}
