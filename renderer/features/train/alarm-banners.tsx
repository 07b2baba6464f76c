/** What is wrong with the run, where it cannot be overlooked: what happened, why it matters, what to do. */
import { type ReactNode, useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import type { Alarm } from './alarms.ts';
import styles from './train.module.css';

export interface AlarmBannersProps {
  readonly alarms: readonly Alarm[];
  readonly onLayer: (layer: string) => void;
  /** Buttons for an alarm: what can be done about it here. */
  readonly actions: (alarm: Alarm) => ReactNode;
}

/** More than these are told by their number until asked for. */
const shownAtMost = 2;

export function AlarmBanners({ alarms, onLayer, actions }: AlarmBannersProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [isWhole, setIsWhole] = useState(false);
  const open = alarms.filter((alarm) => !closed.has(alarm.id));
  if (open.length === 0) return null;
  const shown = isWhole ? open : open.slice(0, shownAtMost);
  return (
    <div className={styles['alarms']} role="region" aria-label="Alarms">
      {shown.map((alarm) => (
        <section key={alarm.id} className={styles['alarm']} data-level={alarm.level} aria-label={alarm.title}>
          <Icon name={alarm.level === 'info' ? 'info' : alarm.level} />
          <div className={styles['alarmWords']}>
            <h2>{alarm.title}</h2>
            <p>
              {sentence(alarm.what)} {alarm.why}
            </p>
            {alarm.hint && <p className={styles['alarmHint']}>What to do: {sentence(alarm.hint)}</p>}
          </div>
          <span className={styles['alarmActions']}>
            {alarm.layer && (
              <Button size="small" icon="design" onPress={() => onLayer(alarm.layer!)}>
                Show {alarm.layer}
              </Button>
            )}
            {actions(alarm)}
            <IconButton
              icon="close"
              size="small"
              label={`Close: ${alarm.title}`}
              onPress={() => setClosed(new Set([...closed, alarm.id]))}
            />
          </span>
        </section>
      ))}
      {open.length > shown.length && (
        <Button size="small" look="quiet" onPress={() => setIsWhole(true)}>
          {open.length - shown.length} more
        </Button>
      )}
    </div>
  );
}

/** Begins with a capital and ends with a stop, as people write. */
function sentence(words: string): string {
  const whole = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
