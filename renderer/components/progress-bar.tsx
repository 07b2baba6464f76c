/** How far long work has come. */
import { ProgressBar as AriaProgressBar } from 'react-aria-components';
import { classNames } from './class-names.ts';
import styles from './progress-bar.module.css';

export interface ProgressBarProps {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly done: number;
  /** Null: not known how much there is. */
  readonly total: number | null;
  /** Rate and time left, in words, at the right. */
  readonly note?: string | undefined;
  readonly className?: string;
}

export function ProgressBar({ label, hideLabel, done, total, note, className }: ProgressBarProps) {
  const known = total !== null && total > 0;
  return (
    <AriaProgressBar
      aria-label={label}
      value={known ? Math.min(done, total) : 0}
      maxValue={known ? total : 1}
      isIndeterminate={!known}
      className={classNames(styles['bar'], className)}
    >
      {!hideLabel && <span>{label}</span>}
      {note && <span>{note}</span>}
      <div className={styles['track']}>
        <div
          className={classNames(styles['fill'], !known && styles['unknown'])}
          style={known ? { width: `${(Math.min(done, total) / total) * 100}%` } : {}}
        />
      </div>
    </AriaProgressBar>
  );
}
