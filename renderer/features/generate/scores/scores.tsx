/** Scores of a run's model: measured when asked, each with its interval and what it was measured with. */
import { useState } from 'react';
import type { InsightMoment } from '../../../../core/protocol/insights.ts';
import type { Score } from '../../../../core/protocol/records.ts';
import { useCall } from '../../../client/host-context.tsx';
import { useRequest } from '../../../client/use-request.ts';
import { Button } from '../../../components/button.tsx';
import { durationFigure, figure } from '../../../components/figures.ts';
import { type CellChoice, InsightOverTime } from '../../../components/insights/insight-over-time.tsx';
import { EmptyState } from '../../../components/layout.tsx';
import { NumberField } from '../../../components/number-field.tsx';
import { setParams } from '../../../state/navigation.ts';
import { announce } from '../../../state/toasts.ts';
import { FaultNote } from '../fault-note.tsx';
import { useForm } from '../generate-store.ts';
import { RequestBar } from '../request-bar.tsx';
import { askOf, type Target } from '../run-target.ts';
import { ClassificationView } from './classification-view.tsx';
import { type EvaluationAnswer, readEvaluation } from './evaluation.ts';
import { newestScores, scoreGoal, scoreName, scoreStamp, scoreText } from './score-words.ts';
import styles from '../generate.module.css';

export function Scores({ target }: { readonly target: Target }) {
  const { run, model } = target;
  const form = useForm(run.id);
  const [count, setCount] = useState(1000);
  const [answer, setAnswer] = useState<EvaluationAnswer | undefined>();
  const request = useRequest('runs.evaluate');
  const stored = useCall('runs.scores', { runs: [run.id] });
  const insights = useCall('runs.insights', { run: run.id });
  const newest = newestScores(stored.data?.[run.id] ?? []);
  // What each class scores stands in a table of its own.
  const scores = answer?.classification ? newest.filter((score) => !score.metric.startsWith('recall.')) : newest;
  const evaluate = async (): Promise<void> => {
    const found = await request.send({ ...askOf(target), count, seed: form.seed, options: { ...form.options } });
    if (found === undefined) return;
    setAnswer(readEvaluation(found));
    stored.refetch();
    insights.refetch();
    announce(`${run.name} is evaluated`);
  };
  const judges = model.outputs.some((output) => output.kind === 'classScores');
  return (
    <div className={styles['body']}>
      <div className={styles['controls']}>
        {!judges && (
          <NumberField label="Samples" value={count} min={10} max={1024} step={10} digits={0} onChange={setCount} />
        )}
        <Button look="primary" isDisabled={request.isRunning} onPress={() => void evaluate()}>
          Evaluate
        </Button>
      </div>
      {request.isRunning && (
        <RequestBar label="Loading the model" progress={request.progress} onCancel={request.cancel} />
      )}
      {request.fault && <FaultNote fault={request.fault} />}
      {scores.length > 0 && <ScoreTable scores={scores} answer={answer} />}
      {scores.length === 0 && stored.data && insights.data?.length === 0 && !request.isRunning && (
        <EmptyState title="Not evaluated yet" icon="check">
          Evaluating measures what the model does with data it never saw. Every score keeps its interval and what it was
          measured with.
        </EmptyState>
      )}
      {insights.data && <Insights key={answer?.step} target={target} moments={insights.data} />}
      {answer?.classification && <ClassificationView table={answer.classification} />}
    </div>
  );
}

const insightKinds = [
  { kind: 'confusion', title: 'Confusion matrix' },
  { kind: 'scores', title: 'Scores of real and made samples' },
] as const;

/** What evaluations kept, at the step of the model that is asked where they looked at it. */
function Insights({ target, moments }: { readonly target: Target; readonly moments: readonly InsightMoment[] }) {
  const { run, step } = target;
  return insightKinds.map(
    ({ kind, title }) =>
      moments.some((moment) => moment.kind === kind) && (
        <section key={kind} className={styles['section']} aria-label={title}>
          <div className={styles['head']}>
            <h2>{title}</h2>
          </div>
          <InsightOverTime run={run.id} kind={kind} moments={moments} step={step} onCell={showExamples} />
        </section>
      ),
  );
}

/** The examples of a confusion's cell, judged by the chosen checkpoint. */
function showExamples({ split, actual, predicted }: CellChoice): void {
  setParams({ view: 'examples', of: split, actual: String(actual), predicted: String(predicted) });
}

function ScoreTable({
  scores,
  answer,
}: {
  readonly scores: readonly Score[];
  readonly answer: EvaluationAnswer | undefined;
}) {
  const reference = new Map(answer?.reference.map(({ name, value }) => [name, value]));
  const step = scores[0]!.step;
  return (
    <section className={styles['section']} aria-label="Scores">
      <div className={styles['head']}>
        <h2>Scores at step {step.toLocaleString('en-GB')}</h2>
        {answer && <span className={styles['note']}>Measured in {durationFigure(answer.seconds * 1000)}</span>}
      </div>
      {answer?.warnings.map((warning) => (
        <p key={warning} className={styles['note']}>
          {warning}
        </p>
      ))}
      <div className={styles['table']} role="region" aria-label="Scores, table" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Score</th>
              <th scope="col">Value (interval)</th>
              {reference.size > 0 && <th scope="col">Real data in its place</th>}
              <th scope="col" className={styles['words']}>
                Goal
              </th>
              <th scope="col" className={styles['words']}>
                Measured with
              </th>
            </tr>
          </thead>
          <tbody>
            {scores.map((score) => (
              <tr key={score.metric}>
                <th scope="row">{scoreName(score)}</th>
                <td>{scoreText(score)}</td>
                {reference.size > 0 && <td>{referenceText(reference.get(score.metric))}</td>}
                <td className={styles['words']}>{scoreGoal(score)}</td>
                <td className={styles['words']}>{scoreStamp(score)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const referenceText = (value: number | null | undefined): string =>
  value === null || value === undefined ? '—' : figure(value);
