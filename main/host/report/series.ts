/** Prepares curves for drawing: smoothing first, thinning after, so that what is drawn does not lie. */

export interface Points {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/**
 * Exponential moving average with its start corrected, as Adam corrects its means: s_t / (1 − a^t).
 * @param weight share of the past kept at each point, from 0 (none) to below 1; values that are not finite are skipped.
 */
export function smoothed(y: ArrayLike<number>, weight: number): Float64Array {
  const out = new Float64Array(y.length);
  let mean = 0;
  let mass = 0;
  for (let i = 0; i < y.length; i++) {
    if (Number.isFinite(y[i])) {
      mean = weight * mean + (1 - weight) * y[i];
      mass = weight * mass + (1 - weight);
    }
    out[i] = mass > 0 ? mean / mass : Number.NaN;
  }
  return out;
}

/**
 * At most 2 · `buckets` points that keep each bucket's lowest and highest value, in the order they occur: peaks survive.
 */
export function thinned({ x, y }: Points, buckets: number): Points {
  if (y.length <= 2 * buckets) return { x, y };
  const kept: number[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * y.length) / buckets);
    const to = Math.floor(((bucket + 1) * y.length) / buckets);
    let low = from;
    let high = from;
    for (let i = from; i < to; i++) {
      if (y[i] < y[low]) low = i;
      if (y[i] > y[high]) high = i;
    }
    kept.push(...(low === high ? [low] : [Math.min(low, high), Math.max(low, high)]));
  }
  return { x: kept.map((i) => x[i]), y: kept.map((i) => y[i]) };
}

/** Round numbers within an interval, about `count` of them: multiples of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * nearestFactor(rough / power);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

/** Of 1, 2, 5 and 10 the one nearest in ratio. */
function nearestFactor(value: number): number {
  if (value < Math.sqrt(2)) return 1;
  if (value < Math.sqrt(10)) return 2;
  return value < Math.sqrt(50) ? 5 : 10;
}

/** Mean of the finite values of a stretch; NaN when there are none. */
export function meanOf(y: ArrayLike<number>, from: number, to: number): number {
  const finite = Array.from({ length: to - from }, (_, i) => y[from + i]).filter(Number.isFinite);
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}
