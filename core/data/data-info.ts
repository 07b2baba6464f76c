/** What a data set is, as far as models, tasks and screens need to know: the part of it that is not bulk. */

import type { Vocabulary } from './text.ts';

/** How one sample is to be read: a picture, a point in space, a row of named columns, or a window of a text. */
export type DataKind = 'image' | 'points' | 'table' | 'text';

export const splits = ['train', 'validation', 'test'] as const;
export type Split = (typeof splits)[number];

/** What `y` holds: a class number, a real number, or nothing. */
export type TargetKind = 'class' | 'number' | 'none';

/**
 * The interval stored values are mapped to when a batch is read: `unit` is [0, 1], `symmetric` is [−1, 1] (images only;
 * everything else is handed over as it is stored).
 */
export type DataRange = 'unit' | 'symmetric';

export interface DataColumn {
  readonly name: string;
  readonly kind: 'number' | 'category';
  /** For `number`: x = (value − mean) / deviation, with the training split's figures. */
  readonly mean?: number;
  readonly deviation?: number;
  /** For `category`: one-hot in this order. */
  readonly categories?: readonly string[];
  /** For `number`: how many cells were empty and read as the mean. */
  readonly missing?: number;
}

/** One known cause of variation of a made data set. */
export interface DataFactor {
  readonly name: string;
  readonly kind: 'number' | 'category';
  /** For `number`: the interval it is drawn from. */
  readonly low?: number;
  readonly high?: number;
  /** For `category`: its values. */
  readonly categories?: readonly string[];
}

export interface DataInfo {
  /** The document's words for it, for example `builtin:glyphs` or `images:/photos`. */
  readonly source: string;
  readonly kind: DataKind;
  /**
   * Shape of one sample, channels first: `[1, 28, 28]`, `[2]`, `[31]`. Of a text `[context + 1]` tokens: every one but the
   * last has a next one to be foretold.
   */
  readonly shape: readonly number[];
  readonly target: TargetKind;
  /** Class names in the order of their numbers; empty when `target` is not `class`. */
  readonly classes: readonly string[];
  readonly counts: Readonly<Record<Split, number>>;
  /** sha256 over samples, targets and split, in order: equal hashes mean equal training data. */
  readonly contentHash: string;
  /** What the tokens of a text stand for. */
  readonly vocabulary?: Vocabulary;
  /** Lines of a text made by code can be told right from wrong (made-text.ts), so that what a model has learned is counted. */
  readonly rules?: 'madeText';
  /** Columns of a table, in order; they fill `shape[0]` features once one-hot encoded. */
  readonly columns?: readonly DataColumn[];
  /** The column of a table that `y` comes from; of a number, mean and deviation (`y` itself is not standardised). */
  readonly targetColumn?: DataColumn;
  /** Centres of a mixture with known components, for counting the modes a model covers. */
  readonly modes?: { readonly centres: readonly (readonly number[])[]; readonly deviation: number };
  /** The causes a made data set is drawn from (`shapeFactors` of shapes.ts gives a sample's values). */
  readonly factors?: readonly DataFactor[];
}
