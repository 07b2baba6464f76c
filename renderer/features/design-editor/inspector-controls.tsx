/** One form field: its name, the control that suits its value, the way back to its default, its help and its fault. */
import { useEffect, useId, useState } from 'react';
import type { DocumentPath } from '../../../core/nn/network.ts';
import { isRecord } from '../../../core/spec/schema-walk.ts';
import { IconButton } from '../../components/button.tsx';
import { classNames } from '../../components/class-names.ts';
import { Select } from '../../components/select.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Switch } from '../../components/toggles.tsx';
import { sameValue, type Control, type Field, type NumberLimits, type Shared } from './inspector-fields.ts';
import { DragName, NumberBox } from './inspector-number.tsx';
import type { FormPort } from './inspector-port.ts';
import styles from './inspector.module.css';

export interface FieldProps {
  readonly field: Field;
  readonly path: DocumentPath;
  readonly port: FormPort;
}

/** A value as a form shows it: its own, or the default where it is left out. */
export function effective(shared: Shared, fallback: unknown): unknown {
  return shared.isMixed ? undefined : (shared.value ?? fallback);
}

export function FieldRow({ field, path, port }: FieldProps) {
  const helpId = useId();
  const shared = port.read(path);
  const isGiven = shared.isMixed || shared.value !== undefined;
  const isChanged = isGiven && field.isOptional && (shared.isMixed || !sameValue(shared.value, field.fallback));
  const write = (value: unknown): void => port.write(path, value, field.label.toLowerCase());
  const props: ControlProps = { field, shared, write, fault: port.faultAt(path, true) };
  return (
    <div
      className={classNames(styles['row'], isChanged && styles['changed'])}
      role="group"
      aria-label={field.label}
      aria-describedby={helpId}
      data-help={field.help}
    >
      <RowName {...props} isChanged={isChanged} />
      <div className={styles['control']}>
        <ControlFor {...props} />
      </div>
      <span className={styles['reset']}>
        {isGiven && field.isOptional && (
          <IconButton label={resetWords(field)} icon="undo" size="small" onPress={() => write(undefined)} />
        )}
      </span>
      {field.help && (
        <p id={helpId} className={styles['help']}>
          {field.help}
        </p>
      )}
    </div>
  );
}

const resetWords = ({ label, fallback }: Field): string =>
  fallback === undefined
    ? `Leave ${label.toLowerCase()} out`
    : `Reset ${label.toLowerCase()} to ${JSON.stringify(fallback)}`;

interface ControlProps {
  readonly field: Field;
  readonly shared: Shared;
  readonly write: (value: unknown) => void;
  readonly fault: string | undefined;
}

function RowName({ field, shared, write, isChanged }: ControlProps & { readonly isChanged: boolean }) {
  const value = effective(shared, field.fallback);
  const isNumber =
    (field.control.kind === 'number' || field.control.kind === 'pair' || field.control.kind === 'wordOrNumber') &&
    typeof value === 'number';
  return (
    <span className={styles['name']}>
      {isChanged && <span className={styles['dot']} aria-label="changed" role="img" />}
      {isNumber ? (
        <DragName value={value} limits={field.control as NumberLimits} onChange={write}>
          {field.label}
        </DragName>
      ) : (
        field.label
      )}
    </span>
  );
}

function ControlFor(props: ControlProps) {
  const { control } = props.field;
  switch (control.kind) {
    case 'number':
      return <NumberControl {...props} limits={control} />;
    case 'choice':
      return <ChoiceControl {...props} words={control.choices} />;
    case 'switch':
      return <SwitchControl {...props} />;
    case 'text':
      return <TextControl {...props} />;
    case 'pair':
      return <PairControl {...props} limits={control} />;
    case 'wordOrNumber':
      return <WordOrNumberControl {...props} control={control} />;
    case 'named':
      return <NamedControl {...props} control={control} />;
    case 'section':
    case 'variant':
    case 'record':
    case 'json':
      return <JsonControl {...props} />;
  }
}

