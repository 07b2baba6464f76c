/** Which checkpoints of a run are kept and which are superseded: the latest, the best, and every so many steps. */

import { join } from 'node:path';
import { removeFile } from './atomic.ts';

export interface RetentionPolicy {
  /** Keep every checkpoint whose step is a multiple of this; 0 keeps none for that reason. */
  readonly everySteps: number;
  /** Whether the best checkpoint has the lowest or the highest score; null when there is no score to go by. */
  readonly best: 'min' | 'max' | null;
}

export interface RetainedCheckpoint {
  readonly step: number;
  /** Relative to the run's folder. */
  readonly path: string;
  /** The watched metric at this step; absent or NaN is never the best. */
  readonly score?: number;
}

export interface Retention<C extends RetainedCheckpoint> {
  readonly latest: C | undefined;
  readonly best: C | undefined;
  readonly keep: readonly C[];
  readonly superseded: readonly C[];
}

/** Sorts a run's checkpoints into kept and superseded; of equal scores the earlier step is the best. */
export function planRetention<C extends RetainedCheckpoint>(
  checkpoints: readonly C[],
  policy: RetentionPolicy,
): Retention<C> {
  const ordered = checkpoints.toSorted((a, b) => a.step - b.step);
  const latest = ordered.at(-1);
  const best = bestOf(ordered, policy.best);
  const isKept = (checkpoint: C): boolean =>
    checkpoint === latest ||
    checkpoint === best ||
    (policy.everySteps > 0 && checkpoint.step > 0 && checkpoint.step % policy.everySteps === 0);
  return {
    latest,
    best,
    keep: ordered.filter(isKept),
    superseded: ordered.filter((checkpoint) => !isKept(checkpoint)),
  };
}

function bestOf<C extends RetainedCheckpoint>(checkpoints: readonly C[], mode: RetentionPolicy['best']): C | undefined {
  if (mode === null) return undefined;
  const sign = mode === 'min' ? 1 : -1;
  let best: C | undefined;
  let bestScore = Infinity;
  for (const checkpoint of checkpoints) {
    const score = sign * (checkpoint.score ?? NaN);
    if (score < bestScore) [best, bestScore] = [checkpoint, score];
  }
  return best;
}

/**
 * Deletes the files of superseded checkpoints. Call it only once the newer checkpoint is registered and these are
 * unregistered (`Store.registerCheckpoint` does both in one transaction): a crash in between leaves files that no
 * record names, never a record without its file.
 * @throws FileError
 */
export async function removeSuperseded(runFolder: string, superseded: readonly RetainedCheckpoint[]): Promise<void> {
  for (const { path } of superseded) await removeFile(join(runFolder, path));
}
