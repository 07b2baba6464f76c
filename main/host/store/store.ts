/** The record of every experiment: one SQLite database a home, written by one process, readable by many. */

import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type {
  Artifact,
  ArtifactKind,
  Experiment,
  MetricPoint,
  MetricSeries,
  Param,
  Run,
  RunDetail,
  RunEvent,
  Score,
} from '../../../core/protocol/records.ts';
import type { Insight } from '../../../core/metrics/insight.ts';
import type { InsightMoment, NormMoment } from '../../../core/protocol/insights.ts';
import type { LayerNorms } from '../../../core/protocol/run-updates.ts';
import type { Home } from '../home.ts';
import { BatchQueries } from './batch-queries.ts';
import type { ByRun } from './batch-queries.ts';
import { explainSqliteError, StoreError } from './errors.ts';
import { InsightQueries } from './insights.ts';
import type { NewInsight } from './insights.ts';
import { takeLock } from './lock.ts';
import type { HomeLock } from './lock.ts';
import { MetricQueries } from './metrics.ts';
import type { StepRange } from './metrics.ts';
import { checkVersion, currentVersion, migrate } from './migrations.ts';
import { ArtifactQueries, EventQueries, ScoreQueries } from './run-records.ts';
import type { NewArtifact, NewEvent, NewScore } from './run-records.ts';
import { ThinnedMetrics } from './thinned-metrics.ts';
import type { ThinnedSeries } from './thinned-metrics.ts';
import { RunQueries } from './runs.ts';
import type { NewRun, RunFilter, RunPatch } from './runs.ts';

export interface StoreOptions {
  /** Open for reading only, beside whoever writes. */
  readonly readOnly?: boolean;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
}

/** What is recorded with a checkpoint, all of it or none. */
export interface CheckpointRecord {
  /** Points not yet appended, up to the checkpoint's step. */
  readonly points: readonly MetricPoint[];
  /** The file, already written (`writeCheckpoint`). */
  readonly artifact: NewArtifact & { readonly kind: 'checkpoint'; readonly step: number };
  /** Paths of checkpoints to forget; their files may be deleted afterwards (`removeSuperseded`). */
  readonly superseded?: readonly string[];
}

/** How long to wait for a lock that another program takes on the database, in milliseconds. */
const busyTimeoutMs = 5000;

/**
 * Opens the store of a home. For writing it takes the home's lock, brings the database up to date and marks runs that a
 * dead process left `running` as `interrupted`. For reading the database must exist; an older one is brought up to
 * date first.
 * @throws HomeLockedError when another process writes to this home.
 * @throws StoreError when the database is missing (reading), newer, another program's, damaged, or cannot be written.
 */
export function openStore(home: Home, options: StoreOptions = {}): Store {
  const now = options.now ?? Date.now;
  return options.readOnly ? openForReading(home, now) : openForWriting(home, now);
}

function openForWriting(home: Home, now: () => number): Store {
  const lock = takeLock(home.lock);
  let db: Database.Database | undefined;
  try {
    db = new Database(home.database, { timeout: busyTimeoutMs });
    // Before anything is written, so that a file that is not ours stays as it is.
    checkVersion(db, home.database);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    migrate(db, home.database);
    return new Store(db, home.database, now, lock);
  } catch (error) {
    db?.close();
    lock.release();
    throw explainSqliteError(error, home.database);
  }
}

function openForReading(home: Home, now: () => number): Store {
  const file = home.database;
  if (!existsSync(file))
    throw new StoreError('missing', `there is no database in ${home.root}: nothing has been recorded there yet`);
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
    if (checkVersion(db, file) < currentVersion) {
      db.close();
      openForWriting(home, now).close();
      db = new Database(file, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
    }
    return new Store(db, file, now, null);
  } catch (error) {
    db?.close();
    throw explainSqliteError(error, file);
  }
}

/**
 * Typed access to the tables. Runs are named by their whole id, except where a reference is said to do. Every method is
 * synchronous, whole or not at all, and throws StoreError: `unknown-run` for a run that is not there, `invalid` for a
 * record that cannot be kept, `disk-full`, `read-only`, `corrupt`.
 */
export class Store {
  readonly readOnly: boolean;
  /** Runs found `running` when the store was opened for writing: their process died. */
  readonly interrupted: readonly string[];
  readonly #db: Database.Database;
  readonly #file: string;
  readonly #now: () => number;
  readonly #lock: HomeLock | null;
  readonly #runs: RunQueries;
  readonly #metrics: MetricQueries;
  readonly #artifacts: ArtifactQueries;
  readonly #scores: ScoreQueries;
  readonly #events: EventQueries;
  readonly #insights: InsightQueries;
  readonly #batches: BatchQueries;
  readonly #thinned: ThinnedMetrics;

