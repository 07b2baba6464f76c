/** Parts of the settings page. */
import { type ReactNode, useId } from 'react';
import { Switch } from '../../components/toggles.tsx';
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

interface SwitchLineProps extends Required<Omit<SettingLineProps, 'children'>> {
  readonly selected: boolean;
  readonly onChange: (selected: boolean) => void;
}

/** A setting that is on or off. */
export function SwitchLine({ title, note, selected, onChange }: SwitchLineProps) {
  return (
    <SettingLine title={title} note={note}>
      <Switch label={title} hideLabel selected={selected} onChange={onChange} />
    </SettingLine>
  );
}
