/** The head of Train: which run, how it stands, how far it is, and its controls. */
import type { Run } from '../../../core/protocol/records.ts';
import { IconButton } from '../../components/button.tsx';
import { bytesFigure, durationFigure, figure } from '../../components/figures.ts';
import { ToolbarDivider } from '../../components/layout.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { Select } from '../../components/select.tsx';
import { ColourDot, StatusTag, Tag } from '../../components/tag.tsx';
import { navigate, setParams } from '../../state/navigation.ts';
import { useRunColour, useRuns } from '../../state/runs.ts';
import { type LiveRun, type RunPhase, timeLeftMs } from './live-run.ts';
import { ControlButtons, type RunControl } from './run-controls.tsx';
import styles from './train.module.css';

/** Older runs are found in Runs. */
const offered = 100;

export interface RunHeaderProps {
  readonly run: Run;
  readonly live: LiveRun;
  readonly phase: RunPhase;
  readonly control: RunControl;
}

export function RunHeader({ run, live, phase, control }: RunHeaderProps) {
  const runs = useRuns((state) => state.runs);
  const colour = useRunColour(run.id);
  const near = runs.slice(0, offered);
  const choices = (near.includes(run) ? near : [run, ...near]).map((each) => ({
    value: each.id,
    label: each.name,
    help: `${each.status}, ${each.experiment || 'no experiment'}, ${each.id}`,
  }));
  return (
    <header className={styles['head']}>
      <div className={styles['headRow']}>
        <ColourDot colour={colour} />
        <Select
          label="Run"
          hideLabel
          size="small"
          className={styles['chooser']!}
          choices={choices}
          value={run.id}
          onChange={(id) => setParams({ run: id, at: null })}
        />
        {phase === 'paused' ? <Tag tone="warning">paused</Tag> : <StatusTag status={run.status} />}
        <Facts {...{ run, live, phase }} />
        <span className={styles['spacer']} />
        <IconButton
          icon="generate"
          label="Generate with this run"
          onPress={() => navigate('generate', { run: run.id })}
        />
        <IconButton icon="compare" label="Compare this run" onPress={() => navigate('compare', { runs: run.id })} />
        <ToolbarDivider />
        <ControlButtons control={control} />
      </div>
      <RunProgress {...{ run, live, phase }} />
    </header>
  );
}

function Facts({ run, live, phase }: { readonly run: Run; readonly live: LiveRun; readonly phase: RunPhase }) {
  const step = Math.max(run.currentStep, live.step);
  const isGoing = phase === 'training' || phase === 'paused';
  const left = timeLeftMs(step, run.totalSteps, live.stepsPerSecond);
  const facts: readonly (readonly [string, string])[] = [
    ['Step', run.totalSteps > 0 ? `${figure(step)} / ${figure(run.totalSteps)}` : figure(step)],
    ...(isGoing && live.stepsPerSecond > 0 ? [['Rate', `${figure(live.stepsPerSecond, 3)} steps/s`] as const] : []),
    ...(phase === 'training' && left !== null ? [['Left', durationFigure(left)] as const] : []),
    ...(isGoing && live.rssBytes !== null ? [['Memory', bytesFigure(live.rssBytes)] as const] : []),
    ['On', run.device],
  ];
  return (
    <dl className={styles['headFacts']}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function RunProgress({ run, live, phase }: { readonly run: Run; readonly live: LiveRun; readonly phase: RunPhase }) {
  const { progress } = live;
  if (phase === 'preparing' || (progress && phase === 'training')) {
    const what = progress
      ? `${progress.what.charAt(0).toUpperCase()}${progress.what.slice(1)}`
      : 'Starting the worker, reading data, compiling the step';
    const note = progress?.total ? `${figure(progress.done)} of ${figure(progress.total)}` : undefined;
    return (
      <ProgressBar
        label={what}
        done={progress?.done ?? 0}
        total={progress?.total ?? null}
        note={note}
        className={styles['preparing']!}
      />
    );
  }
  if (phase === 'ended' && run.status === 'finished') return null;
  return (
    <ProgressBar
      label="Steps done"
      hideLabel
      done={Math.max(run.currentStep, live.step)}
      total={run.totalSteps || 1}
      className={styles['steps']!}
    />
  );
}
