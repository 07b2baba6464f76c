/** On or off, how much, and which of a few: switch, checkbox, slider, segments. */
import {
  Checkbox as AriaCheckbox,
  Label,
  Slider as AriaSlider,
  SliderOutput,
  SliderThumb,
  SliderTrack,
  Switch as AriaSwitch,
  ToggleButton,
  ToggleButtonGroup,
} from 'react-aria-components';
import { classNames } from './class-names.ts';
import { Icon, type IconName } from './icon.tsx';
import styles from './toggles.module.css';

export interface SwitchProps {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly selected: boolean;
  readonly onChange: (selected: boolean) => void;
  readonly disabled?: boolean;
}

export function Switch({ label, hideLabel, selected, onChange, disabled = false }: SwitchProps) {
  return (
    <AriaSwitch
      isSelected={selected}
      onChange={onChange}
      isDisabled={disabled}
      className={styles['toggle']!}
      {...(hideLabel && { 'aria-label': label })}
    >
      <span className={styles['track']}>
        <span className={styles['knob']} />
      </span>
      {!hideLabel && label}
    </AriaSwitch>
  );
}

export interface CheckboxProps extends SwitchProps {
  /** Some of what it stands for, not all. */
  readonly indeterminate?: boolean;
}

export function Checkbox({
  label,
  hideLabel,
  selected,
  onChange,
  disabled = false,
  indeterminate = false,
}: CheckboxProps) {
  return (
    <AriaCheckbox
      isSelected={selected}
      onChange={onChange}
      isDisabled={disabled}
      isIndeterminate={indeterminate}
      className={styles['toggle']!}
      {...(hideLabel && { 'aria-label': label })}
    >
      <span className={styles['check']}>
        {indeterminate ? <Icon name="minus" size={11} /> : selected ? <Icon name="check" size={11} /> : null}
      </span>
      {!hideLabel && label}
    </AriaCheckbox>
  );
}

export interface SliderProps {
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly value: number;
  readonly onChange: (value: number) => void;
  /** When the person lets go. */
  readonly onChangeEnd?: (value: number) => void;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  /** The value in words; absent: the number. Read out, and shown unless `hideValue`. */
  readonly format?: (value: number) => string;
  readonly hideValue?: boolean;
  readonly disabled?: boolean;
  readonly className?: string;
}

export function Slider(props: SliderProps) {
  const {
    label,
    hideLabel,
    value,
    onChange,
    onChangeEnd,
    min,
    max,
    step = 1,
    format,
    hideValue,
    disabled = false,
    className,
  } = props;
  const words = format ? format(value) : String(value);
  return (
    <AriaSlider
      value={value}
      onChange={(next) => onChange(Array.isArray(next) ? next[0]! : next)}
      {...(onChangeEnd && {
        onChangeEnd: (next: number | number[]) => onChangeEnd(Array.isArray(next) ? next[0]! : next),
      })}
      minValue={min}
      maxValue={max}
      step={step}
      isDisabled={disabled}
      className={classNames(styles['slider'], className)}
      {...(hideLabel && { 'aria-label': label })}
    >
      {!hideLabel && <Label>{label}</Label>}
      {!hideValue && <SliderOutput className={styles['output']!}>{words}</SliderOutput>}
      <SliderTrack className={styles['rail']!}>
        <div
          className={styles['fill']}
          style={{ width: `calc(${max > min ? ((value - min) / (max - min)) * 100 : 0}% + 7px)` }}
        />
        <SliderThumb className={styles['thumb']!} {...(hideLabel && { 'aria-label': label })} />
      </SliderTrack>
    </AriaSlider>
  );
}

export interface Segment<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
  readonly icon?: IconName;
  readonly disabled?: boolean;
}

export interface SegmentedControlProps<Value extends string> {
  readonly label: string;
  readonly segments: readonly Segment<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly size?: 'normal' | 'small';
}

/** One of a few, all in sight. */
export function SegmentedControl<Value extends string>({
  label,
  segments,
  value,
  onChange,
  size,
}: SegmentedControlProps<Value>) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const [next] = keys;
        if (next !== undefined) onChange(next as Value);
      }}
      className={classNames(styles['segments'], size === 'small' && styles['smallSegments'])}
    >
      {segments.map((segment) => (
        <ToggleButton
          key={segment.value}
          id={segment.value}
          isDisabled={segment.disabled ?? false}
          className={styles['segment']!}
        >
          {segment.icon && <Icon name={segment.icon} size={14} />}
          {segment.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
