/** Small marks: tags, states, dots of colour. */
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { RunStatus } from '../../core/protocol/records.ts';
import { classNames } from './class-names.ts';
import { Icon } from './icon.tsx';
import styles from './tag.module.css';

export type Tone = 'idle' | 'ok' | 'warning' | 'error' | 'running' | 'accent';

export interface TagProps {
  readonly children: ReactNode;
  readonly tone?: Tone;
  /** Shows a cross; `removeLabel` names it. */
  readonly onRemove?: () => void;
  readonly removeLabel?: string;
}

export function Tag({ children, tone = 'idle', onRemove, removeLabel = 'Remove' }: TagProps) {
  return (
    <span className={classNames(styles['tag'], tone !== 'idle' && styles[tone])}>
      {children}
      {onRemove && (
        <AriaButton aria-label={removeLabel} onPress={onRemove} className={styles['remove']!}>
          <Icon name="close" size={10} />
        </AriaButton>
      )}
    </span>
  );
}

const statusTones: Readonly<Record<RunStatus, Tone>> = {
  queued: 'idle',
  running: 'running',
  finished: 'ok',
  failed: 'error',
  diverged: 'error',
  interrupted: 'warning',
  stopped: 'idle',
};

/** The state of a run, in its word and its tone. */
export function StatusTag({ status }: { readonly status: RunStatus }) {
  return <Tag tone={statusTones[status]}>{status}</Tag>;
}

/** A dot in a CSS colour; whatever it stands for is named beside it. */
export function ColourDot({ colour, size = 10 }: { readonly colour: string; readonly size?: number }) {
  return (
    <span className={styles['dot']} style={{ background: colour, width: size, height: size }} aria-hidden="true" />
  );
}
