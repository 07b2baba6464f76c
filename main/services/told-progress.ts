/** Hands the progress that a worker tells of to whoever made the request. */
import type { RunUpdate } from '../../core/protocol/run-updates.ts';
import type { RequestContext } from '../door/services.ts';

/** A listener to a worker's updates that passes its progress on, and nothing else. */
export function toldProgress(progress: RequestContext['progress']): (update: RunUpdate) => void {
  return (update) => {
    if (update.type === 'progress') progress(update.what, update.done, update.total ?? null);
  };
}
