/** What a run said, newest first, by how much it matters. */
import { useState } from 'react';
import type { EventLevel, RunEvent } from '../../../core/protocol/records.ts';
import { EmptyState } from '../../components/layout.tsx';
import { Icon, type IconName } from '../../components/icon.tsx';
import { SegmentedControl } from '../../components/toggles.tsx';
import styles from './train.module.css';

const levels = ['info', 'warning', 'error'] as const;
const icons: Readonly<Record<EventLevel, IconName>> = { info: 'info', warning: 'warning', error: 'error' };
const choices = [
  { value: 'info', label: 'All' },
  { value: 'warning', label: 'Warnings' },
  { value: 'error', label: 'Errors' },
] as const;
/** The rest is counted, not drawn. */
const shownAtMost = 500;

const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export function LogPanel({ events }: { readonly events: readonly RunEvent[] }) {
  const [least, setLeast] = useState<EventLevel>('info');
  const shown = events.filter((event) => levels.indexOf(event.level) >= levels.indexOf(least)).toReversed();
  return (
    <div className={styles['log']}>
      <div className={styles['normsHead']}>
        <SegmentedControl label="Show" size="small" segments={choices} value={least} onChange={setLeast} />
        <span className={styles['note']}>
          {shown.length} of {events.length}
        </span>
      </div>
      {shown.length === 0 ? (
        <EmptyState title={events.length === 0 ? 'Nothing was said yet' : 'Nothing of this kind'} icon="info" />
      ) : (
        <ol className={styles['events']} aria-label="Log">
          {shown.slice(0, shownAtMost).map((event, index) => (
            <li key={`${event.timeMs} ${event.code} ${index}`} className={styles['event']} data-level={event.level}>
              <Icon name={icons[event.level]} size={13} />
              <time dateTime={new Date(event.timeMs).toISOString()}>{timeFormat.format(event.timeMs)}</time>
              <span>
                <span className="visually-hidden">{event.level}: </span>
                {event.message}
              </span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
