/** Precision, recall, density and coverage on sets with known answers, small ones counted by hand, and against NumPy. */
import { describe, expect, test } from 'vitest';
import { matrixOfRows } from '../../../core/metrics/feature-matrix.ts';
import { manifoldEstimates, manifoldRows, manifoldScores } from '../../../core/metrics/precision-recall.ts';
import { goldenMetrics, normalRows } from './sets.ts';

const line = (...values: number[]) => matrixOfRows(values.map((value) => [value]));

describe('known answers', () => {
  test('identical sets give 1 for all four', () => {
    const real = normalRows(60, 3, 1);
    const scores = manifoldScores(real, real);
    expect(scores.precision).toBe(1);
    expect(scores.recall).toBe(1);
    expect(scores.coverage).toBe(1);
    expect(scores.density).toBeCloseTo(1, 12);
  });

  test('sets far apart give 0 for all four', () => {
    const real = normalRows(40, 3, 1);
    const far = { ...real, data: real.data.map((x) => x + 1000) };
    expect(manifoldScores(real, far)).toEqual({ precision: 0, recall: 0, density: 0, coverage: 0 });
  });

  test('one of two real clusters dropped: precision stays, recall and coverage halve', () => {
    const cluster = normalRows(50, 2, 1);
    const data = new Float64Array(200);
    data.set(cluster.data);
    data.set(
      normalRows(50, 2, 2).data.map((x) => x + 1000),
      100,
    );
    const scores = manifoldScores({ rows: 100, columns: 2, data }, cluster);
    expect(scores.precision).toBe(1);
    expect(scores.recall).toBe(0.5);
    expect(scores.coverage).toBe(0.5);
  });
});

test('counted by hand on a line, one neighbour each', () => {
  // Real 0, 1, 3, 7: nearest others at 1, 1, 2, 4. Balls [−1, 1], [0, 2], [1, 5], [3, 11].
  // Samples 0.5, 5, 6, 20: nearest others at 4.5, 1, 1, 14. Balls [−4, 5], [4, 6], [5, 7], [6, 34].
  // Precision: 0.5 (balls 1, 2), 5 (ball 3 at its edge, ball 4), 6 (ball 4) inside; 20 outside.
  // Recall: 0, 1, 3 in the first sample's ball; 7 at the edge of the third's. Density (open): 2 + 1 + 1 + 0.
  // Coverage (open): 0 and 1 hold 0.5; 3's (1, 5) holds none; 7's (3, 11) holds 5 and 6.
  const options = { precisionNeighbours: 1, densityNeighbours: 1 };
  const rows = manifoldRows(line(0, 1, 3, 7), line(0.5, 5, 6, 20), options);
  expect(Array.from(rows.precision)).toEqual([1, 1, 1, 0]);
  expect(Array.from(rows.recall)).toEqual([1, 1, 1, 1]);
  expect(Array.from(rows.density)).toEqual([2, 1, 1, 0]);
  expect(Array.from(rows.coverage)).toEqual([1, 1, 0, 1]);
});

test('counted by hand with two neighbours for density', () => {
  // Second neighbours of 0, 1, 3, 7 at 3, 2, 3, 6. Open balls (−3, 3), (−1, 3), (0, 6), (1, 13).
  // 2 lies in all four, 12 in the last: (4 + 1) / 2 samples / k = 2 → density 1.25; every ball is hit.
  const scores = manifoldScores(line(0, 1, 3, 7), line(2, 12), { precisionNeighbours: 1, densityNeighbours: 2 });
  expect(scores.density).toBe(1.25);
  expect(scores.coverage).toBe(1);
});

test('agrees with NumPy at the papers’ numbers of neighbours', () => {
  const { real, samples, golden } = goldenMetrics();
  const scores = manifoldScores(real, samples);
  expect(scores.precision).toBeCloseTo(golden.manifold.precision, 12);
  expect(scores.recall).toBeCloseTo(golden.manifold.recall, 12);
  expect(scores.density).toBeCloseTo(golden.manifold.density, 12);
  expect(scores.coverage).toBeCloseTo(golden.manifold.coverage, 12);
});

test('density of fresh samples of the same distribution averages 1', () => {
  const { density } = manifoldEstimates(normalRows(400, 3, 11), normalRows(400, 3, 12), { seed: 1 });
  expect(density.low).toBeLessThan(1.1);
  expect(density.high).toBeGreaterThan(0.9);
  expect(Math.abs(density.value - 1)).toBeLessThan(0.15);
});

test('samples collapsed to one real row: precision 1, recall of that row only', () => {
  const real = line(0, 1, 3, 7, 15, 31);
  const scores = manifoldScores(real, line(3, 3, 3, 3, 3, 3));
  expect(scores.precision).toBe(1);
  expect(scores.recall).toBeCloseTo(1 / 6, 12);
});

test('refuses sets with no more rows than neighbours', () => {
  expect(() => manifoldScores(line(0, 1, 2, 3, 4), line(0, 1, 2, 3, 4, 5))).toThrow('real rows: at least 6 rows');
});
