/** Ctrl+C, SIGTERM and a closed terminal: the first one asks for a clean end, the second one ends at once. */
import process from 'node:process';
import { lastWord } from './output.ts';

const interruptedExit = 130;
/** One Ctrl+C under `npm run` comes twice: from the terminal and, a moment later, from npm. */
const sameKeyMs = 500;

export class Interrupts {
  #asked = false;
  #receivedMs = -Infinity;
  #onAsked: (() => void) | undefined;

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.#receive());
  }

  /** Whether an end was asked for. */
  get asked(): boolean {
    return this.#asked;
  }

  /** Until told otherwise a signal ends the process; from now on the first one calls `stop` instead. */
  handle(stop: () => void): void {
    this.#onAsked = stop;
  }

  /** Asks for a clean end, as the first signal does. */
  ask(): void {
    if (this.#asked || !this.#onAsked) return;
    this.#asked = true;
    this.#onAsked();
  }

  #receive(): void {
    const sinceLastMs = performance.now() - this.#receivedMs;
    if (sinceLastMs < sameKeyMs) return;
    this.#receivedMs = performance.now();
    if (this.#asked || !this.#onAsked) process.exit(interruptedExit);
    lastWord('\nstopping at the next step; press Ctrl+C again to end at once');
    this.ask();
  }
}
