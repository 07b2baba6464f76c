/** Parts of the settings page. */
import { type ReactNode, useId } from 'react';
import styles from './settings.module.css';

export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className={styles['section']} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

interface SettingLineProps {
  readonly title: string;
  readonly note?: string;
  /** The control, which has its own name. */
  readonly children: ReactNode;
}

export function SettingLine({ title, note, children }: SettingLineProps) {
  return (
    <div className={styles['line']}>
      <div>
        <span className={styles['lineTitle']}>{title}</span>
        {note && <span className={styles['note']}>{note}</span>}
      </div>
      {children}
    </div>
  );
}
