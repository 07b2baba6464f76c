/** Figures that sum up many measurements: quantiles, and the middle with its quartiles. */

/** The quantile at `share` in [0, 1] of unsorted values, between neighbours where none is at it; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return sorted.length === 0 ? Number.NaN : low + (high - low) * (at - Math.floor(at));
}

/** A median and the quartiles around it: half of the measurements lie between `low` and `high`. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}
