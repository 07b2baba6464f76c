/** Kernel distance against values worked by hand, against NumPy, and its lack of bias. */
import { describe, expect, test } from 'vitest';
import { matrixOfRows } from '../../../core/metrics/feature-matrix.ts';
import { kernelDistance, kernelDistanceOfBlocks, kernelEstimate } from '../../../core/metrics/kernel-distance.ts';
import { goldenMetrics, normalRows } from './sets.ts';

describe('value', () => {
  test('of two pairs in one dimension, by hand', () => {
    // k(x, y) = (x y + 1)³. Within {0, 1}: k(0, 1) = 1. Within {1, 2}: k(1, 2) = 27.
    // Across: k(0, 1) = 1, k(0, 2) = 1, k(1, 1) = 8, k(1, 2) = 27, mean 37 / 4.
    expect(kernelDistance(matrixOfRows([[0], [1]]), matrixOfRows([[1], [2]]))).toBeCloseTo(1 + 27 - 2 * (37 / 4), 12);
  });

  test('of sets of different size in two dimensions, by hand', () => {
    // k = (x·y / 2 + 1)³. Real (2, 0), (0, 2), (0, 0): every pair has x·y = 0, so 1.
    // Samples (2, 0), (2, 0): (4 / 2 + 1)³ = 27. Across: 27 for the first real row, 1 for the others, mean 29 / 3.
    const real = matrixOfRows([
      [2, 0],
      [0, 2],
      [0, 0],
    ]);
    const samples = matrixOfRows([
      [2, 0],
      [2, 0],
    ]);
    expect(kernelDistance(real, samples)).toBeCloseTo(1 + 27 - 2 * (29 / 3), 12);
  });

  test('agrees with NumPy', () => {
    const { real, samples, golden } = goldenMetrics();
    expect(kernelDistance(real, samples) / golden.kernelDistance).toBeCloseTo(1, 10);
  });
});

describe('sets of one distribution', () => {
  test('average to 0 within the standard error, unlike a biased estimate', () => {
    const values = Array.from({ length: 40 }, (_, i) => {
      return kernelDistance(normalRows(40, 4, 100 + i), normalRows(40, 4, 200 + i));
    });
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
    expect(Math.abs(mean)).toBeLessThan((3 * spread) / Math.sqrt(values.length));
    expect(values.some((x) => x < 0)).toBe(true);
  });

  test('have an interval that holds 0; a shifted set has not', () => {
    const real = normalRows(300, 4, 1);
    const same = kernelEstimate(real, normalRows(300, 4, 2), { seed: 5 });
    expect(same.low).toBeLessThan(0);
    expect(same.high).toBeGreaterThan(0);
    const other = normalRows(300, 4, 3);
    const shifted = kernelEstimate(real, { ...other, data: other.data.map((x) => x + 1) }, { seed: 5 });
    expect(shifted.low).toBeGreaterThan(0);
  });
});

test('blocks spread around the whole-set value', () => {
  const real = normalRows(200, 4, 1);
  const other = normalRows(150, 4, 2);
  const samples = { ...other, data: other.data.map((x) => x + 1) };
  const blocks = kernelDistanceOfBlocks(real, samples, { blockRows: 60, blocks: 20, seed: 1 });
  expect(blocks.values).toHaveLength(20);
  const whole = kernelDistance(real, samples);
  expect(Math.abs(blocks.mean - whole)).toBeLessThan((4 * blocks.deviation) / Math.sqrt(20));
  // A block of everything is the whole set, in whatever order.
  const all = kernelDistanceOfBlocks(samples, samples, { blockRows: 1e6, blocks: 1, seed: 1 });
  expect(all.values[0]).toBeCloseTo(kernelDistance(samples, samples), 9);
});

test('one row has no pair and is refused', () => {
  expect(() => kernelDistance(normalRows(1, 3, 1), normalRows(5, 3, 1))).toThrow('at least 2 rows');
});
