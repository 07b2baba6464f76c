/** Keeps the states of a sampler at a few evenly spaced moments of its way. */
import type { Samples } from '../../../core/protocol/samples.ts';
import type { SampleOutput } from '../../../core/tasks/task.ts';
import { sizeOf, type Tensor } from '../../../core/tensor/tensor.ts';

export class StripRecorder {
  readonly #moments: number;
  readonly #shape: readonly number[];
  readonly #data: Float32Array;
  #heard = false;

  /** @param moments states kept of each sample, the first and the last included; @param shape of one sample */
  constructor(count: number, moments: number, shape: readonly number[]) {
    this.#moments = moments;
    this.#shape = shape;
    this.#data = new Float32Array(count * moments * sizeOf(shape));
  }

  /** Whether the sampler spoke at all. */
  get heard(): boolean {
    return this.#heard;
  }

  /** Takes in the states of samples from number `first` on, after `done` of `total` sampler steps. */
  take(state: Tensor<'float32'>, first: number, done: number, total: number): void {
    this.#heard = true;
    const size = sizeOf(this.#shape);
    for (let moment = 0; moment < this.#moments; moment++) {
      if (Math.round((moment * total) / (this.#moments - 1)) !== done) continue;
      for (let row = 0; row < state.shape[0]; row++) {
        const at = ((first + row) * this.#moments + moment) * size;
        this.#data.set(state.data.subarray(row * size, (row + 1) * size), at);
      }
    }
  }

  /** What was kept, in the words of the samples it led to: row i·moments + k is moment k of sample i. */
  samples({ name, label, kind, range, labels }: SampleOutput): Samples {
    const repeated =
      labels &&
      Int32Array.from({ length: labels.length * this.#moments }, (_, row) => labels[Math.floor(row / this.#moments)]);
    return {
      name,
      label,
      kind,
      range,
      shape: this.#shape,
      data: this.#data,
      reference: null,
      referenceShape: null,
      labels: repeated ?? null,
    };
  }
}
