/** How a run stands, told by what its stream said: a pure account without clocks or screens. */
import type { RunStreamItem } from '../../../core/protocol/methods.ts';
import type { LayerNorms } from '../../../core/protocol/run-updates.ts';
import type { Run } from '../../../core/protocol/records.ts';

type Said<Type extends RunStreamItem['type']> = Extract<RunStreamItem, { readonly type: Type }>;

/** Norms of one layer over the last moments they were measured at. */
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
  readonly isPaused: boolean;
  /** Work before or between steps, as it goes on. */
  readonly progress: Said<'progress'> | null;
  readonly norms: readonly NormTrend[];
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
  isPaused: false,
  progress: null,
  norms: [],
  turns: { events: 0, samples: 0, checkpoints: 0, insights: 0 },
};

/** Moments of norms that are kept for trends. */
export const normMoments = 120;

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
        progress: null,
      };
    case 'norms':
      return { ...run, norms: withNorms(run.norms, item.step, item.layers) };
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

/** Adds a moment to each layer's trend; a moment at or before the last one begins the trends anew. */
function withNorms(trends: readonly NormTrend[], step: number, layers: readonly LayerNorms[]): readonly NormTrend[] {
  const known = new Map(trends.map((trend) => [trend.name, trend]));
  return layers.map(({ name, weight, gradient }) => {
    const before = known.get(name);
    if (before?.steps.at(-1) === step) return before;
    const kept = before && before.steps.at(-1)! < step ? before : { steps: [], weights: [], gradients: [] };
    const last = <Item>(items: readonly Item[], item: Item): readonly Item[] => [...items, item].slice(-normMoments);
    return {
      name,
      steps: last(kept.steps, step),
      weights: last(kept.weights, weight),
      gradients: last(kept.gradients, gradient ?? NaN),
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
