/** Statistics of a data set, for `lathe data` and the data screen. */
import type { DataInfo, Split } from '../../../core/data/data-info.ts';
import { sizeOf } from '../../../core/tensor/tensor.ts';
import type { Dataset } from './dataset.ts';

export interface SplitStatistics {
  readonly count: number;
  /** Samples of each class, in the order of `info.classes`; empty when targets are not classes. */
  readonly perClass: readonly number[];
  /** Over every value of every sample, pictures as [0, 1]; NaN in an empty split. */
  readonly minimum: number;
  readonly mean: number;
  readonly maximum: number;
  /** Of number targets. */
  readonly target?: { readonly minimum: number; readonly mean: number; readonly maximum: number };
}

export interface DatasetDescription {
  readonly info: DataInfo;
  readonly splits: Readonly<Record<Split, SplitStatistics>>;
}

/** Running extremes and mean. */
class Spread {
  #minimum = Infinity;
  #maximum = -Infinity;
  #sum = 0;
  #count = 0;

  add(values: Float32Array): void {
    for (const value of values) {
      if (value < this.#minimum) this.#minimum = value;
      if (value > this.#maximum) this.#maximum = value;
      this.#sum += value;
    }
    this.#count += values.length;
  }

  result(): { readonly minimum: number; readonly mean: number; readonly maximum: number } {
    if (this.#count === 0) return { minimum: NaN, mean: NaN, maximum: NaN };
    return { minimum: this.#minimum, mean: this.#sum / this.#count, maximum: this.#maximum };
  }
}

function statisticsOf(dataset: Dataset, split: Split): SplitStatistics {
  const { info } = dataset;
  const size = sizeOf(info.shape);
  const count = info.counts[split];
  const block = Math.max(1, Math.min(1024, Math.floor(4_000_000 / size)));
  const perClass = info.classes.map(() => 0);
  const [values, targets] = [new Spread(), new Spread()];
  for (let first = 0; first < count; first += block) {
    const indices = Array.from({ length: Math.min(block, count - first) }, (_, i) => first + i);
    const x = new Float32Array(indices.length * size);
    const y = targetsFor(info, indices.length);
    dataset.read(split, indices, 'unit', x, y);
    values.add(x);
    if (y instanceof BigInt64Array) for (const number of y) perClass[Number(number)]++;
    else if (y) targets.add(y);
  }
  return { count, perClass, ...values.result(), ...(info.target === 'number' && { target: targets.result() }) };
}

/** An array for `count` targets of a data set's kind; undefined when it has none. */
export function targetsFor(info: DataInfo, count: number): BigInt64Array | Float32Array | undefined {
  switch (info.target) {
    case 'class':
      return new BigInt64Array(count);
    case 'number':
      return new Float32Array(count);
    case 'none':
      return undefined;
  }
}

/** Reads the whole data set once, in blocks, and counts. */
export function describeDataset(dataset: Dataset): DatasetDescription {
  return {
    info: dataset.info,
    splits: {
      train: statisticsOf(dataset, 'train'),
      validation: statisticsOf(dataset, 'validation'),
      test: statisticsOf(dataset, 'test'),
    },
  };
}
