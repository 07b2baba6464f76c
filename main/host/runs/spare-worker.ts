/** Keeps one worker started and waiting, so that what a person starts waits for no process and no code to load. */
import type { SpawnWorker, WorkerProcess } from './worker-process.ts';

/** A spare is started so long after the host or the last worker was: what they begin with goes first. In milliseconds. */
const usualDelayMs = 2000;

export class SpareWorker {
  readonly #spawn: SpawnWorker;
  readonly #delayMs: number;
  #waiting: WorkerProcess | undefined;
  /** Settles when the waiting worker, or the last that waited, is gone. */
  #gone: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(spawn: SpawnWorker, delayMs = usualDelayMs) {
    this.#spawn = spawn;
    this.#delayMs = delayMs;
    this.#startLater();
  }

  /** Gives the waiting worker, or starts one when none waits. A later one waits in its place. */
  readonly take: SpawnWorker = () => {
    const worker = this.#waiting ?? this.#spawn();
    this.#waiting = undefined;
    this.#startLater();
    return worker;
  };

  /** Starts the next one to wait at once: what needs it follows closely. */
  startNow(): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed && !this.#waiting) this.#start();
  }

  /** Ends the waiting worker, and starts none any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    if (!this.#waiting) return;
    this.#waiting.kill();
    await this.#gone;
  }

  #startLater(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => this.#start(), this.#delayMs);
    this.#timer.unref();
  }

  /** One that cannot be had, or ends while it waits, is not tried again before the next is asked for: it might be so for ever. */
  #start(): void {
    try {
      const worker = this.#spawn();
      this.#gone = new Promise((resolve) => worker.onExit(() => resolve(this.#forget(worker))));
      this.#waiting = worker;
    } catch {
      // Whoever asks for a worker starts one, and hears why that fails.
    }
  }

  #forget(worker: WorkerProcess): void {
    if (this.#waiting === worker) this.#waiting = undefined;
  }
}
