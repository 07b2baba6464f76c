/**
 * What a plot draws of its lines: smoothed first, then thinned to the columns of its picture, with the lowest and highest
 * value of each column kept.
 */
export interface PlotLine {
  /** Ascending. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Of lines that were thinned before: the extremes of each point. */
  readonly low?: ArrayLike<number> | null | undefined;
  readonly high?: ArrayLike<number> | null | undefined;
}

/** `undefined`: nothing was recorded at this x; `null`: a value that cannot be drawn, so the line is broken. */
export type DrawnValue = number | null | undefined;

export interface DrawnLine {
  readonly raw: readonly DrawnValue[];
  readonly smooth: readonly DrawnValue[];
  readonly low: readonly DrawnValue[];
  readonly high: readonly DrawnValue[];
}

export interface DrawnPlot {
  readonly x: readonly number[];
  readonly lines: readonly DrawnLine[];
  /** Whether several points stand in one column. */
  readonly thinned: boolean;
}

export interface DrawOptions {
  readonly from: number;
  readonly to: number;
  /** Pixels across the picture. */
  readonly columns: number;
  /** 0 (none) to below 1. */
  readonly smoothing: number;
  /** Values that are not positive cannot be drawn. */
  readonly log: boolean;
}

/**
 * Exponential moving average s ← βs + (1−β)y with the start's bias divided out, s / (1 − βⁿ) (Kingma and Ba 2015,
 * section 3). Values that are not finite stay as they are and do not enter it.
 */
export function smoothed(values: ArrayLike<number>, factor: number): Float64Array {
  const out = new Float64Array(values.length);
  let sum = 0;
  let bias = 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      out[i] = value;
      continue;
    }
    sum = factor * sum + (1 - factor) * value;
    bias *= factor;
    // Once the bias is below what a double can tell from 1, dividing by it changes nothing.
    out[i] = bias > 1e-17 ? sum / (1 - bias) : sum;
  }
  return out;
}

