/** How large each layer's weights and gradients are, and how they went: bars on one logarithmic scale, with trends. */
import { memo, useState } from 'react';
import { figure } from '../../components/figures.ts';
import { EmptyState } from '../../components/layout.tsx';
import { SegmentedControl } from '../../components/toggles.tsx';
import type { NormTrend } from './live-run.ts';
import { barShare, logRange, trendPath } from './norm-bars.ts';
import { LayerButton } from './layer-button.tsx';
import styles from './train.module.css';

export interface NormsPanelProps {
  readonly norms: readonly NormTrend[];
  readonly isActive: boolean;
  /** Shows a layer in Design, by its parameters' common name. */
  readonly onLayer: (name: string) => void;
}

type Which = 'gradients' | 'weights';
const choices = [
  { value: 'gradients', label: 'Gradients' },
  { value: 'weights', label: 'Weights' },
] as const;

export const NormsPanel = memo(function NormsPanel({ norms, isActive, onLayer }: NormsPanelProps) {
  const [which, setWhich] = useState<Which>('gradients');
  if (norms.length === 0) {
    return (
      <EmptyState title="No norms" icon="runs">
        {isActive
          ? 'They are measured about once a second while the run trains.'
          : 'None were measured: this run ended before its first, or was trained by a version that did not keep them.'}
      </EmptyState>
    );
  }
  const range = logRange(norms.map((trend) => trend[which].at(-1) ?? NaN));
  return (
    <div className={styles['norms']}>
      <div className={styles['normsHead']}>
        <SegmentedControl label="Norms of" size="small" segments={choices} value={which} onChange={setWhich} />
        <span className={styles['note']}>
          step {(norms[0]?.steps.at(-1) ?? 0).toLocaleString('en-GB')}, logarithmic
        </span>
      </div>
      <table
        className={styles['normTable']}
        aria-label={`${which === 'gradients' ? 'Gradient' : 'Weight'} norms by layer`}
      >
        <colgroup>
          <col style={{ width: '40%' }} />
          <col />
          <col style={{ width: 64 }} />
          <col style={{ width: 68 }} />
        </colgroup>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Size</th>
            <th scope="col">Norm</th>
            <th scope="col">Trend</th>
          </tr>
        </thead>
        <tbody>
          {norms.map((trend) => (
            <NormRow key={trend.name} name={trend.name} values={trend[which]} range={range} onLayer={onLayer} />
          ))}
        </tbody>
      </table>
    </div>
  );
});

interface NormRowProps {
  readonly name: string;
  readonly values: readonly number[];
  readonly range: readonly [number, number];
  readonly onLayer: (name: string) => void;
}

function NormRow({ name, values, range, onLayer }: NormRowProps) {
  const value = values.at(-1) ?? NaN;
  const isKnown = !Number.isNaN(value);
  return (
    <tr>
      <th scope="row">
        <LayerButton name={name} onLayer={onLayer} className={styles['layerName']!} />
      </th>
      <td>
        <span
          className={value === 0 ? styles['barDead'] : styles['bar']}
          style={{ width: `${100 * barShare(value, range)}%` }}
        />
      </td>
      <td className={styles['normValue']}>{isKnown ? figure(value, 3) : '—'}</td>
      <td className={styles['trendCell']}>
        <svg viewBox="0 0 60 18" width="60" height="18" aria-hidden="true">
          <path d={trendPath(values, 60, 18)} fill="none" stroke="currentColor" strokeWidth="1.2" />
        </svg>
      </td>
    </tr>
  );
}