  /** Over an open, up-to-date database; `lock` is null for reading. Use `openStore`. */
  constructor(db: Database.Database, file: string, now: () => number, lock: HomeLock | null) {
    this.#db = db;
    this.#file = file;
    this.#now = now;
    this.#lock = lock;
    this.readOnly = lock === null;
    this.#runs = new RunQueries(db);
    this.#metrics = new MetricQueries(db);
    this.#artifacts = new ArtifactQueries(db);
    this.#scores = new ScoreQueries(db);
    this.#events = new EventQueries(db);
    this.#insights = new InsightQueries(db);
    this.#batches = new BatchQueries(db);
    this.#thinned = new ThinnedMetrics(db);
    this.interrupted = lock === null ? [] : this.markInterrupted();
  }

  /** Closes the database and lets go of the home. */
  close(): void {
    this.#db.close();
    this.#lock?.release();
  }

  /** Records a run, its experiment if that is new, and its params. @returns the run's id. */
  createRun(run: NewRun): string {
    return this.#write(() => this.#runs.create(run, this.#now()));
  }

  /** Changes the given fields only. */
  updateRun(id: string, patch: RunPatch): void {
    this.#write(() => this.#runs.update(id, patch));
  }

  /**
   * @param reference a whole id, the beginning of exactly one, or `latest`. @throws StoreError `unknown-run`,
   * `ambiguous-run`
   */
  getRun(reference: string): RunDetail {
    return this.#read(() => this.#runs.get(this.#runs.resolve(reference)));
  }

  /** Newest first unless the filter says otherwise. */
  listRuns(filter: RunFilter = {}): Run[] {
    return this.#read(() => this.#runs.list(filter));
  }

  /**
   * Forgets a run and all its records; its files stay (`removeRunFolder`). @throws StoreError `invalid` while it is
   * running.
   */
  deleteRun(id: string): void {
    this.#write(() => this.#runs.delete(id));
  }

  experiments(): Experiment[] {
    return this.#read(() => this.#runs.experiments());
  }

  params(id: string): Param[] {
    return this.#read(() => this.#runs.params(id));
  }

