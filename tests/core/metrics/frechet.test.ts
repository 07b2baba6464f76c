/** Fréchet distance against closed forms for Gaussians and against NumPy on a pair with full covariances. */
import { describe, expect, test } from 'vitest';
import {
  frechetDistance,
  frechetDistanceOfMoments,
  frechetEstimate,
  momentsOf,
} from '../../../core/metrics/frechet.ts';
import type { Moments } from '../../../core/metrics/frechet.ts';
import { matrixOfRows } from '../../../core/metrics/feature-matrix.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { goldenMetrics, normalRows } from './sets.ts';

function gaussian(mean: readonly number[], covariance: readonly (readonly number[])[]): Moments {
  return {
    rows: 1000,
    columns: mean.length,
    mean: Float64Array.from(mean),
    covariance: Float64Array.from(covariance.flat()),
  };
}

describe('between Gaussians', () => {
  test('in one dimension: (μ₁ − μ₂)² + (σ₁ − σ₂)²', () => {
    const found = frechetDistanceOfMoments(gaussian([1], [[4]]), gaussian([-2], [[0.25]]));
    expect(found.value).toBeCloseTo(9 + (2 - 0.5) ** 2, 12);
    expect(found.meanTerm).toBe(9);
  });

  test('with diagonal covariances: the sum over dimensions', () => {
    const a = gaussian(
      [0, 1, 2],
      [
        [1, 0, 0],
        [0, 9, 0],
        [0, 0, 16],
      ],
    );
    const b = gaussian(
      [0, 0, 0],
      [
        [4, 0, 0],
        [0, 1, 0],
        [0, 0, 0],
      ],
    );
    expect(frechetDistanceOfMoments(a, b).value).toBeCloseTo(0 + 1 + 4 + 1 + 4 + 16, 10);
  });

  test('with commuting covariances: (√λ − √κ)² over shared eigenvectors', () => {
    // Eigenvectors (1, 1)/√2 and (1, −1)/√2; eigenvalues 9 and 1 against 4 and 16.
    const a = gaussian(
      [0, 0],
      [
        [5, 4],
        [4, 5],
      ],
    );
    const b = gaussian(
      [3, 4],
      [
        [10, -6],
        [-6, 10],
      ],
    );
    expect(frechetDistanceOfMoments(a, b).value).toBeCloseTo(25 + (3 - 2) ** 2 + (1 - 4) ** 2, 10);
  });

  test('is symmetric, and 0 for a Gaussian and itself', () => {
    const { real, samples } = goldenMetrics();
    expect(frechetDistance(real, samples).value).toBeCloseTo(frechetDistance(samples, real).value, 8);
    expect(frechetDistance(real, real).value).toBeLessThan(1e-10);
    expect(frechetDistance(real, real).value).toBeGreaterThanOrEqual(0);
  });
});

describe('between feature sets', () => {
  test('moments divide by n − 1', () => {
    const moments = momentsOf(
      matrixOfRows([
        [1, 2],
        [3, 2],
        [5, 8],
      ]),
    );
    expect(Array.from(moments.mean)).toEqual([3, 4]);
    expect(Array.from(moments.covariance)).toEqual([4, 6, 6, 12]);
  });

  test('moments keep their digits far from the origin', () => {
    const moments = momentsOf(matrixOfRows([[1e8 + 1], [1e8 + 2], [1e8 + 3]]));
    expect(moments.covariance[0]).toBeCloseTo(1, 12);
  });

  test('agrees with NumPy', () => {
    const { real, samples, golden } = goldenMetrics();
    expect(frechetDistance(real, samples).value / golden.frechet).toBeCloseTo(1, 10);
  });

  test('warns when rows do not exceed features, and only then', () => {
    const wide = normalRows(5, 6, 1);
    expect(frechetDistance(wide, normalRows(50, 6, 2)).warning).toContain('5 rows for 6 features');
    expect(frechetDistance(normalRows(7, 6, 1), normalRows(50, 6, 2)).warning).toBeUndefined();
  });

  test('refuses features that are not finite, naming the place, and sets of different width', () => {
    const bad = matrixOfRows([
      [0, 1],
      [2, Number.NaN],
    ]);
    expect(() => frechetDistance(normalRows(4, 2, 1), bad)).toThrow('samples: row 1, feature 1 is NaN');
    expect(() => frechetDistance(normalRows(4, 2, 1), normalRows(4, 3, 1))).toThrow('2 features');
  });
});

describe('interval', () => {
  test('holds the value, is reproducible, and does not go below 0', () => {
    const real = normalRows(200, 4, 1);
    const samples = normalRows(200, 4, 2);
    const first = frechetEstimate(real, samples, { seed: 3 });
    expect(first.value).toBeCloseTo(frechetDistance(real, samples).value, 12);
    expect(first.low).toBeLessThanOrEqual(first.value);
    expect(first.high).toBeGreaterThanOrEqual(first.value);
    expect(first.low).toBeGreaterThanOrEqual(0);
    expect(first.repeats).toBe(50);
    expect(frechetEstimate(real, samples, { seed: 3 })).toEqual(first);
    expect(frechetEstimate(real, samples, { seed: 4 }).high).not.toBe(first.high);
  });

  test('covers the true distance of shifted Gaussians', () => {
    // N(0, 1) against N(2, 1): the distance is 4, and its estimate spreads by about 4 √(2 / 400) = 0.28.
    const shifted = new Float64Array(400);
    new RandomStream(9, 'test').fillNormal(shifted);
    const samples = { rows: 400, columns: 1, data: shifted.map((x) => x + 2) };
    const found = frechetEstimate(normalRows(400, 1, 8), samples, { seed: 1, repeats: 200 });
    expect(found.low).toBeLessThan(4);
    expect(found.high).toBeGreaterThan(4);
    // Four standard errors wide, within a third.
    expect((found.high - found.low) / (4 * 0.283)).toBeGreaterThan(0.67);
    expect((found.high - found.low) / (4 * 0.283)).toBeLessThan(1.33);
  });
});
