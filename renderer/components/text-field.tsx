/** Fields for words: one line, several lines, and search. */
import {
  Button as AriaButton,
  FieldError,
  Group,
  Input,
  Label,
  SearchField as AriaSearchField,
  Text,
  TextArea,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components';
import { classNames } from './class-names.ts';
import { Icon } from './icon.tsx';
import styles from './field.module.css';

export interface FieldWords {
  /** Its name; `hideLabel` keeps it for readers only. */
  readonly label: string;
  readonly hideLabel?: boolean;
  /** What a person should know, below the control. */
  readonly help?: string | undefined;
  /** What is wrong with the value, in place of the help. */
  readonly fault?: string | undefined;
  readonly size?: 'normal' | 'small';
  /** The label beside the control instead of above it. */
  readonly beside?: boolean;
  readonly className?: string;
}

export function fieldClass(words: FieldWords): string {
  return classNames(
    styles['field'],
    words.size === 'small' && styles['small'],
    words.beside && styles['beside'],
    words.className,
  );
}

/** `aria-label` where the label is not shown. */
export const hiddenName = (words: FieldWords): { 'aria-label'?: string } =>
  words.hideLabel ? { 'aria-label': words.label } : {};

/** The label of a field, unless it is for readers only. */
export function FieldLabel({ label, hideLabel }: FieldWords) {
  return hideLabel ? null : <Label className={styles['label']!}>{label}</Label>;
}

/** Help, or the fault in its place. */
export function FieldNotes({ help, fault }: FieldWords) {
  if (fault) return <FieldError className={styles['fault']!}>{fault}</FieldError>;
  return help ? (
    <Text slot="description" className={styles['help']!}>
      {help}
    </Text>
  ) : null;
}

/** A key as React Aria tells it: what hears of it keeps it, unless it says otherwise. */
type KeyboardEvent = Parameters<NonNullable<AriaTextFieldProps['onKeyDown']>>[0];

export interface TextFieldProps
  extends FieldWords, Omit<AriaTextFieldProps, 'children' | 'className' | 'style' | 'isInvalid'> {
  readonly placeholder?: string;
  /** Rows of a field of several lines; absent: one line. */
  readonly rows?: number;
  readonly code?: boolean;
  /** Enter in it. Other keys go on to what is around it: Escape closes a window. */
  readonly onEnter?: () => void;
}

export function TextField({
  label,
  hideLabel,
  help,
  fault,
  size,
  beside,
  className,
  placeholder,
  rows,
  code,
  onEnter,
  ...rest
}: TextFieldProps) {
  const words: FieldWords = {
    label,
    ...(hideLabel !== undefined && { hideLabel }),
    help,
    fault,
    ...(size && { size }),
    ...(beside !== undefined && { beside }),
    ...(className && { className }),
  };
  const keys = onEnter && {
    onKeyDown: (event: KeyboardEvent) => (event.key === 'Enter' ? onEnter() : event.continuePropagation()),
  };
  const font = code ? { fontFamily: 'var(--font-code)' } : {};
  return (
    <AriaTextField
      {...rest}
      {...keys}
      {...hiddenName(words)}
      isInvalid={fault !== undefined}
      className={fieldClass(words)}
    >
      <FieldLabel {...words} />
      {rows ? (
        <TextArea rows={rows} className={styles['area']!} style={font} {...(placeholder && { placeholder })} />
      ) : (
        <Group className={styles['box']!}>
          <Input className={styles['input']!} style={font} {...(placeholder && { placeholder })} />
        </Group>
      )}
      <FieldNotes {...words} />
    </AriaTextField>
  );
}

export interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly placeholder?: string;
  readonly size?: 'normal' | 'small';
  readonly autoFocus?: boolean;
  readonly className?: string;
}

/** Escape empties it. */
export function SearchField({
  label,
  value,
  onChange,
  placeholder = label,
  size,
  autoFocus,
  className,
}: SearchFieldProps) {
  return (
    <AriaSearchField
      aria-label={label}
      value={value}
      onChange={onChange}
      autoFocus={autoFocus ?? false}
      className={classNames(styles['field'], size === 'small' && styles['small'], className)}
    >
      <Group className={styles['box']!}>
        <Icon name="search" size={14} className={styles['searchIcon']!} />
        <Input className={styles['input']!} placeholder={placeholder} />
        <AriaButton className={styles['clear']!}>
          <Icon name="close" size={12} />
        </AriaButton>
      </Group>
    </AriaSearchField>
  );
}
