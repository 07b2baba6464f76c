/** Params, newest metrics and scores of every run: read once, then of those that change, a moment after they did. */
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import type { Run } from '../../../core/protocol/records.ts';
import { useRuns } from '../../state/runs.ts';
import { showFault } from '../../state/toasts.ts';
import { factsOf, type RunFacts } from './run-rows.ts';

/** The host takes so many ids at once. */
const mostAtOnce = 10_000;
const readEveryMs = 1000;

/** Facts by run; empty until the host has answered. */
export function useRunFacts(): ReadonlyMap<string, RunFacts> {
  const host = useHost();
  const [facts, setFacts] = useState<ReadonlyMap<string, RunFacts>>(new Map());
  const runs = useRuns((state) => state.runs);
  /** The state each run was last read in. */
  const read = useRef(new Map<string, Run>());
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const load = useEffectEvent(async () => {
    timer.current = null;
    const stale = useRuns
      .getState()
      .runs.filter((run) => read.current.get(run.id) !== run)
      .slice(0, mostAtOnce);
    if (stale.length === 0) return;
    for (const run of stale) read.current.set(run.id, run);
    const ids = stale.map((run) => run.id);
    try {
      const [params, metrics, scores] = await Promise.all([
        host.call('runs.params', { runs: ids }),
        host.call('runs.lastMetrics', { runs: ids }),
        host.call('runs.scores', { runs: ids }),
      ]);
      setFacts((before) => {
        const next = new Map(before);
        for (const id of ids) next.set(id, factsOf(params[id], metrics[id], scores[id]));
        return next;
      });
    } catch (fault) {
      for (const id of ids) read.current.delete(id);
      // A run deleted while it was asked about is gone from the list by now, and the others are asked for again.
      if (ids.every((id) => useRuns.getState().byId.has(id)))
        showFault('The figures of the runs could not be read', fault);
    }
  });
  useEffect(() => {
    timer.current ??= setTimeout(() => void load(), read.current.size === 0 ? 0 : readEveryMs);
  }, [runs]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  return facts;
}
