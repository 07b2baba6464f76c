/** Train: one run as it happens, the newest running or the one that was chosen. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Run } from '../../../core/protocol/records.ts';
import { useConnection, useHost } from '../../client/host-context.tsx';
import { Button } from '../../components/button.tsx';
import { EmptyState, PlaceFrame } from '../../components/layout.tsx';
import { InsightOverTime, type ShownKind } from '../../components/insights/insight-over-time.tsx';
import { SplitPane } from '../../components/split-pane.tsx';
import { Tabs, type TabSpec } from '../../components/tabs.tsx';
import { navigate, setParams, useParam } from '../../state/navigation.ts';
import { useRuns } from '../../state/runs.ts';
import { announce } from '../../state/toasts.ts';
import { useWorkspace } from '../../state/workspace.ts';
import { AlarmBanners } from './alarm-banners.tsx';
import { type Alarm, alarmsOf, endingOf, layerKey } from './alarms.ts';
import { CheckpointsPanel } from './checkpoints-panel.tsx';
import { isActive as isActiveRun, isResumable } from './chosen-run.ts';
import { CurvePlots } from './curve-plots.tsx';
import { phaseOf, type RunPhase } from './live-run.ts';
import { LogPanel } from './log-panel.tsx';
import { MachinePanel } from './machine-panel.tsx';
import { milestone, type Standing, standingOf } from './milestones.ts';
import { NormsPanel } from './norms-panel.tsx';
import { stepsPerEpoch } from './plot-axis.ts';
import { QueueList } from './queue-list.tsx';
import { forkRun, resumeRun, showExamples, showLayer, trainOpenDocument } from './run-actions.ts';
import { useRunControl } from './run-controls.tsx';
import type { FeedState } from './run-feed.ts';
import { RunHeader } from './run-header.tsx';
import { SampleTimeline } from './sample-timeline.tsx';
import { ScalarsPanel } from './scalars-panel.tsx';
import { nearestMoment } from './timeline.ts';
import { SilentUnits } from './silent-units.tsx';
import { type RunLists, useRunFeed, useRunLists } from './use-run.ts';
import insightStyles from './insight.module.css';
import styles from './train.module.css';

export function Place() {
  const control = useRunControl();
  const { run } = control;
  const isLoaded = useRuns((state) => state.loaded);
  if (!run) return <PlaceFrame>{isLoaded && <NothingYet />}</PlaceFrame>;
  return (
    <PlaceFrame>
      <RunView key={run.id} run={run} control={control} />
    </PlaceFrame>
  );
}

function NothingYet() {
  const host = useHost();
  const hasDocument = useWorkspace((state) => state.file !== null);
  const actions = (
    <>
      {hasDocument && (
        <Button look="primary" icon="play" onPress={() => void trainOpenDocument(host)}>
          Train the open document
        </Button>
      )}
      <Button look={hasDocument ? 'plain' : 'primary'} onPress={() => navigate('home')}>
        Choose a template
      </Button>
    </>
  );
  return (
    <EmptyState title="Nothing has been trained yet" icon="train" actions={actions}>
      A run shows here while it trains: its curves, what it draws, and what goes wrong.
    </EmptyState>
  );
}

function RunView({ run, control }: { readonly run: Run; readonly control: ReturnType<typeof useRunControl> }) {
  const feed = useRunFeed(run.id);
  const lists = useRunLists(run, feed);
  const phase = phaseOf(run, feed.live);
  const alarms = useAlarms(run, lists);
  useMilestones(run, phase, feed, alarms.length);
  const timeline = useTimeline(lists);
  const facts = useEpochFacts(run, lists);
  const isActive = isActiveRun(run);
  const onLayer = useShowLayer(run);
  return (
    <>
      <RunHeader {...{ run, phase, control }} live={feed.live} />
      <HostNote isActive={isActive} />
      <AlarmBanners
        alarms={alarms}
        onLayer={onLayer}
        actions={(alarm) => <AlarmActions {...{ alarm, run, lists }} />}
      />
      <SplitPane
        label="Width of samples and details"
        storageKey="train-side"
        fixed="second"
        initial={sideWidth()}
        min={300}
        max={760}
        first={
          feed.isLoaded ? (
            <CurvePlots
              curves={feed.curves}
              keys={feed.keys}
              words={lists.model}
              facts={facts}
              isActive={isActive}
              markedStep={timeline.marked}
              onPickStep={timeline.pick}
            />
          ) : null
        }
        second={<Side {...{ run, feed, lists, timeline, onLayer }} />}
      />
    </>
  );
}

/** Room for the names of all its tabs where the window has it. */
const sideWidth = (): number =>
  Math.round(Math.max(Math.min(450, window.innerWidth * 0.45), Math.min(480, window.innerWidth * 0.38)));

