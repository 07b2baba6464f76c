/** The main view: samples of all runs at one moment of training, and their curves, under one slider. */
import { useEffect, useMemo, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/layout.tsx';
import { PlotGrid } from '../../components/plot/plot-grid.tsx';
import { SearchField } from '../../components/text-field.tsx';
import { useSettings } from '../../state/settings.ts';
import { axisWords, type AxisName, type StepToX } from './axes.ts';
import { type ComparedRun, xLabelOf } from './compared-runs.ts';
import { nearestStop, type PlacedMoment, stopsOf } from './moments.ts';
import { metricPlots } from './plots.ts';
import { SampleMatrix } from './sample-matrix.tsx';
import { TimeSlider } from './time-slider.tsx';
import styles from './compare.module.css';

export interface OverviewProps {
  readonly runs: readonly ComparedRun[];
  /** How steps of each run lie on the axis; null where that is not known. */
  readonly places: readonly (StepToX | null)[];
  readonly axis: AxisName;
}

/** Each run's moments on the axis. */
function placed(
  runs: readonly ComparedRun[],
  places: readonly (StepToX | null)[],
): readonly (readonly PlacedMoment[])[] {
  return runs.map(({ moments }, i) => {
    const toX = places[i];
    return toX && moments ? moments.map(({ step }) => ({ step, x: toX(step) })) : [];
  });
}

export function Overview({ runs, places, axis }: OverviewProps) {
  const moments = useMemo(() => placed(runs, places), [runs, places]);
  const stops = useMemo(() => stopsOf(moments), [moments]);
  const [share, setShare] = useState(1);
  // The slider keeps its share of the way when the axis, and with it every stop, changes.
  const last = stops.at(-1) ?? 0;
  const stop = nearestStop(stops, share * last);
  const x = stops[stop] ?? 0;
  const toStop = (index: number): void =>
    setShare(last > 0 ? stops[Math.max(0, Math.min(stops.length - 1, index))]! / last : 1);
  const unplaced = runs.filter((_, i) => places[i] === null);
  return (
    <div className={styles['overview']}>
      {unplaced.length > 0 && (
        <p className={styles['notice']} role="status">
          {unplaced.map(({ run }) => run.name).join(', ')}: where steps lie on this axis is not known
          {unplaced.some(({ model }) => !model) ? ' yet' : ''}.
        </p>
      )}
      {stops.length > 0 && <TimeSlider stops={stops} stop={stop} onStop={toStop} words={axisWords(axis, x)} />}
      <SampleMatrix runs={runs} moments={moments} x={x} stops={stops} stop={stop} />
      <Curves
        runs={runs}
        places={places}
        axis={axis}
        x={stops.length > 0 ? x : null}
        onPick={(at) => toStop(nearestStop(stops, at))}
      />
    </div>
  );
}

interface CurvesProps extends OverviewProps {
  readonly x: number | null;
  readonly onPick: (x: number) => void;
}

const shownAtFirst = 9;

function Curves({ runs, places, axis, x, onPick }: CurvesProps) {
  const smoothing = useSettings((state) => state.settings.smoothing);
  const [typed, setTyped] = useState('');
  const [isAll, setIsAll] = useState(false);
  useEffect(() => setIsAll(false), [typed]);
  const plots = useMemo(() => metricPlots(runs, places), [runs, places]);
  const found = plots.filter((plot) => `${plot.title} ${plot.key}`.toLowerCase().includes(typed.toLowerCase()));
  const shown = isAll ? found : found.slice(0, shownAtFirst);
  const marks = useMemo(() => (x === null ? [] : [{ x, label: 'Samples' }]), [x]);
  return (
    <section aria-label="Curves" className={styles['section']}>
      <header className={styles['sectionHead']}>
        <h2>Curves</h2>
        <span className={styles['faint']}>
          Click a curve to move the samples there; drag to zoom, double-click to go back
        </span>
        <span className={styles['end']}>
          <SearchField label="Find a metric" size="small" value={typed} onChange={setTyped} />
        </span>
      </header>
      {plots.length === 0 && (
        <EmptyState title="No curves yet" icon="train">
          They appear with the first steps of a run.
        </EmptyState>
      )}
      {plots.length > 0 && found.length === 0 && <EmptyState title={`No metric matches “${typed}”`} icon="search" />}
      <PlotGrid
        cursorKey="compare"
        smoothing={smoothing}
        plotWidth={380}
        plots={shown.map(({ key, title, series, isFarApart }) => ({
          key: `${key} ${axis} ${isFarApart}`,
          startsLog: isFarApart,
          title,
          series,
          xLabel: xLabelOf(axis),
          height: 168,
          marks,
          onPick,
          // Few points are measurements of their own, not noise around a course.
          ...(series.every((line) => line.y.length < 30) && { smoothing: 0 }),
        }))}
      />
      {found.length > shown.length && (
        <div className={styles['more']}>
          <Button size="small" onPress={() => setIsAll(true)}>
            Show {found.length - shown.length} more
          </Button>
        </div>
      )}
    </section>
  );
}
