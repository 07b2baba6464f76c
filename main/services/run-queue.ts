/** Runs wait here until a slot is free, in the order they came. */

export interface QueueOptions {
  /** How many may run at once, now. */
  readonly slots: () => number;
  /** Starts one. The promise settles when its slot is free again; it must not reject. */
  readonly begin: (run: string) => Promise<unknown>;
}

export class RunQueue {
  readonly #options: QueueOptions;
  readonly #running = new Set<string>();
  #waiting: string[] = [];
  #closed = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  get waiting(): readonly string[] {
    return this.#waiting;
  }

  add(run: string): void {
    this.#waiting.push(run);
    this.look();
  }

  /** Takes a run out again. @returns whether it was still waiting. */
  remove(run: string): boolean {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((other) => other !== run);
    return this.#waiting.length < before;
  }

  /** Starts what there is room for; to be called when there may be more room. */
  look(): void {
    while (!this.#closed && this.#running.size < this.#options.slots()) {
      // A run that was stopped and resumed at once waits until its first worker is gone.
      const run = this.#waiting.find((waiting) => !this.#running.has(waiting));
      if (run === undefined) return;
      this.remove(run);
      this.#running.add(run);
      void this.#options.begin(run).finally(() => {
        this.#running.delete(run);
        this.look();
      });
    }
  }

  /** Starts nothing any more; what waits, waits for the next time. */
  close(): void {
    this.#closed = true;
  }
}