  /**
   * Marks every run that is `running` as `interrupted`, with an event; done on opening, when only the dead can be
   * running.
   * @returns their ids.
   */
  markInterrupted(): string[] {
    return this.#write(() => {
      const ids = this.#runs.markInterrupted(this.#now());
      const event: NewEvent = {
        level: 'warning',
        code: 'interrupted',
        message: 'the process that trained this run ended without a word',
      };
      for (const id of ids) this.#events.add(this.#runs.rowOf(id), event, this.#now());
      return ids;
    });
  }

  /**
   * Adds points in one transaction; a point of the same metric and step is rewritten. Once it returns they survive the
   * death of the process (and a loss of power once the next checkpoint is registered).
   * @param currentStep sets the run's current step in the same transaction.
   */
  appendMetrics(id: string, points: readonly MetricPoint[], currentStep?: number): void {
    this.#write(() => {
      this.#metrics.append(this.#runs.rowOf(id), points);
      if (currentStep !== undefined) this.#runs.update(id, { currentStep });
    });
  }

  /** Takes a run back to `step` finished steps: points and insights of later steps are forgotten, for it goes through them again. */
  rewind(id: string, step: number): void {
    this.#write(() => {
      const row = this.#runs.rowOf(id);
      this.#metrics.removeAfter(row, step);
      this.#insights.removeAfter(row, step);
      this.#runs.update(id, { currentStep: step });
    });
  }

  /**
   * Records a checkpoint, the points that led to it, the run's current step, and forgets superseded ones, in one
   * transaction that survives a loss of power once this returns. Not to be called inside `transaction`.
   * @returns the artifact's id.
   */
  registerCheckpoint(id: string, { points, artifact, superseded = [] }: CheckpointRecord): number {
    // In WAL mode NORMAL leaves the last commits to the operating system; FULL syncs them and all before them.
    this.#db.pragma('synchronous = FULL');
    try {
      return this.#write(() => {
        const row = this.#runs.rowOf(id);
        this.#metrics.append(row, points);
        for (const path of superseded) this.#artifacts.remove(row, path);
        this.#runs.update(id, { currentStep: artifact.step });
        return this.#artifacts.add(row, artifact, this.#now());
      });
    } finally {
      this.#db.pragma('synchronous = NORMAL');
    }
  }

  /** All points of one metric within a range of steps, by step; empty when there are none. */
  metrics(id: string, key: string, range: StepRange = {}): MetricSeries {
    return this.#read(() => this.#metrics.series(this.#runs.rowOf(id), key, range));
  }

  /** A metric thinned to buckets (`ThinnedSeries`); undefined when it has fewer than two points a bucket. */
  thinnedMetrics(
    id: string,
    key: string,
    buckets: number,
    { fromStep = 0, toStep = Number.MAX_SAFE_INTEGER }: StepRange = {},
  ): ThinnedSeries | undefined {
    return this.#read(() => this.#thinned.series(this.#runs.rowOf(id), key, buckets, fromStep, toStep));
  }

  /** `params`, `lastMetrics` and `scores` of many runs in one query each; unknown ids are left out. */
  paramsOf(ids: readonly string[]): ByRun<Param> {
    return this.#read(() => this.#batches.params(ids));
  }

  lastMetricsOf(ids: readonly string[]): ByRun<MetricPoint> {
    return this.#read(() => this.#batches.lastMetrics(ids));
  }

  scoresOf(ids: readonly string[]): ByRun<Score> {
    return this.#read(() => this.#batches.scores(ids));
  }

  /** Names of the metrics that have points, sorted. */
  metricKeys(id: string): string[] {
    return this.#read(() => this.#metrics.keys(this.#runs.rowOf(id)));
  }

  /** The point with the highest step of each metric, sorted by name. */
  lastMetrics(id: string): MetricPoint[] {
    return this.#read(() => this.#metrics.last(this.#runs.rowOf(id)));
  }

  /** @returns the artifact's id; the same path again replaces the record. */
  addArtifact(id: string, artifact: NewArtifact): number {
    return this.#write(() => this.#artifacts.add(this.#runs.rowOf(id), artifact, this.#now()));
  }

  /** By step, those without one first. */
  artifacts(id: string, kind?: ArtifactKind): Artifact[] {
    return this.#read(() => this.#artifacts.list(this.#runs.rowOf(id), kind));
  }

  /** Forgets an artifact; its file stays. */
  removeArtifact(id: string, path: string): void {
    this.#write(() => this.#artifacts.remove(this.#runs.rowOf(id), path));
  }

  /** Adds scores in one transaction; the same metric, step, extractor, n, seed and resize again replaces the score. */
  addScores(id: string, scores: readonly NewScore[]): void {
    this.#write(() => {
      for (const score of scores) this.#scores.add(this.#runs.rowOf(id), score, this.#now());
    });
  }

  scores(id: string): Score[] {
    return this.#read(() => this.#scores.list(this.#runs.rowOf(id)));
  }

  /** Keeps insights in one transaction; those of training are thinned to `mostMoments` of each kind. */
  addInsights(id: string, insights: readonly NewInsight[]): void {
    this.#write(() => {
      for (const insight of insights) this.#insights.add(this.#runs.rowOf(id), insight);
    });
  }

  /** Which insights there are, by kind, split and step. */
  insightMoments(id: string): InsightMoment[] {
    return this.#read(() => this.#insights.moments(this.#runs.rowOf(id)));
  }

  insight(id: string, moment: InsightMoment): Insight | undefined {
    return this.#read(() => this.#insights.one(this.#runs.rowOf(id), moment));
  }

  /** Keeps norms of layers after a step, thinned as insights are. */
  addNorms(id: string, step: number, layers: readonly LayerNorms[]): void {
    this.#write(() => this.#insights.addNorms(this.#runs.rowOf(id), step, layers));
  }

  /** By step. */
  norms(id: string): NormMoment[] {
    return this.#read(() => this.#insights.norms(this.#runs.rowOf(id)));
  }

  addEvent(id: string, event: NewEvent): void {
    this.#write(() => this.#events.add(this.#runs.rowOf(id), event, this.#now()));
  }

  /** In the order they happened. */
  events(id: string): RunEvent[] {
    return this.#read(() => this.#events.list(this.#runs.rowOf(id)));
  }

  /** Several calls of this store as one transaction: all or none, one commit. */
  transaction<T>(work: () => T): T {
    return this.#write(work);
  }

  #write<T>(work: () => T): T {
    try {
      return this.#db.transaction(work).immediate();
    } catch (error) {
      this.#metrics.forgetIds();
      throw explainSqliteError(error, this.#file);
    }
  }

  /** One transaction, so that a reader sees one moment of a database that is being written. */
  #read<T>(work: () => T): T {
    try {
      return this.#db.transaction(work).deferred();
    } catch (error) {
      throw explainSqliteError(error, this.#file);
    }
  }
}
