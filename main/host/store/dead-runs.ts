/** Marks runs that a dead process left `running`, for somebody who only reads. */
import type { Home } from '../home.ts';
import { StoreError } from './errors.ts';
import { openStore, type Store } from './store.ts';

/** A run that shows as running while no process holds the home was left by one that died: opening it to write says so. */
export function markDeadRuns(home: Home, reading: Store, now: () => number): void {
  if (reading.listRuns({ statuses: ['running'], limit: 1 }).length === 0) return;
  try {
    openStore(home, { now }).close();
  } catch (error) {
    // Its process lives and holds the home, or the home cannot be written: it stays as it is.
    if (!(error instanceof StoreError)) throw error;
  }
}
