/** The blind test on screen: choose two runs, say of each pair which is better, then learn which was which. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import { Button } from '../../components/button.tsx';
import { figure } from '../../components/figures.ts';
import { KeyHint } from '../../components/key-hint.tsx';
import { EmptyState } from '../../components/layout.tsx';
import { NumberField } from '../../components/number-field.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { type PointBounds, pointBounds } from '../../components/samples/point-bounds.ts';
import { SamplesView } from '../../components/samples/samples-view.tsx';
import { sampleAt } from '../../components/samples/pixels.ts';
import { ColourDot } from '../../components/tag.tsx';
import type { Samples } from '../../../core/protocol/samples.ts';
import { announce, showFault } from '../../state/toasts.ts';
import { type BlindPair, blindResult, blindWords, drawPairs, type Preference, runOn } from './blind-test.ts';
import type { ComparedRun } from './compared-runs.ts';
import { SamplePicture } from './sample-picture.tsx';
import { PairChooser, usePair } from './pair-chooser.tsx';
import blind from './blind.module.css';
import styles from './compare.module.css';
import tables from './tables.module.css';

interface Test {
  readonly runs: readonly [ComparedRun, ComparedRun];
  readonly samples: readonly [Samples, Samples];
  readonly pairs: readonly BlindPair[];
}

/** Samples that stand as one thing in a pair: a single point or row says little alone. */
const together: Readonly<Record<Samples['kind'], number>> = {
  image: 1,
  points: 200,
  table: 8,
  text: 1,
  classScores: 1,
};

