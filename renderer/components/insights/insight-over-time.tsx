/** What evaluations found of one kind, at one step or the other: the split, a slider over the steps, and the view of the kind. */
import { useState } from 'react';
import type { Split } from '../../../core/data/data-info.ts';
import type { Insight } from '../../../core/metrics/insight.ts';
import type { InsightMoment } from '../../../core/protocol/insights.ts';
import { useCall } from '../../client/host-context.tsx';
import { MomentStepper } from '../moment-stepper.tsx';
import { SegmentedControl } from '../toggles.tsx';
import { ConfusionMatrix } from './confusion-matrix.tsx';
import { ScoreHistograms } from './score-histograms.tsx';
import styles from './insights.module.css';

/** Kinds that have a view here. */
export type ShownKind = 'confusion' | 'scores';

export interface CellChoice {
  readonly split: Split;
  readonly step: number;
  readonly actual: number;
  readonly predicted: number;
}

export interface InsightOverTimeProps {
  readonly run: string;
  readonly kind: ShownKind;
  /** The run's; those of other kinds are left out. */
  readonly moments: readonly InsightMoment[];
  /** Where it begins; absent: the newest, followed as more come. */
  readonly step?: number | undefined;
  readonly onCell: (cell: CellChoice) => void;
}

const splitNames: Readonly<Record<Split, string>> = { train: 'Training', validation: 'Validation', test: 'Test' };

export function InsightOverTime({ run, kind, moments, step, onCell }: InsightOverTimeProps) {
  const own = moments.filter((moment) => moment.kind === kind);
  const splits = [...new Set(own.map(({ split }) => split))];
  const [wantedSplit, setSplit] = useState<Split | null>(null);
  const [wantedStep, setStep] = useState<number | null>(step ?? null);
  const split = wantedSplit && splits.includes(wantedSplit) ? wantedSplit : splits.at(-1);
  const steps = own.filter((moment) => moment.split === split).map((moment) => moment.step);
  const found = wantedStep === null ? -1 : steps.indexOf(wantedStep);
  const index = found < 0 ? steps.length - 1 : found;
  const insight = useInsight(run, split && { kind, split, step: steps[index]! });
  if (!split) return null;
  return (
    <div className={styles['overTime']}>
      <div className={styles['moments']}>
        {splits.length > 1 && (
          <SegmentedControl
            label="Split"
            size="small"
            segments={splits.map((value) => ({ value, label: splitNames[value] }))}
            value={split}
            onChange={(next: Split) => setSplit(next)}
          />
        )}
        <MomentBar
          steps={steps}
          index={index}
          // The last of them stands for whatever is newest.
          onIndex={(to) => setStep(to === steps.length - 1 ? null : steps[to]!)}
        />
      </div>
      {insight && (
        <OneInsight
          insight={insight}
          onCell={(actual, predicted) => onCell({ split, step: steps[index]!, actual, predicted })}
        />
      )}
    </div>
  );
}

function OneInsight({
  insight,
  onCell,
}: {
  readonly insight: Insight;
  readonly onCell: (actual: number, predicted: number) => void;
}) {
  if (insight.kind === 'confusion') return <ConfusionMatrix insight={insight} onCell={onCell} />;
  if (insight.kind === 'scores') return <ScoreHistograms insight={insight} />;
  return null;
}

/** The insight of a moment; the one before it stays until it is there, so that a slider does not flicker. */
function useInsight(run: string, moment: InsightMoment | undefined): Insight | undefined {
  const { data } = useCall('runs.insight', moment ? { run, ...moment } : null);
  const [last, setLast] = useState(data);
  if (data && data !== last) setLast(data);
  return data ?? (last?.kind === moment?.kind ? last : undefined);
}

interface MomentBarProps {
  readonly steps: readonly number[];
  readonly index: number;
  readonly onIndex: (index: number) => void;
}

function MomentBar({ steps, index, onIndex }: MomentBarProps) {
  const words = (at: number): string => `step ${(steps[at] ?? 0).toLocaleString('en-GB')}`;
  if (steps.length < 2) return <span className={styles['step']}>{words(index)}</span>;
  return (
    <>
      <MomentStepper
        label="Step of the evaluation"
        before="Evaluation before"
        after="Evaluation after"
        count={steps.length}
        index={index}
        onIndex={onIndex}
        words={words}
        className={styles['slider']!}
      />
      <span className={styles['step']}>{words(index)}</span>
    </>
  );
}
