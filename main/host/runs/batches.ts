/** The batches a training step reads: drawn in the run's order, into buffers that are used again. */
import { BatchOrder } from '../../../core/data/order.ts';
import type { DataRange } from '../../../core/data/data-info.ts';
import { allocate, sizeOf, tensor, type Tensor } from '../../../core/tensor/tensor.ts';
import type { Dataset } from '../data/dataset.ts';

export interface Batch {
  readonly x: Tensor<'float32'>;
  readonly y?: Tensor;
}

export class Batches {
  readonly #dataset: Dataset;
  readonly #order: BatchOrder;
  readonly #range: DataRange;
  readonly #perStep: number;
  readonly #buffers: readonly Batch[];

  /** @param perStep batches one training step reads. */
  constructor(dataset: Dataset, range: DataRange, batchSize: number, perStep: number, seed: number) {
    this.#dataset = dataset;
    this.#range = range;
    this.#perStep = perStep;
    this.#order = new BatchOrder(dataset.info.counts.train, batchSize, seed);
    this.#buffers = Array.from({ length: perStep }, () => emptyBatch(dataset, batchSize));
  }

  /** Reads all batches of a step; they stay valid until the next call. */
  read(step: number): readonly Batch[] {
    this.#buffers.forEach(({ x, y }, index) => {
      const indices = this.#order.indices(step * this.#perStep + index);
      this.#dataset.read('train', indices, this.#range, x.data, y?.data as BigInt64Array | Float32Array | undefined);
    });
    return this.#buffers;
  }
}

function emptyBatch({ info }: Dataset, batchSize: number): Batch {
  const x = tensor('float32', [batchSize, ...info.shape], allocate('float32', batchSize * sizeOf(info.shape)));
  if (info.target === 'none') return { x };
  const dtype = info.target === 'class' ? 'int64' : 'float32';
  return { x, y: tensor(dtype, [batchSize], allocate(dtype, batchSize)) };
}
