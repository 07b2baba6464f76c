/** Finds, for each drawn sample, the training sample nearest to it by Euclidean distance, a block of the data at a time. */
import type { Samples } from '../../../core/protocol/samples.ts';
import type { SampleOutput } from '../../../core/tasks/task.ts';
import { sizeOf } from '../../../core/tensor/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { targetsFor } from '../data/describe.ts';

/** Values of training samples read at once. */
const blockValues = 1_000_000;
/** Values compared before looking whether a sample is already too far away. */
const stride = 64;

export class NearestSearch {
  readonly #drawn: SampleOutput;
  readonly #dataset: Dataset;
  readonly #size: number;
  readonly #best: Uint32Array;
  readonly #squared: Float64Array;
  #next = 0;

  constructor(drawn: SampleOutput, dataset: Dataset) {
    this.#drawn = drawn;
    this.#dataset = dataset;
    this.#size = sizeOf(dataset.info.shape);
    const [count] = drawn.data.shape;
    this.#best = new Uint32Array(count);
    this.#squared = new Float64Array(count).fill(Infinity);
  }

  /** Training samples looked at. */
  get done(): number {
    return this.#next;
  }

  get total(): number {
    return this.#dataset.info.counts.train;
  }

  /** Looks at the next block. @returns whether there is more. */
  next(): boolean {
    const length = Math.min(Math.max(1, Math.floor(blockValues / this.#size)), this.total - this.#next);
    const indices = Uint32Array.from({ length }, (_, i) => this.#next + i);
    const block = new Float32Array(length * this.#size);
    this.#dataset.read('train', indices, this.#drawn.range, block);
    for (let sample = 0; sample < this.#best.length; sample++) this.#compare(sample, block, length);
    this.#next += length;
    return this.#next < this.total;
  }

  #compare(sample: number, block: Float32Array, length: number): void {
    const size = this.#size;
    const own = this.#drawn.data.data.subarray(sample * size, (sample + 1) * size);
    for (let row = 0; row < length; row++) {
      const squared = squaredDistance(own, block, row * size, this.#squared[sample]);
      if (squared >= this.#squared[sample]) continue;
      this.#squared[sample] = squared;
      this.#best[sample] = this.#next + row;
    }
  }

  /** The neighbours in the order of the samples, and how far away each is. */
  result(): { readonly neighbours: Samples; readonly distances: Float64Array } {
    const { info } = this.#dataset;
    const { kind, range } = this.#drawn;
    const data = new Float32Array(this.#best.length * this.#size);
    const targets = targetsFor(info, this.#best.length);
    this.#dataset.read('train', this.#best, range, data, targets);
    const labels = targets instanceof BigInt64Array ? Int32Array.from(targets, Number) : null;
    const head = { name: 'neighbours', label: 'Nearest training samples', kind, shape: info.shape, range };
    return {
      neighbours: { ...head, data, reference: null, referenceShape: null, labels },
      distances: this.#squared.map(Math.sqrt),
    };
  }
}

/** ‖a − b‖² with b starting at `at`; any number from `limit` up once it is known to reach it. */
function squaredDistance(a: Float32Array, b: Float32Array, at: number, limit: number): number {
  let sum = 0;
  for (let start = 0; start < a.length; start += stride) {
    const end = Math.min(a.length, start + stride);
    for (let i = start; i < end; i++) sum += (a[i] - b[at + i]) ** 2;
    if (sum >= limit) return sum;
  }
  return sum;
}
