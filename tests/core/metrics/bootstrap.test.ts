/** Bootstrap intervals: how often they hold a known mean, their width against theory, and their reproducibility. */
import { describe, expect, test } from 'vitest';
import {
  bootstrap,
  bootstrapMean,
  bootstrapWeights,
  median,
  quantileOfSorted,
  resampleCounts,
  resampleRows,
} from '../../../core/metrics/bootstrap.ts';
import { normalRows } from './sets.ts';

test('the interval of a mean holds the true mean about as often as its level says', () => {
  let held = 0;
  const trials = 300;
  for (let trial = 0; trial < trials; trial++) {
    const { low, high } = bootstrapMean(normalRows(50, 1, 1000 + trial).data, { seed: trial });
    if (low <= 0 && high >= 0) held++;
  }
  // 0.95 less about 0.01 to 0.02, which percentile intervals lose at 50 rows; ± three standard errors (0.0126).
  expect(held / trials).toBeGreaterThan(0.89);
  expect(held / trials).toBeLessThan(0.985);
});

test('the interval of a mean is 2 × 1.96 σ / √n wide', () => {
  const values = normalRows(400, 1, 7).data;
  const mean = values.reduce((a, b) => a + b, 0) / 400;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 400);
  const { value, low, high } = bootstrapMean(values, { seed: 1, repeats: 2000 });
  expect(value).toBeCloseTo(mean, 12);
  expect((high - low) / (2 * 1.96 * (deviation / 20))).toBeCloseTo(1, 1);
});

test('weights of 1 give the value, and weighted means spread as means do', () => {
  const a = normalRows(300, 1, 1).data;
  const b = normalRows(200, 1, 2).data;
  const mean = (values: ArrayLike<number>, weights: Float64Array): number => {
    return weights.reduce((sum, weight, i) => sum + weight * values[i], 0) / weights.reduce((x, y) => x + y, 0);
  };
  const difference = (wa: Float64Array, wb: Float64Array): number => mean(a, wa) - mean(b, wb);
  const found = bootstrapWeights(difference, [300, 200], { seed: 1, repeats: 1000 });
  expect(found.value).toBeCloseTo(mean(a, new Float64Array(300).fill(1)) - mean(b, new Float64Array(200).fill(1)), 12);
  expect((found.high - found.low) / (2 * 1.96 * Math.sqrt(1 / 300 + 1 / 200))).toBeCloseTo(1, 0);
  expect(found.low).toBeLessThan(found.value);
});

test('recentring moves the middle of the interval to the value', () => {
  // The squared mean is pushed up by resampling: E[m*²] = m² + s²/n.
  const values = normalRows(50, 1, 3).data;
  const squared = (weights: Float64Array): number => {
    const mean = weights.reduce((sum, weight, i) => sum + weight * values[i], 0) / 50;
    return mean * mean;
  };
  const plain = bootstrapWeights(squared, [50, 1], { seed: 1, repeats: 400 });
  const moved = bootstrapWeights(squared, [50, 1], { seed: 1, repeats: 400, recentred: true });
  const shift = plain.low - moved.low;
  expect(plain.high - moved.high).toBeCloseTo(shift, 12);
  const variance = values.reduce((sum, x) => sum + x * x, 0) / 50 - plain.value;
  expect(shift / (variance / 50)).toBeGreaterThan(0.7);
  expect(shift / (variance / 50)).toBeLessThan(1.3);
});

describe('resampling', () => {
  test('draws rows with replacement, the same for a seed and repeat, others for others', () => {
    const rows = resampleRows(1000, 5, 0);
    expect(rows).toHaveLength(1000);
    expect(Math.max(...rows)).toBeLessThan(1000);
    // A share 1 − 1/e of the rows occurs; its standard deviation at 1000 rows is about 0.01.
    expect(Math.abs(new Set(rows).size / 1000 - (1 - 1 / Math.E))).toBeLessThan(0.04);
    expect(resampleRows(1000, 5, 0)).toEqual(rows);
    expect(resampleRows(1000, 5, 1)).not.toEqual(rows);
    expect(resampleRows(1000, 6, 0)).not.toEqual(rows);
    expect(resampleCounts(1000, 5, 0).reduce((a, b) => a + b, 0)).toBe(1000);
  });

  test('a statistic that is undefined on most resamples has no interval', () => {
    const found = bootstrap((rows) => (rows.every((row, i) => row === i) ? 1 : Number.NaN), 20, { seed: 1 });
    expect(found.value).toBe(1);
    expect(found.low).toBeNaN();
    expect(found.high).toBeNaN();
  });

  test('refuses settings without meaning', () => {
    expect(() => bootstrapMean([1, 2], { seed: 1, repeats: 0 })).toThrow('repeats');
    expect(() => bootstrapMean([1, 2], { seed: 1, level: 1 })).toThrow('level');
    expect(() => bootstrapMean([], { seed: 1 })).toThrow('at least 1 row');
  });
});

test('quantiles are linear between neighbours', () => {
  expect(quantileOfSorted([1, 2, 4], 0.75)).toBe(3);
  expect(quantileOfSorted([1, 2, 4], 1)).toBe(4);
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});
