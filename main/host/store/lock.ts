/**
 * One writer a home: a lock that the operating system lets go of when its holder ends, however it ends.
 *
 * It is SQLite's own RESERVED lock on a small database beside the main one, held by an open transaction. Unlike a file
 * with a process number in it, it cannot go stale, and the kernel drops it on `kill -9`. RESERVED keeps other writers
 * out but lets them read, so a second process can read who the holder is.
 */

import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { explainSqliteError, HomeLockedError } from './errors.ts';

export interface HomeLock {
  /** Lets go of the lock; a second call does nothing. */
  release(): void;
}

/** How long to wait for a holder that is just ending, in milliseconds. */
const waitMs = 250;
const attempts = 3;

/**
 * Takes the lock kept in `file`.
 * @throws HomeLockedError when another process (or another store in this one) holds it; StoreError when the file
 * cannot be used.
 */
export function takeLock(file: string): HomeLock {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { timeout: waitMs });
    db.pragma('journal_mode = DELETE');
    hold(db, file);
  } catch (error) {
    db?.close();
    throw explainSqliteError(error, file);
  }
  const held = db;
  return { release: () => void held.close() };
}

/**
 * Writes who we are, which has to be committed for others to read, then begins the transaction that is the lock.
 * Another
 * process may slip in between the two; then the name in the file is not ours, and we try again.
 */
function hold(db: Database.Database, file: string): void {
  const me = { pid: process.pid, token: randomUUID() };
  for (let attempt = 0; attempt < attempts; attempt++) {
    begin(db, file);
    db.exec('CREATE TABLE IF NOT EXISTS holder (id INTEGER PRIMARY KEY CHECK (id = 1), pid INTEGER, token TEXT)');
    db.prepare('INSERT OR REPLACE INTO holder VALUES (1, :pid, :token)').run(me);
    db.exec('COMMIT');
    begin(db, file);
    if (db.prepare('SELECT token FROM holder').pluck().get() === me.token) return;
    db.exec('ROLLBACK');
  }
  throw new HomeLockedError(dirname(file), readHolder(db));
}

function begin(db: Database.Database, file: string): void {
  try {
    db.exec('BEGIN IMMEDIATE');
  } catch (error) {
    if (!isBusy(error)) throw error;
    throw new HomeLockedError(dirname(file), readHolder(db), { cause: error });
  }
}

function readHolder(db: Database.Database): number | null {
  try {
    return db.prepare('SELECT pid FROM holder').pluck().get() as number;
  } catch {
    // The holder has not written its name yet; the lock is what counts, the name is a courtesy.
    return null;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}
