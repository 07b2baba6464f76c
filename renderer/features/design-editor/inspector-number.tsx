/** A number in the inspector: typed (1e-4 too), stepped by arrow keys, or dragged by its name. */
import { useEffect, useRef, useState } from 'react';
import { TextField } from '../../components/text-field.tsx';
import { stepped, type NumberLimits } from './inspector-fields.ts';
import styles from './inspector.module.css';

export interface NumberBoxProps extends NumberLimits {
  readonly label: string;
  /** Undefined shows an empty box. */
  readonly value: number | undefined;
  readonly placeholder: string;
  readonly fault: string | undefined;
  readonly onChange: (value: number) => void;
  /** What an empty box asks for; absent: it springs back. */
  readonly onClear?: (() => void) | undefined;
}

/** 1e-8 rather than 0.00000001. */
function shown(value: number | undefined): string {
  if (value === undefined) return '';
  return value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential().replace('e+', 'e') : String(value);
}

export function NumberBox(props: NumberBoxProps) {
  const { label, value, placeholder, fault, onChange, onClear } = props;
  const [draft, setDraft] = useState<string | null>(null);
  useEffect(() => setDraft(null), [value]);
  const commit = (): void => {
    const text = draft?.trim();
    setDraft(null);
    if (text === undefined) return;
    if (text === '') return onClear?.();
    const number = Number(text.replace(',', '.'));
    if (Number.isFinite(number) && number !== value) onChange(number);
  };
  const step = (times: number): void => {
    const typed = draft === null || draft.trim() === '' ? NaN : Number(draft);
    setDraft(null);
    onChange(stepped(Number.isFinite(typed) ? typed : (value ?? (Number(placeholder) || 0)), times, props));
  };
  return (
    <TextField
      label={label}
      hideLabel
      size="small"
      fault={fault}
      value={draft ?? shown(value)}
      placeholder={placeholder}
      inputMode="decimal"
      className={styles['number']!}
      onChange={setDraft}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        else if (event.key === 'Escape' && draft !== null) setDraft(null);
        else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
          event.preventDefault();
          step((event.key === 'ArrowUp' ? 1 : -1) * (event.shiftKey ? 10 : 1));
        } else event.continuePropagation();
      }}
    />
  );
}

/** Pixels of a drag for one step. */
const pixelsPerStep = 6;

/** The name of a number; dragging it sideways turns the number. Arrow keys in the box do the same. */
export function DragName({
  children,
  value,
  limits,
  onChange,
}: {
  readonly children: string;
  readonly value: number;
  readonly limits: NumberLimits;
  readonly onChange: (value: number) => void;
}) {
  const drag = useRef<{ readonly x: number; readonly from: number; at: number } | null>(null);
  return (
    <span
      className={styles['dragName']}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, from: value, at: value };
      }}
      onPointerMove={(event) => {
        if (!drag.current) return;
        const next = stepped(drag.current.from, Math.round((event.clientX - drag.current.x) / pixelsPerStep), limits);
        if (next === drag.current.at) return;
        drag.current.at = next;
        onChange(next);
      }}
      onPointerUp={() => (drag.current = null)}
      onPointerCancel={() => (drag.current = null)}
    >
      {children}
    </span>
  );
}
