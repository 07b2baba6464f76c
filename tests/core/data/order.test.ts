/** The batch order covers every sample once an epoch and depends on (seed, step) alone. */
import { describe, expect, it } from 'vitest';
import { BatchOrder } from '../../../core/data/order.ts';

const epochOf = (order: BatchOrder, epoch: number): number[] =>
  Array.from({ length: order.stepsPerEpoch }, (_, i) => [...order.indices(epoch * order.stepsPerEpoch + i)]).flat();

describe('BatchOrder', () => {
  it('visits every sample exactly once an epoch when the batch divides the count', () => {
    const order = new BatchOrder(60, 12, 3);
    expect(order.stepsPerEpoch).toBe(5);
    for (const epoch of [0, 1, 7])
      expect(epochOf(order, epoch).sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i));
  });

  it('drops only the remainder of an epoch, and not the same samples every time', () => {
    const order = new BatchOrder(10, 4, 1);
    expect(order.stepsPerEpoch).toBe(2);
    const seen = new Set<number>();
    for (let epoch = 0; epoch < 20; epoch++) {
      const visited = epochOf(order, epoch);
      expect(new Set(visited).size).toBe(8);
      for (const index of visited) seen.add(index);
    }
    expect(seen.size).toBe(10);
  });

  it('gives the same batch for a step in whatever order steps are asked for', () => {
    const forward = new BatchOrder(100, 7, 5);
    const all = Array.from({ length: 60 }, (_, step) => [...forward.indices(step)]);
    const fresh = new BatchOrder(100, 7, 5);
    for (const step of [59, 3, 41, 0, 13, 14]) expect([...fresh.indices(step)]).toEqual(all[step]);
  });

  it('differs between seeds and between epochs', () => {
    const order = new BatchOrder(500, 50, 5);
    expect(epochOf(order, 0)).not.toEqual(epochOf(order, 1));
    expect(epochOf(order, 0)).not.toEqual(epochOf(new BatchOrder(500, 50, 6), 0));
  });

  it('goes round when there are fewer samples than a batch holds', () => {
    const order = new BatchOrder(3, 8, 0);
    expect([order.stepsPerEpoch, order.epochOf(5)]).toEqual([1, 5]);
    const counts = [0, 0, 0];
    for (const index of order.indices(4)) counts[index]++;
    expect(counts.toSorted((a, b) => a - b)).toEqual([2, 3, 3]);
  });

  it('refuses empty splits, odd batch sizes and negative steps', () => {
    expect(() => new BatchOrder(0, 4, 0)).toThrow(RangeError);
    expect(() => new BatchOrder(4, 0, 0)).toThrow(RangeError);
    expect(() => new BatchOrder(4, 1.5, 0)).toThrow(RangeError);
    expect(() => new BatchOrder(4, 2, 0).indices(-1)).toThrow(RangeError);
  });
});
