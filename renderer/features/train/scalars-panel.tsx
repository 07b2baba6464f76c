/** Learning rates and loss weights, turned while the run trains; each can be given back to its schedule. */
import { useState } from 'react';
import type { RunModel } from '../../../core/protocol/run-model.ts';
import type { RunEvent } from '../../../core/protocol/records.ts';
import { useHost } from '../../client/host-context.tsx';
import { Button } from '../../components/button.tsx';
import { figure } from '../../components/figures.ts';
import { EmptyState } from '../../components/layout.tsx';
import { NumberField } from '../../components/number-field.tsx';
import { Tag } from '../../components/tag.tsx';
import type { CurveStore } from './curve-store.ts';
import { turnScalar } from './run-actions.ts';
import { turnedByHand } from './turned.ts';
import styles from './train.module.css';

export interface ScalarsPanelProps {
  readonly run: string;
  readonly scalars: RunModel['scalars'];
  readonly events: readonly RunEvent[];
  readonly curves: CurveStore;
  readonly isRunning: boolean;
}

export function ScalarsPanel({ run, scalars, events, curves, isRunning }: ScalarsPanelProps) {
  const turned = turnedByHand(events);
  if (scalars.length === 0) return <EmptyState title="Nothing to turn" icon="settings" />;
  return (
    <div className={styles['scalars']}>
      {scalars.map((scalar) => (
        <ScalarRow
          key={scalar.name}
          {...{ run, isRunning }}
          name={scalar.name}
          label={scalar.label}
          current={curves.get(scalar.name)?.lastValue ?? scalar.value}
          byHand={turned.get(scalar.name)}
        />
      ))}
      <p className={styles['note']}>
        {isRunning
          ? 'A value holds from the next step on. Turns are recorded, so that the run can be replayed with them.'
          : 'Values can be turned while the run trains.'}
      </p>
    </div>
  );
}

interface ScalarRowProps {
  readonly run: string;
  readonly name: string;
  readonly label: string;
  /** What the last recorded step had. */
  readonly current: number;
  readonly byHand: number | undefined;
  readonly isRunning: boolean;
}

function ScalarRow({ run, name, label, current, byHand, isRunning }: ScalarRowProps) {
  const host = useHost();
  // What was just typed stands until the host has recorded it.
  const [typed, setTyped] = useState<{ readonly value: number; readonly over: number | undefined } | null>(null);
  const isPending = typed !== null && typed.over === byHand && typed.value !== byHand;
  const value = isPending ? typed.value : (byHand ?? current);
  const turn = (next: number): void => {
    setTyped({ value: next, over: byHand });
    void turnScalar(host, run, name, next).then((done) => done || setTyped(null));
  };
  const release = (): void => {
    setTyped(null);
    void turnScalar(host, run, name, null);
  };
  return (
    <div className={styles['scalar']}>
      <NumberField
        label={label}
        value={value}
        onChange={turn}
        min={0}
        step={stepFor(value)}
        digits={12}
        disabled={!isRunning}
        size="small"
      />
      <span className={styles['scalarNow']}>
        now {figure(current)} {byHand !== undefined ? <Tag tone="accent">by hand</Tag> : <Tag>schedule</Tag>}
      </span>
      <Button
        size="small"
        look="quiet"
        icon="undo"
        isDisabled={!isRunning || byHand === undefined}
        onPress={release}
        aria-label={`Back to schedule: ${label}`}
      >
        Back to schedule
      </Button>
    </div>
  );
}

/** One in the value's first digit: steps of 0.0001 at 0.0005. */
function stepFor(value: number): number {
  return value > 0 && Number.isFinite(value) ? Number((10 ** Math.floor(Math.log10(value))).toPrecision(1)) : 0.1;
}
