/** Images of runs in rows, one seed a column: walked by arrow keys, opened large beside the same seed of every run. */
import { type KeyboardEvent, useRef, useState } from 'react';
import { figure } from '../../components/figures.ts';
import { sampleCount } from '../../components/samples/pixels.ts';
import { valueUpTo } from './plots.ts';
import { RunHead } from './run-head.tsx';
import { SamplePicture } from './sample-picture.tsx';
import { SeedDialog } from './seed-dialog.tsx';
import type { ShownRun } from './shown-run.ts';
import matrix from './matrix.module.css';

/** Pixels of a cell, about. */
const cell = 60;
const mostScores = 2;

/** The same sample of a run is made from the same seed; this many are shown. */
const countOf = ({ shown }: ShownRun): number => (shown ? sampleCount(shown.samples.data, shown.samples.shape) : 0);

/** Scores that are recorded while training and most rows have. */
function scoreKeys(rows: readonly ShownRun[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { run } of rows)
    for (const key of run.curves.keys()) if (key.startsWith('score.')) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1] || b[0].localeCompare(a[0]))
    .slice(0, mostScores)
    .map(([key]) => key);
}

const scoreTitle = (rows: readonly ShownRun[], key: string): string =>
  (rows.flatMap(({ run }) => run.model?.metrics.find((metric) => metric.name === key)?.label ?? [])[0] ?? key).replace(
    / (of|by) samples$/,
    '',
  );

export function ImageMatrix({ rows }: { readonly rows: readonly ShownRun[] }) {
  const [at, setAt] = useState({ row: 0, column: 0 });
  const [open, setOpen] = useState<number | null>(null);
  const grid = useRef<HTMLDivElement>(null);
  const columns = Math.max(1, ...rows.map(countOf));
  const scores = scoreKeys(rows);
  const move = (row: number, column: number): void => {
    const next = {
      row: Math.max(0, Math.min(rows.length - 1, row)),
      column: Math.max(0, Math.min(columns - 1, column)),
    };
    setAt(next);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${next.row} ${next.column}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const ways: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [at.row, at.column - 1],
      ArrowRight: [at.row, at.column + 1],
      ArrowUp: [at.row - 1, at.column],
      ArrowDown: [at.row + 1, at.column],
      Home: [at.row, 0],
      End: [at.row, columns - 1],
    };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    move(...way);
  };
  return (
    <div className={matrix['matrixFrame']}>
      <div
        ref={grid}
        role="grid"
        aria-label="Samples by run and seed"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns + 1}
        className={matrix['matrix']}
        onKeyDown={onKeyDown}
      >
        <MatrixHead columns={columns} active={at.column} scores={scores.map((key) => scoreTitle(rows, key))} />
        {rows.map((row, i) => (
          <div key={row.run.run.id} role="row" aria-rowindex={i + 2} className={matrix['matrixRow']}>
            <div role="rowheader" className={matrix['rowHead']}>
              <RunHead row={row} />
            </div>
            {row.words ? (
              <div role="gridcell" className={matrix['rowWords']}>
                {row.words}
              </div>
            ) : (
              <Cells row={row} index={i} columns={columns} at={at} onAt={setAt} onOpen={setOpen} />
            )}
            {scores.map((key) => (
              <div key={key} role="gridcell" className={matrix['rowScore']}>
                {scoreWords(row, key)}
              </div>
            ))}
          </div>
        ))}
      </div>
      {open !== null && (
        <SeedDialog rows={rows} index={open} count={columns} onIndex={setOpen} onClose={() => setOpen(null)} />
      )}
    </div>
  );
}

function scoreWords({ run, shown }: ShownRun, key: string): string {
  const value = shown && valueUpTo(run.curves.get(key), shown.step);
  return value === undefined ? '—' : figure(value, 3);
}

function MatrixHead({
  columns,
  active,
  scores,
}: {
  readonly columns: number;
  readonly active: number;
  readonly scores: readonly string[];
}) {
  return (
    <div role="row" aria-rowindex={1} className={matrix['matrixHead']}>
      <div role="columnheader" className={matrix['rowHead']}>
        Run
      </div>
      {Array.from({ length: columns }, (_, column) => (
        <div
          key={column}
          role="columnheader"
          className={matrix['columnHead']}
          data-active={column === active ? '' : undefined}
          aria-label={`Seed ${column + 1}`}
        >
          {column + 1}
        </div>
      ))}
      {scores.map((title) => (
        <div
          key={title}
          role="columnheader"
          className={matrix['rowScore']}
          title={`${title}, as last measured up to the moment shown`}
        >
          {title}
        </div>
      ))}
    </div>
  );
}

interface CellsProps {
  readonly row: ShownRun;
  readonly index: number;
  readonly columns: number;
  readonly at: { readonly row: number; readonly column: number };
  readonly onAt: (at: { readonly row: number; readonly column: number }) => void;
  readonly onOpen: (column: number) => void;
}

function Cells({ row, index, columns, at, onAt, onOpen }: CellsProps) {
  const count = countOf(row);
  return Array.from({ length: columns }, (_, column) => (
    <div key={column} role="gridcell" className={matrix['cell']}>
      {column < count && row.shown && (
        <button
          type="button"
          className={matrix['cellButton']}
          data-cell={`${index} ${column}`}
          tabIndex={at.row === index && at.column === column ? 0 : -1}
          aria-label={`${row.run.run.name}, seed ${column + 1}, step ${row.shown.step}`}
          onFocus={() => onAt({ row: index, column })}
          onMouseEnter={() => onAt({ row: index, column })}
          onClick={() => onOpen(column)}
        >
          <SamplePicture samples={row.shown.samples} index={column} size={cell} />
        </button>
      )}
    </div>
  ));
}
