/** Line plots as SVG: a faint raw line under a smoothed one, axes with round numbers, a title and a text alternative. */
import { figure, html, type Html } from './html.ts';
import { smoothed, thinned, ticks } from './series.ts';

export interface Line {
  readonly label: string;
  readonly colour: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

export interface PlotOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly width: number;
  readonly height: number;
  /** Share of the past in the smoothed line, 0 for none. */
  readonly smoothing: number;
  /** Marks each point: for curves of few points. */
  readonly dots?: boolean;
}

const margin = { left: 52, right: 12, top: 26, bottom: 34 };
const mostBuckets = 300;

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly place: (value: number) => number;
}

/** Draws lines into one SVG. Lines without a finite point are left out. */
export function linePlot(lines: readonly Line[], options: PlotOptions): Html {
  const drawn = lines.filter((line) => Array.from(line.y).some(Number.isFinite));
  const { width, height } = options;
  const x = scaleOf(
    drawn.map((line) => line.x),
    margin.left,
    width - margin.right,
    0,
  );
  const y = scaleOf(
    drawn.map((line) => line.y),
    height - margin.bottom,
    margin.top,
    0.06,
  );
  const description = `${options.title}: ${drawn.map(describe).join('; ') || 'no points yet'}`;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${description}" class="plot">
    <text class="plot-title" x="${margin.left}" y="14">${options.title}</text>
    ${axes(x, y, options)} ${drawn.map((line) => curve(line, x, y, options))}
  </svg>`;
}

function describe({ label, y }: Line): string {
  const finite = Array.from(y).filter(Number.isFinite);
  return `${label} from ${figure(finite[0])} to ${figure(finite.at(-1) ?? Number.NaN)}`;
}

/** @param pad share of the interval left free at both ends */
function scaleOf(values: readonly ArrayLike<number>[], from: number, to: number, pad: number): Scale {
  let low = Infinity;
  let high = -Infinity;
  for (const list of values) {
    for (let i = 0; i < list.length; i++) {
      if (!Number.isFinite(list[i])) continue;
      low = Math.min(low, list[i]);
      high = Math.max(high, list[i]);
    }
  }
  if (!(high > low)) [low, high] = Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1];
  const space = (high - low) * pad;
  low -= space;
  high += space;
  return { low, high, place: (value) => from + ((value - low) / (high - low)) * (to - from) };
}

function axes(x: Scale, y: Scale, { width, height, xLabel }: PlotOptions): Html {
  const bottom = height - margin.bottom;
  const horizontal = ticks(y.low, y.high, 4).map((value) => {
    const at = y.place(value).toFixed(1);
    return html`<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}" />
      <text class="tick" x="${margin.left - 6}" y="${at}" dy="0.32em" text-anchor="end">${figure(value)}</text>`;
  });
  const vertical = ticks(x.low, x.high, 5).map(
    (value) =>
      html`<text class="tick" x="${x.place(value).toFixed(1)}" y="${bottom + 14}" text-anchor="middle"
        >${figure(value)}</text
      >`,
  );
  return html`${horizontal}${vertical}
    <text class="tick" x="${width - margin.right}" y="${height - 4}" text-anchor="end">${xLabel}</text>`;
}

function curve(line: Line, x: Scale, y: Scale, { smoothing, dots }: PlotOptions): Html {
  const raw = path(line.x, line.y, x, y);
  const points = Array.from(line.y, (value, i) => [line.x[i], value] as const).filter(([, value]) =>
    Number.isFinite(value),
  );
  if (smoothing === 0) {
    const marks = dots
      ? points.map(
          ([at, value]) =>
            html`<circle
              cx="${x.place(at).toFixed(1)}"
              cy="${y.place(value).toFixed(1)}"
              r="3"
              fill="${line.colour}"
            />`,
        )
      : [];
    return html`<path d="${raw}" stroke="${line.colour}" class="line" />${marks}`;
  }
  const smooth = path(line.x, smoothed(line.y, smoothing), x, y);
  return html`<path d="${raw}" stroke="${line.colour}" class="raw" /><path
      d="${smooth}"
      stroke="${line.colour}"
      class="line"
    />`;
}

/** An SVG path through the finite points; a gap where one is not. */
function path(xs: ArrayLike<number>, ys: ArrayLike<number>, x: Scale, y: Scale): string {
  const points = thinned({ x: xs, y: ys }, mostBuckets);
  let d = '';
  let pen = 'M';
  for (let i = 0; i < points.y.length; i++) {
    if (!Number.isFinite(points.y[i])) {
      pen = 'M';
      continue;
    }
    d += `${pen}${x.place(points.x[i]).toFixed(1)} ${y.place(points.y[i]).toFixed(1)}`;
    pen = 'L';
  }
  return d;
}