interface Timeline {
  readonly step: number | null;
  readonly marked: number | null;
  readonly show: (step: number | null) => void;
  /** Shows the moment nearest to a step. */
  readonly pick: (step: number) => void;
}

/** The moment of samples that is looked at, kept in the address; none follows the newest. */
function useTimeline({ moments }: RunLists): Timeline {
  const at = useParam('at');
  const step = at !== undefined && moments.some((moment) => moment.step === Number(at)) ? Number(at) : null;
  const show = useCallback((next: number | null) => setParams({ at: next === null ? null : String(next) }), []);
  const pick = useCallback(
    (wanted: number) => {
      const near = nearestMoment(moments, wanted);
      if (near) show(near === moments.at(-1) ? null : near.step);
    },
    [moments, show],
  );
  return { step, marked: step ?? moments.at(-1)?.step ?? null, show, pick };
}

function useEpochFacts(run: Run, { model, params }: RunLists) {
  const examples = model?.data.counts.train;
  const epochs = number(params.get('training.epochs'));
  const batchSize = number(params.get('data.batchSize'));
  return useMemo(
    () => ({ stepsPerEpoch: stepsPerEpoch({ totalSteps: run.totalSteps, epochs, batchSize, examples }) }),
    [run.totalSteps, epochs, batchSize, examples],
  );
}

