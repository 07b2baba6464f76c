/** What a run measured: its newest and best values with the course of each, and its scores with intervals and stamps. */
import { useMemo } from 'react';
import { useCall } from '../../client/host-context.tsx';
import { figure } from '../../components/figures.ts';
import { sparkPath } from '../../components/spark-path.ts';
import type { MetricLine } from '../../../core/protocol/metric-lines.ts';
import type { RunModel } from '../../../core/protocol/run-model.ts';
import { useRunColour } from '../../state/runs.ts';
import type { RunRow } from './run-rows.ts';
import styles from './runs.module.css';

const spark = { width: 96, height: 22 };
const buckets = 48;

export function RunMeasures({ row }: { readonly row: RunRow }) {
  const keys = [...row.metrics.keys()].sort();
  // A run at work is drawn anew with every hundredth of its way.
  const turn = Math.floor((100 * row.run.currentStep) / Math.max(1, row.run.totalSteps));
  const { data: lines } = useCall(
    'runs.metrics',
    keys.length === 0
      ? null
      : {
          run: row.id,
          keys: keys.slice(0, 200),
          buckets,
          toStep: turn === 100 ? Number.MAX_SAFE_INTEGER : row.run.currentStep,
        },
  );
  const { data: model } = useCall('runs.model', { run: row.id });
  const byKey = useMemo(() => new Map(lines?.map((line) => [line.key, line])), [lines]);
  const scores = [...row.scores.values()];
  return (
    <>
      <h3>Metrics</h3>
      {keys.length === 0 && <p className={styles['faint']}>Nothing measured yet.</p>}
      {keys.length > 0 && (
        <table className={styles['measures']}>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col">Course</th>
              <th scope="col">Newest</th>
              <th scope="col">Best</th>
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <tr key={key}>
                <th scope="row" title={key}>
                  {key}
                </th>
                <td>
                  <Spark run={row.id} line={byKey.get(key)} name={key} />
                </td>
                <td>{figure(row.metrics.get(key)!)}</td>
                <td>{bestOf(byKey.get(key), model?.metrics.find((metric) => metric.name === key)?.goal ?? null)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {scores.length > 0 && (
        <>
          <h3>Scores</h3>
          <table className={styles['measures']}>
            <thead>
              <tr>
                <th scope="col">Score</th>
                <th scope="col">Value</th>
                <th scope="col">95 % interval</th>
                <th scope="col">Made from</th>
              </tr>
            </thead>
            <tbody>
              {scores.map((score) => (
                <tr key={score.metric}>
                  <th scope="row">{score.metric}</th>
                  <td>{figure(score.value)}</td>
                  <td>
                    {score.low === null || score.high === null
                      ? '—'
                      : `${figure(score.low, 3)} – ${figure(score.high, 3)}`}
                  </td>
                  <td
                    className={styles['stamp']}
                    title={[
                      score.resize && `resize ${score.resize}`,
                      score.extractorHash && `extractor ${score.extractorHash}`,
                    ]
                      .filter(Boolean)
                      .join(', ')}
                  >
                    step {score.step}, n {score.n}, seed {score.seed}
                    {score.extractorHash && `, extractor ${score.extractorHash.slice(0, 8)}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  );
}

/** The lowest or highest recorded value, by the metric's goal; extremes survive thinning. */
function bestOf(line: MetricLine | undefined, goal: RunModel['metrics'][number]['goal']): string {
  if (!line || goal === null) return '—';
  const values = (goal === 'min' ? line.low : line.high) ?? line.values;
  const best = values.reduce(
    (found, value) => (Number.isFinite(value) && (goal === 'min' ? value < found : value > found) ? value : found),
    goal === 'min' ? Infinity : -Infinity,
  );
  return Number.isFinite(best) ? figure(best) : '—';
}

function Spark({
  run,
  line,
  name,
}: {
  readonly run: string;
  readonly line: MetricLine | undefined;
  readonly name: string;
}) {
  const colour = useRunColour(run);
  if (!line || line.values.length === 0) return null;
  const words = `${name} from ${figure(line.values[0]!)} to ${figure(line.values.at(-1)!)}`;
  return (
    <svg width={spark.width} height={spark.height} role="img" aria-label={words}>
      <path
        d={sparkPath(line.steps, line.values, spark.width, spark.height)}
        fill="none"
        stroke={colour}
        strokeWidth={1.25}
      />
    </svg>
  );
}
