/** Queries over experiments, runs and their params. */

import type { Database, Statement } from 'better-sqlite3';
import { runStatuses } from '../../../core/protocol/records.ts';
import type { Experiment, Param, Run, RunDetail, RunFailure, RunStatus } from '../../../core/protocol/records.ts';
import { StoreError } from './errors.ts';
import { newRunId } from './run-id.ts';

/** What a run is made of; the rest starts empty. */
export interface NewRun {
  /** Made when it does not exist. */
  readonly experiment: string;
  readonly name: string;
  readonly family: string;
  /** `queued` unless told. */
  readonly status?: 'queued' | 'running';
  /** The document's whole text, comments included. */
  readonly document: string;
  /** The folder that relative data paths are taken from. */
  readonly baseDir: string;
  readonly documentHash: string;
  readonly dataSource: string;
  readonly dataHash: string;
  readonly seed: number;
  readonly threads: number;
  readonly device: string;
  readonly engineBuild: string;
  readonly totalSteps: number;
  readonly parent?: { readonly run: string; readonly step: number } | null;
  readonly params?: readonly Param[];
  readonly notes?: string;
  readonly tags?: readonly string[];
  readonly colour?: string | null;
}

/** The fields of a run that change after it is made. */
export type RunPatch = Partial<
  Pick<
    Run,
    | 'name'
    | 'status'
    | 'startedMs'
    | 'endedMs'
    | 'totalSteps'
    | 'currentStep'
    | 'threads'
    | 'device'
    | 'engineBuild'
    | 'error'
    | 'notes'
    | 'tags'
    | 'pinned'
    | 'colour'
  >
>;

export interface RunFilter {
  readonly experiment?: string;
  readonly family?: string;
  readonly statuses?: readonly RunStatus[];
  /** Runs that carry this tag. */
  readonly tag?: string;
  readonly pinned?: boolean;
  /** Forks of this run (its whole id). */
  readonly parent?: string;
  /** Part of the id, name or notes, in any case. */
  readonly text?: string;
  readonly sort?: 'created' | 'name' | 'status' | 'family' | 'ended' | 'step';
  /** Newest (or largest) first unless false. */
  readonly descending?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

const columns = `
  runs.id AS id, experiments.name AS experiment, runs.name AS name, family, status, runs.created_ms AS createdMs,
  started_ms AS startedMs, ended_ms AS endedMs, document_hash AS documentHash,
  data_source AS dataSource, data_hash AS dataHash,
  seed, threads, device, engine_build AS engineBuild, parent_run AS parentRun, parent_step AS parentStep,
  total_steps AS totalSteps, current_step AS currentStep, error, notes, tags, pinned, colour, base_dir AS baseDir`;
const source = 'runs JOIN experiments ON experiments.id = runs.experiment';

const sortColumns: Readonly<Record<NonNullable<RunFilter['sort']>, string>> = {
  created: 'runs.created_ms',
  name: 'runs.name',
  status: 'status',
  family: 'family',
  ended: 'ended_ms',
  step: 'current_step',
};

const patchColumns: Readonly<Record<keyof RunPatch, string>> = {
  name: 'name',
  status: 'status',
  startedMs: 'started_ms',
  endedMs: 'ended_ms',
  totalSteps: 'total_steps',
  currentStep: 'current_step',
  threads: 'threads',
  device: 'device',
  engineBuild: 'engine_build',
  error: 'error',
  notes: 'notes',
  tags: 'tags',
  pinned: 'pinned',
  colour: 'colour',
};

interface RunRow extends Omit<RunDetail, 'parent' | 'error' | 'tags' | 'pinned'> {
  readonly parentRun: string | null;
  readonly parentStep: number | null;
  readonly error: string | null;
  readonly tags: string;
  readonly pinned: 0 | 1;
}

const insertRun = `
  INSERT INTO runs (id, experiment, name, family, status, created_ms, started_ms, document_hash, data_source,
    data_hash, seed, threads, device, engine_build, parent_run, parent_step, total_steps, notes, tags, colour, document,
    base_dir)
  VALUES (:id, :experiment, :name, :family, :status, :createdMs, :startedMs, :documentHash, :dataSource,
    :dataHash, :seed, :threads, :device, :engineBuild, :parentRun, :parentStep, :totalSteps, :notes, :tags, :colour, :document,
    :baseDir)`;

export class RunQueries {
  readonly #db: Database;
  /** Statements whose text depends on the fields asked for, by that text. */
  readonly #dynamic = new Map<string, Statement>();
  /** Integer row of every run met so far, by id. */
  readonly #rows = new Map<string, number>();
  readonly #row: Statement;
  readonly #detail: Statement;
  readonly #prefix: Statement;
  readonly #latest: Statement;
  readonly #experiments: Statement;
  readonly #addExperiment: Statement;
  readonly #insert: Statement;
  readonly #delete: Statement;
  readonly #interrupt: Statement;
  readonly #addParam: Statement;
  readonly #params: Statement;

