/** A number: typed, stepped by arrow keys, or by the small arrows beside it. */
import type { KeyboardEvent } from 'react';
import { Button as AriaButton, Group, Input, NumberField as AriaNumberField } from 'react-aria-components';
import { Icon, type IconName } from './icon.tsx';
import { FieldLabel, FieldNotes, type FieldWords, fieldClass, hiddenName } from './text-field.tsx';
import styles from './field.module.css';

export interface NumberFieldProps extends FieldWords {
  /** NaN shows an empty field. */
  readonly value: number;
  /** Called when the person has finished the number, or at each step; never with NaN. */
  readonly onChange: (value: number) => void;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly step?: number | undefined;
  /** Digits after the point that are kept and shown. */
  readonly digits?: number;
  /** Shown after the number. */
  readonly unit?: string;
  readonly disabled?: boolean;
}

export function NumberField(props: NumberFieldProps) {
  const { value, onChange, min, max, step = 1, digits = 10, unit, disabled = false } = props;
  const tell = (next: number): void => {
    if (!Number.isNaN(next)) onChange(Number(next.toFixed(digits)));
  };
  // Stepped here: a field that is told of a step lets no number between two steps be typed.
  const stepBy = (steps: number): void =>
    tell(
      Math.min(max ?? Infinity, Math.max(min ?? -Infinity, (Number.isNaN(value) ? (min ?? 0) : value) + steps * step)),
    );
  const onKeyDownCapture = (event: KeyboardEvent): void => {
    const steps = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (steps === undefined || event.altKey || event.ctrlKey || event.metaKey || disabled) return;
    event.preventDefault();
    event.stopPropagation();
    stepBy(steps);
  };
  return (
    <AriaNumberField
      {...hiddenName(props)}
      value={value}
      onChange={tell}
      {...(min !== undefined && { minValue: min })}
      {...(max !== undefined && { maxValue: max })}
      isDisabled={disabled}
      isInvalid={props.fault !== undefined}
      formatOptions={{ maximumFractionDigits: digits, useGrouping: false }}
      className={fieldClass(props)}
    >
      <FieldLabel {...props} />
      <Group className={styles['box']!}>
        <Input className={`${styles['input']} ${styles['number']}`} onKeyDownCapture={onKeyDownCapture} />
        {unit && <span className={styles['unit']}>{unit}</span>}
        <span className={styles['steppers']}>
          <Stepper
            icon="chevronUp"
            label={`Increase ${props.label}`}
            disabled={disabled || value >= (max ?? Infinity)}
            onPress={() => stepBy(1)}
          />
          <Stepper
            icon="chevronDown"
            label={`Decrease ${props.label}`}
            disabled={disabled || value <= (min ?? -Infinity)}
            onPress={() => stepBy(-1)}
          />
        </span>
      </Group>
      <FieldNotes {...props} />
    </AriaNumberField>
  );
}

interface StepperProps {
  readonly icon: IconName;
  readonly label: string;
  readonly disabled: boolean;
  readonly onPress: () => void;
}

/** For the pointer; keys step in the field itself. */
function Stepper({ icon, label, disabled, onPress }: StepperProps) {
  return (
    <AriaButton
      slot={null}
      aria-label={label}
      excludeFromTabOrder
      preventFocusOnPress
      isDisabled={disabled}
      onPress={onPress}
    >
      <Icon name={icon} size={10} />
    </AriaButton>
  );
}
