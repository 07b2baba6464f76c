/** A map of codes, made in a worker and made anew when the codes or the method change. */
import { useEffect, useState } from 'react';
import type { Projection } from './projection.ts';
import type { MapMethod, MapReply, MapTask } from './map-messages.ts';

export interface ProjectionState {
  readonly projection: Projection | null;
  /** `sinceMs`: when the work began, in milliseconds of `performance.now()`. */
  readonly progress: { readonly done: number; readonly total: number | null; readonly sinceMs: number } | null;
  readonly fault: string | null;
}

const nothing: ProjectionState = { projection: null, progress: null, fault: null };

function stateAfter(reply: MapReply, sinceMs: number): ProjectionState {
  switch (reply.type) {
    case 'progress':
      return { ...nothing, progress: { done: reply.done, total: reply.total, sinceMs } };
    case 'done':
      return { ...nothing, projection: reply.projection };
    case 'failed':
      return { ...nothing, fault: reply.message };
  }
}

/** @param codes null while there are none */
export function useProjection(
  codes: { readonly latents: Float32Array; readonly size: number } | null,
  method: MapMethod,
): ProjectionState {
  const [state, setState] = useState(nothing);
  useEffect(() => {
    if (!codes) {
      setState(nothing);
      return undefined;
    }
    const sinceMs = performance.now();
    setState({ ...nothing, progress: { done: 0, total: null, sinceMs } });
    const worker = new Worker(new URL('./projection-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<MapReply>) => setState(stateAfter(data, sinceMs)));
    worker.addEventListener('error', () => setState({ ...nothing, fault: 'the map could not be made in this window' }));
    const task: MapTask = { method, latents: codes.latents, size: codes.size };
    worker.postMessage(task);
    return () => worker.terminate();
  }, [codes, method]);
  return state;
}
