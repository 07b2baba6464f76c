/** What the run drew along the way, from the same seeds each time: one slider over its moments. */
import { useState } from 'react';
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { SampleMoment, Samples } from '../../../core/protocol/samples.ts';
import { useCommands } from '../../app/commands.ts';
import { useCall } from '../../client/host-context.tsx';
import { IconToggle } from '../../components/button.tsx';
import { EmptyState, Panel } from '../../components/layout.tsx';
import { MomentStepper } from '../../components/moment-stepper.tsx';
import { SamplesView } from '../../components/samples/samples-view.tsx';
import { SegmentedControl } from '../../components/toggles.tsx';
import styles from './train.module.css';

export interface SampleTimelineProps {
  readonly run: string;
  readonly moments: readonly SampleMoment[];
  /** The moment that is looked at; null follows the newest. */
  readonly step: number | null;
  readonly onStep: (step: number | null) => void;
  readonly info: DataInfo | undefined;
  readonly seed: number | undefined;
  readonly labels: ReadonlyMap<string, string>;
  readonly isActive: boolean;
}

export function SampleTimeline(props: SampleTimelineProps) {
  const { run, moments, step, onStep, info, seed, labels, isActive } = props;
  const [wanted, setWanted] = useState<string | null>(null);
  const index = step === null ? moments.length - 1 : moments.findIndex((moment) => moment.step === step);
  const moment = moments[index < 0 ? moments.length - 1 : index];
  const output = moment?.outputs.find((each) => each.name === wanted) ?? moment?.outputs[0];
  const { samples, isBusy, fault } = useMomentSamples(run, moment?.step, output?.name);
  const go = (to: number): void => onStep(to >= moments.length - 1 ? null : moments[Math.max(0, to)]!.step);
  useTimelineKeys(moment ? moments.indexOf(moment) : -1, moments.length, go);
  if (!moment || !output) return <NoSamples isActive={isActive} />;
  const outputs = moment.outputs.map(({ name }) => ({ value: name, label: labels.get(name) ?? name }));
  const seedWords = seed === undefined ? 'The same seeds each time' : `The same seeds each time, from seed ${seed}`;
  return (
    <Panel
      title="Samples"
      end={
        outputs.length > 1 && (
          <SegmentedControl
            label="Which samples"
            size="small"
            segments={outputs}
            value={output.name}
            onChange={setWanted}
          />
        )
      }
    >
      <div className={styles['timeline']}>
        <TimelineBar
          {...{ moments, moment, go }}
          isFollowing={step === null}
          onFollow={(follow) => onStep(follow ? null : moment.step)}
        />
        <div className={styles['samples']} role="region" aria-label="What was drawn" tabIndex={0} aria-busy={isBusy}>
          {samples && <SamplesView samples={samples} info={info} seed={seed} cell={60} height={300} />}
          {fault && <p className={styles['fault']}>{fault}</p>}
        </div>
        <p className={styles['note']}>{seedWords}; keys , and . go back and on.</p>
      </div>
    </Panel>
  );
}

function NoSamples({ isActive }: { readonly isActive: boolean }) {
  return (
    <Panel title="Samples">
      <EmptyState title="No samples yet" icon="grid">
        {isActive
          ? 'The first are drawn where the document says (training.sampleEvery), and at the end.'
          : 'This run ended before it drew samples.'}
      </EmptyState>
    </Panel>
  );
}

interface MomentSamples {
  readonly samples: Samples | undefined;
  readonly isBusy: boolean;
  readonly fault: string | undefined;
}

/** The samples of a moment; those shown before stay until the next are there, so that a slider does not flicker. */
function useMomentSamples(run: string, step: number | undefined, output: string | undefined): MomentSamples {
  const asked = step !== undefined && output !== undefined;
  const { data, error } = useCall('runs.momentSamples', asked ? { run, step, output } : null);
  const [last, setLast] = useState(data);
  if (data && data !== last) setLast(data);
  const kept = last?.name === output ? last : undefined;
  return { samples: data ?? kept, isBusy: asked && !data, fault: error?.message };
}

function useTimelineKeys(index: number, count: number, go: (index: number) => void): void {
  useCommands([
    {
      id: 'train.samplesBefore',
      title: 'Samples before',
      group: 'Train',
      keys: ',',
      enabled: index > 0,
      run: () => go(index - 1),
    },
    {
      id: 'train.samplesAfter',
      title: 'Samples after',
      group: 'Train',
      keys: '.',
      enabled: index >= 0 && index < count - 1,
      run: () => go(index + 1),
    },
  ]);
}

interface TimelineBarProps {
  readonly moments: readonly SampleMoment[];
  readonly moment: SampleMoment;
  readonly go: (index: number) => void;
  readonly isFollowing: boolean;
  readonly onFollow: (follow: boolean) => void;
}

function TimelineBar({ moments, moment, go, isFollowing, onFollow }: TimelineBarProps) {
  const index = moments.indexOf(moment);
  const words = (at: number): string => `step ${(moments[at]?.step ?? 0).toLocaleString('en-GB')}`;
  return (
    <div className={styles['timelineBar']}>
      <MomentStepper
        label="Step of the samples"
        before="Samples before"
        after="Samples after"
        count={moments.length}
        index={index}
        onIndex={go}
        words={words}
        className={styles['timelineSlider']!}
      />
      <span className={styles['timelineStep']}>{words(index)}</span>
      <IconToggle
        icon="arrowRight"
        size="small"
        label="Follow the newest samples"
        isSelected={isFollowing}
        onChange={onFollow}
      />
    </div>
  );
}
