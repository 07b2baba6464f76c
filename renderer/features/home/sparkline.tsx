/** A run's loss in a few pixels. */
import { useEffect, useState } from 'react';
import type { MetricLine } from '../../../core/protocol/metric-lines.ts';
import { useHost } from '../../client/host-context.tsx';
import { figure } from '../../components/figures.ts';
import { sparkPath } from '../../components/spark-path.ts';
import { mainMetric } from './main-metric.ts';
import styles from './home.module.css';

const width = 72;
const height = 18;

/** Read again whenever `turn` is another text. */
export function Sparkline({
  run,
  turn,
  colour,
}: {
  readonly run: string;
  readonly turn: string;
  readonly colour: string;
}) {
  const host = useHost();
  const [line, setLine] = useState<MetricLine | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const read = async (): Promise<void> => {
      const key = mainMetric(await host.call('runs.metricKeys', { run }, { signal }));
      const lines =
        key === undefined ? [] : await host.call('runs.metrics', { run, keys: [key], buckets: width / 2 }, { signal });
      if (!signal.aborted) setLine(lines[0] ?? null);
    };
    // A row without its curve says all that matters; a host that was lost is told elsewhere.
    read().catch(() => undefined);
    return () => controller.abort();
  }, [host, run, turn]);
  const path = line ? sparkPath(line.steps, line.values, width, height) : '';
  if (!line || path === '') return <span className={styles['spark']} />;
  const words = `${line.key} from ${figure(line.values[0]!)} to ${figure(line.values.at(-1)!)}`;
  return (
    <svg
      className={styles['spark']}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={words}
    >
      <path d={path} fill="none" stroke={colour} strokeWidth="1.3" />
    </svg>
  );
}
