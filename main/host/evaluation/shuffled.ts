/** A data set seen in a fixed random order, so that its first samples stand for all of it even where it is stored class by class. */
import { splits, type Split } from '../../../core/data/data-info.ts';
import { RandomStream } from '../../../core/random/random.ts';
import type { Dataset } from '../data/dataset.ts';

/** Where the samples seen one after another stand in their split. */
export function shuffledOrder(split: Split, count: number): Uint32Array {
  return new RandomStream(0, `evaluation/${split}`).permutation(count);
}

/** The same samples in the same splits; the order inside each split depends on its size alone. */
export function shuffled(dataset: Dataset): Dataset {
  const { info } = dataset;
  const orders = new Map<Split, Uint32Array>();
  for (const split of splits) orders.set(split, shuffledOrder(split, info.counts[split]));
  const read: Dataset['read'] = (split, indices, range, x, y) => {
    const order = orders.get(split) ?? new Uint32Array(0);
    // An index beyond the end stays what it is, so that the data set itself reports it.
    const mapped = Array.from(indices, (index) => order[index] ?? index);
    dataset.read(split, mapped, range, x, y);
  };
  return { info, read, close: () => dataset.close() };
}
