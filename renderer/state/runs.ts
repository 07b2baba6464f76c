/** Every run, as the host has it now: one list for all places, fed by the host's stream. */
import { create } from 'zustand';
import type { RunsStreamItem } from '../../core/protocol/streams.ts';
import type { Run } from '../../core/protocol/records.ts';
import type { HostPort } from './host-port.ts';
import { showFault } from './toasts.ts';

export interface RunsState {
  readonly byId: ReadonlyMap<string, Run>;
  /** Newest first. */
  readonly runs: readonly Run[];
  /** Which of the categorical colours a run without its own has, 0 to 7; kept for as long as the window is open. */
  readonly slots: ReadonlyMap<string, number>;
  readonly loaded: boolean;
}

const seriesColours = 8;
const none: RunsState = { byId: new Map(), runs: [], slots: new Map(), loaded: false };
export const useRuns = create<RunsState>()(() => none);

/** The state with a list of runs in place of what it had, keeping the colours already given. */
export function withRuns(state: RunsState, runs: readonly Run[]): RunsState {
  const sorted = runs.toSorted((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1));
  const slots = new Map(state.slots);
  for (const run of sorted.toReversed()) if (!slots.has(run.id)) slots.set(run.id, slots.size % seriesColours);
  return { byId: new Map(sorted.map((run) => [run.id, run])), runs: sorted, slots, loaded: true };
}

/** The state after what a stream said. Progress of a run leaves the order as it is. */
export function withChanges(state: RunsState, items: readonly RunsStreamItem[]): RunsState {
  const byId = new Map(state.byId);
  let moved = false;
  for (const item of items) {
    if (item.type === 'deleted') moved = byId.delete(item.run) || moved;
    else {
      moved ||= !byId.has(item.run.id);
      byId.set(item.run.id, item.run);
    }
  }
  if (moved) return { ...withRuns(state, [...byId.values()]), loaded: state.loaded };
  return { ...state, byId, runs: state.runs.map((run) => byId.get(run.id)!) };
}

/** Follows a host's runs; returns the way to stop. What the stream says before the list arrives is kept. */
export function connectRuns(port: HostPort): () => void {
  let early: RunsStreamItem[] | null = [];
  const stop = port.subscribe(
    'runs',
    {},
    {
      onItem: (items) => {
        early?.push(...items);
        useRuns.setState((state) => withChanges(state, items));
      },
    },
  );
  const refresh = async (): Promise<void> => {
    try {
      const runs = await port.call('runs.list', { limit: 100_000 });
      useRuns.setState((state) => withChanges(withRuns(state, runs), early ?? []));
    } catch (fault) {
      showFault('The list of runs could not be read', fault);
    }
    early = null;
  };
  void refresh();
  return stop;
}

/** The CSS colour of a run's curves: its own, or the categorical one it was given. */
export function runColour(state: Pick<RunsState, 'byId' | 'slots'>, run: string): string {
  return state.byId.get(run)?.colour ?? `var(--series-${(state.slots.get(run) ?? 0) + 1})`;
}

export const useRun = (run: string | null | undefined): Run | undefined =>
  useRuns((state) => (run ? state.byId.get(run) : undefined));
export const useRunColour = (run: string): string => useRuns((state) => runColour(state, run));
/** How many runs are at work or wait for their turn. */
export const useActiveRunCount = (): number =>
  useRuns((state) =>
    state.runs.reduce((count, run) => count + (run.status === 'running' || run.status === 'queued' ? 1 : 0), 0),
  );
