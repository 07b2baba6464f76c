/** The curves of a run in training on their way to the host: points are sent together, now and then. */
import type { MetricPoint } from '../../../core/protocol/records.ts';
import type { WorkerMessage } from './messages.ts';
import type { EnergyFigures } from './training-energy.ts';

/** Points are sent together this often, in milliseconds. */
const flushEveryMs = 200;

export class Curves {
  readonly #send: (message: WorkerMessage) => void;
  #points: MetricPoint[] = [];
  #flushedMs = performance.now();
  #flushedStep: number;
  #hasFlushed = false;

  /** @param step finished steps now */
  constructor(step: number, send: (message: WorkerMessage) => void) {
    this.#flushedStep = step;
    this.#send = send;
  }

  add(point: MetricPoint): void {
    this.#points.push(point);
  }

  /** The points that were not sent yet, which the caller sends. */
  take(): MetricPoint[] {
    const points = this.#points;
    this.#points = [];
    return points;
  }

  /** Whether it is time to send. Somebody waits for the first point: it goes at once. */
  get due(): boolean {
    return !this.#hasFlushed || performance.now() - this.#flushedMs > flushEveryMs;
  }

  /** Sends what was not sent yet, with the speed since the last time. @param step finished steps now */
  flush(step: number, energy: EnergyFigures): void {
    const now = performance.now();
    const stepsPerSecond = (1000 * (step - this.#flushedStep)) / Math.max(1, now - this.#flushedMs);
    this.#flushedMs = now;
    this.#flushedStep = step;
    this.#hasFlushed = true;
    this.#send({
      type: 'metrics',
      step,
      points: this.take(),
      stepsPerSecond,
      rssBytes: process.memoryUsage.rss(),
      ...energy,
    });
  }

  /** The time since the last flush was a pause: it says nothing about the speed. */
  skipTime(): void {
    this.#flushedMs = performance.now();
  }
}
