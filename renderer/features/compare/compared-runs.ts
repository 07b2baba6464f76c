/** The runs that are looked at, with what the host knows of each. */
import { useMemo } from 'react';
import { compileDocument, type CompiledDocument } from '../../../core/spec/compile.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import { graphFlops } from '../../../core/ops/flops.ts';
import type { MetricLine } from '../../../core/protocol/metric-lines.ts';
import type { RunModel } from '../../../core/protocol/run-model.ts';
import type { SampleMoment } from '../../../core/protocol/samples.ts';
import type { Param, Run, RunDetail, Score } from '../../../core/protocol/records.ts';
import { useCompared } from '../../state/compared-runs.ts';
import { runColour, useRuns } from '../../state/runs.ts';
import { axisTable, type AxisName, stepToX, type StepCost, type StepToX } from './axes.ts';
import { progressKey, usePerRun } from './use-per-run.ts';

export interface ComparedRun {
  readonly run: Run;
  /** A CSS colour. */
  readonly colour: string;
  readonly curves: ReadonlyMap<string, MetricLine>;
  readonly moments: readonly SampleMoment[] | undefined;
  readonly model: RunModel | undefined;
  readonly detail: RunDetail | undefined;
  readonly scores: readonly Score[];
  readonly params: ReadonlyMap<string, Param['value']>;
  /** Why something of it could not be read. */
  readonly fault: string | undefined;
}

const noCurves: ReadonlyMap<string, MetricLine> = new Map();
const noScores: readonly Score[] = [];
const noParams: ReadonlyMap<string, Param['value']> = new Map();
/** Points of a line before the host thins it, keeping extremes. */
const buckets = 3000;
const once = (): string => 'once';

/** Runs of one name get the end of their id behind it. */
export function toldApart(runs: readonly Run[]): readonly Run[] {
  const isShared = (name: string): boolean => runs.filter((run) => run.name === name).length > 1;
  return runs.map((run) => (isShared(run.name) ? { ...run, name: `${run.name} · ${run.id.slice(-4)}` } : run));
}

/** The chosen runs that exist, in the order in which they were chosen. */
export function useComparedRuns(): readonly ComparedRun[] {
  const ids = useCompared((state) => state.ids);
  const all = useRuns();
  const runs = useMemo(() => toldApart(ids.flatMap((id) => all.byId.get(id) ?? [])), [ids, all.byId]);
  const curves = usePerRun(runs, progressKey, async (host, { id }) => {
    const lines = await host.call('runs.metrics', { run: id, buckets });
    return new Map(lines.map((line) => [line.key, line]));
  });
  const moments = usePerRun(runs, progressKey, (host, { id }) => host.call('runs.moments', { run: id }));
  const scores = usePerRun(
    runs,
    progressKey,
    async (host, { id }) => (await host.call('runs.scores', { runs: [id] }))[id] ?? [],
  );
  const models = usePerRun(runs, once, (host, { id }) => host.call('runs.model', { run: id }));
  const details = usePerRun(runs, once, (host, { id }) => host.call('runs.get', { run: id }));
  const params = usePerRun(
    runs,
    once,
    async (host, { id }) =>
      new Map(((await host.call('runs.params', { runs: [id] }))[id] ?? []).map(({ key, value }) => [key, value])),
  );
  return useMemo(
    () =>
      runs.map((run) => ({
        run,
        colour: runColour(all, run.id),
        curves: curves.values.get(run.id) ?? noCurves,
        moments: moments.values.get(run.id),
        model: models.values.get(run.id),
        detail: details.values.get(run.id),
        scores: scores.values.get(run.id) ?? noScores,
        params: params.values.get(run.id) ?? noParams,
        fault: [curves, moments, scores, models, details, params].flatMap(
          ({ faults }) => faults.get(run.id)?.message ?? [],
        )[0],
      })),
    [runs, all.slots, curves, moments, models, details, scores, params],
  );
}

export interface CompiledRun {
  readonly model: CompiledDocument;
  readonly cost: StepCost;
}

const mostCompiled = 16;
const compiled = new Map<string, CompiledRun | null>();

/** A run's compiled document and what a step of it costs; null when it cannot be compiled here. Kept by document and data. */
export function compiledRun({ run, detail, model }: ComparedRun): CompiledRun | null {
  if (!detail || !model) return null;
  const key = `${run.documentHash}/${run.dataHash}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const made = compileRun(detail.document, model);
  compiled.set(key, made);
  if (compiled.size > mostCompiled) compiled.delete([...compiled.keys()][0]!);
  return made;
}

function compileRun(text: string, { data }: RunModel): CompiledRun | null {
  const { document } = parseDocument(text);
  if (!document) return null;
  try {
    const model = compileDocument(document, data);
    const { multiplyAdds } = graphFlops(model.train.graph);
    return {
      model,
      cost: {
        batchSize: document.data.batchSize,
        batchesPerStep: model.batchesPerStep,
        trainCount: data.counts.train,
        multiplyAddsPerSample: multiplyAdds,
      },
    };
  } catch {
    // A document of another release may not fit its data any more; its curves and samples are there all the same.
    return null;
  }
}

/** The longest line of a run tells the time best. */
function clockOf({ curves }: ComparedRun): MetricLine | undefined {
  let best: MetricLine | undefined;
  for (const line of curves.values()) if (!best || line.steps.length > best.steps.length) best = line;
  return best;
}

/** How steps of each run lie on the axis; null of runs of which it is not known. */
export function placements(runs: readonly ComparedRun[], axis: AxisName): readonly (StepToX | null)[] {
  const needsCost = axis !== 'step' && axis !== 'time';
  return runs.map((run) =>
    stepToX(axis, needsCost ? compiledRun(run)?.cost : undefined, axis === 'time' ? clockOf(run) : undefined),
  );
}

export const xLabelOf = (axis: AxisName): string => axisTable[axis].xLabel;
