/** One run as it is watched: its recorded curves first, thinned, then every point as it comes; each exactly once. */
import type { RunStreamItem } from '../../../core/protocol/streams.ts';
import type { HostPort } from '../../state/host-port.ts';
import { showFault } from '../../state/toasts.ts';
import { CurveStore } from './curve-store.ts';
import { heard, type LiveRun, quietRun } from './live-run.ts';

/** Recorded history comes in about twice so many points a curve. */
const historyBuckets = 1000;
/** A page that is not shown draws no frames, but what happened must not wait for it. */
const longestFrameMs = 250;

/** A way to wait until the screen has drawn. */
export type NextFrame = () => Promise<void>;

const nextFrame: NextFrame = () =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, longestFrameMs);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      resolve();
    });
  });

export interface FeedState {
  readonly run: string;
  readonly curves: CurveStore;
  /** Names of the metrics that have points; the same list until there is another. */
  readonly keys: readonly string[];
  readonly live: LiveRun;
  /** Whether the recorded history has arrived. */
  readonly isLoaded: boolean;
}

export class RunFeed {
  readonly #host: HostPort;
  readonly #frame: NextFrame;
  readonly #listeners = new Set<() => void>();
  #state: FeedState;
  #stop: (() => void) | undefined;
  /** Tells an answer that is still wanted from one that a later start has made old. */
  #turn = 0;

  constructor(host: HostPort, run: string, frame: NextFrame = nextFrame) {
    this.#host = host;
    this.#frame = frame;
    this.#state = { run, curves: new CurveStore(), keys: [], live: quietRun, isLoaded: false };
  }

  get state(): FeedState {
    return this.#state;
  }

  /** Calls `listener` after each change. @returns a function that stops it */
  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begins to watch. @returns a function that ends it */
  start(): () => void {
    void this.#begin();
    return () => {
      this.#turn++;
      this.#stop?.();
      this.#stop = undefined;
    };
  }

  async #begin(): Promise<void> {
    const turn = ++this.#turn;
    this.#stop?.();
    this.#stop = undefined;
    const { run } = this.#state;
    const curves = new CurveStore();
    try {
      curves.load(await this.#host.call('runs.metrics', { run, buckets: historyBuckets }));
    } catch (fault) {
      if (turn === this.#turn) showFault('The curves of the run could not be read', fault);
    }
    if (turn !== this.#turn) return;
    this.#say({ curves, keys: curves.keys, isLoaded: true });
    this.#stop = this.#host.subscribe(
      'run',
      { run, after: curves.lastSteps() },
      { onItem: (items) => this.#take(items) },
    );
  }

  #take(items: readonly RunStreamItem[]): Promise<void> {
    const { curves, keys, live } = this.#state;
    for (const item of items) {
      if (item.type === 'ready' && curves.rewind(item.step)) {
        // A point that stood for several was cut: what is left of it is in the record.
        this.#say({ live: heard(live, items) });
        void this.#begin();
        return this.#frame();
      }
      if (item.type === 'metrics' || item.type === 'checkpoint') curves.add(item.points);
    }
    const now = curves.keys;
    this.#say({ live: heard(live, items), keys: now.length === keys.length ? keys : now });
    return this.#frame();
  }

  #say(changes: Partial<FeedState>): void {
    this.#state = { ...this.#state, ...changes };
    for (const listener of this.#listeners) listener();
  }
}
