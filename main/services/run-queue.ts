/** Runs wait here, in the order they came, until there are a slot, cores and a device for them. */
import { isAccelerator } from '../../core/protocol/devices.ts';
import type { WaitingRun } from '../../core/protocol/records.ts';

/** What a run takes while it trains. */
export interface Demand {
  readonly threads: number;
  readonly device: string;
}

/** What runs share. */
export interface Limits {
  /** Runs at once, at most. */
  readonly slots: number;
  /** Processor cores for all runs together. */
  readonly cores: number;
  /** Runs at once that compute on the graphics processor. */
  readonly gpuRuns: number;
  /** Whether a run that fits may start before an earlier one that does not. */
  readonly passing: boolean;
}

export interface QueueOptions {
  /** The limits now. */
  readonly limits: () => Limits;
  readonly demand: (run: string) => Demand;
  /** Starts one. The promise settles when its place is free again; it must not reject. */
  readonly begin: (run: string) => Promise<unknown>;
}

/** So often a waiting run lets others pass; then nobody starts before it, so that it does not wait for ever. */
const mostPassed = 3;

export class RunQueue {
  readonly #options: QueueOptions;
  readonly #running = new Map<string, Demand>();
  /** How often each waiting run was passed. */
  readonly #passed = new Map<string, number>();
  #waiting: string[] = [];
  #closed = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** What waits, in order, and for what. */
  get waiting(): readonly WaitingRun[] {
    return this.#waiting.map((run) => ({ run, reason: this.#missing(run) ?? 'its turn, behind an earlier run' }));
  }

  add(run: string): void {
    this.#waiting.push(run);
    this.look();
  }

  /** Counts a run that has begun without waiting, until it is done. */
  beside(run: string, done: Promise<unknown>): void {
    this.#running.set(run, this.#options.demand(run));
    this.#free(run, done);
  }

  /** Takes a run out again. @returns whether it was still waiting. */
  remove(run: string): boolean {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((other) => other !== run);
    this.#passed.delete(run);
    return this.#waiting.length < before;
  }

  /** Starts what there is room for; to be called when there may be more room. */
  look(): void {
    for (let run = this.#next(); run !== undefined; run = this.#next()) this.#start(run);
  }

  /** Starts nothing any more; what waits, waits for the next time. */
  close(): void {
    this.#closed = true;
  }

  /** The run that may start now: the first that waits, or one behind it that fits while those before it may be passed. */
  #next(): string | undefined {
    if (this.#closed) return undefined;
    for (const run of this.#waiting) {
      // A run that was stopped and resumed at once waits until its first worker is gone, and holds up nobody.
      if (this.#running.has(run)) continue;
      if (this.#missing(run) === undefined) return run;
      if (!this.#options.limits().passing || (this.#passed.get(run) ?? 0) >= mostPassed) return undefined;
    }
    return undefined;
  }

  #start(run: string): void {
    for (const earlier of this.#waiting.slice(0, this.#waiting.indexOf(run)))
      this.#passed.set(earlier, (this.#passed.get(earlier) ?? 0) + 1);
    const demand = this.#options.demand(run);
    this.remove(run);
    this.#running.set(run, demand);
    this.#free(run, this.#options.begin(run));
  }

  #free(run: string, done: Promise<unknown>): void {
    void done.finally(() => {
      this.#running.delete(run);
      this.look();
    });
  }

  /** What a run lacks to start, in words; undefined when it has everything. */
  #missing(run: string): string | undefined {
    if (this.#running.has(run)) return 'its own last worker to end';
    const { slots, cores, gpuRuns } = this.#options.limits();
    const { threads, device } = this.#options.demand(run);
    const running = [...this.#running.values()];
    if (running.length >= slots) return `a free slot: ${count(slots, 'run')} at once`;
    const onGpu = running.filter((other) => isAccelerator(other.device)).length;
    if (isAccelerator(device) && onGpu >= gpuRuns)
      return `the graphics processor: ${count(gpuRuns, 'run')} on it at once`;
    const free = cores - running.reduce((sum, other) => sum + coresOf(other), 0);
    // One that asks for more than there is gets the machine for itself.
    if (coresOf({ threads, device }) > free && running.length > 0)
      return `${count(coresOf({ threads, device }), 'core')}: ${Math.max(0, free)} of ${cores} ${free === 1 ? 'is' : 'are'} free`;
    return undefined;
  }
}

/** On a graphics processor one core feeds it, whatever the number of threads. */
const coresOf = ({ threads, device }: Demand): number => (isAccelerator(device) ? 1 : threads);

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
