/** Scores of the compared runs with interval and stamp; the best marked where they may be compared, and why not elsewhere. */
import { useMemo, useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import { Button } from '../../components/button.tsx';
import { durationFigure, figure } from '../../components/figures.ts';
import { Icon } from '../../components/icon.tsx';
import { EmptyState } from '../../components/layout.tsx';
import { ColourDot } from '../../components/tag.tsx';
import type { Score } from '../../../core/protocol/records.ts';
import { announce, showFault } from '../../state/toasts.ts';
import { compiledRun, type ComparedRun } from './compared-runs.ts';
import { type Goal, type ScoreRow, scoreTable, sharedStamp, stampOf } from './score-table.ts';
import styles from './compare.module.css';
import tables from './tables.module.css';

export function ScoresView({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const rows = useMemo(
    () =>
      scoreTable(
        runs.map(({ run }) => run),
        runs.map(({ scores }) => scores),
      ),
    [runs],
  );
  return (
    <div className={styles['page']}>
      <section aria-label="Scores" className={styles['section']}>
        <header className={styles['sectionHead']}>
          <h2>Scores</h2>
          <span className={styles['faint']}>The newest of each run, with 95 % intervals and how each was made</span>
        </header>
        {rows.length === 0 ? (
          <EmptyState title="No scores yet" icon="compare">
            Runs are scored while they train when their documents say “scoreEvery”; a finished run is scored by Evaluate
            below.
          </EmptyState>
        ) : (
          <ScoreTable runs={runs} rows={rows} />
        )}
        <EvaluateRow runs={runs} />
      </section>
      <section aria-label="What it took" className={styles['section']}>
        <header className={styles['sectionHead']}>
          <h2>What it took</h2>
        </header>
        <CostTable runs={runs} />
      </section>
    </div>
  );
}

/** A table's head with the runs' names. */
export function RunsHead({ runs, first }: { readonly runs: readonly ComparedRun[]; readonly first: string }) {
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        {runs.map(({ run, colour }) => (
          <th key={run.id} scope="col">
            <span className={tables['tableRun']}>
              <ColourDot colour={colour} />
              {run.name}
            </span>
          </th>
        ))}
      </tr>
    </thead>
  );
}

function CostTable({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const seconds = ({ curves }: ComparedRun): number =>
    Math.max(0, ...[...curves.values()].map((line) => line.elapsedMs.at(-1) ?? 0));
  const costs = runs.map((run) => compiledRun(run)?.cost);
  const perStep = costs.map((cost) => cost && cost.batchSize * cost.multiplyAddsPerSample);
  const lines: readonly { readonly name: string; readonly cells: readonly string[] }[] = [
    { name: 'Steps', cells: runs.map(({ run }) => `${figure(run.currentStep)} of ${figure(run.totalSteps)}`) },
    { name: 'Time of training', cells: runs.map((run) => durationFigure(seconds(run))) },
    {
      name: 'Samples seen',
      cells: runs.map(({ run }, i) =>
        costs[i] ? figure(run.currentStep * costs[i].batchSize * costs[i].batchesPerStep) : '—',
      ),
    },
    { name: 'Multiply-adds of a step', cells: perStep.map((value) => (value ? figure(value, 4) : '—')) },
    {
      name: 'Multiply-adds in all',
      cells: runs.map(({ run }, i) => (perStep[i] ? figure(perStep[i] * run.currentStep, 4) : '—')),
    },
    { name: 'Data', cells: runs.map(({ run }) => `${run.dataSource} · ${run.dataHash.slice(0, 8)}`) },
    { name: 'Seed', cells: runs.map(({ run }) => String(run.seed)) },
    { name: 'Computed by', cells: runs.map(({ run }) => run.engineBuild) },
  ];
  return (
    <div className={tables['tableFrame']} role="region" aria-label="What it took, table" tabIndex={0}>
      <table className={tables['table']}>
        <RunsHead runs={runs} first="Figure" />
        <tbody>
          {lines.map(({ name, cells }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {cells.map((cell, i) => (
                <td key={runs[i]!.run.id}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const arrows: Readonly<Record<'min' | 'max', string>> = { min: '↓', max: '↑' };
const goalWords = (goal: Goal): string =>
  goal === 'min' ? 'lower is better' : goal === 'max' ? 'higher is better' : '';

function ScoreTable({ runs, rows }: { readonly runs: readonly ComparedRun[]; readonly rows: readonly ScoreRow[] }) {
  return (
    <div className={tables['tableFrame']} role="region" aria-label="Scores, table" tabIndex={0}>
      <table className={tables['table']}>
        <RunsHead runs={runs} first="Score" />
        <tbody>
          {rows.map(({ metric, label, goal, cells, note }) => (
            <tr key={metric}>
              <th scope="row">
                {label} {goal && <abbr title={goalWords(goal)}>{arrows[goal]}</abbr>}
                <span className={tables['stamp']}>{sharedStamp(cells)}</span>
                {note && <span className={tables['note']}>{note}</span>}
              </th>
              {cells.map((cell, i) => (
                <td key={runs[i]!.run.id}>
                  {cell ? (
                    <ScoreValue score={cell.score} isBest={cell.isBest} isStampShared={sharedStamp(cells) !== null} />
                  ) : (
                    '—'
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ScoreValue({
  score,
  isBest,
  isStampShared,
}: {
  readonly score: Score;
  readonly isBest: boolean;
  readonly isStampShared: boolean;
}) {
  return (
    <span className={tables['score']} title={stampOf(score)} data-best={isBest ? '' : undefined}>
      <span className={tables['value']}>
        {isBest && <Icon name="check" size={12} />}
        {isBest && <span className="visually-hidden">Best: </span>}
        {figure(score.value)}
      </span>
      {score.low !== null && score.high !== null && (
        <span className={tables['interval']}>
          {figure(score.low, 3)} – {figure(score.high, 3)}
        </span>
      )}
      <span className={tables['stamp']}>{isStampShared ? `step ${figure(score.step)}` : stampOf(score)}</span>
    </span>
  );
}

/** Samples that runs are scored with when a person asks: as many and from the same seed for each, so that they compare. */
const evaluation = { count: 1000, seed: 1 };

function EvaluateRow({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const host = useHost();
  const [at, setAt] = useState<number | null>(null);
  const evaluate = async (): Promise<void> => {
    for (const [i, { run, model }] of runs.entries()) {
      if (!model || model.checkpoints.length === 0) continue;
      setAt(i);
      try {
        await host.call('runs.evaluate', { run: run.id, ...evaluation });
      } catch (fault) {
        showFault(`${run.name} could not be evaluated`, fault);
      }
    }
    setAt(null);
    announce('All runs are evaluated');
  };
  return (
    <div className={styles['more']}>
      <Button size="small" isDisabled={at !== null} onPress={() => void evaluate()}>
        {at === null ? 'Evaluate all alike' : `Evaluating ${runs[at]!.run.name}`}
      </Button>
      <span className={styles['faint']}>
        {evaluation.count} samples at seed {evaluation.seed} of each run’s newest checkpoint, so that their scores may
        be ranked
      </span>
    </div>
  );
}
