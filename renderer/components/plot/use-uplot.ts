/** uPlot inside React: made anew when the look changes, given data when only the data does. */
import { type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useStyleTurn } from '../page-style.ts';
import { drawnPlot, extentOf, type PlotLine } from './plot-data.ts';
import { alignedData, type PlotLook, type PlotMark, plotOptions } from './plot-options.ts';

export type PlotRange = readonly [number, number];

export interface UPlotInput extends Omit<PlotLook, 'width' | 'smoothing'> {
  readonly data: readonly PlotLine[];
  /** Factor of the moving average, 0 for none. */
  readonly smoothing: number;
  readonly marks: readonly PlotMark[];
  /** The part that is looked at; null: all of it. */
  readonly zoom: PlotRange | null;
  readonly onZoom: (range: PlotRange | null) => void;
  readonly onCursor: (x: number | null) => void;
  readonly onPick: ((x: number) => void) | undefined;
}

/** The width of an element, followed; 0 until it is known. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** Draws into `frame`; gives the plot, for moving its cursor and taking its picture. */
export function useUPlot(frame: RefObject<HTMLDivElement | null>, input: UPlotInput): RefObject<uPlot | null> {
  const plot = useRef<uPlot | null>(null);
  const width = useWidth(frame);
  const styleTurn = useStyleTurn();
  const isSmoothing = input.smoothing > 0;
  const look = JSON.stringify([input.lines, input.log, isSmoothing, input.xLabel, input.cursorKey]);
  const range = useEffectEvent((): PlotRange => input.zoom ?? extentOf(visible(input)));
  const handlers = {
    range,
    marks: useEffectEvent(() => input.marks),
    onCursor: useEffectEvent((x: number | null) => input.onCursor(x)),
    onZoom: useEffectEvent((next: PlotRange | null) => input.onZoom(next)),
    onPick: useEffectEvent((x: number) => input.onPick?.(x)),
  };
  const currentData = useEffectEvent(() => {
    const [from, to] = range();
    const columns = Math.max(50, width - 64);
    return alignedData(drawnPlot(input.data, { from, to, columns, smoothing: input.smoothing, log: input.log }));
  });
  const make = useEffectEvent(() => {
    const options = plotOptions({ ...input, smoothing: isSmoothing, width }, handlers);
    plot.current = new uPlot(options, currentData(), frame.current!);
  });
  const hasWidth = width > 0;
  useEffect(() => {
    if (!hasWidth) return undefined;
    make();
    return () => {
      plot.current?.destroy();
      plot.current = null;
    };
  }, [look, hasWidth, styleTurn]);
  useEffect(() => {
    // Many arrivals within one frame are drawn once.
    const request = requestAnimationFrame(() => plot.current?.setData(currentData()));
    return () => cancelAnimationFrame(request);
  }, [input.data, input.smoothing, input.zoom, input.log]);
  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height: input.height });
  }, [width, input.height]);
  useEffect(() => {
    plot.current?.redraw(false);
  }, [input.marks]);
  return plot;
}

const visible = (input: UPlotInput): readonly PlotLine[] => input.data.filter((_, i) => !input.lines[i]!.hidden);
