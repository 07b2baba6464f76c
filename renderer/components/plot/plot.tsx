/** Curves over steps or time: smoothed over raw, with bands, zoom, a cursor shared between plots, words and tables. */
import { type KeyboardEvent, type ReactNode, useId, useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { IconButton, IconToggle } from '../button.tsx';
import { figure } from '../figures.ts';
import { Menu } from '../menu.tsx';
import { fileName, saveBlob } from '../page-style.ts';
import { Legend, type LegendHandle, type LegendLine, valueAt } from './legend.tsx';
import { extentOf } from './plot-data.ts';
import type { PlotMark } from './plot-options.ts';
import { plotPicture } from './plot-picture.ts';
import { plotCsv, plotRows, plotSummary } from './plot-words.ts';
import { type PlotRange, useUPlot } from './use-uplot.ts';
import styles from './plot.module.css';

/** A line: `key` is its identity, `colour` any CSS colour, `x` ascending. */
export type PlotSeries = LegendLine;

export interface PlotProps {
  readonly title: string;
  /** Of the horizontal axis: `step`, `seconds`. */
  readonly xLabel: string;
  /** Give another array when points were added. */
  readonly series: readonly PlotSeries[];
  /** 0 (none) to below 1; the raw line then stays, faint. */
  readonly smoothing?: number;
  /** Plots of one key show their cursors together. */
  readonly cursorKey?: string;
  /** Pixels. */
  readonly height?: number;
  readonly startsLog?: boolean;
  /** Vertical lines, as for the step a slider stands at. */
  readonly marks?: readonly PlotMark[];
  /** A click at an x. */
  readonly onPick?: (x: number) => void;
  /** Controls in its head. */
  readonly end?: ReactNode;
}

const noMarks: readonly PlotMark[] = [];

export function Plot(props: PlotProps) {
  const {
    title,
    xLabel,
    series,
    smoothing = 0,
    cursorKey,
    height = 200,
    startsLog = false,
    marks = noMarks,
    onPick,
    end,
  } = props;
  const [log, setLog] = useState(startsLog);
  const [zoom, setZoom] = useState<PlotRange | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [isTable, setIsTable] = useState(false);
  const [spoken, setSpoken] = useState('');
  const frame = useRef<HTMLDivElement>(null);
  const legend = useRef<LegendHandle>(null);
  const summaryId = useId();
  const lines = series.map((line) => ({ colour: line.colour, dash: line.dash, hidden: hidden.has(line.key) }));
  const onCursor = (x: number | null): void => legend.current?.moveTo(x);
  const plot = useUPlot(frame, {
    data: series,
    lines,
    log,
    smoothing,
    xLabel,
    height,
    cursorKey,
    marks,
    zoom,
    onZoom: setZoom,
    onCursor,
    onPick,
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const moved = plot.current && plotKey(event.key, event.shiftKey, plot.current);
    if (moved === undefined || moved === null) return;
    event.preventDefault();
    if (moved === 'reset') setZoom(null);
    else
      setSpoken(
        `${xLabel} ${figure(moved)}: ${series.map((line) => `${line.label} ${spokenValue(line, moved)}`).join(', ')}`,
      );
  };
  const isEmpty = series.every((line) => line.y.length === 0);
  return (
    <figure className={styles['plot']} aria-label={title}>
      <PlotHead
        {...{
          title,
          end,
          log,
          setLog,
          plot,
          series,
          xLabel,
          isZoomed: zoom !== null,
          onReset: () => setZoom(null),
          isTable,
          setIsTable,
        }}
      />
      <div
        ref={frame}
        className={styles['frame']}
        style={{ minHeight: height }}
        role="group"
        tabIndex={0}
        aria-label={`${title}, curves`}
        aria-describedby={summaryId}
        onKeyDown={onKeyDown}
        onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
      >
        {isEmpty && <span className={styles['nothing']}>No points yet</span>}
      </div>
      <Legend
        ref={legend}
        xLabel={xLabel}
        lines={series}
        hidden={hidden}
        onToggle={(key) => setHidden((before) => toggled(before, key))}
      />
      <PlotWords id={summaryId} title={title} xLabel={xLabel} series={series} />
      <span className="visually-hidden" role="status">
        {spoken}
      </span>
      {isTable && <PlotTable title={title} xLabel={xLabel} series={series} range={zoom ?? extentOf(series)} />}
    </figure>
  );
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

function spokenValue(line: PlotSeries, x: number): string {
  const value = valueAt(line, x);
  return value === null ? 'no value' : figure(value);
}

/** Moves the cursor by keys. Gives the x it then stands at, `reset` for the whole range, undefined for other keys. */
function plotKey(key: string, isLarge: boolean, plot: uPlot): number | 'reset' | undefined {
  if (key === 'Escape' || key === '0') return 'reset';
  const width = plot.over.clientWidth;
  const at = plot.cursor.left !== undefined && plot.cursor.left >= 0 ? plot.cursor.left : width;
  const step = isLarge ? width / 10 : Math.max(1, width / 100);
  const ways: Readonly<Record<string, number>> = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: width };
  const to = ways[key];
  if (to === undefined) return undefined;
  const left = Math.max(0, Math.min(width, to));
  plot.setCursor({ left, top: plot.over.clientHeight / 2 });
  return plot.posToVal(left, 'x');
}

interface PlotHeadProps {
  readonly title: string;
  readonly end: ReactNode;
  readonly log: boolean;
  readonly setLog: (log: boolean) => void;
  readonly plot: { readonly current: uPlot | null };
  readonly series: readonly PlotSeries[];
  readonly xLabel: string;
  readonly isZoomed: boolean;
  readonly onReset: () => void;
  readonly isTable: boolean;
  readonly setIsTable: (isTable: boolean) => void;
}

function PlotHead(props: PlotHeadProps) {
  const { title, end, log, setLog, plot, series, xLabel, isZoomed, onReset, isTable, setIsTable } = props;
  const savePng = async (): Promise<void> => {
    if (plot.current) saveBlob(await plotPicture(plot.current.ctx.canvas, title, series), `${fileName(title)}.png`);
  };
  const saveCsv = (): void =>
    saveBlob(new Blob([plotCsv(xLabel, series)], { type: 'text/csv' }), `${fileName(title)}.csv`);
  return (
    <div className={styles['head']}>
      <h3>{title}</h3>
      {end}
      {isZoomed && (
        <IconButton icon="refresh" size="small" label="Show the whole range (double-click)" onPress={onReset} />
      )}
      <LogToggle log={log} setLog={setLog} />
      <Menu
        label={`More about ${title}`}
        trigger={<IconButton icon="more" size="small" label={`More about ${title}`} />}
        actions={[
          { id: 'png', label: 'Save as PNG', icon: 'download', run: () => void savePng() },
          { id: 'csv', label: 'Save as CSV', icon: 'download', run: saveCsv },
          {
            id: 'table',
            label: isTable ? 'Hide the table' : 'Show as a table',
            icon: 'columns',
            run: () => setIsTable(!isTable),
          },
        ]}
      />
    </div>
  );
}

function LogToggle({ log, setLog }: Pick<PlotHeadProps, 'log' | 'setLog'>) {
  return <IconToggle icon="log" size="small" label="Logarithmic scale" isSelected={log} onChange={setLog} />;
}

function PlotWords({
  id,
  title,
  xLabel,
  series,
}: {
  readonly id: string;
  readonly title: string;
  readonly xLabel: string;
  readonly series: readonly PlotSeries[];
}) {
  const points = series.reduce((sum, line) => sum + line.y.length, 0);
  // A description that changed with each point would cost more than the curves; it follows in tenths.
  const turn = Math.floor(Math.log(points + 1) * 10);
  const keys = series.map((line) => line.key).join(' ');
  const words = useMemo(() => plotSummary(title, xLabel, series), [title, xLabel, keys, turn]);
  return (
    <p id={id} className="visually-hidden">
      {words} Arrow keys move the cursor, Escape shows the whole range.
    </p>
  );
}

interface PlotTableProps {
  readonly title: string;
  readonly xLabel: string;
  readonly series: readonly PlotSeries[];
  readonly range: PlotRange;
}

const tableRows = 20;

function PlotTable({ title, xLabel, series, range }: PlotTableProps) {
  return (
    <div className={styles['table']} role="group" aria-label={`${title}, table`} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{xLabel}</th>
            {series.map((line) => (
              <th key={line.key} scope="col">
                {line.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {plotRows(series, range[0], range[1], tableRows).map((row) => (
            <tr key={row.x}>
              <th scope="row">{figure(row.x)}</th>
              {row.values.map((value, i) => (
                <td key={series[i]!.key}>{value === null ? '—' : figure(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
