/** Scores of populations that a model is to tell apart: the first upward, the others downward from one axis. */
import type { ScorePopulation, ScoresInsight } from '../../../core/metrics/insight.ts';
import { figure } from '../figures.ts';
import { Disclosure } from '../layout.tsx';
import { percentFigure } from './confusion.ts';
import styles from './insights.module.css';

const width = 400;
const half = 74;

export function ScoreHistograms({ insight }: { readonly insight: ScoresInsight }) {
  const { low, high, populations, label } = insight;
  const shares = populations.map(({ counts, n }) => counts.map((count) => count / Math.max(1, n)));
  const most = Math.max(...shares.flat(), 1e-9);
  const toX = (score: number): number => ((score - low) / (high - low)) * width;
  const words = populations.map((each) => `${each.label}: ${each.n}, mean ${figure(each.mean, 3)}`).join('; ');
  return (
    <div className={styles['scores']}>
      <ul className={styles['legend']} aria-label="Populations">
        {populations.map((population, index) => (
          <li key={population.name}>
            <span className={styles['swatch']} style={{ background: seriesColour(index) }} />
            {population.label}, {index === 0 ? 'upward' : 'downward'}: mean {figure(population.mean, 3)}
          </li>
        ))}
      </ul>
      <svg
        viewBox={`0 0 ${width} ${2 * half}`}
        role="img"
        aria-label={`${label}. ${words}.`}
        preserveAspectRatio="none"
      >
        {populations.map((population, index) => (
          <g key={population.name} fill={seriesColour(index)}>
            <Bars shares={shares[index]!} most={most} isUp={index === 0} />
            <line
              className={styles['mean']}
              x1={toX(population.mean)}
              x2={toX(population.mean)}
              y1={index === 0 ? 2 : half}
              y2={index === 0 ? half : 2 * half - 2}
              vectorEffect="non-scaling-stroke"
            />
          </g>
        ))}
        <line className={styles['axis']} x1={0} x2={width} y1={half} y2={half} vectorEffect="non-scaling-stroke" />
      </svg>
      <div className={styles['ends']} aria-hidden="true">
        <span>{figure(low, 3)}</span>
        <span>{label}; dashed lines are means</span>
        <span>{figure(high, 3)}</span>
      </div>
      <Disclosure title="As a table">
        <ScoreTable insight={insight} />
      </Disclosure>
    </div>
  );
}

const seriesColour = (index: number): string => `var(--series-${index + 1})`;

function Bars({
  shares,
  most,
  isUp,
}: {
  readonly shares: readonly number[];
  readonly most: number;
  readonly isUp: boolean;
}) {
  const each = width / shares.length;
  return shares.map((share, bin) => {
    const height = (share / most) * (half - 4);
    return <rect key={bin} x={bin * each + 0.5} y={isUp ? half - height : half} width={each - 1} height={height} />;
  });
}

function ScoreTable({ insight: { low, high, populations } }: { readonly insight: ScoresInsight }) {
  const bins = populations[0]?.counts.length ?? 0;
  const edge = (bin: number): string => figure(low + ((high - low) * bin) / bins, 3);
  const share = ({ counts, n }: ScorePopulation, bin: number): string =>
    percentFigure((counts[bin] ?? 0) / Math.max(1, n));
  return (
    <div className={styles['scroll']} role="region" aria-label="Scores, table" tabIndex={0}>
      <table className={styles['plain']}>
        <thead>
          <tr>
            <th scope="col">Score</th>
            {populations.map(({ name, label }) => (
              <th key={name} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: bins }, (_, bin) => (
            <tr key={bin}>
              <th scope="row">
                {edge(bin)} to {edge(bin + 1)}
              </th>
              {populations.map((population) => (
                <td key={population.name}>{share(population, bin)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
