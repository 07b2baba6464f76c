/** How a run stands, told by what its stream said: a pure account without clocks or screens. */
import type { RunStreamItem } from '../../../core/protocol/streams.ts';
import { keptMoments } from '../../../core/metrics/thinning.ts';
import type { NormMoment } from '../../../core/protocol/insights.ts';
import type { Run } from '../../../core/protocol/records.ts';
import type { RunEnergy } from '../../../core/protocol/run-updates.ts';

type Said<Type extends RunStreamItem['type']> = Extract<RunStreamItem, { readonly type: Type }>;

/** Norms of one layer over the moments they were measured at. */
export interface NormTrend {
  readonly name: string;
  readonly steps: readonly number[];
  readonly weights: readonly number[];
  /** NaN where the step did not tell. */
  readonly gradients: readonly number[];
}

export interface LiveRun {
  readonly ready: Said<'ready'> | null;
  readonly step: number;
  readonly stepsPerSecond: number;
  readonly rssBytes: number | null;
  readonly energy: RunEnergy | null;
  /** Null where the run does not compute on a graphics processor. */
  readonly gpuEnergy: RunEnergy | null;
  readonly isPaused: boolean;
  /** Work before or between steps, as it goes on. */
  readonly progress: Said<'progress'> | null;
  /** Norms of all layers since the run is watched, thinned. */
  readonly norms: readonly NormMoment[];
  /** How often things were written that lists must be read again for. */
  readonly turns: {
    readonly events: number;
    readonly samples: number;
    readonly checkpoints: number;
    readonly insights: number;
  };
}

export const quietRun: LiveRun = {
  ready: null,
  step: 0,
  stepsPerSecond: 0,
  rssBytes: null,
  energy: null,
  gpuEnergy: null,
  isPaused: false,
  progress: null,
  norms: [],
  turns: { events: 0, samples: 0, checkpoints: 0, insights: 0 },
};

/** The account after more was said. */
export function heard(run: LiveRun, items: readonly RunStreamItem[]): LiveRun {
  return items.reduce(afterOne, run);
}

function afterOne(run: LiveRun, item: RunStreamItem): LiveRun {
  const { turns } = run;
  switch (item.type) {
    case 'ready':
      return { ...run, ready: item, step: item.step, progress: null, isPaused: false };
    case 'metrics':
      return {
        ...run,
        step: Math.max(run.step, item.step),
        stepsPerSecond: item.stepsPerSecond || run.stepsPerSecond,
        rssBytes: item.rssBytes ?? run.rssBytes,
        energy: item.energy ?? run.energy,
        gpuEnergy: item.gpuEnergy ?? run.gpuEnergy,
        progress: null,
      };
    case 'norms':
      return { ...run, norms: withMoment(run.norms, item) };
    case 'paused':
      return { ...run, isPaused: item.paused, step: Math.max(run.step, item.step) };
    case 'checkpoint':
      return { ...run, progress: null, turns: { ...turns, checkpoints: turns.checkpoints + 1 } };
    case 'artifact':
      return {
        ...run,
        turns:
          item.artifact.kind === 'samples'
            ? { ...turns, samples: turns.samples + 1 }
            : { ...turns, checkpoints: turns.checkpoints + 1 },
      };
    case 'insight':
      return { ...run, turns: { ...turns, insights: turns.insights + 1 } };
    case 'event':
      return { ...run, turns: { ...turns, events: turns.events + 1 } };
    case 'progress':
      return { ...run, progress: item };
    case 'ended':
    case 'failed':
      return {
        ...run,
        isPaused: false,
        progress: null,
        turns: {
          events: turns.events + 1,
          samples: turns.samples + 1,
          checkpoints: turns.checkpoints + 1,
          insights: turns.insights + 1,
        },
      };
  }
}

/** Adds a moment; one at or before others takes their place, for the run went through these steps again. */
function withMoment(moments: readonly NormMoment[], { step, layers }: NormMoment): readonly NormMoment[] {
  return keptMoments([...moments.filter((moment) => moment.step < step), { step, layers }]);
}

/** How the layers of the newest moment went: what was recorded, and from there on what was heard. */
export function trendsOf(recorded: readonly NormMoment[], live: readonly NormMoment[]): readonly NormTrend[] {
  const first = live[0]?.step ?? Infinity;
  const moments = keptMoments([...recorded.filter(({ step }) => step < first), ...live]);
  return (moments.at(-1)?.layers ?? []).map(({ name }) => {
    const own = moments.flatMap(({ step, layers }) => {
      const norms = layers.find((layer) => layer.name === name);
      return norms ? [{ step, weight: norms.weight, gradient: norms.gradient ?? NaN }] : [];
    });
    return {
      name,
      steps: own.map(({ step }) => step),
      weights: own.map(({ weight }) => weight),
      gradients: own.map(({ gradient }) => gradient),
    };
  });
}

/** `preparing`: the worker loads, imports or compiles. */
export type RunPhase = 'queued' | 'preparing' | 'training' | 'paused' | 'ended';

/** What a run is doing, from its record and what it said. */
export function phaseOf(run: Pick<Run, 'status'>, live: Pick<LiveRun, 'ready' | 'isPaused'>): RunPhase {
  if (run.status === 'queued') return 'queued';
  if (run.status !== 'running') return 'ended';
  if (live.isPaused) return 'paused';
  return live.ready ? 'training' : 'preparing';
}

/** Milliseconds that are left at the present rate; null when that cannot be told. */
export function timeLeftMs(step: number, totalSteps: number, stepsPerSecond: number): number | null {
  if (stepsPerSecond <= 0 || totalSteps <= 0) return null;
  return (1000 * Math.max(0, totalSteps - step)) / stepsPerSecond;
}
