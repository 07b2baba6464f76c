/** Which run Train shows and its controls act on, and what may be done with a run. */
import type { Run, RunStatus } from '../../../core/protocol/records.ts';

/** The chosen one while it exists; else the newest running, the last in hand, the next in the queue, the newest. */
export function runInHand(runs: readonly Run[], chosen: string | undefined, last?: string): Run | undefined {
  const named = (id: string | undefined): Run | undefined => (id ? runs.find((run) => run.id === id) : undefined);
  return (
    named(chosen) ??
    runs.find((run) => run.status === 'running') ??
    named(last) ??
    runs.findLast((run) => run.status === 'queued') ??
    runs[0]
  );
}

const resumable: readonly RunStatus[] = ['interrupted', 'stopped', 'diverged', 'failed'];

export const isResumable = ({ status }: Pick<Run, 'status'>): boolean => resumable.includes(status);
export const isActive = ({ status }: Pick<Run, 'status'>): boolean => status === 'running' || status === 'queued';

/** Runs that wait for a slot, next one first. */
export const queueOf = (runs: readonly Run[]): readonly Run[] =>
  runs.filter((run) => run.status === 'queued').toReversed();
