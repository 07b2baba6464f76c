/** Something asked of the host for each run: kept while it is asked again, asked again when its key changes. */
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import type { HostClient } from '../../client/host-client.ts';
import { faultOfError } from '../../client/host-error.ts';
import type { HostFault } from '../../../core/protocol/fault.ts';
import type { Run } from '../../../core/protocol/records.ts';

export interface PerRun<Value> {
  readonly values: ReadonlyMap<string, Value>;
  readonly faults: ReadonlyMap<string, HostFault>;
}

/** A run at work is asked about no more often than this. */
const restMs = 900;

/** A key that changes as a run goes on. */
export const progressKey = (run: Run): string => `${run.currentStep} ${run.status}`;

/** @param keyOf null: nothing is asked of that run now */
export function usePerRun<Value>(
  runs: readonly Run[],
  keyOf: (run: Run) => string | null,
  load: (host: HostClient, run: Run) => Promise<Value>,
): PerRun<Value> {
  const host = useHost();
  const [state, setState] = useState<PerRun<Value>>({ values: new Map(), faults: new Map() });
  const loaded = useRef(new Map<string, string>());
  const busy = useRef(new Set<string>());
  const [turn, setTurn] = useState(0);
  const ask = useEffectEvent(async (run: Run, key: string) => {
    const isFirst = !loaded.current.has(run.id);
    busy.current.add(run.id);
    loaded.current.set(run.id, key);
    try {
      const value = await load(host, run);
      setState(({ values, faults }) => ({
        values: new Map(values).set(run.id, value),
        faults: without(faults, run.id),
      }));
    } catch (error) {
      setState(({ values, faults }) => ({ values, faults: new Map(faults).set(run.id, faultOfError(error)) }));
    }
    setTimeout(
      () => {
        busy.current.delete(run.id);
        setTurn((before) => before + 1);
      },
      isFirst ? 0 : restMs,
    );
  });
  const wanted = runs.map((run) => `${run.id} ${keyOf(run) ?? ''}`).join('\n');
  const askStale = useEffectEvent(() => {
    for (const run of runs) {
      const key = keyOf(run);
      if (key !== null && loaded.current.get(run.id) !== key && !busy.current.has(run.id)) void ask(run, key);
    }
  });
  useEffect(() => askStale(), [wanted, turn]);
  return state;
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}
