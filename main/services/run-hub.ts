/** What happens to runs, told to every screen that watches. */
import type { RunsStreamItem, RunStreamItem } from '../../core/protocol/streams.ts';
import type { RunUpdate } from '../../core/protocol/run-updates.ts';

type Listener<Item> = (items: readonly Item[]) => void;
type Said<Type extends RunUpdate['type']> = Extract<RunUpdate, { readonly type: Type }>;

/** What a screen that comes later must know of a run in progress. */
interface Latest {
  step: number;
  ready?: Said<'ready'>;
  progress?: Said<'progress'>;
  norms?: Said<'norms'>;
  paused?: Said<'paused'>;
}

export class RunHub {
  readonly #all = new Set<Listener<RunsStreamItem>>();
  readonly #each = new Map<string, Set<Listener<RunStreamItem>>>();
  readonly #latest = new Map<string, Latest>();

  /** Tells of a change to the list of runs. */
  publish(item: RunsStreamItem): void {
    for (const listener of this.#all) listener([item]);
  }

  /** Tells what a run in progress says. */
  say(run: string, update: RunUpdate): void {
    if (update.type === 'result') return;
    this.#remember(run, update);
    for (const listener of this.#each.get(run) ?? []) listener([update]);
  }

  /** @returns a function that ends it */
  watchAll(emit: Listener<RunsStreamItem>): () => void {
    const listener: Listener<RunsStreamItem> = (items) => emit(items);
    this.#all.add(listener);
    return () => void this.#all.delete(listener);
  }

  /** Tells first how a run in progress stands, then all it says. @returns a function that ends it */
  watch(run: string, emit: Listener<RunStreamItem>): () => void {
    const listener: Listener<RunStreamItem> = (items) => emit(items);
    const listeners = this.#each.get(run) ?? new Set();
    this.#each.set(run, listeners.add(listener));
    const standing = this.#standing(run);
    if (standing.length > 0) listener(standing);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#each.get(run) === listeners) this.#each.delete(run);
    };
  }

  /** `ready` tells the step the run is at by now: points before it are not made again. */
  #standing(run: string): readonly RunStreamItem[] {
    const latest = this.#latest.get(run);
    if (!latest) return [];
    const { ready, progress, norms, paused, step } = latest;
    return [ready && { ...ready, step: Math.max(step, ready.step) }, progress, norms, paused].filter(
      (item) => item !== undefined,
    );
  }

  #remember(run: string, update: RunUpdate): void {
    const latest = this.#latest.get(run) ?? { step: 0 };
    this.#latest.set(run, latest);
    switch (update.type) {
      case 'ready':
        latest.ready = update;
        latest.step = update.step;
        delete latest.progress;
        return;
      case 'metrics':
      case 'checkpoint':
        latest.step = update.step;
        delete latest.progress;
        return;
      case 'progress':
        latest.progress = update;
        return;
      case 'norms':
        latest.norms = update;
        return;
      case 'paused':
        latest.paused = update;
        return;
      case 'ended':
      case 'failed':
        this.#latest.delete(run);
        return;
      case 'artifact':
      case 'insight':
      case 'event':
      case 'result':
        return;
    }
  }
}