export function BlindTest({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const [test, setTest] = useState<Test | null>(null);
  const [answers, setAnswers] = useState<readonly Preference[]>([]);
  const begin = (next: Test): void => {
    setAnswers([]);
    setTest(next);
  };
  if (!test) return <Begin runs={runs} onBegin={begin} />;
  if (answers.length >= test.pairs.length)
    return <Outcome test={test} answers={answers} onAgain={() => setTest(null)} />;
  return (
    <Asking
      test={test}
      at={answers.length}
      onAnswer={(preference) => setAnswers([...answers, preference])}
      onBack={() => setAnswers(answers.slice(0, -1))}
      onEnd={() => setTest({ ...test, pairs: test.pairs.slice(0, answers.length) })}
    />
  );
}

function Begin({ runs, onBegin }: { readonly runs: readonly ComparedRun[]; readonly onBegin: (test: Test) => void }) {
  const host = useHost();
  const pair = usePair(runs);
  const [count, setCount] = useState(20);
  const [isBusy, setIsBusy] = useState(false);
  const sides = [pair.first, pair.second] as const;
  const kinds = sides.map(({ model }) => model?.outputs[0]?.kind);
  const reason = whyNot(pair.first, pair.second, kinds);
  const begin = async (): Promise<void> => {
    setIsBusy(true);
    try {
      const per = together[kinds[0]!];
      const drawn = await Promise.all(
        sides.map(({ run }) =>
          host.call('runs.sample', {
            run: run.id,
            count: Math.min(1024, count * per),
            seed: crypto.getRandomValues(new Uint32Array(1))[0]!,
          }),
        ),
      );
      const [a, b] = drawn.map((outputs) => outputs[0]!) as [Samples, Samples];
      const most = Math.floor(Math.min(countOf(a), countOf(b)) / per);
      onBegin({ runs: sides, samples: [a, b], pairs: drawPairs(Math.min(count, most), Math.random) });
    } catch (fault) {
      showFault('The samples could not be drawn', fault);
    }
    setIsBusy(false);
  };
  const actions = (
    <div className={blind['begin']}>
      <PairChooser pair={pair} runs={runs} />
      <NumberField label="Pairs" beside size="small" value={count} min={5} max={100} step={5} onChange={setCount} />
      <Button look="primary" isDisabled={isBusy || reason !== null} onPress={() => void begin()}>
        {isBusy ? 'Drawing samples' : 'Begin'}
      </Button>
    </div>
  );
  return (
    <EmptyState title="Which do you prefer, not knowing whose they are?" icon="eyeOff" actions={actions}>
      {reason ??
        'Pairs of new samples of two runs appear side by side, their sides drawn by lot. Say which is better; at the end you learn which run it was, and whether it could be chance.'}
    </EmptyState>
  );
}

const countOf = ({ data, shape }: Samples): number =>
  Math.floor(data.length / shape.reduce((product, size) => product * size, 1));

function whyNot(first: ComparedRun, second: ComparedRun, kinds: readonly (string | undefined)[]): string | null {
  if (first === second || first.run.id === second.run.id) return 'Choose two different runs.';
  for (const { run, model, fault } of [first, second]) {
    if (!model) return fault ?? 'Loading the models.';
    if (model.checkpoints.length === 0) return `${run.name} has no checkpoint yet, so nothing can be drawn from it.`;
  }
  return kinds[0] === kinds[1]
    ? null
    : 'These two make samples of different kinds; a pair would give away whose they are.';
}

interface AskingProps {
  readonly test: Test;
  readonly at: number;
  readonly onAnswer: (preference: Preference) => void;
  readonly onBack: () => void;
  readonly onEnd: () => void;
}

function Asking({ test, at, onAnswer, onBack, onEnd }: AskingProps) {
  const pair = test.pairs[at]!;
  const frame = useRef<HTMLDivElement>(null);
  // The keys work from the first pair on, and after a button went away under its click.
  useEffect(() => frame.current?.focus(), [at]);
  const say = (answer: 'left' | 'right' | 'neither'): void => {
    onAnswer(answer === 'neither' ? null : runOn(pair, answer));
    announce(`${at + 1} of ${test.pairs.length} answered`);
  };
  const keys: Readonly<Record<string, () => void>> = {
    '1': () => say('left'),
    '2': () => say('right'),
    '0': () => say('neither'),
    Backspace: () => at > 0 && onBack(),
  };
  return (
    <div
      className={blind['asking']}
      tabIndex={-1}
      ref={frame}
      role="group"
      aria-label="Blind test"
      onKeyDown={(event) => {
        const act = keys[event.key];
        if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        act();
      }}
    >
      <h2>Which is better?</h2>
      <div className={blind['askPair']}>
        <OneSide
          key={`left ${at}`}
          test={test}
          run={runOn(pair, 'left')}
          index={pair.index}
          label="Left"
          keys="1"
          onChoose={() => say('left')}
        />
        <OneSide
          key={`right ${at}`}
          test={test}
          run={runOn(pair, 'right')}
          index={pair.index}
          label="Right"
          keys="2"
          onChoose={() => say('right')}
        />
      </div>
      <div className={blind['askFoot']}>
        <Button onPress={() => say('neither')}>
          Neither <KeyHint keys="0" />
        </Button>
        <Button look="quiet" icon="undo" isDisabled={at === 0} onPress={onBack}>
          Back
        </Button>
        <Button look="quiet" isDisabled={at === 0} onPress={onEnd}>
          End here
        </Button>
      </div>
      <ProgressBar
        label="Pairs answered"
        hideLabel
        done={at}
        total={test.pairs.length}
        note={`${at} of ${test.pairs.length}`}
        className={blind['askProgress']!}
      />
    </div>
  );
}

function OneSide({
  test,
  run,
  index,
  label,
  keys,
  onChoose,
}: {
  readonly test: Test;
  readonly run: 0 | 1;
  readonly index: number;
  readonly label: string;
  readonly keys: string;
  readonly onChoose: () => void;
}) {
  const samples = test.samples[run];
  const part = useMemo(() => partOf(samples, index), [samples, index]);
  const bounds = useMemo(() => sharedBounds(test), [test]);
  return (
    <div className={blind['side']}>
      <div className={blind['sideSample']}>
        {samples.kind === 'image' ? (
          <SamplePicture samples={part} index={0} size={320} />
        ) : (
          <SamplesView samples={part} info={test.runs[run].model?.data} bounds={bounds} height={320} hideCaption />
        )}
      </div>
      <Button look="primary" onPress={onChoose}>
        {label} <KeyHint keys={keys} onDark />
      </Button>
    </div>
  );
}

/** Both sides are drawn to one scale, or it would tell them apart. Only points have one. */
function sharedBounds({ runs, samples }: Test): PointBounds | undefined {
  if (samples[0].kind !== 'points') return undefined;
  const centres = runs.flatMap(({ model }) => model?.data.modes?.centres ?? []);
  const [a, b] = [pointBounds(samples[0], centres), pointBounds(samples[1], centres)];
  return {
    minX: Math.min(a.minX, b.minX),
    maxX: Math.max(a.maxX, b.maxX),
    minY: Math.min(a.minY, b.minY),
    maxY: Math.max(a.maxY, b.maxY),
  };
}

/** The samples of one pair, with nothing that tells the run. */
function partOf(samples: Samples, index: number): Samples {
  const per = together[samples.kind];
  const first = sampleAt(samples.data, samples.shape, index * per);
  const data = samples.data.subarray(
    first.byteOffset / 4 - samples.data.byteOffset / 4,
    first.byteOffset / 4 - samples.data.byteOffset / 4 + first.length * per,
  );
  return {
    ...samples,
    label: 'Sample',
    data,
    reference: null,
    referenceShape: null,
    labels: samples.labels?.slice(index * per, (index + 1) * per) ?? null,
  };
}

function Outcome({
  test,
  answers,
  onAgain,
}: {
  readonly test: Test;
  readonly answers: readonly Preference[];
  readonly onAgain: () => void;
}) {
  const result = blindResult(answers);
  const names = test.runs.map(({ run }) => run.name) as [string, string];
  const words = blindWords(result, names);
  return (
    <div className={blind['outcome']} role="status">
      <h2>{words}</h2>
      <div className={tables['tableFrame']}>
        <table className={tables['table']}>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Preferred</th>
              <th scope="col">Share of decided pairs, 95 % interval</th>
            </tr>
          </thead>
          <tbody>
            {test.runs.map(({ run, colour }, i) => (
              <tr key={run.id}>
                <th scope="row">
                  <span className={tables['tableRun']}>
                    <ColourDot colour={colour} /> {run.name}
                  </span>
                </th>
                <td>{result.wins[i]}</td>
                <td>{shareWords(result, i)}</td>
              </tr>
            ))}
            <tr>
              <th scope="row">Neither</th>
              <td>{result.ties}</td>
              <td />
            </tr>
          </tbody>
        </table>
      </div>
      <p className={styles['faint']}>
        Wilson interval of a binomial share; two-sided sign test p = {figure(result.pValue, 2)}. New samples were drawn
        for each run at the newest checkpoint.
      </p>
      <Button onPress={onAgain}>Another test</Button>
    </div>
  );
}

function shareWords({ share }: ReturnType<typeof blindResult>, of: number): string {
  if (!share) return '—';
  const [value, low, high] =
    of === 0 ? [share.value, share.low, share.high] : [1 - share.value, 1 - share.high, 1 - share.low];
  const percent = (part: number): string => `${Math.round(part * 100)} %`;
  return `${percent(value)} (${percent(low)} – ${percent(high)})`;
}
