/** Modes covered: how many parts of the data a model reaches, by known mixture centres or by predicted classes. */
import { bootstrapMean } from './bootstrap.ts';
import type { BootstrapOptions, Estimate } from './bootstrap.ts';
import { checkedValues, checkSameColumns, matrixOfRows } from './feature-matrix.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { nearestRows } from './distances.ts';

/** A mode needs this share of the samples it would get if all modes were equally likely. */
const defaultModeShare = 0.02;

export interface ModeCover {
  readonly covered: number;
  readonly modes: number;
  /** Samples counted for each mode. */
  readonly counts: Uint32Array;
  /** Samples a mode needs to count as covered: max(1, share × samples ÷ modes). */
  readonly needed: number;
}

export interface MixtureCover extends ModeCover {
  /** Share of samples within 3 deviations of a centre. */
  readonly highQualityShare: number;
  /** 1 for each sample within 3 deviations of its nearest centre, for an interval of the share. */
  readonly highQuality: Float64Array;
}

/**
 * Modes from counts per class or mode. With N samples and M modes, one counts when it holds at least
 * max(1, share × N ÷ M) samples. @param samples N; larger than the sum of `counts` when some belong to no mode.
 */
export function modesOfCounts(counts: ArrayLike<number>, samples: number, share = defaultModeShare): ModeCover {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`modes: the share lies between 0 and 1, got ${share}`);
  const modes = counts.length;
  const needed = Math.max(1, (share * samples) / modes);
  let covered = 0;
  for (let i = 0; i < modes; i++) if (counts[i] >= needed) covered++;
  return { covered, modes, counts: Uint32Array.from(counts), needed };
}

/** How many rows fall in each class. @throws RangeError for a class number outside 0 … classes − 1. */
export function classCounts(labels: ArrayLike<number>, classes: number): Uint32Array {
  const counts = new Uint32Array(classes);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(`row ${i}: class ${label} is not one of 0 … ${classes - 1}`);
    }
    counts[label]++;
  }
  return counts;
}

/**
 * Modes of a mixture of round components with centres known. A sample belongs to its nearest centre when the distance
 * is at most 3 deviations (as in Srivastava et al. 2017, VEEGAN, arXiv 1705.07761); others count for no mode.
 */
export function modesOfMixture(
  samples: FeatureMatrix,
  mixture: { readonly centres: readonly (readonly number[])[]; readonly deviation: number },
  share = defaultModeShare,
): MixtureCover {
  const centres = matrixOfRows(mixture.centres);
  checkSameColumns(samples, centres, 'samples', 'centres');
  checkedValues(samples, 'samples');
  const nearest = nearestRows(samples, centres, 'samples', 'centres');
  const counts = new Uint32Array(centres.rows);
  const highQuality = new Float64Array(samples.rows);
  for (let i = 0; i < samples.rows; i++) {
    if (nearest.distances[i] > 3 * mixture.deviation) continue;
    highQuality[i] = 1;
    counts[nearest.indices[i]]++;
  }
  const highQualityShare = highQuality.reduce((a, b) => a + b, 0) / samples.rows;
  return { ...modesOfCounts(counts, samples.rows, share), highQualityShare, highQuality };
}

/** The interval of the high-quality share, over parts already found. */
export function highQualityEstimate(cover: MixtureCover, options: BootstrapOptions): Estimate {
  return bootstrapMean(cover.highQuality, options);
}
