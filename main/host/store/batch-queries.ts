/** Queries over many runs at once: one statement, however many runs a table shows. */
import type { Database, Statement } from 'better-sqlite3';
import type { JsonValue, MetricPoint, Param, Score } from '../../../core/protocol/records.ts';

/** What is known of each run, by its id; runs without any have an empty list, unknown ids are left out. */
export type ByRun<Item> = Record<string, Item[]>;

/** Each id once, so that nothing is counted twice. */
const wanted = '(SELECT DISTINCT value AS wanted FROM json_each(:ids)) JOIN runs ON runs.id = wanted';

type Nullable<T, K extends keyof T> = Omit<T, K> & { readonly [Key in K]: T[Key] | null };

export class BatchQueries {
  readonly #ids: Statement;
  readonly #params: Statement;
  readonly #last: Statement;
  readonly #scores: Statement;

  constructor(db: Database) {
    this.#ids = db.prepare(`SELECT runs.id FROM ${wanted}`).pluck();
    this.#params = db
      .prepare(
        `SELECT runs.id, params.key, params.value FROM ${wanted} JOIN params ON params.run = runs.row ORDER BY runs.row, params.key`,
      )
      .raw();
    // For each run a loose index scan over its keys, one seek a key, then one seek for the key's last point.
    this.#last = db
      .prepare(`
        WITH RECURSIVE pairs (id, run, key) AS (
          SELECT runs.id, runs.row, (SELECT min(key) FROM metrics WHERE run = runs.row) FROM ${wanted}
          UNION ALL
          SELECT id, run, (SELECT min(key) FROM metrics WHERE run = pairs.run AND key > pairs.key) FROM pairs WHERE key IS NOT NULL
        )
        SELECT pairs.id, metric_keys.name, metrics.step, metrics.value, metrics.elapsed_ms
        FROM pairs JOIN metric_keys ON metric_keys.id = pairs.key
          JOIN metrics ON metrics.run = pairs.run AND metrics.key = pairs.key
            AND metrics.step = (SELECT max(step) FROM metrics AS newest WHERE newest.run = pairs.run AND newest.key = pairs.key)`)
      .raw();
    this.#scores = db.prepare(`
      SELECT runs.id AS id, step, metric, value, low, high, nullif(extractor_hash, '') AS extractorHash, n, scores.seed AS seed,
        nullif(resize, '') AS resize, extra, scores.created_ms AS createdMs
      FROM ${wanted} JOIN scores ON scores.run = runs.row ORDER BY runs.row, step, metric, scores.id`);
  }

  /** Fields of the documents, sorted by name. */
  params(ids: readonly string[]): ByRun<Param> {
    const found = this.#empty<Param>(ids);
    for (const [id, key, value] of this.#params.iterate(bound(ids)) as IterableIterator<[string, string, string]>) {
      found[id]!.push({ key, value: JSON.parse(value) as Param['value'] });
    }
    return found;
  }

  /** The point with the highest step of each metric, sorted by name. */
  lastMetrics(ids: readonly string[]): ByRun<MetricPoint> {
    const found = this.#empty<MetricPoint>(ids);
    type Row = [id: string, key: string, step: number, value: number | null, elapsedMs: number];
    for (const [id, key, step, value, elapsedMs] of this.#last.iterate(bound(ids)) as IterableIterator<Row>) {
      found[id]!.push({ key, step, value: value ?? NaN, elapsedMs });
    }
    for (const points of Object.values(found)) points.sort((a, b) => (a.key < b.key ? -1 : 1));
    return found;
  }

  scores(ids: readonly string[]): ByRun<Score> {
    const found = this.#empty<Score>(ids);
    type Row = Omit<Nullable<Score, 'value'>, 'extra'> & { readonly id: string; readonly extra: string };
    for (const { id, value, extra, ...rest } of this.#scores.iterate(bound(ids)) as IterableIterator<Row>) {
      found[id]!.push({ ...rest, value: value ?? NaN, extra: JSON.parse(extra) as JsonValue });
    }
    return found;
  }

  #empty<Item>(ids: readonly string[]): ByRun<Item> {
    return Object.fromEntries((this.#ids.all(bound(ids)) as string[]).map((id) => [id, []]));
  }
}

function bound(ids: readonly string[]): { readonly ids: string } {
  return { ids: JSON.stringify(ids) };
}
