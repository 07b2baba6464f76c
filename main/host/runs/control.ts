/** What a running job is told from outside: stop, pause, go on, turn a scalar. */
import { setImmediate } from 'node:timers/promises';
import type { HostMessage } from './messages.ts';

/** Messages wait while a step runs; between steps the loop looks this often, in milliseconds. */
const listenEveryMs = 30;

export class JobControl {
  #stop: 'stopped' | 'interrupted' | undefined;
  #paused = false;
  /** Steps to make before pausing again; undefined when nobody counts. */
  #stepsLeft: number | undefined;
  #wake: (() => void) | undefined;
  #turns: { name: string; value: number | null }[] = [];
  #listenedMs = performance.now();

  /** Takes in one message of the host. */
  receive(message: HostMessage): void {
    switch (message.type) {
      case 'stop':
        this.#stop ??= message.reason;
        break;
      case 'pause':
        this.#paused = true;
        this.#stepsLeft = undefined;
        break;
      case 'continue':
        this.#paused = false;
        this.#stepsLeft = undefined;
        break;
      case 'step':
        this.#paused = false;
        this.#stepsLeft = (this.#stepsLeft ?? 0) + 1;
        break;
      case 'turn':
        this.#turns.push({ name: message.name, value: message.value });
        break;
      case 'job':
      case 'request':
      case 'cancel':
        return;
    }
    this.#wake?.();
  }

  /** Why the job must end, once it must. */
  get stop(): 'stopped' | 'interrupted' | undefined {
    return this.#stop;
  }

  /** Scalars turned since the last call. */
  takeTurns(): readonly { readonly name: string; readonly value: number | null }[] {
    const turns = this.#turns;
    if (turns.length > 0) this.#turns = [];
    return turns;
  }

  /** Notes that a training step was made: pauses when it was the last one asked for. */
  countStep(): void {
    if (this.#stepsLeft === undefined) return;
    this.#stepsLeft--;
    if (this.#stepsLeft > 0) return;
    this.#stepsLeft = undefined;
    this.#paused = true;
  }

  /** Lets messages in now and then, and waits while paused; `onPause` is called before such a wait. */
  async listen(onPause: () => void = () => {}): Promise<void> {
    if (!this.#paused && performance.now() - this.#listenedMs < listenEveryMs) return;
    await setImmediate();
    // Asked only here: a pause may be among the messages just let in.
    if (this.#paused && !this.#stop) onPause();
    while (this.#paused && !this.#stop) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
    this.#listenedMs = performance.now();
  }
}
