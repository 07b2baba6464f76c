/** Scores samples of a model against real data, and real data against real data. */
import type { DataInfo, DataRange } from '../../../core/data/data-info.ts';
import { bootstrapMean } from '../../../core/metrics/bootstrap.ts';
import { predictedClasses } from '../../../core/metrics/classification.ts';
import { generativeScores } from '../../../core/metrics/generative-scores.ts';
import { scoreOf, type Score } from '../../../core/metrics/score.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';
import type { Extractor } from './extractor.ts';
import type { Extracted } from './extractor-training.ts';
import type { RealFeatures } from './real-features.ts';

export interface ScoreOptions {
  /** Seed of the samples. */
  readonly seed: number;
  /** Resamples behind the intervals; 50 unless given, 10 gives rough ones fast. */
  readonly repeats?: number;
}

/** Samples in the data's own shape. */
export interface DrawnSamples {
  readonly data: Tensor<'float32'>;
  readonly range: DataRange;
  /** The class each was asked to be, of conditional models. */
  readonly labels?: readonly number[];
}

/** The nearest training sample of a sample, by its number in the fixed random order of the training split. */
export interface NearestTraining {
  readonly index: number;
  readonly distance: number;
}

export interface SampleScores {
  readonly scores: readonly Score[];
  readonly warnings: readonly string[];
  /** Samples the extractor puts in each class; absent without classes. */
  readonly classShares?: readonly number[];
  /** One for each sample. */
  readonly nearestTraining: readonly NearestTraining[];
}

/**
 * Scores samples; see docs/metrics.md for each score. Beside those, `labelAgreement` of conditional models: the share of
 * samples that the extractor takes for the class they were asked to be.
 * @throws RangeError when samples are not finite or fewer than 10.
 */
export async function scoreSamples(
  extractor: Extractor,
  data: DataInfo,
  real: RealFeatures,
  samples: DrawnSamples,
  options: ScoreOptions,
): Promise<SampleScores> {
  const count = samples.data.shape[0];
  if (count < 10) throw new RangeError(`scores need at least 10 samples, found ${count}`);
  const extracted = await extractor.extract(samples.data, samples.range);
  const scored = scoreExtracted(extractor, data, real, extracted, options);
  const { labels } = samples;
  const { classProbabilities } = extracted;
  if (!labels || !classProbabilities) return scored;
  const agrees = predictedClasses(classProbabilities).map((found, i) => (found === labels[i] ? 1 : 0));
  const { seed, repeats = 50 } = options;
  const estimate = bootstrapMean(agrees, { seed, repeats: 4 * repeats });
  const agreement = scoreOf(estimate, { name: 'labelAgreement', goal: 'max', n: count, seed, stamp: real.stamp });
  return { ...scored, scores: [...scored.scores, agreement] };
}

/**
 * What a perfect model would score: as many real samples, none of those compared with, in the samples' place. No model is
 * to be expected to do better; distances are not quite 0 and coverage not quite 1 for sets of this size.
 */
export function scoreReference(
  extractor: Extractor,
  data: DataInfo,
  real: RealFeatures,
  options: ScoreOptions,
): SampleScores {
  const scored = scoreExtracted(extractor, data, real, real.more, options);
  if (real.moreFromTraining === 0) return scored;
  const share = `${real.moreFromTraining} of the ${real.more.features.rows} real samples`;
  const warning = `reference: ${share} that stand for a perfect model are training samples, as too few are held out: read it with care`;
  return { ...scored, warnings: [...scored.warnings, warning] };
}

function scoreExtracted(
  extractor: Extractor,
  data: DataInfo,
  real: RealFeatures,
  extracted: Extracted,
  options: ScoreOptions,
): SampleScores {
  const { features, classProbabilities } = extracted;
  const predicted = classProbabilities && predictedClasses(classProbabilities);
  const { scores, warnings, memorisation } = generativeScores({
    real: real.holdout,
    samples: features,
    memory: { training: real.training, holdout: real.holdout },
    // Known centres are in the data's own coordinates, which are the features of points.
    ...(data.modes && extractor.info.kind === 'coordinates' && { mixture: { samples: features, ...data.modes } }),
    ...(predicted && real.classCounts && { classes: { predicted, dataCounts: real.classCounts } }),
    stamp: real.stamp,
    ...options,
  });
  const nearest = memorisation?.samples;
  return {
    scores,
    warnings: [...extractor.warnings, ...warnings],
    ...(predicted && { classShares: sharesOf(predicted, data.classes.length) }),
    nearestTraining: Array.from(nearest?.indices ?? [], (index, i) => ({
      index,
      distance: nearest?.distances[i] ?? NaN,
    })),
  };
}

function sharesOf(predicted: Uint32Array, classes: number): readonly number[] {
  const shares = Array.from({ length: classes }, () => 0);
  for (const found of predicted) shares[found] += 1 / predicted.length;
  return shares;
}
