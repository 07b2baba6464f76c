/** Queries over what a run leaves beside its metrics: artifacts, scores and events. */

import type { Database, Statement } from 'better-sqlite3';
import type { Artifact, ArtifactKind, EventLevel, JsonValue, RunEvent, Score } from '../../../core/protocol/records.ts';
import { StoreError } from './errors.ts';

export interface NewArtifact {
  readonly kind: ArtifactKind;
  readonly name: string;
  readonly step?: number | null;
  /** Relative to the run's folder, with forward slashes; registering a path again replaces its record. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly meta?: JsonValue;
}

export interface NewScore extends Omit<Score, 'low' | 'high' | 'extractorHash' | 'resize' | 'extra' | 'createdMs'> {
  readonly low?: number | null;
  readonly high?: number | null;
  readonly extractorHash?: string | null;
  readonly resize?: string | null;
  readonly extra?: JsonValue;
}

export interface NewEvent {
  readonly level: EventLevel;
  readonly code: string;
  readonly message: string;
  readonly data?: JsonValue;
}

export class ArtifactQueries {
  readonly #upsert: Statement;
  readonly #list: Statement;
  readonly #remove: Statement;

  constructor(db: Database) {
    this.#upsert = db
      .prepare(`
        INSERT INTO artifacts (run, kind, name, step, path, bytes, sha256, meta, created_ms)
        VALUES (:run, :kind, :name, :step, :path, :bytes, :sha256, :meta, :createdMs)
        ON CONFLICT (run, path) DO UPDATE SET kind = excluded.kind, name = excluded.name, step = excluded.step,
          bytes = excluded.bytes, sha256 = excluded.sha256, meta = excluded.meta, created_ms = excluded.created_ms
        RETURNING id`)
      .pluck();
    this.#list = db.prepare(`
      SELECT id, kind, name, step, path, bytes, sha256, meta, created_ms AS createdMs
      FROM artifacts WHERE run = :run AND (:kind IS NULL OR kind = :kind) ORDER BY step, id`);
    this.#remove = db.prepare('DELETE FROM artifacts WHERE run = ? AND path = ?');
  }

  add(run: number, artifact: NewArtifact, nowMs: number): number {
    checkRelative(artifact.path);
    const { step = null, meta = null } = artifact;
    return this.#upsert.get({ ...artifact, run, step, meta: JSON.stringify(meta), createdMs: nowMs }) as number;
  }

  list(run: number, kind?: ArtifactKind): Artifact[] {
    const rows = this.#list.all({ run, kind: kind ?? null }) as (Omit<Artifact, 'meta'> & { readonly meta: string })[];
    return rows.map((row) => ({ ...row, meta: JSON.parse(row.meta) as JsonValue }));
  }

  remove(run: number, path: string): void {
    this.#remove.run(run, path);
  }
}

/** Paths are joined to the run's folder later, so they must not lead out of it on any platform. */
function checkRelative(path: string): void {
  const parts = path.split('/');
  if (/[\\:\0]/.test(path) || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new StoreError('invalid', `'${path}' is not a path inside a run's folder`);
  }
}

export class ScoreQueries {
  readonly #upsert: Statement;
  readonly #list: Statement;

  constructor(db: Database) {
    this.#upsert = db.prepare(`
      INSERT INTO scores (run, step, metric, value, low, high, extractor_hash, n, seed, resize, extra, created_ms)
      VALUES (:run, :step, :metric, :value, :low, :high, :extractorHash, :n, :seed, :resize, :extra, :createdMs)
      ON CONFLICT (run, metric, step, extractor_hash, n, seed, resize) DO UPDATE SET value = excluded.value,
        low = excluded.low, high = excluded.high, extra = excluded.extra, created_ms = excluded.created_ms`);
    this.#list = db.prepare(`
      SELECT step, metric, value, low, high, nullif(extractor_hash, '') AS extractorHash, n, seed,
        nullif(resize, '') AS resize, extra, created_ms AS createdMs
      FROM scores WHERE run = ? ORDER BY step, metric, id`);
  }

  add(run: number, score: NewScore, nowMs: number): void {
    const { low = null, high = null, extractorHash, resize, extra = null } = score;
    const texts = { extractorHash: extractorHash ?? '', resize: resize ?? '', extra: JSON.stringify(extra) };
    this.#upsert.run({ ...score, ...texts, run, low, high, createdMs: nowMs });
  }

  list(run: number): Score[] {
    const rows = this.#list.all(run) as (Omit<Score, 'extra' | 'value'> & {
      readonly extra: string;
      readonly value: number | null;
    })[];
    return rows.map((row) => ({ ...row, value: row.value ?? NaN, extra: JSON.parse(row.extra) as JsonValue }));
  }
}

export class EventQueries {
  readonly #add: Statement;
  readonly #list: Statement;

  constructor(db: Database) {
    this.#add = db.prepare('INSERT INTO events (run, time_ms, level, code, message, data) VALUES (?, ?, ?, ?, ?, ?)');
    this.#list = db.prepare(
      'SELECT time_ms AS timeMs, level, code, message, data FROM events WHERE run = ? ORDER BY id',
    );
  }

  add(run: number, { level, code, message, data = null }: NewEvent, nowMs: number): void {
    this.#add.run(run, nowMs, level, code, message, JSON.stringify(data));
  }

  list(run: number): RunEvent[] {
    const rows = this.#list.all(run) as (Omit<RunEvent, 'data'> & { readonly data: string })[];
    return rows.map((row) => ({ ...row, data: JSON.parse(row.data) as JsonValue }));
  }
}
