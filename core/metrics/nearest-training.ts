/** The memorisation meter: how near samples come to training rows, against how near unseen real rows come. */
import { bootstrap, median } from './bootstrap.ts';
import type { BootstrapOptions, Estimate } from './bootstrap.ts';
import { nearestRows } from './distances.ts';
import type { Nearest } from './distances.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

export interface Memorisation {
  /** For each sample, its nearest training row and the distance to it. */
  readonly samples: Nearest;
  /** For each held-out real row, its nearest training row and the distance to it. */
  readonly holdout: Nearest;
  /**
   * Median sample distance ÷ median holdout distance: near 1 for samples as new as unseen data, towards 0 for copies,
   * above 1 for samples far from all data. NaN when the holdout itself repeats training rows (median 0).
   */
  readonly ratio: number;
  /** Share of samples at distance 0 of a training row. */
  readonly copiedShare: number;
}

function ratioOf(samples: ArrayLike<number>, holdoutMedian: number): number {
  return holdoutMedian > 0 ? median(samples) / holdoutMedian : Number.NaN;
}

/** Nearest training rows of samples and of holdout rows; all three sets from one extractor. */
export function memorisation(samples: FeatureMatrix, holdout: FeatureMatrix, training: FeatureMatrix): Memorisation {
  const ofSamples = nearestRows(samples, training, 'samples', 'training rows');
  const ofHoldout = nearestRows(holdout, training, 'holdout rows', 'training rows');
  const copies = ofSamples.distances.reduce((count, distance) => count + (distance === 0 ? 1 : 0), 0);
  return {
    samples: ofSamples,
    holdout: ofHoldout,
    ratio: ratioOf(ofSamples.distances, median(ofHoldout.distances)),
    copiedShare: copies / samples.rows,
  };
}

/** The interval of the ratio, samples resampled over distances already found; the holdout level is kept. */
export function memorisationEstimate(found: Memorisation, options: BootstrapOptions): Estimate {
  const { distances } = found.samples;
  const holdoutMedian = median(found.holdout.distances);
  const statistic = (rows: Uint32Array): number => {
    const drawn = Float64Array.from(rows, (row) => distances[row]);
    return ratioOf(drawn, holdoutMedian);
  };
  return bootstrap(statistic, distances.length, options);
}
