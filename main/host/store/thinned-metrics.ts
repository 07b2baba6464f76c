/** Long curves thinned where they are stored: each bucket of steps as its mean, lowest and highest value. */
import type { Database, Statement } from 'better-sqlite3';
import type { MetricSeries } from '../../../core/protocol/records.ts';

/** Of each bucket that has points: the mean of its values at the step of its last point, and its extremes. NaNs do not count. */
export interface ThinnedSeries extends MetricSeries {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Points recorded in the range. */
  readonly total: number;
}

type Bounds = readonly [firstStep: number, lastStep: number];

type BucketRow = [
  count: number,
  step: number,
  elapsedMs: number,
  mean: number | null,
  low: number | null,
  high: number | null,
];

export class ThinnedMetrics {
  readonly #bounds: Statement;
  readonly #bucket: Statement;
  /** Within one transaction: its lock is not taken anew for each of thousands of buckets. */
  readonly #buckets: (run: number, id: number, bounds: readonly Bounds[]) => readonly BucketRow[];

  constructor(db: Database) {
    this.#bounds = db
      .prepare(`
        SELECT metric_keys.id,
          (SELECT min(step) FROM metrics WHERE run = :run AND key = metric_keys.id AND step >= :from),
          (SELECT max(step) FROM metrics WHERE run = :run AND key = metric_keys.id AND step <= :to)
        FROM metric_keys WHERE name = :key`)
      .raw();
    this.#bucket = db
      .prepare(`
        SELECT count(*), max(step), max(elapsed_ms), avg(value), min(value), max(value)
        FROM metrics WHERE run = ? AND key = ? AND step BETWEEN ? AND ?`)
      .raw();
    this.#buckets = db.transaction((run: number, id: number, bounds: readonly Bounds[]) =>
      bounds.map(([from, to]) => this.#bucket.get(run, id, from, to) as BucketRow),
    );
  }

  /**
   * A curve as at most `buckets` buckets of equally many steps.
   * @returns undefined when it has fewer than two points a bucket: then every point is worth having.
   */
  series(run: number, key: string, buckets: number, fromStep: number, toStep: number): ThinnedSeries | undefined {
    const found = this.#bounds.get({ run, key, from: fromStep, to: toStep }) as
      | [number, number | null, number | null]
      | undefined;
    if (!found) return undefined;
    const [id, first, last] = found;
    if (first === null || last === null || last - first + 1 < 2 * buckets) return undefined;
    const width = (last - first + 1) / buckets;
    const start = (index: number): number => first + Math.ceil(index * width);
    const bounds = Array.from({ length: buckets }, (_, i): Bounds => [start(i), start(i + 1) - 1]);
    const rows = this.#buckets(run, id, bounds).filter(([count]) => count > 0);
    const total = rows.reduce((sum, [count]) => sum + count, 0);
    return total < 2 * buckets ? undefined : seriesOf(rows, total);
  }
}

function seriesOf(rows: readonly BucketRow[], total: number): ThinnedSeries {
  const column = (pick: (row: BucketRow) => number | null): Float64Array =>
    Float64Array.from(rows, (row) => pick(row) ?? NaN);
  return {
    steps: column((row) => row[1]),
    values: column((row) => row[3]),
    elapsedMs: column((row) => row[2]),
    low: column((row) => row[4]),
    high: column((row) => row[5]),
    total,
  };
}
