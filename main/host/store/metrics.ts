/** Queries over metric points: every point of every run is kept, in the order it is read. */

import type { Database, Statement } from 'better-sqlite3';
import type { MetricPoint, MetricSeries } from '../../../core/protocol/records.ts';
import { StoreError } from './errors.ts';

/** Both ends are included; open where left out. */
export interface StepRange {
  readonly fromStep?: number;
  readonly toStep?: number;
}

const inRange = 'run = ? AND key = ? AND step BETWEEN ? AND ?';

export class MetricQueries {
  /** Integer of every metric name met so far. */
  readonly #ids = new Map<string, number>();
  readonly #id: Statement;
  readonly #addId: Statement;
  readonly #upsert: Statement;
  readonly #count: Statement;
  readonly #points: Statement;
  readonly #keys: Statement;
  readonly #last: Statement;
  readonly #removeAfter: Statement;

  constructor(db: Database) {
    this.#id = db.prepare('SELECT id FROM metric_keys WHERE name = ?').pluck();
    this.#addId = db.prepare('INSERT INTO metric_keys (name) VALUES (?) RETURNING id').pluck();
    this.#upsert = db.prepare(`
      INSERT INTO metrics VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET value = excluded.value, elapsed_ms = excluded.elapsed_ms`);
    this.#count = db.prepare(`SELECT count(*) FROM metrics WHERE ${inRange}`).pluck();
    this.#points = db.prepare(`SELECT step, value, elapsed_ms FROM metrics WHERE ${inRange} ORDER BY step`).raw();
    // A loose index scan: one seek a key, however many points each has.
    const keysOfRun = `
      WITH RECURSIVE keys (id) AS (
        SELECT min(key) FROM metrics WHERE run = :run
        UNION ALL
        SELECT (SELECT min(key) FROM metrics WHERE run = :run AND key > keys.id) FROM keys WHERE keys.id IS NOT NULL
      )`;
    this.#keys = db.prepare(`${keysOfRun} SELECT name FROM keys JOIN metric_keys USING (id) ORDER BY name`).pluck();
    this.#last = db.prepare(`${keysOfRun}
      SELECT metric_keys.name AS key, metrics.step AS step, metrics.value AS value, metrics.elapsed_ms AS elapsedMs
      FROM keys JOIN metric_keys USING (id) JOIN metrics ON metrics.run = :run AND metrics.key = keys.id
        AND metrics.step = (SELECT max(step) FROM metrics WHERE run = :run AND key = keys.id)
      ORDER BY metric_keys.name`);
    this.#removeAfter = db.prepare('DELETE FROM metrics WHERE run = ? AND step > ?');
  }

  /** Adds points or rewrites those of the same metric and step; call it inside a transaction. */
  append(run: number, points: readonly MetricPoint[]): void {
    for (const { key, step, value, elapsedMs } of points) {
      if (!Number.isSafeInteger(step) || step < 0) {
        throw new StoreError('invalid', `metric '${key}' has step ${step}; steps are whole numbers from 0`);
      }
      this.#upsert.run(run, this.#idOf(key), step, value, Math.round(elapsedMs));
    }
  }

  removeAfter(run: number, step: number): void {
    this.#removeAfter.run(run, step);
  }

  series(run: number, key: string, { fromStep = 0, toStep = Number.MAX_SAFE_INTEGER }: StepRange): MetricSeries {
    const id = this.#ids.get(key) ?? (this.#id.get(key) as number | undefined) ?? -1;
    const bound = [run, id, fromStep, toStep] as const;
    const size = this.#count.get(...bound) as number;
    const steps = new Float64Array(size);
    const values = new Float64Array(size);
    const elapsedMs = new Float64Array(size);
    let i = 0;
    for (const row of this.#points.iterate(...bound) as IterableIterator<[number, number | null, number]>) {
      steps[i] = row[0];
      values[i] = row[1] ?? NaN;
      elapsedMs[i++] = row[2];
    }
    return { steps, values, elapsedMs };
  }

  keys(run: number): string[] {
    return this.#keys.all({ run }) as string[];
  }

  last(run: number): MetricPoint[] {
    const rows = this.#last.all({ run }) as (Omit<MetricPoint, 'value'> & { readonly value: number | null })[];
    return rows.map((row) => ({ ...row, value: row.value ?? NaN }));
  }

  /** Ids met in a transaction that was rolled back may not exist. */
  forgetIds(): void {
    this.#ids.clear();
  }

  #idOf(name: string): number {
    let id = this.#ids.get(name);
    if (id === undefined) {
      id = (this.#id.get(name) ?? this.#addId.get(name)) as number;
      this.#ids.set(name, id);
    }
    return id;
  }
}
