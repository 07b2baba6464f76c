/** The stamped scores of one set of generated samples: every metric that the given parts allow, in one call. */
import { classBalanceEstimate } from './class-balance.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { frechetDistance, frechetEstimate } from './frechet.ts';
import { kernelEstimate } from './kernel-distance.ts';
import { classCounts, highQualityEstimate, modesOfCounts, modesOfMixture } from './modes.ts';
import { memorisation, memorisationEstimate } from './nearest-training.ts';
import type { Memorisation } from './nearest-training.ts';
import { manifoldEstimates } from './precision-recall.ts';
import { scoreOf } from './score.ts';
import type { Score, ScoreStamp } from './score.ts';
import type { Estimate } from './bootstrap.ts';

export interface GenerativeInput {
  /** Features of real rows and of samples, from one extractor. */
  readonly real: FeatureMatrix;
  readonly samples: FeatureMatrix;
  /** For the memorisation meter: training rows, and real rows that were not trained on. */
  readonly memory?: { readonly training: FeatureMatrix; readonly holdout: FeatureMatrix };
  /** For modes by known centres: the samples in the data's own coordinates. */
  readonly mixture?: {
    readonly samples: FeatureMatrix;
    readonly centres: readonly (readonly number[])[];
    readonly deviation: number;
  };
  /** For modes by class and class balance: the samples' predicted classes, and the data's rows per class. */
  readonly classes?: { readonly predicted: ArrayLike<number>; readonly dataCounts: ArrayLike<number> };
  readonly stamp: ScoreStamp;
  /** Seed of the samples; the resampling uses it too. */
  readonly seed: number;
  /** Resamples for the two distances; default 50. The other metrics, cheap, take four times as many. */
  readonly repeats?: number;
}

export interface GenerativeScores {
  readonly scores: readonly Score[];
  /** What makes a score unreliable, as sentences. */
  readonly warnings: readonly string[];
  /** Nearest training rows, for showing them beside the samples. */
  readonly memorisation: Memorisation | undefined;
}

type Add = (name: string, goal: 'min' | 'max', estimate: Estimate | number, rows: number) => void;

function addModes(input: GenerativeInput, options: { repeats: number; seed: number }, add: Add): void {
  if (input.mixture !== undefined) {
    const cover = modesOfMixture(input.mixture.samples, input.mixture);
    const rows = input.mixture.samples.rows;
    add('modesCovered', 'max', cover.covered, rows);
    add('highQualityShare', 'max', highQualityEstimate(cover, options), rows);
  }
  if (input.classes !== undefined) {
    const { predicted, dataCounts } = input.classes;
    const counts = classCounts(predicted, dataCounts.length);
    add('classesCovered', 'max', modesOfCounts(counts, predicted.length).covered, predicted.length);
    add('classDivergence', 'min', classBalanceEstimate(predicted, dataCounts, options), predicted.length);
  }
}

/**
 * Fréchet and kernel distance, precision, recall, density, coverage; then, where their parts are given, memorisation
 * ratio, modes or classes covered, and class balance. About 2 s for 2,000 × 64 features a side.
 * @throws RangeError from any metric: features that are not finite, too few rows, widths that differ.
 */
export function generativeScores(input: GenerativeInput): GenerativeScores {
  const { real, samples, stamp, seed, repeats = 50 } = input;
  const cheap = { repeats: repeats * 4, seed };
  const scores: Score[] = [];
  const add: Add = (name, goal, estimate, rows) => {
    scores.push(scoreOf(estimate, { name, goal, n: rows, seed, stamp }));
  };
  add('frechetDistance', 'min', frechetEstimate(real, samples, { repeats, seed }), samples.rows);
  add('kernelDistance', 'min', kernelEstimate(real, samples, { repeats, seed }), samples.rows);
  const manifold = manifoldEstimates(real, samples, cheap);
  for (const name of ['precision', 'recall', 'density', 'coverage'] as const) {
    add(name, 'max', manifold[name], samples.rows);
  }
  const found = input.memory && memorisation(samples, input.memory.holdout, input.memory.training);
  if (found !== undefined) add('memorisationRatio', 'max', memorisationEstimate(found, cheap), samples.rows);
  addModes(input, cheap, add);
  const { warning } = frechetDistance(real, samples);
  return { scores, warnings: warning === undefined ? [] : [`Fréchet distance: ${warning}`], memorisation: found };
}
