/** Samples that are not pictures, one card for each run: clouds of points on shared axes, tables, class scores. */
import { useMemo } from 'react';
import { type PointBounds, pointBounds } from '../../components/samples/point-bounds.ts';
import { SamplesView } from '../../components/samples/samples-view.tsx';
import { RunHead } from './run-head.tsx';
import type { ShownRun } from './shown-run.ts';
import styles from './compare.module.css';
import matrix from './matrix.module.css';

/** Samples in a card, where each takes room of its own; of points all are shown. */
const shownAtMost = { image: 16, points: Infinity, table: 8, text: 3, classScores: 3 } as const;

/** The rectangle that holds all clouds and known centres of one data set. */
function sharedBounds(rows: readonly ShownRun[]): ReadonlyMap<string, PointBounds> {
  const bySource = Map.groupBy(
    rows.filter((row) => row.shown?.samples.kind === 'points'),
    ({ run }) => run.run.dataHash,
  );
  const bounds = new Map<string, PointBounds>();
  for (const [source, members] of bySource) {
    const centres = members.flatMap(({ run }) => run.model?.data.modes?.centres ?? []);
    const all = members.map(({ shown }) => pointBounds(shown!.samples, centres));
    bounds.set(source, {
      minX: Math.min(...all.map((each) => each.minX)),
      maxX: Math.max(...all.map((each) => each.maxX)),
      minY: Math.min(...all.map((each) => each.minY)),
      maxY: Math.max(...all.map((each) => each.maxY)),
    });
  }
  return bounds;
}

export function KindCards({ rows }: { readonly rows: readonly ShownRun[] }) {
  const bounds = useMemo(() => sharedBounds(rows), [rows]);
  return (
    <ul className={matrix['cards']} aria-label="Samples by run">
      {rows.map((row) => (
        <li key={row.run.run.id} className={matrix['card']}>
          <RunHead row={row} />
          {row.shown && !row.words ? (
            <SamplesView
              samples={row.shown.samples}
              info={row.run.model?.data}
              bounds={bounds.get(row.run.run.dataHash)}
              height={240}
              limit={shownAtMost[row.shown.samples.kind]}
              hideCaption
            />
          ) : (
            <p className={styles['faint']}>{row.words}</p>
          )}
        </li>
      ))}
    </ul>
  );
}
