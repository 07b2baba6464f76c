/** Queries over what was found of a run moment by moment: confusion, spread of scores, silent units, norms of layers. */
import type { Database, Statement } from 'better-sqlite3';
import type { Split } from '../../../core/data/data-info.ts';
import type { Insight } from '../../../core/metrics/insight.ts';
import { stepsPerMoment } from '../../../core/metrics/thinning.ts';
import type { InsightMoment, NormMoment } from '../../../core/protocol/insights.ts';
import type { LayerNorms } from '../../../core/protocol/run-updates.ts';

export interface NewInsight {
  readonly step: number;
  readonly split: Split;
  readonly insight: Insight;
}

/** Norms stand in the same table as insights, under a kind and a split that no insight has. */
const norms = { kind: 'norms', split: '' } as const;

/** Values that JSON would turn to null. */
type Stored = readonly [name: string, weight: number | string, gradient: number | string | null];

export class InsightQueries {
  readonly #add: Statement;
  readonly #thin: Statement;
  readonly #moments: Statement;
  readonly #one: Statement;
  readonly #all: Statement;
  readonly #removeAfter: Statement;

  constructor(db: Database) {
    this.#add = db.prepare(`
      INSERT INTO insights (run, kind, split, step, data) VALUES (:run, :kind, :split, :step, :data)
      ON CONFLICT (run, kind, split, step) DO UPDATE SET data = excluded.data`);
    // Of the moments that share a bucket of :width steps only the newest stays. Numbers are bound as REAL, hence the cast.
    this.#thin = db.prepare(`
      DELETE FROM insights AS old WHERE run = :run AND kind = :kind AND split = :split AND EXISTS (
        SELECT 1 FROM insights AS newer WHERE newer.run = old.run AND newer.kind = old.kind AND newer.split = old.split
          AND newer.step > old.step AND newer.step < (old.step / CAST(:width AS INTEGER) + 1) * :width)`);
    this.#moments = db.prepare(
      `SELECT kind, split, step FROM insights WHERE run = ? AND kind <> '${norms.kind}' ORDER BY kind, split, step`,
    );
    this.#one = db
      .prepare('SELECT data FROM insights WHERE run = :run AND kind = :kind AND split = :split AND step = :step')
      .pluck();
    this.#all = db.prepare('SELECT step, data FROM insights WHERE run = :run AND kind = :kind ORDER BY step');
    this.#removeAfter = db.prepare('DELETE FROM insights WHERE run = ? AND step > ?');
  }

  /** Keeps an insight; the same kind, split and step again replaces it. Those of training are thinned as it goes on. */
  add(run: number, { step, split, insight }: NewInsight): void {
    const { kind } = insight;
    this.#add.run({ run, kind, split, step, data: JSON.stringify(insight) });
    if (split !== 'test') this.#keepNewest(run, kind, split, step);
  }

  addNorms(run: number, step: number, layers: readonly LayerNorms[]): void {
    const stored = layers.map(({ name, weight, gradient }): Stored => [name, written(weight), written(gradient)]);
    this.#add.run({ run, ...norms, step, data: JSON.stringify(stored) });
    this.#keepNewest(run, norms.kind, norms.split, step);
  }

  moments(run: number): InsightMoment[] {
    return this.#moments.all(run) as InsightMoment[];
  }

  one(run: number, { kind, split, step }: InsightMoment): Insight | undefined {
    const data = this.#one.get({ run, kind, split, step }) as string | undefined;
    return data === undefined ? undefined : (JSON.parse(data) as Insight);
  }

  norms(run: number): NormMoment[] {
    const rows = this.#all.all({ run, kind: norms.kind }) as { readonly step: number; readonly data: string }[];
    return rows.map(({ step, data }) => ({
      step,
      layers: (JSON.parse(data) as Stored[]).map(([name, weight, gradient]) => ({
        name,
        weight: Number(weight),
        gradient: gradient === null ? null : Number(gradient),
      })),
    }));
  }

  /** Forgets what was found after a step. */
  removeAfter(run: number, step: number): void {
    this.#removeAfter.run(run, step);
  }

  #keepNewest(run: number, kind: string, split: string, step: number): void {
    this.#thin.run({ run, kind, split, width: stepsPerMoment(step) });
  }
}

function written<Value extends number | null>(value: Value): Value | string {
  return value === null || Number.isFinite(value) ? value : String(value);
}