/** The first index whose x is not below `value`. */
function lowerBound(x: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (x[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first index whose x is above `value`. */
function upperBound(x: ArrayLike<number>, value: number): number {
  let at = lowerBound(x, value);
  while (at < x.length && x[at] === value) at++;
  return at;
}

/** The index of the point nearest to `value`; −1 of an empty line. */
export function nearestIndex(x: ArrayLike<number>, value: number): number {
  const at = lowerBound(x, value);
  if (at === 0) return x.length > 0 ? 0 : -1;
  return at < x.length && x[at]! - value < value - x[at - 1]! ? at : at - 1;
}

/** The interval all lines lie in; `[0, 1]` when there is no point. */
export function extentOf(lines: readonly PlotLine[]): readonly [number, number] {
  let from = Infinity;
  let to = -Infinity;
  for (const { x } of lines) {
    if (x.length === 0) continue;
    from = Math.min(from, x[0]!);
    to = Math.max(to, x[x.length - 1]!);
  }
  if (from > to) return [0, 1];
  // Around a single point there is room enough for marks that read differently.
  const room = Math.max(1, Math.abs(from) / 10);
  return from === to ? [from - room, to + room] : [from, to];
}

/** Points that the smoothed line looks back over, at most, as a share of the line: a line of few points stays as it is. */
const longestMemory = 0.1;

/** The smoothing a line of `count` points bears: 1 / (1 − factor) is how many points it remembers. */
export function smoothingFor(count: number, wanted: number): number {
  return Math.min(wanted, Math.max(0, 1 - 1 / Math.max(1, longestMemory * count)));
}

/** Every line as it is drawn between `from` and `to`. */
export function drawnPlot(lines: readonly PlotLine[], options: DrawOptions): DrawnPlot {
  const spans = lines.map(
    ({ x }) =>
      [Math.max(0, lowerBound(x, options.from) - 1), Math.min(x.length, upperBound(x, options.to) + 1)] as const,
  );
  const smooth = lines.map(({ y }) =>
    options.smoothing > 0 ? smoothed(y, smoothingFor(y.length, options.smoothing)) : y,
  );
  const most = Math.max(0, ...spans.map(([start, end]) => end - start));
  const drawable = (value: number): DrawnValue =>
    Number.isFinite(value) && (!options.log || value > 0) ? value : null;
  const union = most <= options.columns ? unionOf(lines, spans) : null;
  if (union && union.length <= unionColumns * options.columns) return joined(lines, smooth, spans, union, drawable);
  const x = Array.from(
    { length: options.columns },
    (_, column) => options.from + ((column + 0.5) * (options.to - options.from)) / options.columns,
  );
  return { x, lines: lines.map((line, i) => columnsOf(line, smooth[i]!, options)), thinned: true };
}

/** Lines of different x together may have this many x for each column before they are thinned. */
const unionColumns = 4;

type Drawable = (value: number) => DrawnValue;

const emptyColumn = (length: number): DrawnValue[] => Array.from({ length }, () => undefined);

type Spans = readonly (readonly [number, number])[];

/** Every x of any line, ascending. */
function unionOf(lines: readonly PlotLine[], spans: Spans): readonly number[] {
  const all = new Set<number>();
  lines.forEach(({ x }, i) => {
    for (let at = spans[i]![0]; at < spans[i]![1]; at++) all.add(x[at]!);
  });
  return [...all].sort((a, b) => a - b);
}

/** Every point, on the union of the lines' x. */
function joined(
  lines: readonly PlotLine[],
  smooth: readonly ArrayLike<number>[],
  spans: Spans,
  x: readonly number[],
  drawable: Drawable,
): DrawnPlot {
  const place = new Map(x.map((value, index) => [value, index]));
  const drawn = lines.map((line, i): DrawnLine => {
    const pick = (values: ArrayLike<number> | null | undefined): DrawnValue[] => {
      const out = emptyColumn(x.length);
      if (values)
        for (let at = spans[i]![0]; at < spans[i]![1]; at++) out[place.get(line.x[at]!)!] = drawable(values[at]!);
      return out;
    };
    return { raw: pick(line.y), smooth: pick(smooth[i]), low: pick(line.low), high: pick(line.high) };
  });
  return { x, lines: drawn, thinned: false };
}

/** One line as means and extremes of columns. */
function columnsOf(line: PlotLine, smooth: ArrayLike<number>, { from, to, columns, log }: DrawOptions): DrawnLine {
  const floor = log ? 0 : -Infinity;
  const raw = emptyColumn(columns);
  const even = emptyColumn(columns);
  const low = emptyColumn(columns);
  const high = emptyColumn(columns);
  const { x, y } = line;
  const [lows, highs] = [line.low ?? y, line.high ?? y];
  const [first, end] = [lowerBound(x, from), upperBound(x, to)];
  const scale = columns / (to - from);
  let at = first;
  while (at < end) {
    const column = Math.min(columns - 1, Math.floor((x[at]! - from) * scale));
    const limit = column === columns - 1 ? Infinity : from + (column + 1) / scale;
    let [count, sum, smoothSum, least, most] = [0, 0, 0, Infinity, -Infinity];
    do {
      const value = y[at]!;
      // NaN, infinities and, on a logarithmic axis, what is not positive fail these comparisons.
      if (value > floor && value < Infinity) {
        count++;
        sum += value;
        smoothSum += smooth[at]!;
        if (lows[at]! < least) least = lows[at]!;
        if (highs[at]! > most) most = highs[at]!;
      }
      at++;
    } while (at < end && x[at]! < limit);
    raw[column] = count ? sum / count : null;
    even[column] = count ? smoothSum / count : null;
    low[column] = count ? (least > floor ? least : sum / count) : null;
    high[column] = count && most < Infinity ? most : null;
  }
  return { raw, smooth: even, low, high };
}
