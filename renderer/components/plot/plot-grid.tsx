/** Several plots side by side, as many as the width holds, with one shared cursor. */
import type { CSSProperties } from 'react';
import { Plot, type PlotProps } from './plot.tsx';
import styles from './plot.module.css';

export interface PlotGridProps {
  readonly plots: readonly (PlotProps & { readonly key: string })[];
  readonly cursorKey: string;
  readonly smoothing?: number;
  /** The least width of a plot, in pixels. */
  readonly plotWidth?: number;
}

export function PlotGrid({ plots, cursorKey, smoothing = 0, plotWidth = 360 }: PlotGridProps) {
  return (
    <div className={styles['grid']} style={{ '--plot-width': `${plotWidth}px` } as CSSProperties}>
      {plots.map(({ key, ...plot }) => (
        <div key={key} className={styles['cell']}>
          <Plot cursorKey={cursorKey} smoothing={smoothing} {...plot} />
        </div>
      ))}
    </div>
  );
}