const number = (value: string | number | boolean | null | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined;

function useAlarms(run: Run, { events }: RunLists): readonly Alarm[] {
  const { status, error, currentStep, totalSteps } = run;
  return useMemo(() => {
    const ending = endingOf({ status, error, currentStep, totalSteps });
    return [...(ending ? [ending] : []), ...alarmsOf(events)];
  }, [events, status, error, currentStep, totalSteps]);
}

function useMilestones(run: Run, phase: RunPhase, { live }: FeedState, alarms: number): void {
  const now = standingOf(run, phase, live, alarms);
  const before = useRef<Standing>(now);
  const key = JSON.stringify(now);
  useEffect(() => {
    const words = milestone(before.current, now, run.name);
    before.current = now;
    if (words) announce(words);
  }, [key]);
}

/** Selects a layer on the canvas: of the open document when that has it, else of the run's own. */
function useShowLayer(run: Run): (name: string) => void {
  const host = useHost();
  return useCallback((name: string) => void showLayer(host, run, layerKey(name) ?? name), [host, run]);
}

function HostNote({ isActive }: { readonly isActive: boolean }) {
  const { status } = useConnection();
  if (status !== 'lost' || !isActive) return null;
  return (
    <p className={styles['hostNote']} role="status">
      What is shown is the last that was heard of this run. If its host is gone the run is interrupted, and can be
      resumed from its last checkpoint when the host is back.
    </p>
  );
}

interface AlarmActionsProps {
  readonly alarm: Alarm;
  readonly run: Run;
  readonly lists: RunLists;
}

function AlarmActions({ alarm, run, lists }: AlarmActionsProps) {
  const host = useHost();
  if (!alarm.id.startsWith('ended-')) return null;
  const last = lists.checkpoints[0]?.step ?? null;
  return (
    <>
      {isResumable(run) && (
        <Button size="small" look="primary" icon="play" onPress={() => void resumeRun(host, run.id)}>
          {last === null ? 'Start again' : `Resume from step ${last.toLocaleString('en-GB')}`}
        </Button>
      )}
      {run.status === 'diverged' && last !== null && (
        <Button size="small" icon="fork" onPress={() => void forkRun(host, run, last)}>
          Fork
        </Button>
      )}
    </>
  );
}

interface SideProps {
  readonly run: Run;
  readonly feed: FeedState;
  readonly lists: RunLists;
  readonly timeline: Timeline;
  readonly onLayer: (layer: string) => void;
}

type SideTab = 'layers' | ShownKind | 'scalars' | 'checkpoints' | 'log' | 'machine' | 'queue';

function Side({ run, feed, lists, timeline, onLayer }: SideProps) {
  const [tab, setTab] = useState<SideTab>(() => (isActiveRun(run) ? 'layers' : 'checkpoints'));
  const waiting = useRuns((state) => state.runs.filter((each) => each.status === 'queued').length);
  const { model, events, moments, checkpoints, params } = lists;
  const isActive = isActiveRun(run);
  const labels = useMemo(() => new Map(model?.outputs.map(({ name, label }) => [name, label])), [model]);
  const tabs: readonly TabSpec<SideTab>[] = [
    {
      id: 'layers',
      label: 'Layers',
      content: (
        <>
          <NormsPanel norms={lists.norms} isActive={isActive} onLayer={onLayer} />
          <SilentUnits run={run.id} moments={lists.insights} onLayer={onLayer} />
        </>
      ),
    },
    ...insightTabs(run, lists),
    {
      id: 'scalars',
      label: 'Scalars',
      content: (
        <ScalarsPanel
          run={run.id}
          scalars={model?.scalars ?? []}
          events={events}
          curves={feed.curves}
          isRunning={run.status === 'running'}
        />
      ),
    },
    {
      id: 'checkpoints',
      label: 'Checkpoints',
      count: checkpoints.length,
      content: (
        <CheckpointsPanel run={run} checkpoints={checkpoints} every={number(params.get('training.checkpointEvery'))} />
      ),
    },
    { id: 'log', label: 'Log', content: <LogPanel events={events} /> },
    {
      id: 'machine',
      label: 'Machine',
      content: <MachinePanel run={run} live={feed.live} elapsedMs={elapsedOf(feed)} events={events} />,
    },
    { id: 'queue', label: 'Queue', count: waiting, content: <QueueList /> },
  ];
  return (
    <div className={styles['side']}>
      <div className={styles['sideSamples']}>
        <SampleTimeline
          run={run.id}
          moments={moments}
          step={timeline.step}
          onStep={timeline.show}
          info={model?.data}
          seed={run.seed}
          labels={labels}
          isActive={isActive}
        />
      </div>
      <div className={styles['sideTabs']} data-tall={tab === 'confusion' || tab === 'scores' ? '' : undefined}>
        <Tabs label="About this run" tabs={tabs} selected={tab} onSelect={setTab} />
      </div>
    </div>
  );
}

/** What evaluations found besides figures, for the kinds this run has. */
function insightTabs(run: Run, { insights, checkpoints }: RunLists): readonly TabSpec<SideTab>[] {
  const labels = { confusion: 'Confusion', scores: 'Real and made' } as const;
  return (['confusion', 'scores'] as const).flatMap((kind) => {
    if (!insights.some((moment) => moment.kind === kind)) return [];
    const content = (
      <div className={insightStyles['insight']}>
        <InsightOverTime
          run={run.id}
          kind={kind}
          moments={insights}
          onCell={(cell) => showExamples(run, checkpoints, cell)}
        />
      </div>
    );
    return [{ id: kind, label: labels[kind], content }];
  });
}

/** Training time up to the last recorded point. */
function elapsedOf({ curves, keys }: FeedState): number | undefined {
  const times = keys.map((key) => curves.get(key)?.view().elapsedMs.at(-1) ?? 0);
  return times.length > 0 ? Math.max(...times) : undefined;
}
