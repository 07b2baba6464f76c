/** What an evaluation found, as plain JSON, and as rows of the store. */
import type { Split } from '../../../core/data/data-info.ts';
import type { Insight } from '../../../core/metrics/insight.ts';
import type { Score } from '../../../core/metrics/score.ts';
import type { JsonValue } from '../../../core/protocol/records.ts';
import type { ExtractorInfo } from './extractor.ts';
import type { ClassReport } from './score-classes.ts';

/** A figure the family itself measures on held-out data: a loss, the parts of a bound. */
export interface HeldOutFigure {
  /** `validation.loss`, `test.bitsPerDim`. */
  readonly name: string;
  readonly label: string;
  readonly split: Split;
  readonly value: number;
  /** Samples it is the mean of. */
  readonly n: number;
  readonly goal: 'min' | 'max' | null;
}

export interface Evaluation {
  readonly step: number;
  readonly seed: number;
  /** Samples drawn and compared; 0 for families that draw none. */
  readonly n: number;
  readonly heldOut: readonly HeldOutFigure[];
  readonly scores: readonly Score[];
  /** The same scores of real data in the samples' place: what a perfect model would get. */
  readonly reference: readonly Score[];
  readonly warnings: readonly string[];
  readonly extractor: ExtractorInfo | null;
  readonly classShares: readonly number[] | null;
  readonly classification: Omit<ClassReport, 'scores'> | null;
  /** What was found example by example while the held-out figures were measured. */
  readonly insights: readonly { readonly split: Split; readonly insight: Insight }[];
  readonly dataHash: string;
  readonly seconds: number;
}

/** A score as the store takes it; spelt out here since a worker, which makes evaluations, must not reach the store. */
interface ScoreRow {
  readonly step: number;
  readonly metric: string;
  readonly value: number;
  readonly n: number;
  readonly seed: number;
  readonly low?: number | null;
  readonly high?: number | null;
  readonly extractorHash?: string;
  readonly resize?: string;
  readonly extra: JsonValue;
}

/** Rows for the store: the scores with their stamps, and the held-out figures; the reference is no score of the run. */
export function evaluationRows(evaluation: Evaluation): ScoreRow[] {
  const { step, seed, heldOut, scores, dataHash } = evaluation;
  const figures = heldOut.map(({ name, label, value, n, goal }): ScoreRow => ({
    step,
    metric: name,
    value,
    n,
    seed,
    extra: { label, goal, data: dataHash },
  }));
  const stamped = scores.map(({ name, value, low, high, n, seed: drawnWith, repeats, goal, stamp }): ScoreRow => {
    const row = { step, metric: name, value, n, seed: drawnWith, extractorHash: stamp.extractor, resize: stamp.resize };
    const interval = repeats > 0 ? { low: finiteOrNull(low), high: finiteOrNull(high) } : {};
    return { ...row, ...interval, extra: { goal, repeats, data: stamp.data } };
  });
  return [...figures, ...stamped];
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
