/** Curves as the screens draw them. */

/** Metrics that one request may ask for. */
export const mostLines = 200;

/** Points of one metric; thinned ones carry the lowest and highest value of each bucket. */
export interface MetricLine {
  readonly key: string;
  readonly steps: Float64Array;
  readonly values: Float64Array;
  readonly elapsedMs: Float64Array;
  /** Of thinned lines, as long as `values` (then the bucket's mean); null when every point is there. */
  readonly low: Float64Array | null;
  readonly high: Float64Array | null;
  /** Points recorded, thinned or not. */
  readonly total: number;
}
