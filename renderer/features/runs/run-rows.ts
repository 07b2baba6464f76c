/** Runs with everything that is known of them, as rows of one table. */
import type { SortValue } from '../../components/table/table-rows.ts';
import type { MetricPoint, Param, Run, Score } from '../../../core/protocol/records.ts';

/** What is known of a run beside its record. */
export interface RunFacts {
  readonly params: ReadonlyMap<string, Param['value']>;
  /** The newest value of each metric. */
  readonly metrics: ReadonlyMap<string, number>;
  /** The newest of each score. */
  readonly scores: ReadonlyMap<string, Score>;
  /** The best of each score over the run's steps, by its goal. */
  readonly best: ReadonlyMap<string, Score>;
}

export interface RunRow extends RunFacts {
  readonly id: string;
  readonly run: Run;
}

const noFacts: RunFacts = { params: new Map(), metrics: new Map(), scores: new Map(), best: new Map() };

const goalOf = ({ extra }: Score): unknown =>
  typeof extra === 'object' && extra !== null && 'goal' in extra ? extra.goal : undefined;

export function factsOf(
  params: readonly Param[] = [],
  metrics: readonly MetricPoint[] = [],
  scores: readonly Score[] = [],
): RunFacts {
  const newest = new Map<string, Score>();
  const best = new Map<string, Score>();
  for (const score of scores) {
    const known = newest.get(score.metric);
    if (!known || score.step > known.step || (score.step === known.step && score.createdMs >= known.createdMs))
      newest.set(score.metric, score);
    const goal = goalOf(score);
    const leader = best.get(score.metric);
    if (!leader || (goal === 'min' && score.value < leader.value) || (goal === 'max' && score.value > leader.value))
      best.set(score.metric, score);
  }
  return {
    params: new Map(params.map(({ key, value }) => [key, value])),
    metrics: new Map(metrics.map(({ key, value }) => [key, value])),
    scores: newest,
    best,
  };
}

/** Rows that stay the same objects while neither run nor facts changed, so that only what changed is drawn anew. */
export function rowsOf(
  runs: readonly Run[],
  facts: ReadonlyMap<string, RunFacts>,
  before: ReadonlyMap<string, RunRow>,
): readonly RunRow[] {
  return runs.map((run) => {
    const known = facts.get(run.id) ?? noFacts;
    const old = before.get(run.id);
    return old &&
      old.run === run &&
      old.params === known.params &&
      old.metrics === known.metrics &&
      old.scores === known.scores
      ? old
      : { id: run.id, run, ...known };
  });
}

/** Milliseconds a run has been at work, or was. */
export function durationMs({ startedMs, endedMs, status }: Run, nowMs: number): number | null {
  if (startedMs === null) return null;
  const until = endedMs ?? (status === 'running' ? nowMs : null);
  return until === null ? null : Math.max(0, until - startedMs);
}

const builtins: Readonly<Record<string, (row: RunRow, nowMs: number) => SortValue>> = {
  id: ({ run }) => run.id,
  name: ({ run }) => run.name,
  status: ({ run }) => run.status,
  family: ({ run }) => run.family,
  experiment: ({ run }) => run.experiment,
  step: ({ run }) => run.currentStep,
  steps: ({ run }) => run.totalSteps,
  seed: ({ run }) => run.seed,
  created: ({ run }) => run.createdMs,
  duration: ({ run }, nowMs) => durationMs(run, nowMs),
  tags: ({ run }) => run.tags.join(', '),
  notes: ({ run }) => run.notes,
  data: ({ run }) => run.dataSource,
  device: ({ run }) => run.device,
};

/** A column's value: one of a run's own, or `param:KEY`, `metric:KEY`, `score:KEY`, `best:KEY`. */
export function valueOf(row: RunRow, column: string, nowMs = Date.now()): SortValue {
  const at = column.indexOf(':');
  if (at < 0) return builtins[column]?.(row, nowMs);
  const key = column.slice(at + 1);
  switch (column.slice(0, at)) {
    case 'param':
      return row.params.get(key);
    case 'metric':
      return row.metrics.get(key);
    case 'score':
      return row.scores.get(key)?.value;
    case 'best':
      return row.best.get(key)?.value;
    default:
      return undefined;
  }
}

/** A field as a person names it in a filter: a column without its prefix, own fields before metrics, scores and params. */
export function namedValue(row: RunRow, name: string, nowMs: number): SortValue {
  const own = builtins[name];
  if (own) return own(row, nowMs);
  return (
    row.metrics.get(name) ??
    row.scores.get(name)?.value ??
    row.params.get(name) ??
    (name.includes(':') ? valueOf(row, name, nowMs) : undefined)
  );
}

/** Every metric, score and param that some row has, each sorted. */
export function knownColumns(rows: readonly RunRow[]): {
  readonly metrics: readonly string[];
  readonly scores: readonly string[];
  readonly params: readonly string[];
} {
  const [metrics, scores, params] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const row of rows) {
    for (const key of row.metrics.keys()) metrics.add(key);
    for (const key of row.scores.keys()) scores.add(key);
    for (const key of row.params.keys()) params.add(key);
  }
  return { metrics: [...metrics].sort(), scores: [...scores].sort(), params: [...params].sort() };
}
