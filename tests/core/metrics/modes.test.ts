/** Modes, class balance and nearest training rows on sets laid out by hand, nearest rows also against NumPy. */
import { describe, expect, test } from 'vitest';
import { classBalance, classBalanceEstimate } from '../../../core/metrics/class-balance.ts';
import { nearestRows } from '../../../core/metrics/distances.ts';
import { matrixOfRows } from '../../../core/metrics/feature-matrix.ts';
import { classCounts, highQualityEstimate, modesOfCounts, modesOfMixture } from '../../../core/metrics/modes.ts';
import { memorisation, memorisationEstimate } from '../../../core/metrics/nearest-training.ts';
import { goldenMetrics, normalRows } from './sets.ts';

describe('modes of a mixture', () => {
  const mixture = {
    centres: [
      [0, 0],
      [10, 0],
      [0, 10],
    ],
    deviation: 1,
  };

  test('counts samples within 3 deviations, the edge included', () => {
    const samples = matrixOfRows([
      [0, 0],
      [0, 3],
      [0, 3.01],
      [10, 1],
      [5, 5],
    ]);
    const cover = modesOfMixture(samples, mixture);
    expect(Array.from(cover.counts)).toEqual([2, 1, 0]);
    expect(cover.covered).toBe(2);
    expect(cover.modes).toBe(3);
    expect(cover.needed).toBe(1);
    expect(cover.highQualityShare).toBe(3 / 5);
    expect(highQualityEstimate(cover, { seed: 1 }).value).toBe(3 / 5);
  });

  test('samples of the mixture itself: all modes, and 1 − e^(−9/2) of high quality', () => {
    const noise = normalRows(6000, 2, 1);
    const data = noise.data.map((x, i) => x + (mixture.centres[Math.floor(i / 2) % 3][i % 2] ?? 0));
    const cover = modesOfMixture({ ...noise, data }, mixture);
    expect(cover.covered).toBe(3);
    // Standard error √(p (1 − p) / 6000) = 0.00136.
    expect(Math.abs(cover.highQualityShare - (1 - Math.exp(-4.5)))).toBeLessThan(0.0045);
  });

  test('a mode needs its share of the samples', () => {
    expect(modesOfCounts([997, 2, 1], 1000, 0.006).covered).toBe(2);
    expect(modesOfCounts([997, 2, 1], 1000, 0).covered).toBe(3);
    // 2 % of 1000 ÷ 4 = 5.
    expect(modesOfCounts([986, 5, 4, 5], 1000).needed).toBe(5);
    expect(modesOfCounts([986, 5, 4, 5], 1000).covered).toBe(3);
    expect(modesOfCounts([3, 0], 3, 0).covered).toBe(1);
  });
});

describe('class balance', () => {
  test('equal shares differ by nothing', () => {
    const found = classBalance([10, 20, 10], [100, 200, 100]);
    expect(found.klDivergence).toBe(0);
    expect(found.totalVariation).toBe(0);
    expect(found.entropy).toBeCloseTo(1.5 * Math.LN2, 12);
  });

  test('by hand: half and half against a quarter and three', () => {
    const found = classBalance([2, 2], [1, 3]);
    expect(found.klDivergence).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 12);
    expect(found.totalVariation).toBe(0.25);
    expect(found.entropy).toBeCloseTo(Math.LN2, 12);
  });

  test('a missing class is finite, an invented one is not', () => {
    expect(classBalance([4, 0], [1, 1]).klDivergence).toBeCloseTo(Math.LN2, 12);
    expect(classBalance([1, 1], [4, 0]).klDivergence).toBe(Number.POSITIVE_INFINITY);
    expect(() => classBalance([0, 0], [1, 1])).toThrow('samples hold no row');
  });

  test('the interval starts from the labels', () => {
    const labels = Array.from({ length: 100 }, (_, i) => (i < 75 ? 0 : 1));
    const found = classBalanceEstimate(labels, [1, 1], { seed: 1 });
    expect(found.value).toBeCloseTo(classBalance(classCounts(labels, 2), [1, 1]).klDivergence, 12);
    expect(found.low).toBeLessThan(found.value);
    expect(found.high).toBeGreaterThan(found.value);
  });

  test('the interval of perfectly balanced samples holds 0, though every resample is above it', () => {
    const labels = Array.from({ length: 100 }, (_, i) => i % 10);
    const found = classBalanceEstimate(
      labels,
      Array.from({ length: 10 }, () => 1),
      { seed: 1 },
    );
    expect(found.value).toBeCloseTo(0, 12);
    expect(found.low).toBe(0);
  });
});

describe('nearest training rows', () => {
  test('agree with NumPy', () => {
    const { real, samples, golden } = goldenMetrics();
    const nearest = nearestRows(samples, real, 'samples', 'training rows');
    expect(Array.from(nearest.indices)).toEqual(golden.nearestIndices);
    golden.nearestDistances.forEach((distance, i) => expect(nearest.distances[i]).toBeCloseTo(distance, 10));
  });

  test('agree with a plain search over more features than one stride', () => {
    const rows = normalRows(30, 37, 1);
    const candidates = normalRows(80, 37, 2);
    const nearest = nearestRows(rows, candidates, 'a', 'b');
    for (let i = 0; i < rows.rows; i++) {
      const distances = Array.from({ length: 80 }, (_, j) => {
        const parts = Array.from({ length: 37 }, (_, c) => rows.data[i * 37 + c] - candidates.data[j * 37 + c]);
        return Math.hypot(...parts);
      });
      expect(nearest.distances[i]).toBeCloseTo(Math.min(...distances), 10);
      expect(nearest.indices[i]).toBe(distances.indexOf(Math.min(...distances)));
    }
  });

  test('copies give ratio 0, fresh samples about 1, far samples more', () => {
    const training = normalRows(400, 3, 1);
    const holdout = normalRows(200, 3, 2);
    const fresh = normalRows(200, 3, 3);
    const copies = { rows: 100, columns: 3, data: training.data.subarray(0, 300) };
    expect(memorisation(copies, holdout, training).ratio).toBe(0);
    expect(memorisation(copies, holdout, training).copiedShare).toBe(1);
    const found = memorisation(fresh, holdout, training);
    expect(found.ratio).toBeGreaterThan(0.8);
    expect(found.ratio).toBeLessThan(1.25);
    expect(found.copiedShare).toBe(0);
    const interval = memorisationEstimate(found, { seed: 1 });
    expect(interval.value).toBe(found.ratio);
    expect(interval.low).toBeLessThan(interval.high);
    const far = { ...fresh, data: fresh.data.map((x) => x + 50) };
    expect(memorisation(far, holdout, training).ratio).toBeGreaterThan(10);
  });

  test('by hand: medians 1 and 2', () => {
    const line = (...values: number[]) => matrixOfRows(values.map((value) => [value]));
    const found = memorisation(line(1, -1, 10), line(12, 13, -1), line(0, 10));
    expect(Array.from(found.samples.distances)).toEqual([1, 1, 0]);
    expect(Array.from(found.samples.indices)).toEqual([0, 0, 1]);
    expect(found.ratio).toBe(1 / 2);
    expect(found.copiedShare).toBeCloseTo(1 / 3, 12);
  });
});