const mixed = 'differ';
const asNumber = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function NumberControl({ field, shared, write, fault, limits }: ControlProps & { readonly limits: NumberLimits }) {
  const placeholder = shared.isMixed
    ? mixed
    : field.fallback === undefined
      ? 'none'
      : String(asNumber(field.fallback) ?? '');
  const clear = field.isOptional ? () => write(undefined) : undefined;
  return (
    <NumberBox
      label={field.label}
      {...limits}
      value={asNumber(effective(shared, field.fallback))}
      placeholder={placeholder}
      fault={fault}
      onChange={write}
      onClear={clear}
    />
  );
}

function ChoiceControl({
  field,
  shared,
  write,
  fault,
  words,
}: ControlProps & { readonly words: readonly (string | number | boolean)[] }) {
  const value = effective(shared, field.fallback);
  const choices = words.map((word) => ({
    value: String(word),
    label: String(word),
    ...(word === field.fallback && { help: 'default' }),
  }));
  const index = words.findIndex((word) => word === value);
  return (
    <Select
      label={field.label}
      hideLabel
      size="small"
      fault={fault}
      choices={choices}
      value={index < 0 ? null : String(words[index])}
      placeholder={shared.isMixed ? mixed : value === undefined ? 'none' : JSON.stringify(value)}
      onChange={(chosen) => write(words.find((word) => String(word) === chosen))}
    />
  );
}

function SwitchControl({ field, shared, write, fault }: ControlProps) {
  return (
    <>
      <Switch label={field.label} hideLabel selected={effective(shared, field.fallback) === true} onChange={write} />
      {shared.isMixed && <span className={styles['aside']}>{mixed}</span>}
      {fault && <p className={styles['fault']}>{fault}</p>}
    </>
  );
}

/** A line of text that is taken when the box is left or Enter is pressed. */
export function LineBox(props: {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly fault?: string | undefined;
  readonly code?: boolean;
  readonly rows?: number;
  readonly onChange: (text: string) => void;
}) {
  const { label, value, placeholder, fault, code, rows, onChange } = props;
  const [draft, setDraft] = useState<string | null>(null);
  useEffect(() => setDraft(null), [value]);
  const commit = (): void => {
    setDraft(null);
    if (draft !== null && draft !== value) onChange(draft);
  };
  return (
    <TextField
      label={label}
      hideLabel
      size="small"
      fault={fault}
      value={draft ?? value}
      {...(placeholder !== undefined && { placeholder })}
      {...(code !== undefined && { code })}
      {...(rows !== undefined && { rows })}
      onChange={setDraft}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && rows === undefined) commit();
        else if (event.key === 'Escape' && draft !== null) setDraft(null);
        else event.continuePropagation();
      }}
    />
  );
}

function TextControl({ field, shared, write, fault }: ControlProps) {
  const value = effective(shared, field.fallback);
  const placeholder = shared.isMixed ? mixed : 'none';
  const rows = field.name === 'description' ? { rows: 2 } : {};
  const text = typeof value === 'string' ? value : '';
  const box = (
    <LineBox
      label={field.label}
      value={text}
      placeholder={placeholder}
      fault={fault}
      {...rows}
      onChange={(next) => write(next === '' && field.isOptional ? undefined : next)}
    />
  );
  if (!field.proposals) return box;
  const choices = field.proposals.map((proposal) => ({ value: proposal, label: proposal }));
  return (
    <div className={styles['side']}>
      {box}
      <Select
        label={`${field.label}, built in`}
        hideLabel
        size="small"
        placeholder="Built in"
        choices={choices}
        value={null}
        onChange={write}
        className={styles['proposals']!}
      />
    </div>
  );
}

function PairControl({ field, shared, write, fault, limits }: ControlProps & { readonly limits: NumberLimits }) {
  const value = effective(shared, field.fallback);
  const isPair = Array.isArray(value);
  const [first, second] = isPair ? value : [value, value];
  const put = (place: 0 | 1, next: number): void =>
    write((place === 0 ? [next, second] : [first, next]) as readonly unknown[]);
  const box = (label: string, shown: unknown, onChange: (next: number) => void) => (
    <NumberBox
      label={label}
      {...limits}
      value={asNumber(shown)}
      placeholder={shared.isMixed ? mixed : ''}
      fault={undefined}
      onChange={onChange}
    />
  );
  return (
    <>
      <div className={styles['side']}>
        {isPair ? (
          <>
            {box(`${field.label}, height`, first, (next) => put(0, next))}
            <span className={styles['aside']}>×</span>
            {box(`${field.label}, width`, second, (next) => put(1, next))}
          </>
        ) : (
          box(field.label, first, write)
        )}
        <IconButton
          label={isPair ? `One ${field.label.toLowerCase()} for both axes` : `${field.label} for each axis`}
          icon={isPair ? 'link' : 'columns'}
          size="small"
          onPress={() => write(isPair ? first : [first, first])}
        />
      </div>
      {fault && <p className={styles['fault']}>{fault}</p>}
    </>
  );
}