  constructor(db: Database) {
    this.#db = db;
    this.#row = db.prepare('SELECT row FROM runs WHERE id = ?').pluck();
    this.#detail = db.prepare(`SELECT ${columns}, document FROM ${source} WHERE runs.id = ?`);
    this.#prefix = db
      .prepare('SELECT id FROM runs WHERE id >= :prefix AND id < :prefix || char(0x10ffff) ORDER BY id LIMIT 6')
      .pluck();
    this.#latest = db.prepare('SELECT id FROM runs ORDER BY created_ms DESC, row DESC LIMIT 1').pluck();
    this.#experiments = db.prepare(`
      SELECT name, created_ms AS createdMs,
        (SELECT count(*) FROM runs WHERE runs.experiment = experiments.id) AS runCount
      FROM experiments ORDER BY name`);
    this.#addExperiment = db
      .prepare(
        'INSERT INTO experiments (name, created_ms) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id',
      )
      .pluck();
    this.#insert = db.prepare(insertRun);
    this.#delete = db.prepare("DELETE FROM runs WHERE id = ? AND status <> 'running'");
    this.#interrupt = db
      .prepare("UPDATE runs SET status = 'interrupted', ended_ms = ? WHERE status = 'running' RETURNING id")
      .pluck();
    this.#addParam = db.prepare('INSERT INTO params VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
    this.#params = db.prepare('SELECT key, value FROM params WHERE run = ? ORDER BY key');
  }

  /** The integer that stands for a run in the other tables. @throws StoreError `unknown-run` */
  rowOf(id: string): number {
    const row = this.#rows.get(id) ?? (this.#row.get(id) as number | undefined);
    if (row === undefined) throw new StoreError('unknown-run', `there is no run '${id}' in this home`);
    this.#rows.set(id, row);
    return row;
  }

  create(run: NewRun, nowMs: number): string {
    const id = newRunId(nowMs);
    const { parent, status = 'queued' } = run;
    const row = this.#insert.run({
      ...run,
      id,
      experiment: this.#addExperiment.get(run.experiment, nowMs),
      status,
      createdMs: nowMs,
      startedMs: status === 'running' ? nowMs : null,
      parentRun: parent?.run ?? null,
      parentStep: parent?.step ?? null,
      notes: run.notes ?? '',
      tags: JSON.stringify(run.tags ?? []),
      colour: run.colour ?? null,
    }).lastInsertRowid as number;
    for (const { key, value } of run.params ?? []) this.#addParam.run(row, key, JSON.stringify(value));
    return id;
  }

  update(id: string, patch: RunPatch): void {
    const names = (Object.keys(patch) as (keyof RunPatch)[]).filter((name) => patch[name] !== undefined);
    const row = this.rowOf(id);
    if (names.length === 0) return;
    const values = names.map((name) => columnValue(name, patch));
    this.#prepare(`UPDATE runs SET ${names.map((name) => `${patchColumns[name]} = ?`).join(', ')} WHERE row = ?`).run(
      ...values,
      row,
    );
  }

  /** The id meant by a whole id, the beginning of exactly one, or `latest`. @throws StoreError */
  resolve(reference: string): string {
    if (reference === 'latest') {
      const latest = this.#latest.get() as string | undefined;
      if (latest === undefined) throw new StoreError('unknown-run', 'there are no runs in this home yet');
      return latest;
    }
    const prefix = reference.toLowerCase();
    const found = prefix === '' ? [] : (this.#prefix.all({ prefix }) as string[]);
    if (found[0] === prefix || found.length === 1) return found[0]!;
    if (found.length === 0) throw new StoreError('unknown-run', `there is no run '${reference}' in this home`);
    const some = found.slice(0, 5).join(', ') + (found.length > 5 ? ', …' : '');
    throw new StoreError('ambiguous-run', `several runs begin with '${reference}': ${some}; type more of the id`);
  }

  get(id: string): RunDetail {
    const row = this.#detail.get(id) as RunRow | undefined;
    if (row === undefined) throw new StoreError('unknown-run', `there is no run '${id}' in this home`);
    return { ...runOf(row), document: row.document };
  }

  list(filter: RunFilter): Run[] {
    const { where, values } = conditionsOf(filter);
    const column = sortColumns[filter.sort ?? 'created'];
    const direction = filter.descending === false ? 'ASC' : 'DESC';
    const order = `ORDER BY ${column} ${direction}, runs.row ${direction}`;
    const text = `SELECT ${columns} FROM ${source} ${where} ${order} LIMIT ? OFFSET ?`;
    const rows = this.#prepare(text).all(...values, filter.limit ?? -1, filter.offset ?? 0) as RunRow[];
    return rows.map(runOf);
  }

  /** @throws StoreError when there is no such run or it is running. */
  delete(id: string): void {
    this.rowOf(id);
    if (this.#delete.run(id).changes === 0)
      throw new StoreError('invalid', `run ${id} is running; stop it before deleting it`);
    this.#rows.delete(id);
  }

  markInterrupted(nowMs: number): string[] {
    return this.#interrupt.all(nowMs) as string[];
  }

  params(id: string): Param[] {
    const rows = this.#params.all(this.rowOf(id)) as { readonly key: string; readonly value: string }[];
    return rows.map(({ key, value }) => ({ key, value: JSON.parse(value) as Param['value'] }));
  }

  experiments(): Experiment[] {
    return this.#experiments.all() as Experiment[];
  }

  #prepare(text: string): Statement {
    let statement = this.#dynamic.get(text);
    if (statement === undefined) this.#dynamic.set(text, (statement = this.#db.prepare(text)));
    return statement;
  }
}

function conditionsOf(filter: RunFilter): { readonly where: string; readonly values: readonly unknown[] } {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const add = (condition: string, ...bound: readonly unknown[]): void => {
    conditions.push(condition);
    values.push(...bound);
  };
  if (filter.experiment !== undefined) add('experiments.name = ?', filter.experiment);
  if (filter.family !== undefined) add('family = ?', filter.family);
  if (filter.parent !== undefined) add('parent_run = ?', filter.parent);
  if (filter.pinned !== undefined) add('pinned = ?', Number(filter.pinned));
  if (filter.tag !== undefined) add('EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)', filter.tag);
  if (filter.statuses !== undefined) add('status IN (SELECT value FROM json_each(?))', JSON.stringify(filter.statuses));
  if (filter.text !== undefined) {
    add('instr(lower(runs.id || char(10) || runs.name || char(10) || notes), lower(?)) > 0', filter.text);
  }
  return { where: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`, values };
}

function columnValue(name: keyof RunPatch, patch: RunPatch): string | number | null {
  switch (name) {
    case 'tags':
      return JSON.stringify(patch.tags);
    case 'error':
      return patch.error ? JSON.stringify(patch.error) : null;
    case 'pinned':
      return Number(patch.pinned);
    case 'status':
      if (!runStatuses.includes(patch.status!))
        throw new StoreError('invalid', `'${patch.status}' is not a run's status`);
      return patch.status!;
    default:
      return patch[name] ?? null;
  }
}

function runOf(row: RunRow): Run {
  const { parentRun, parentStep, error, tags, pinned, document: _document, ...rest } = row;
  return {
    ...rest,
    parent: parentRun === null ? null : { run: parentRun, step: parentStep! },
    error: error === null ? null : (JSON.parse(error) as RunFailure),
    tags: JSON.parse(tags) as string[],
    pinned: pinned === 1,
  };
}
