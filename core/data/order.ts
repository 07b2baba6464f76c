/** Which samples each training step sees: a fresh shuffle every epoch, a pure function of (seed, step). */
import { RandomStream } from '../random/random.ts';

/**
 * The order in which training batches visit a split of `count` samples.
 *
 * Every epoch visits the samples in a new random order (stream `order`, step = epoch) and drops the last
 * `count mod batchSize` of it, so that every batch is full. When `count` is below `batchSize`, one step is an epoch and
 * goes round the shuffled samples until the batch is full.
 */
export class BatchOrder {
  readonly count: number;
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  readonly #seed: number;
  #epoch = -1;
  #permutation: Uint32Array = new Uint32Array(0);

  /** @throws RangeError when `count` or `batchSize` is not a positive integer. */
  constructor(count: number, batchSize: number, seed: number) {
    if (!Number.isSafeInteger(count) || count < 1)
      throw new RangeError(`a batch order needs at least one sample, got ${count}`);
    if (!Number.isSafeInteger(batchSize) || batchSize < 1)
      throw new RangeError(`a batch size is a positive integer, got ${batchSize}`);
    this.count = count;
    this.batchSize = batchSize;
    this.stepsPerEpoch = Math.max(1, Math.floor(count / batchSize));
    this.#seed = seed;
  }

  /** The epoch (from 0) that `step` (from 0) belongs to. */
  epochOf(step: number): number {
    return Math.floor(step / this.stepsPerEpoch);
  }

  /** The `batchSize` sample numbers of `step` (from 0). */
  indices(step: number): Uint32Array {
    if (!Number.isSafeInteger(step) || step < 0) throw new RangeError(`a step is an integer from 0, got ${step}`);
    const epoch = this.epochOf(step);
    if (epoch !== this.#epoch) {
      this.#permutation = new RandomStream(this.#seed, 'order', epoch).permutation(this.count);
      this.#epoch = epoch;
    }
    const first = (step - epoch * this.stepsPerEpoch) * this.batchSize;
    if (this.count >= this.batchSize) return this.#permutation.slice(first, first + this.batchSize);
    return Uint32Array.from({ length: this.batchSize }, (_, i) => this.#permutation[i % this.count]);
  }
}