function WordOrNumberControl({
  field,
  shared,
  write,
  fault,
  control,
}: ControlProps & { readonly control: Extract<Control, { kind: 'wordOrNumber' }> }) {
  const value = effective(shared, field.fallback);
  const isNumber = typeof value === 'number';
  const choices = [...control.words.map((word) => ({ value: word, label: word })), { value: '#', label: 'number' }];
  const chosen = isNumber ? '#' : typeof value === 'string' && control.words.includes(value) ? value : null;
  return (
    <div className={styles['side']}>
      <Select
        label={field.label}
        hideLabel
        size="small"
        fault={isNumber ? undefined : fault}
        choices={choices}
        value={chosen}
        placeholder={shared.isMixed ? mixed : 'none'}
        onChange={(word) => write(word === '#' ? (control.min ?? 0) : word)}
      />
      {isNumber && (
        <NumberBox
          label={`${field.label}, elements`}
          {...control}
          value={value}
          placeholder=""
          fault={fault}
          onChange={write}
        />
      )}
    </div>
  );
}

function NamedControl({
  field,
  shared,
  write,
  fault,
  control,
}: ControlProps & { readonly control: Extract<Control, { kind: 'named' }> }) {
  const value = effective(shared, field.fallback);
  const word = isRecord(value) ? value['type'] : value;
  const extras = isRecord(value) ? value : {};
  const isChosen = typeof word === 'string' && control.words.includes(word);
  const put = (name: string, number: number | undefined): void => {
    const { [name]: _old, type: _type, ...rest } = extras;
    const next = { ...rest, ...(number !== undefined && { [name]: number }) };
    write(Object.keys(next).length > 0 ? { type: word, ...next } : word);
  };
  return (
    <div className={styles['side']}>
      <Select
        label={field.label}
        hideLabel
        size="small"
        fault={fault}
        choices={control.words.map((each) => ({
          value: each,
          label: each,
          ...(each === field.fallback && { help: 'default' }),
        }))}
        value={isChosen ? word : null}
        placeholder={shared.isMixed ? mixed : 'none'}
        onChange={(next) => write(next)}
      />
      {isChosen &&
        control.extras
          .filter((extra) => extras[extra.name] !== undefined || suits(extra, word))
          .map((extra) => (
            <NumberBox
              key={extra.name}
              label={`${field.label}, ${extra.label.toLowerCase()}`}
              {...numberOf(extra)}
              value={asNumber(extras[extra.name])}
              placeholder={extra.label.toLowerCase()}
              fault={undefined}
              onChange={(next) => put(extra.name, next)}
              onClear={() => put(extra.name, undefined)}
            />
          ))}
    </div>
  );
}

/** A number beside a word says in its help which words it is for. */
const suits = (extra: Field, word: string): boolean => new RegExp(`\\b${word}\\b`).test(extra.help ?? '');

const numberOf = ({ control }: Field): NumberLimits =>
  control.kind === 'number' ? control : { min: undefined, max: undefined, isWhole: false };

function JsonControl({ field, shared, write, fault }: ControlProps) {
  const [wrong, setWrong] = useState<string>();
  const value = effective(shared, field.fallback);
  const take = (text: string): void => {
    setWrong(undefined);
    if (text.trim() === '') return field.isOptional ? write(undefined) : undefined;
    try {
      write(JSON.parse(text));
    } catch {
      setWrong(`This is not JSON: ${text}. Lists are written [1, 2], texts "in quotes".`);
    }
  };
  return (
    <LineBox
      label={field.label}
      code
      value={value === undefined ? '' : JSON.stringify(value).replaceAll(',', ', ')}
      placeholder={shared.isMixed ? mixed : 'none'}
      fault={wrong ?? fault}
      onChange={take}
    />
  );
}
