/** Bootstrap intervals (Efron 1979): how far a statistic moves when its rows are drawn again with replacement. */
import { RandomStream } from '../random/random.ts';

export interface BootstrapOptions {
  /** Resamples drawn; default 200. Fewer (50) do for expensive statistics: the interval's ends get rougher. */
  readonly repeats?: number;
  /** Share of resamples inside the interval, above 0 and below 1; default 0.95. */
  readonly level?: number;
  /** Integer from 0 to 2^53 − 1: equal seeds give equal intervals. */
  readonly seed: number;
  /**
   * Moves the resamples so that their mean is the value on all rows. For statistics that resampling itself pushes up: a
   * resample holds about 63 % of the rows, so a distance that shrinks with more rows comes out too large. Default false.
   */
  readonly recentred?: boolean;
}

/** A statistic on all rows with its interval. `low` and `high` are NaN where under half of the resamples had a value. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly repeats: number;
  readonly level: number;
  readonly seed: number;
}

interface Settings {
  readonly repeats: number;
  readonly level: number;
  readonly seed: number;
}

function settingsOf(options: BootstrapOptions, defaultRepeats: number): Settings {
  const { repeats = defaultRepeats, level = 0.95, seed } = options;
  if (!Number.isInteger(repeats) || repeats < 1)
    throw new RangeError(`bootstrap: repeats is 1 or more, got ${repeats}`);
  if (!(level > 0 && level < 1)) throw new RangeError(`bootstrap: level lies between 0 and 1, got ${level}`);
  return { repeats, level, seed };
}

/** `rows` row numbers drawn with replacement; `stream` tells apart sets resampled together. */
export function resampleRows(rows: number, seed: number, repeat: number, stream = 'bootstrap'): Uint32Array {
  const words = new RandomStream(seed, stream, repeat).bits(rows);
  for (let i = 0; i < rows; i++) words[i] = Math.floor(words[i] * 2 ** -32 * rows);
  return words;
}

/** The same draw as `resampleRows`, as how often each row was drawn: statistics that weigh rows need no copies. */
export function resampleCounts(rows: number, seed: number, repeat: number, stream = 'bootstrap'): Float64Array {
  const counts = new Float64Array(rows);
  for (const row of resampleRows(rows, seed, repeat, stream)) counts[row]++;
  return counts;
}

/** The value below which a share `q` of the sorted numbers lies, linear between neighbours (Hyndman and Fan type 7). */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/** The middle value; the mean of the two middle ones for an even count. NaN for no values. */
export function median(values: ArrayLike<number>): number {
  return quantileOfSorted(Float64Array.from(values).sort(), 0.5);
}

function intervalAround(value: number, replicates: number[], settings: Settings, recentred = false): Estimate {
  const finite = Float64Array.from(replicates.filter(Number.isFinite)).sort();
  const shift = recentred ? value - finite.reduce((sum, x) => sum + x, 0) / finite.length : 0;
  // A statistic undefined on most resamples (one class only) has no interval worth showing.
  const enough = finite.length * 2 >= settings.repeats;
  const tail = (1 - settings.level) / 2;
  const low = enough ? quantileOfSorted(finite, tail) + shift : Number.NaN;
  const high = enough ? quantileOfSorted(finite, 1 - tail) + shift : Number.NaN;
  return { value, low, high, ...settings };
}

/**
 * Percentile interval of a statistic of `rows` rows (Efron and Tibshirani 1993, chapter 13).
 * @param statistic its value on the rows numbered so, duplicates included; NaN where it is not defined.
 */
export function bootstrap(statistic: (rows: Uint32Array) => number, rows: number, options: BootstrapOptions): Estimate {
  const settings = settingsOf(options, 200);
  if (rows < 1) throw new RangeError('bootstrap: at least 1 row is needed, found 0');
  const replicates: number[] = [];
  for (let r = 0; r < settings.repeats; r++) replicates.push(statistic(resampleRows(rows, settings.seed, r)));
  const value = statistic(Uint32Array.from({ length: rows }, (_, i) => i));
  return intervalAround(value, replicates, settings, options.recentred);
}

/** The interval of a mean of per-row values: the cheap path for metrics that average over rows. */
export function bootstrapMean(values: ArrayLike<number>, options: BootstrapOptions): Estimate {
  const meanAt = (rows: Uint32Array): number => {
    let sum = 0;
    for (let i = 0; i < rows.length; i++) sum += values[rows[i]];
    return sum / rows.length;
  };
  return bootstrap(meanAt, values.length, options);
}

/**
 * The interval of a statistic of two sets, both resampled, each on its own; default 50 repeats.
 * `statistic` takes how often each row counts; with all weights 1 it must give the plain statistic.
 */
export function bootstrapWeights(
  statistic: (weightsA: Float64Array, weightsB: Float64Array) => number,
  rows: readonly [number, number],
  options: BootstrapOptions,
): Estimate {
  const settings = settingsOf(options, 50);
  const value = statistic(new Float64Array(rows[0]).fill(1), new Float64Array(rows[1]).fill(1));
  const replicates: number[] = [];
  for (let r = 0; r < settings.repeats; r++) {
    const weightsA = resampleCounts(rows[0], settings.seed, r, 'bootstrap/a');
    replicates.push(statistic(weightsA, resampleCounts(rows[1], settings.seed, r, 'bootstrap/b')));
  }
  return intervalAround(value, replicates, settings, options.recentred);
}
