/** How uPlot draws: for each line a band between its extremes, the raw line faint, and the smoothed line over both. */
import type uPlot from 'uplot';
import { axisFigures } from '../figures.ts';
import { resolvedColour } from '../page-style.ts';
import type { DrawnPlot } from './plot-data.ts';

/** uPlot's series of each line, in this order. */
const drawnPerLine = 4;

export interface PlotMark {
  readonly x: number;
  readonly label: string;
}

export interface PlotLook {
  readonly lines: readonly { readonly colour: string; readonly dash?: boolean | undefined; readonly hidden: boolean }[];
  readonly log: boolean;
  readonly smoothing: boolean;
  readonly xLabel: string;
  readonly width: number;
  readonly height: number;
  readonly cursorKey: string | undefined;
}

export interface PlotHandlers {
  readonly range: () => readonly [number, number];
  readonly marks: () => readonly PlotMark[];
  readonly onCursor: (x: number | null) => void;
  readonly onZoom: (range: readonly [number, number] | null) => void;
  readonly onPick: ((x: number) => void) | undefined;
}

function seriesOf(look: PlotLook): uPlot.Series[] {
  return look.lines.flatMap(({ colour, dash, hidden }): uPlot.Series[] => {
    const stroke = resolvedColour(colour);
    const faint = resolvedColour(`color-mix(in srgb, ${colour} 38%, transparent)`);
    const base: uPlot.Series = { show: !hidden, points: { show: false }, spanGaps: false };
    const edge: uPlot.Series = { ...base, width: 0, stroke: 'transparent' };
    return [
      edge,
      edge,
      { ...base, width: 1, stroke: faint, show: !hidden && look.smoothing },
      {
        ...base,
        width: 1.5,
        stroke,
        ...(dash && { dash: [6, 4] }),
        points: { show: onlyFewPoints, size: 5, fill: stroke },
      },
    ];
  });
}

/** A line of one point would not be seen without a dot. */
function onlyFewPoints(plot: uPlot, seriesIndex: number): boolean {
  let count = 0;
  for (const value of plot.data[seriesIndex]!) if (value !== null && value !== undefined && ++count > 12) return false;
  return true;
}

function axesOf(look: PlotLook): uPlot.Axis[] {
  const font = '11px system-ui, sans-serif';
  const shared: uPlot.Axis = {
    stroke: resolvedColour('var(--text-faint)'),
    font,
    labelFont: font,
    grid: { stroke: resolvedColour('var(--line)'), width: 1 },
    ticks: { show: false },
  };
  const words = (_: uPlot, values: readonly (number | null)[]): string[] => axisFigures(values);
  return [
    {
      ...shared,
      values: words as uPlot.Axis.DynamicValues,
      label: look.xLabel,
      labelSize: 16,
      labelGap: 0,
      size: 24,
      space: 60,
    },
    {
      ...shared,
      values: words as uPlot.Axis.DynamicValues,
      size: 52,
      space: 28,
      ...(look.log && { filter: decadesOnly, grid: { ...shared.grid, filter: decadesOnly } }),
    },
  ];
}

/** Of a logarithmic axis with many marks, only the powers of ten are written. */
function decadesOnly(_: uPlot, splits: number[]): (number | null)[] {
  const decades = splits.filter(isDecade).length;
  return splits.map((value) => (decades < 2 || isDecade(value) ? value : null));
}

const isDecade = (value: number): boolean => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;

function drawMarks(plot: uPlot, marks: readonly PlotMark[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = resolvedColour('var(--accent-text)');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const mark of marks) {
    const at = Math.round(plot.valToPos(mark.x, 'x', true));
    if (at < bbox.left || at > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

function hooksOf(handlers: PlotHandlers): uPlot.Hooks.Arrays {
  return {
    draw: [(plot) => drawMarks(plot, handlers.marks())],
    setCursor: [
      (plot) =>
        handlers.onCursor(
          plot.cursor.left === undefined || plot.cursor.left < 0 ? null : plot.posToVal(plot.cursor.left, 'x'),
        ),
    ],
    setSelect: [
      (plot) => {
        const { left, width } = plot.select;
        if (width > 3) handlers.onZoom([plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')]);
        plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      },
    ],
  };
}

/** The parts of uPlot's options that stay as long as the look does. */
export function plotOptions(look: PlotLook, handlers: PlotHandlers): uPlot.Options {
  return {
    width: look.width,
    height: look.height,
    legend: { show: false },
    padding: [8, 20, 0, 0],
    series: [{}, ...seriesOf(look)],
    bands: look.lines.map((line, i) => ({
      series: [drawnPerLine * i + 2, drawnPerLine * i + 1],
      fill: resolvedColour(`color-mix(in srgb, ${line.colour} 11%, transparent)`),
    })),
    axes: axesOf(look),
    scales: {
      x: { time: false, range: () => [...handlers.range()] as [number, number] },
      y: look.log ? { distr: 3 } : {},
    },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      points: { show: false },
      y: false,
      ...(look.cursorKey && { sync: { key: look.cursorKey, setSeries: false, scales: ['x', null] } }),
      bind: {
        dblclick: () => () => {
          handlers.onZoom(null);
          return null;
        },
        click: (plot) => () => {
          if (plot.cursor.left !== undefined && plot.cursor.left >= 0)
            handlers.onPick?.(plot.posToVal(plot.cursor.left, 'x'));
          return null;
        },
      },
    },
    hooks: hooksOf(handlers),
  };
}

/** Lines as uPlot takes them. */
export function alignedData(drawn: DrawnPlot): uPlot.AlignedData {
  const columns = drawn.lines.flatMap((line) => [line.low, line.high, line.raw, line.smooth]);
  return [drawn.x, ...columns] as unknown as uPlot.AlignedData;
}
