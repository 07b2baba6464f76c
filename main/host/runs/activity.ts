/** Looks now and then which rectified units of a model are never active over several batches. */
import type { ActivityInsight } from '../../../core/metrics/insight.ts';
import { activityProbe, type ActivityProbe, type RectifiedLayer } from '../../../core/program/activity.ts';
import type { Program } from '../../../core/program/program.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';

/** Examples looked at, at least, where that takes no more than so many batches. */
const fewestExamples = 512;
const mostBatches = 16;
const everyMs = 5000;
/** Looking takes at most one part in so many of the time. */
const leastShare = 50;

export class ActivityWatch {
  readonly #probe: ActivityProbe | undefined;
  readonly #batchSize: number;
  #nextMs = performance.now() + everyMs;

  constructor(train: Program, batchSize: number) {
    this.#probe = activityProbe(train);
    this.#batchSize = batchSize;
  }

  /** Whether it is time to look again. Models without rectified units are never looked at. */
  get due(): boolean {
    return this.#probe !== undefined && performance.now() >= this.#nextMs;
  }

  /** @param run runs the program with the data of the training step that is so many steps ahead. Undefined: no such units. */
  async measure(
    run: (program: Program, ahead: number) => Promise<Readonly<Record<string, Tensor>>>,
  ): Promise<ActivityInsight | undefined> {
    if (!this.#probe) return undefined;
    const startedMs = performance.now();
    const { program, layers } = this.#probe;
    const active = layers.map(({ units }) => new Uint8Array(units));
    const batches = Math.min(mostBatches, Math.ceil(fewestExamples / this.#batchSize));
    for (let ahead = 0; ahead < batches; ahead++) {
      const highest = await run(program, ahead);
      layers.forEach((layer, index) => mark(active[index], layer, highest));
    }
    const now = performance.now();
    this.#nextMs = now + Math.max(everyMs, leastShare * (now - startedMs));
    return {
      kind: 'activity',
      n: batches * this.#batchSize,
      layers: layers.map(({ name, units }, index) => ({
        name,
        units,
        silent: Array.from(active[index].keys()).filter((unit) => active[index][unit] === 0),
      })),
    };
  }
}

function mark(active: Uint8Array, { results }: RectifiedLayer, highest: Readonly<Record<string, Tensor>>): void {
  for (const name of results) {
    const values = highest[name].data;
    for (let unit = 0; unit < active.length; unit++) if (values[unit] > 0) active[unit] = 1;
  }
}
