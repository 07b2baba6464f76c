/** The database's tables, as the list of steps that led to them; `user_version` counts the steps a file has taken. */

import type { Database } from 'better-sqlite3';
import { StoreError } from './errors.ts';

/** Marks an SQLite file as Lathe's ('Lath' in ASCII), so that another program's database is never migrated. */
export const applicationId = 0x4c617468;

/**
 * Each step is run once, in a transaction of its own. Steps are never edited once released: a change is a new step.
 *
 * Notes on version 1. `runs.document` is the last column, so that listings never read its pages. Metrics use integer
 * keys for run and metric and are stored in the order they are read; a NaN is a NULL, because SQLite has no NaN.
 * `parent_run` is no foreign key: a fork keeps its origin's name when the origin is deleted. `runs.row` never names a
 * second run (AUTOINCREMENT), because a reader in another process may remember the first.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE experiments (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE runs (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    experiment INTEGER NOT NULL REFERENCES experiments (id),
    name TEXT NOT NULL,
    family TEXT NOT NULL,
    status TEXT NOT NULL
      CHECK (status IN ('queued', 'running', 'finished', 'failed', 'diverged', 'interrupted', 'stopped')),
    created_ms INTEGER NOT NULL,
    started_ms INTEGER,
    ended_ms INTEGER,
    document_hash TEXT NOT NULL,
    data_source TEXT NOT NULL,
    data_hash TEXT NOT NULL,
    seed INTEGER NOT NULL,
    threads INTEGER NOT NULL,
    device TEXT NOT NULL,
    engine_build TEXT NOT NULL,
    parent_run TEXT,
    parent_step INTEGER,
    total_steps INTEGER NOT NULL,
    current_step INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    notes TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]',
    pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
    colour TEXT,
    document TEXT NOT NULL,
    CHECK ((parent_run IS NULL) = (parent_step IS NULL))
  ) STRICT;
  CREATE INDEX runs_by_experiment ON runs (experiment, created_ms);
  CREATE INDEX runs_by_creation ON runs (created_ms);
  CREATE INDEX runs_by_status ON runs (status);

  CREATE TABLE params (
    run INTEGER NOT NULL REFERENCES runs (row) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE metric_keys (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT;

  CREATE TABLE metrics (
    run INTEGER NOT NULL REFERENCES runs (row) ON DELETE CASCADE,
    key INTEGER NOT NULL REFERENCES metric_keys (id),
    step INTEGER NOT NULL,
    value REAL,
    elapsed_ms INTEGER NOT NULL,
    PRIMARY KEY (run, key, step)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE artifacts (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (row) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    step INTEGER,
    path TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    meta TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    UNIQUE (run, path)
  ) STRICT;

  CREATE TABLE scores (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (row) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    metric TEXT NOT NULL,
    value REAL,
    low REAL,
    high REAL,
    extractor_hash TEXT NOT NULL DEFAULT '',
    n INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    resize TEXT NOT NULL DEFAULT '',
    extra TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    UNIQUE (run, metric, step, extractor_hash, n, seed, resize)
  ) STRICT;

  CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (row) ON DELETE CASCADE,
    time_ms INTEGER NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('info', 'warning', 'error')),
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_run ON events (run, id);
  `,
  // Version 2: the folder that a document's relative data paths are taken from, so that a run can be resumed from anywhere.
  `
  ALTER TABLE runs ADD COLUMN base_dir TEXT NOT NULL DEFAULT '';
  `,
  // Version 3: what was found of a run moment by moment, as JSON: insights of an evaluation by split, norms of layers.
  `
  CREATE TABLE insights (
    run INTEGER NOT NULL REFERENCES runs (row) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    split TEXT NOT NULL,
    step INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (run, kind, split, step)
  ) STRICT, WITHOUT ROWID;
  `,
];

/** The version this build reads and writes. */
export const currentVersion = migrations.length;

/**
 * The version of an open database; 0 when it is empty.
 * @throws StoreError when it is another program's, or written by a newer Lathe. Nothing is written.
 */
export function checkVersion(db: Database, file: string): number {
  const version = db.pragma('user_version', { simple: true }) as number;
  const owner = db.pragma('application_id', { simple: true }) as number;
  const tables = db.prepare('SELECT count(*) FROM sqlite_master').pluck().get() as number;
  if (owner !== applicationId && (tables > 0 || version > 0 || owner !== 0)) {
    throw new StoreError(
      'foreign',
      `${file} is the database of another program; it has been left as it is: choose another home`,
    );
  }
  if (version > currentVersion) {
    throw new StoreError(
      'newer',
      `${file} was written by a newer Lathe (database version ${version}, this one knows ${currentVersion}); ` +
        'update Lathe, or choose another home',
    );
  }
  return version;
}

/** Takes the steps that the database lacks, each whole or not at all. */
export function migrate(db: Database, file: string, steps: readonly string[] = migrations): void {
  for (let version = checkVersion(db, file); version < steps.length; version++) {
    const step = db.transaction(() => {
      db.exec(steps[version]!);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${version + 1}`);
    });
    step.immediate();
  }
}
