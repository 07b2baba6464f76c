/** Play, pause, step and stop of the run in hand: in the top bar whatever the place, by keys, and as commands. */
import { useEffect } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { figure } from '../../components/figures.ts';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { ColourDot } from '../../components/tag.tsx';
import { TopBarControls } from '../../app/top-bar.tsx';
import { type Command, inEveryPlace, useCommandKeys, useCommands } from '../../app/commands.ts';
import { useHost } from '../../client/host-context.tsx';
import { navigate, useNavigation } from '../../state/navigation.ts';
import { useRunColour, useRuns } from '../../state/runs.ts';
import { useWorkspace } from '../../state/workspace.ts';
import type { Run } from '../../../core/protocol/records.ts';
import { isResumable, runInHand } from './chosen-run.ts';
import { keepInHand, setPaused, useHand } from './hand-store.ts';
import {
  continueRun,
  pauseRun,
  playMeaning,
  type PlayMeaning,
  resumeRun,
  stepRun,
  stopRun,
  trainOpenDocument,
} from './run-actions.ts';
import styles from './train.module.css';

const playTitles: Readonly<Record<PlayMeaning, string>> = {
  continue: 'Go on training',
  pause: 'Pause training',
  train: 'Train the open document',
  resume: 'Resume the run',
  nothing: 'Train',
};

export interface RunControl {
  readonly run: Run | undefined;
  readonly isPaused: boolean;
  readonly meaning: PlayMeaning;
  readonly play: () => void;
  readonly step: () => void;
  readonly stop: () => void;
}

/** The run in hand and what can be done with it. */
export function useRunControl(): RunControl {
  const host = useHost();
  const place = useNavigation((state) => state.place);
  const chosen = useNavigation((state) => (state.place === 'train' ? state.params['run'] : state.left.train?.['run']));
  const last = useHand((state) => state.last);
  const run = useRuns((state) => runInHand(state.runs, chosen, last));
  const hasDocument = useWorkspace((state) => state.file !== null);
  const isPaused = useHand((state) => run !== undefined && state.paused.has(run.id));
  const isRunning = run?.status === 'running';
  const meaning = playMeaning({
    isInTrain: place === 'train',
    isRunning,
    isPaused,
    isResumable: run !== undefined && isResumable(run),
    hasDocument,
  });
  const play = (): void => {
    if (meaning === 'train') void trainOpenDocument(host);
    else if (run && meaning === 'pause') void pauseRun(host, run.id);
    else if (run && meaning === 'continue') void continueRun(host, run.id);
    else if (run && meaning === 'resume') void resumeRun(host, run.id);
  };
  const step = (): void => void (run && stepRun(host, run.id));
  const stop = (): void => void (run && stopRun(host, run.id));
  return { run, isPaused, meaning, play, step, stop };
}

/** Mounted once for the window. */
export function RunInHand() {
  const control = useRunControl();
  const { run, meaning, play, step, stop } = control;
  const isActive = run?.status === 'running' || run?.status === 'queued';
  const isShown = useNavigation((state) => state.place === 'train');
  useFollowPause(run);
  const id = run?.id;
  useEffect(() => {
    if (id) keepInHand(id);
  }, [id]);
  const commands: readonly Command[] = [
    {
      id: 'train.play',
      title: playTitles[meaning],
      group: 'Train',
      keys: 'Mod+Enter',
      enabled: meaning !== 'nothing',
      run: play,
    },
    { id: 'train.stop', title: 'Stop the run', group: 'Train', keys: 'Mod+Alt+Enter', enabled: isActive, run: stop },
    {
      id: 'train.step',
      title: 'Make one step and pause',
      group: 'Train',
      keys: 'Mod+Shift+Enter',
      enabled: run?.status === 'running',
      run: step,
    },
  ];
  useCommands(inEveryPlace(commands));
  // There the controls stand in the head of the run.
  if (isShown) return null;
  return (
    <TopBarControls>
      <div className={styles['hand']}>
        {run && <HandName run={run} />}
        <ControlButtons control={control} size="small" />
      </div>
    </TopBarControls>
  );
}

/** The host tells whether a run in progress waits for a person; a run that is over does not. */
function useFollowPause(run: Run | undefined): void {
  const host = useHost();
  const running = run?.status === 'running' ? run.id : undefined;
  useEffect(() => {
    if (!running) return undefined;
    const stop = host.subscribe(
      'run',
      { run: running },
      {
        onItem: (items) => {
          for (const item of items) {
            if (item.type === 'paused') setPaused(running, item.paused);
            else if (item.type === 'ready') setPaused(running, false);
          }
          return new Promise((resolve) => setTimeout(resolve, 100));
        },
      },
    );
    return () => {
      stop();
      setPaused(running, false);
    };
  }, [host, running]);
}

function HandName({ run }: { readonly run: Run }) {
  const colour = useRunColour(run.id);
  const isRunning = run.status === 'running';
  return (
    <Button
      look="quiet"
      size="small"
      className={styles['handName']!}
      onPress={() => navigate('train', { run: run.id })}
    >
      <ColourDot colour={colour} size={8} />
      <span className={styles['clipped']}>{run.name}</span>
      <span className={styles['faint']}>
        {isRunning ? `${figure(run.currentStep)} / ${figure(run.totalSteps)}` : run.status}
      </span>
      <span className="visually-hidden">, show the run</span>
      {isRunning && (
        <ProgressBar
          label={`Progress of ${run.name}`}
          hideLabel
          done={run.currentStep}
          total={run.totalSteps}
          className={styles['handBar']!}
        />
      )}
    </Button>
  );
}

export interface ControlButtonsProps {
  readonly control: RunControl;
  readonly size?: 'normal' | 'small';
}

/** The same three buttons wherever they stand. */
export function ControlButtons({
  control: { run, isPaused, meaning, play, step, stop },
  size = 'normal',
}: ControlButtonsProps) {
  const [playKeys, stepKeys, stopKeys] = [
    useCommandKeys('train.play'),
    useCommandKeys('train.step'),
    useCommandKeys('train.stop'),
  ];
  const isRunning = run?.status === 'running';
  return (
    <span className={styles['buttons']} role="group" aria-label="Run controls">
      <IconButton
        icon={meaning === 'pause' ? 'pause' : 'play'}
        label={playTitles[meaning]}
        keys={playKeys}
        size={size}
        look={meaning === 'nothing' || meaning === 'pause' ? 'quiet' : 'primary'}
        isDisabled={meaning === 'nothing'}
        onPress={play}
      />
      <IconButton
        icon="step"
        label={isPaused ? 'Make one step' : 'Make one step and pause'}
        keys={stepKeys}
        size={size}
        isDisabled={!isRunning}
        onPress={step}
      />
      <IconButton
        icon="stop"
        label={run?.status === 'queued' ? 'Take out of the queue' : 'Stop the run'}
        keys={stopKeys}
        size={size}
        isDisabled={!isRunning && run?.status !== 'queued'}
        onPress={stop}
      />
    </span>
  );
}
