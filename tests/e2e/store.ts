/** What the store of a home holds, read when no host has it open any more. */
import { createHome } from '../../main/host/home.ts';
import { openStore, type Store } from '../../main/host/store/store.ts';

export function readStore<Result>(home: string, read: (store: Store) => Result): Result {
  const store = openStore(createHome({ root: home, named: true }));
  try {
    return read(store);
  } finally {
    store.close();
  }
}

/** Steps of each metric of a home's only run, as they were recorded. */
export function recordedSteps(home: string): ReadonlyMap<string, readonly number[]> {
  return readStore(home, (store) => {
    const [run] = store.listRuns();
    return new Map(store.metricKeys(run.id).map((key) => [key, [...store.metrics(run.id, key).steps]]));
  });
}
