/** The curves of a run, plot by plot; a plot is drawn again only when one of its own curves has grown. */
import { memo, useMemo, useState } from 'react';
import { EmptyState } from '../../components/layout.tsx';
import { Plot, type PlotSeries } from '../../components/plot/plot.tsx';
import type { PlotMark } from '../../components/plot/plot-options.ts';
import { SmoothingSlider } from '../../components/smoothing-slider.tsx';
import { SegmentedControl, Switch } from '../../components/toggles.tsx';
import { useSettings } from '../../state/settings.ts';
import type { CurveStore } from './curve-store.ts';
import { axes, axisLabel, axisValues, type EpochFacts, placeOfStep, type PlotAxis, stepAtPlace } from './plot-axis.ts';
import { type MetricWords, type PlotGroup, plotGroups } from './plot-groups.ts';
import styles from './train.module.css';

export interface CurvePlotsProps {
  readonly curves: CurveStore;
  readonly keys: readonly string[];
  readonly words: MetricWords | undefined;
  readonly facts: EpochFacts;
  readonly isActive: boolean;
  /** The step the sample timeline stands at. */
  readonly markedStep: number | null;
  /** A step a person clicked at. */
  readonly onPickStep: (step: number) => void;
}

export function CurvePlots({ curves, keys, words, facts, isActive, markedStep, onPickStep }: CurvePlotsProps) {
  const [axis, setAxis] = useState<PlotAxis>('step');
  const [log, setLog] = useState(false);
  const smoothing = useSettings((state) => state.settings.smoothing);
  const groups = useMemo(() => plotGroups(keys, words), [keys, words]);
  if (groups.length === 0) {
    return (
      <EmptyState title={isActive ? 'Waiting for the first step' : 'No curves'} icon="train">
        {isActive ? 'Curves appear here with the first recorded step.' : 'This run recorded no step before it ended.'}
      </EmptyState>
    );
  }
  return (
    <div className={styles['plots']}>
      <PlotTools {...{ axis, setAxis, log, setLog }} hasEpochs={facts.stepsPerEpoch !== undefined} />
      <div className={styles['plotScroll']}>
        <h2 className="visually-hidden">Curves</h2>
        <div className={styles['plotGrid']}>
          {groups.map((group) => (
            <GroupPlot
              // Another scale from the start: the plot keeps its own toggle otherwise.
              key={`${group.id} ${log}`}
              {...{ group, curves, axis, facts, smoothing, markedStep, onPickStep }}
              isLog={log || group.startsLog}
              turn={group.lines.map((line) => curves.turnOf(line.key)).join()}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface PlotToolsProps {
  readonly axis: PlotAxis;
  readonly setAxis: (axis: PlotAxis) => void;
  readonly log: boolean;
  readonly setLog: (log: boolean) => void;
  readonly hasEpochs: boolean;
}

const axisWords: Readonly<Record<PlotAxis, string>> = { step: 'Step', epoch: 'Epoch', time: 'Time' };

function PlotTools({ axis, setAxis, log, setLog, hasEpochs }: PlotToolsProps) {
  return (
    <div className={styles['plotTools']} role="group" aria-label="How curves are drawn">
      <SegmentedControl
        label="Horizontal axis"
        size="small"
        segments={axes.map((value) => ({ value, label: axisWords[value], disabled: value === 'epoch' && !hasEpochs }))}
        value={axis}
        onChange={setAxis}
      />
      <SmoothingSlider />
      <Switch label="Log scales" selected={log} onChange={setLog} />
    </div>
  );
}

interface GroupPlotProps {
  readonly group: PlotGroup;
  readonly curves: CurveStore;
  /** Another text whenever one of the curves changed. */
  readonly turn: string;
  readonly axis: PlotAxis;
  readonly facts: EpochFacts;
  readonly smoothing: number;
  readonly isLog: boolean;
  readonly markedStep: number | null;
  readonly onPickStep: (step: number) => void;
}

/** Rates and weights are set, not measured: nothing of them is noise. */
const GroupPlot = memo(function GroupPlot({
  group,
  curves,
  turn,
  axis,
  facts,
  smoothing,
  isLog,
  markedStep,
  onPickStep,
}: GroupPlotProps) {
  const series = useMemo(
    (): readonly PlotSeries[] =>
      group.lines.flatMap(({ key, label }, index) => {
        const view = curves.get(key)?.view();
        if (!view) return [];
        const { values: y, low, high } = view;
        return [
          { key, label, colour: `var(--series-${(index % 8) + 1})`, x: axisValues(view, axis, facts), y, low, high },
        ];
      }),
    // `curves` is changed in place: `turn` says when.
    [group, curves, turn, axis, facts],
  );
  const clock = curves.get(group.lines[0]!.key)?.view();
  const at = markedStep === null ? null : placeOfStep(markedStep, axis, facts, clock);
  const marks = useMemo((): readonly PlotMark[] => (at === null ? [] : [{ x: at, label: 'samples' }]), [at]);
  const onPick = (x: number): void => {
    const step = stepAtPlace(x, axis, facts, clock);
    if (step !== null) onPickStep(step);
  };
  return (
    <div className={styles['plotCell']}>
      <Plot
        title={group.title}
        xLabel={axisLabel(axis, facts)}
        series={series}
        smoothing={group.section === 'scalars' ? 0 : smoothing}
        cursorKey="train"
        height={180}
        startsLog={isLog}
        marks={marks}
        onPick={onPick}
      />
    </div>
  );
});
