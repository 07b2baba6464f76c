/** Kernel distance (KID): unbiased squared maximum mean discrepancy, cubic kernel (Bińkowski et al. 2018, arXiv 1801.01401). */
import { RandomStream } from '../random/random.ts';
import { bootstrapWeights } from './bootstrap.ts';
import type { BootstrapOptions, Estimate } from './bootstrap.ts';
import { checkedValues, checkSameColumns, selectRows } from './feature-matrix.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

/** Kernel values kept for reuse: the pairs within each set (i > j, row by row) and across (real × samples). */
export interface KernelValues {
  readonly realRows: number;
  readonly sampleRows: number;
  readonly withinReal: Float64Array;
  readonly withinSamples: Float64Array;
  readonly across: Float64Array;
}

/** (x·y / d + 1)³ for row `i` of `a` and row `j` of `b`. */
function kernel(a: Float64Array, i: number, b: Float64Array, j: number, columns: number): number {
  let dot = 0;
  const startA = i * columns;
  const startB = j * columns;
  for (let c = 0; c < columns; c++) dot += a[startA + c] * b[startB + c];
  const base = dot / columns + 1;
  return base * base * base;
}

function within(values: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array((rows * (rows - 1)) / 2);
  let at = 0;
  for (let i = 1; i < rows; i++) for (let j = 0; j < i; j++) out[at++] = kernel(values, i, values, j, columns);
  return out;
}

/**
 * All kernel values of two sets of at least 2 rows each: 8 bytes for each of (m² + n²)/2 + m n pairs, so 64 MB for
 * 2,000 rows a side. For more rows use `kernelDistanceOfBlocks`.
 */
function kernelValues(real: FeatureMatrix, samples: FeatureMatrix): KernelValues {
  checkSameColumns(real, samples, 'real rows', 'samples');
  const { columns } = real;
  const x = checkedValues(real, 'real rows', 2);
  const y = checkedValues(samples, 'samples', 2);
  const across = new Float64Array(real.rows * samples.rows);
  for (let i = 0; i < real.rows; i++) {
    for (let j = 0; j < samples.rows; j++) across[i * samples.rows + j] = kernel(x, i, y, j, columns);
  }
  const withinReal = within(x, real.rows, columns);
  const withinSamples = within(y, samples.rows, columns);
  return { realRows: real.rows, sampleRows: samples.rows, withinReal, withinSamples, across };
}

/** Weighted mean over pairs of different rows. Copies of one row are no pair: they would bias a resample upwards. */
function meanWithin(pairs: Float64Array, weights: Float64Array): number {
  let sum = 0;
  let total = 0;
  let before = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i];
    if (weight !== 0) {
      const start = (i * (i - 1)) / 2;
      let rowSum = 0;
      for (let j = 0; j < i; j++) rowSum += weights[j] * pairs[start + j];
      sum += weight * rowSum;
      total += weight * before;
    }
    before += weight;
  }
  return sum / total;
}

function meanAcross(pairs: Float64Array, weightsA: Float64Array, weightsB: Float64Array): number {
  let sum = 0;
  const totalB = weightsB.reduce((a, b) => a + b, 0);
  let totalA = 0;
  for (let i = 0; i < weightsA.length; i++) {
    if (weightsA[i] === 0) continue;
    const start = i * weightsB.length;
    let rowSum = 0;
    for (let j = 0; j < weightsB.length; j++) rowSum += weightsB[j] * pairs[start + j];
    sum += weightsA[i] * rowSum;
    totalA += weightsA[i];
  }
  return sum / (totalA * totalB);
}

function distanceAt(values: KernelValues, realWeights: Float64Array, sampleWeights: Float64Array): number {
  const inside = meanWithin(values.withinReal, realWeights) + meanWithin(values.withinSamples, sampleWeights);
  return inside - 2 * meanAcross(values.across, realWeights, sampleWeights);
}

/** The unbiased estimate from all pairs. Smaller is closer; it may be slightly negative when the sets agree. */
export function kernelDistance(real: FeatureMatrix, samples: FeatureMatrix): number {
  const values = kernelValues(real, samples);
  return distanceAt(values, new Float64Array(real.rows).fill(1), new Float64Array(samples.rows).fill(1));
}

/** The distance with its interval, both sets resampled over kept kernel values; default 50 repeats. */
export function kernelEstimate(real: FeatureMatrix, samples: FeatureMatrix, options: BootstrapOptions): Estimate {
  const values = kernelValues(real, samples);
  return bootstrapWeights((a, b) => distanceAt(values, a, b), [real.rows, samples.rows], options);
}

export interface BlockOptions {
  /** Rows drawn from each set for one block, at least 2; default 1000, cut to the smaller set. */
  readonly blockRows?: number;
  /** Blocks drawn; default 10. */
  readonly blocks?: number;
  readonly seed: number;
}

/** Mean and standard deviation (n − 1) of the estimate over blocks drawn without replacement, for sets too large for all pairs. */
export function kernelDistanceOfBlocks(
  real: FeatureMatrix,
  samples: FeatureMatrix,
  options: BlockOptions,
): { readonly mean: number; readonly deviation: number; readonly values: readonly number[] } {
  const blockRows = Math.min(options.blockRows ?? 1000, real.rows, samples.rows);
  const values: number[] = [];
  for (let block = 0; block < (options.blocks ?? 10); block++) {
    const realRows = new RandomStream(options.seed, 'kernel-blocks/real', block).permutation(real.rows);
    const sampleRows = new RandomStream(options.seed, 'kernel-blocks/samples', block).permutation(samples.rows);
    const realBlock = selectRows(real, realRows.subarray(0, blockRows));
    values.push(kernelDistance(realBlock, selectRows(samples, sampleRows.subarray(0, blockRows))));
  }
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)), values };
}
