/**
 * Fidelity and variety apart: precision and recall (Kynkäänniemi et al. 2019, arXiv 1904.06991), density and coverage
 * (Naeem et al. 2020, arXiv 2002.09797). Each is a mean over rows, kept by row so that intervals cost nothing more.
 */
import { bootstrapMean } from './bootstrap.ts';
import type { BootstrapOptions, Estimate } from './bootstrap.ts';
import { nearestSquaredDistances, squaredDistancesBetween } from './distances.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

export interface ManifoldOptions {
  /** Neighbours for precision and recall; default 3, the paper's. */
  readonly precisionNeighbours?: number;
  /** Neighbours for density and coverage; default 5, the paper's. */
  readonly densityNeighbours?: number;
}

/** What each row adds; the means of the four arrays are the four metrics. */
export interface ManifoldRows {
  /** By sample: 1 when it lies in the ball of any real row, that is within its k-th neighbour's distance. */
  readonly precision: Float64Array;
  /** By real row: 1 when it lies in the ball of any sample. */
  readonly recall: Float64Array;
  /** By sample: number of real balls it lies in, divided by k. */
  readonly density: Float64Array;
  /** By real row: 1 when any sample lies in its ball. */
  readonly coverage: Float64Array;
}

export interface ManifoldScores<T> {
  readonly precision: T;
  readonly recall: T;
  readonly density: T;
  readonly coverage: T;
}

/** Column `k − 1` of the ascending neighbour distances. */
function radii(nearest: Float64Array, width: number, k: number): Float64Array {
  return Float64Array.from({ length: nearest.length / width }, (_, i) => nearest[i * width + k - 1]);
}

/**
 * Per-row parts of the four metrics. Precision and recall count a row on the edge of a ball as inside, density and
 * coverage do not: so wrote their authors, and so two identical sets give exactly 1 for all four when distances differ.
 * Memory is 8 bytes × real rows × samples. @throws RangeError when a set has not more rows than neighbours.
 */
export function manifoldRows(real: FeatureMatrix, samples: FeatureMatrix, options: ManifoldOptions = {}): ManifoldRows {
  const { precisionNeighbours: k = 3, densityNeighbours: kDensity = 5 } = options;
  const width = Math.max(k, kDensity);
  const across = squaredDistancesBetween(real, samples, 'real rows', 'samples');
  const realNearest = nearestSquaredDistances(real, width, 'real rows');
  const realRadii = radii(realNearest, width, k);
  const densityRadii = radii(realNearest, width, kDensity);
  const sampleRadii = radii(nearestSquaredDistances(samples, k, 'samples'), k, k);
  const precision = new Float64Array(samples.rows);
  const recall = new Float64Array(real.rows);
  const density = new Float64Array(samples.rows);
  const coverage = new Float64Array(real.rows);
  for (let i = 0; i < real.rows; i++) {
    for (let j = 0; j < samples.rows; j++) {
      const distance = across[i * samples.rows + j];
      if (distance <= realRadii[i]) precision[j] = 1;
      if (distance <= sampleRadii[j]) recall[i] = 1;
      if (distance < densityRadii[i]) {
        density[j]++;
        coverage[i] = 1;
      }
    }
  }
  return { precision, recall, density: density.map((count) => count / kDensity), coverage };
}

function each<T>(rows: ManifoldRows, of: (values: Float64Array) => T): ManifoldScores<T> {
  return {
    precision: of(rows.precision),
    recall: of(rows.recall),
    density: of(rows.density),
    coverage: of(rows.coverage),
  };
}

/** The four metrics; larger is better, 1 is the real data's own level (density may exceed it). */
export function manifoldScores(
  real: FeatureMatrix,
  samples: FeatureMatrix,
  options: ManifoldOptions = {},
): ManifoldScores<number> {
  return each(manifoldRows(real, samples, options), (values) => values.reduce((a, b) => a + b, 0) / values.length);
}

/**
 * The four metrics with intervals. The balls stay as they are and the rows that are judged are drawn again: resampling
 * the balls too would put copies of a row at distance 0 of itself and shrink every ball.
 */
export function manifoldEstimates(
  real: FeatureMatrix,
  samples: FeatureMatrix,
  options: BootstrapOptions & ManifoldOptions,
): ManifoldScores<Estimate> {
  return each(manifoldRows(real, samples, options), (values) => bootstrapMean(values, options));
}
