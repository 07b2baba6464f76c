/** What the host found of a run moment by moment, and which class it takes examples for, as it crosses to the screens. */
import type { Split } from '../data/data-info.ts';
import type { Insight } from '../metrics/insight.ts';
import type { LayerNorms } from './run-updates.ts';

/** Where an insight stands in the record. */
export interface InsightMoment {
  readonly kind: Insight['kind'];
  readonly split: Split;
  readonly step: number;
}

/** Norms of all layers after a step. */
export interface NormMoment {
  readonly step: number;
  readonly layers: readonly LayerNorms[];
}

/** What a model says of the examples of a split, in the order evaluations look at them. */
export interface Judged {
  /** Where each stands in its split. */
  readonly indices: Int32Array;
  /** True classes. */
  readonly actual: Int32Array;
  readonly predicted: Int32Array;
  /** Probability of the predicted class. */
  readonly confidence: Float32Array;
  /** Examples the split has. */
  readonly total: number;
}
