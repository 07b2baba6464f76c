/** Fréchet distance between two feature sets, each seen as a Gaussian (Heusel et al. 2017, arXiv 1706.08500). */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { bootstrapWeights } from './bootstrap.ts';
import type { BootstrapOptions, Estimate } from './bootstrap.ts';
import { checkedValues, checkSameColumns } from './feature-matrix.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

/** Mean and covariance (divided by n − 1) of a feature set; `covariance` is row-major, columns × columns. */
export interface Moments {
  readonly rows: number;
  readonly columns: number;
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

export interface FrechetDistance {
  /** ‖μ₁ − μ₂‖² + tr(S₁ + S₂ − 2 (S₁^½ S₂ S₁^½)^½), never negative; 0 for equal moments. */
  readonly value: number;
  readonly meanTerm: number;
  readonly covarianceTerm: number;
  /** Why the value should not be trusted, or undefined: too few rows for the number of features. */
  readonly warning: string | undefined;
}

/** Mean and covariance of the rows. @throws RangeError for under 2 rows or values that are not finite. */
export function momentsOf(features: FeatureMatrix, name = 'features'): Moments {
  const values = checkedValues(features, name, 2);
  const { mean, centred } = centre(values, features.rows, features.columns);
  const moments = weightedMoments(centred, features.columns, new Float64Array(features.rows).fill(1));
  return { ...moments, mean };
}

function centre(values: Float64Array, rows: number, columns: number): { mean: Float64Array; centred: Float64Array } {
  const mean = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) mean[i % columns] += values[i];
  for (let c = 0; c < columns; c++) mean[c] /= rows;
  return { mean, centred: values.map((value, i) => value - mean[i % columns]) };
}

/** Moments of rows counted `weights[row]` times; the rows are centred already, so little cancels in the subtraction. */
function weightedMoments(centred: Float64Array, columns: number, weights: Float64Array): Moments {
  const mean = new Float64Array(columns);
  const covariance = new Float64Array(columns * columns);
  let total = 0;
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row];
    if (weight === 0) continue;
    total += weight;
    const start = row * columns;
    for (let i = 0; i < columns; i++) {
      const scaled = weight * centred[start + i];
      mean[i] += scaled;
      for (let j = 0; j <= i; j++) covariance[i * columns + j] += scaled * centred[start + j];
    }
  }
  for (let i = 0; i < columns; i++) mean[i] /= total;
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j <= i; j++) {
      const value = (covariance[i * columns + j] - total * mean[i] * mean[j]) / (total - 1);
      covariance[i * columns + j] = value;
      covariance[j * columns + i] = value;
    }
  }
  return { rows: weights.length, columns, mean, covariance };
}

function trace(covariance: Float64Array, columns: number): number {
  let sum = 0;
  for (let i = 0; i < columns; i++) sum += covariance[i * columns + i];
  return sum;
}

function squareRoot(symmetric: Matrix): Matrix {
  const { eigenvectorMatrix: vectors, realEigenvalues } = new EigenvalueDecomposition(symmetric, {
    assumeSymmetric: true,
  });
  const scaled = vectors.clone();
  // Rounding leaves eigenvalues of a singular covariance slightly below zero.
  realEigenvalues.forEach((value, i) => scaled.mulColumn(i, Math.sqrt(Math.max(0, value))));
  return scaled.mmul(vectors.transpose());
}

/** tr((A^½ B A^½)^½), the trace of (A B)^½, by symmetric decompositions only: no complex parts to drop. */
function traceOfRootProduct(a: Moments, b: Moments): number {
  const { columns } = a;
  const root = squareRoot(Matrix.from1DArray(columns, columns, Array.from(a.covariance)));
  const product = root.mmul(Matrix.from1DArray(columns, columns, Array.from(b.covariance))).mmul(root);
  const symmetric = product.clone().add(product.transpose()).mul(0.5);
  const { realEigenvalues } = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  return realEigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}

function unreliable(a: Moments, b: Moments): string | undefined {
  const fewest = Math.min(a.rows, b.rows);
  if (fewest > a.columns) return undefined;
  return (
    `${fewest} rows for ${a.columns} features: the covariance is singular and the distance mostly measures that; ` +
    `use more than ${a.columns} rows, better ten times as many`
  );
}

/** The distance between two Gaussians given by their moments. @throws RangeError when their features differ in number. */
export function frechetDistanceOfMoments(a: Moments, b: Moments): FrechetDistance {
  if (a.columns !== b.columns) {
    throw new RangeError(
      `Fréchet distance: ${a.columns} features against ${b.columns}; both must come from one extractor`,
    );
  }
  let meanTerm = 0;
  for (let c = 0; c < a.columns; c++) meanTerm += (a.mean[c] - b.mean[c]) ** 2;
  const traces = trace(a.covariance, a.columns) + trace(b.covariance, b.columns);
  const covarianceTerm = Math.max(0, traces - 2 * traceOfRootProduct(a, b));
  return { value: meanTerm + covarianceTerm, meanTerm, covarianceTerm, warning: unreliable(a, b) };
}

/** The distance between two feature sets of at least 2 rows each; smaller is closer. */
export function frechetDistance(real: FeatureMatrix, samples: FeatureMatrix): FrechetDistance {
  checkSameColumns(real, samples, 'real rows', 'samples');
  return frechetDistanceOfMoments(momentsOf(real, 'real rows'), momentsOf(samples, 'samples'));
}

/**
 * The distance with its interval, both sets resampled; default 50 repeats. The interval is recentred: each resample has
 * fewer distinct rows, which alone raises the distance, and is moved back by that rise. It never goes below 0.
 */
export function frechetEstimate(real: FeatureMatrix, samples: FeatureMatrix, options: BootstrapOptions): Estimate {
  checkSameColumns(real, samples, 'real rows', 'samples');
  const { columns } = real;
  const realParts = centre(checkedValues(real, 'real rows', 2), real.rows, columns);
  const sampleParts = centre(checkedValues(samples, 'samples', 2), samples.rows, columns);
  const momentsAt = (parts: { mean: Float64Array; centred: Float64Array }, weights: Float64Array): Moments => {
    const moments = weightedMoments(parts.centred, columns, weights);
    return { ...moments, mean: moments.mean.map((value, c) => value + parts.mean[c]) };
  };
  const estimate = bootstrapWeights(
    (a, b) => frechetDistanceOfMoments(momentsAt(realParts, a), momentsAt(sampleParts, b)).value,
    [real.rows, samples.rows],
    { ...options, recentred: true },
  );
  return { ...estimate, low: Math.max(0, estimate.low), high: Math.max(0, estimate.high) };
}
