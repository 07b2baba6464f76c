/** Samples as the screens show them: drawn, read from the data, or explained. */

/** Samples with their real shape; `data` is [count, …shape] in `range`. */
export interface Samples {
  readonly name: string;
  readonly label: string;
  readonly kind: 'image' | 'points' | 'table' | 'text' | 'classScores';
  readonly shape: readonly number[];
  readonly range: 'unit' | 'symmetric';
  readonly data: Float32Array;
  /** What each was made from, shaped like the data's samples; null when there is none. */
  readonly reference: Float32Array | null;
  readonly referenceShape: readonly number[] | null;
  readonly labels: Int32Array | null;
}

/** What in examples a class's score hangs on. */
export interface Explained {
  /** Class scores, with the examples as their reference and true classes as labels. */
  readonly samples: Samples;
  /** Signed weights of the input values, shaped like `samples.reference`. */
  readonly saliency: Float32Array;
  /** The class explained, of each. */
  readonly classes: Int32Array;
}

/** One moment of a run at which it drew samples. */
export interface SampleMoment {
  readonly step: number;
  readonly outputs: readonly {
    readonly name: string;
    readonly kind: Samples['kind'];
    readonly count: number;
    readonly path: string;
  }[];
}
