/** Shows work in progress on stderr: one line that rewrites itself in a terminal, a line every few seconds elsewhere. */
import type { MetricPoint } from '../../core/protocol/records.ts';
import { placementCode } from '../../core/protocol/placement.ts';
import type { RunUpdate } from '../../core/protocol/run-updates.ts';
import { formatCount, formatDuration, formatNumber } from './format.ts';
import type { Output } from './output.ts';

const rewriteEveryMs = 100;
const lineEveryMs = 5000;
const firstLineMs = 1000;
const mostFigures = 3;

export class Progress {
  readonly #output: Output;
  readonly #figures = new Map<string, number>();
  #totalSteps = 0;
  /** Smoothed, so that the time left does not jump. */
  #stepsPerSecond = 0;
  /** The first line outside a terminal comes soon, but not for what is done in a moment. */
  #shownMs: number;
  #what = '';

  constructor(output: Output) {
    this.#output = output;
    this.#shownMs = performance.now() - (output.rewrites ? rewriteEveryMs : lineEveryMs - firstLineMs);
  }

  /** Takes in one update and shows what is new. */
  update(update: RunUpdate): void {
    switch (update.type) {
      case 'progress':
        return this.work(update.what, update.done, update.total);
      case 'ready':
        this.#totalSteps = update.totalSteps;
        this.#stepsPerSecond = 0;
        this.#figures.clear();
        return this.#output.say(readyWords(update));
      case 'metrics':
        this.#stepsPerSecond =
          this.#stepsPerSecond === 0 ? update.stepsPerSecond : 0.8 * this.#stepsPerSecond + 0.2 * update.stepsPerSecond;
        this.#take(update.points);
        return this.#show(() => this.#stepWords(update.step));
      case 'event':
        if (update.level !== 'info') this.#output.say(`${update.level}: ${update.message}`);
        else if (update.code === placementCode) this.#output.say(update.message);
        return undefined;
      case 'checkpoint':
        return this.#take(update.points);
      case 'artifact':
      case 'norms':
      case 'insight':
      case 'paused':
      case 'ended':
      case 'result':
      case 'failed':
        return undefined;
    }
  }

  #take(points: readonly MetricPoint[]): void {
    for (const { key, value } of points) this.#figures.set(key, value);
  }

  /** Progress of data import, compiling, drawing samples. */
  work(what: string, done: number, total: number | undefined): void {
    const isNew = what !== this.#what && this.#output.rewrites;
    this.#what = what;
    this.#show(
      () =>
        total === undefined ? `${what} ${formatCount(done)}` : `${what} ${formatCount(done)}/${formatCount(total)}`,
      isNew,
    );
  }

  #show(words: () => string, now = false): void {
    const elapsed = performance.now() - this.#shownMs;
    if (!now && elapsed < (this.#output.rewrites ? rewriteEveryMs : lineEveryMs)) return;
    this.#shownMs = performance.now();
    if (this.#output.rewrites) this.#output.status(words());
    else this.#output.say(words());
  }

  #stepWords(step: number): string {
    const rate = this.#stepsPerSecond;
    const left = rate > 0 ? `, ${formatDuration((1000 * (this.#totalSteps - step)) / rate)} left` : '';
    const figures = shownFigures(this.#figures).map(([key, value]) => `  ${key} ${formatNumber(value)}`);
    return `step ${step}/${this.#totalSteps}${figures.join('')}  ${formatNumber(Number(rate.toPrecision(3)))} steps/s${left}`;
  }
}

/** The losses, or the first figures of a family that has none of that name. */
export function shownFigures(figures: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  const training = [...figures].filter(([key]) => !key.startsWith('validation.'));
  const losses = training.filter(([key]) => /loss$/i.test(key));
  return (losses.length > 0 ? losses : training).slice(0, mostFigures);
}

function readyWords({ data, parameters, compileMs, step, totalSteps }: RunUpdate & { readonly type: 'ready' }): string {
  const where = step > 0 ? `from step ${step} to ${totalSteps}` : `${totalSteps} steps`;
  const samples = `${formatCount(data.counts.train)} samples of ${data.source}`;
  return `${formatCount(parameters)} parameters, ${samples}, ready after ${formatDuration(compileMs)}; ${where}`;
}
