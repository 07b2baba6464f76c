/** A form of fields: plain ones as rows, objects as sections of their own that may be switched on and off. */
import { useId } from 'react';
import type { DocumentPath } from '../../../core/nn/network.ts';
import { isRecord } from '../../../core/spec/schema-walk.ts';
import { Select } from '../../components/select.tsx';
import { Switch } from '../../components/toggles.tsx';
import { effective, FieldRow, type FieldProps } from './inspector-controls.tsx';
import type { Control, Field } from './inspector-fields.ts';
import type { FormPort } from './inspector-port.ts';
import styles from './inspector.module.css';

export interface FieldFormProps {
  readonly fields: readonly Field[];
  readonly path: DocumentPath;
  readonly port: FormPort;
  /** Names that a record of objects has an entry for each. */
  readonly names?: readonly string[];
}

/** Plain fields first, in the grammar's order, then the sections. */
export function FieldForm({ fields, path, port, names = [] }: FieldFormProps) {
  const isSection = ({ control }: Field): boolean =>
    control.kind === 'section' || control.kind === 'variant' || control.kind === 'record';
  const place = (field: Field): DocumentPath => [...path, field.name];
  return (
    <>
      {fields
        .filter((field) => !isSection(field))
        .map((field) => (
          <FieldRow key={field.name} field={field} path={place(field)} port={port} />
        ))}
      {fields.filter(isSection).map((field) => (
        <SectionFor key={field.name} field={field} path={place(field)} port={port} names={names} />
      ))}
    </>
  );
}

function SectionFor(props: FieldProps & { readonly names: readonly string[] }) {
  const { control } = props.field;
  if (control.kind === 'section') return <Section {...props} control={control} />;
  if (control.kind === 'variant') return <Variant {...props} control={control} />;
  return control.kind === 'record' ? <RecordSection {...props} value={control.value} /> : null;
}

function SectionHead({ field, path, port, start }: FieldProps & { readonly start: unknown }) {
  const shared = port.read(path);
  const isOn = shared.isMixed || shared.value !== undefined;
  const canSwitch = field.isOptional && field.fallback === undefined;
  const fault = port.faultAt(path, false);
  return (
    <>
      <div className={styles['sectionHead']} data-help={field.help}>
        <h3>{field.label}</h3>
        {canSwitch && (
          <Switch
            label={`Use ${field.label.toLowerCase()}`}
            hideLabel
            selected={isOn}
            onChange={(on) => port.write(path, on ? start : undefined, field.label.toLowerCase())}
          />
        )}
      </div>
      {fault && <p className={styles['fault']}>{fault}</p>}
    </>
  );
}

const isPresent = ({ field, path, port }: FieldProps): boolean => {
  const shared = port.read(path);
  return shared.isMixed || shared.value !== undefined || field.fallback !== undefined;
};

function Section({ control, ...props }: FieldProps & { readonly control: Extract<Control, { kind: 'section' }> }) {
  return (
    <section className={styles['section']} aria-label={props.field.label}>
      <SectionHead {...props} start={{}} />
      {isPresent(props) && <FieldForm fields={control.fields} path={props.path} port={props.port} />}
    </section>
  );
}

/** @param isBare without a head, where the place around it already says what it is */
export function Variant({
  control,
  isBare = false,
  ...props
}: FieldProps & { readonly control: Extract<Control, { kind: 'variant' }>; readonly isBare?: boolean }) {
  const { field, path, port } = props;
  const labelId = useId();
  const type = port.read([...path, 'type']);
  const word = effective(type, isRecord(field.fallback) ? field.fallback['type'] : undefined);
  const variant = typeof word === 'string' ? control.variants.get(word) : undefined;
  const [firstWord] = control.variants.keys();
  return (
    <section className={isBare ? undefined : styles['section']} aria-label={field.label}>
      {!isBare && <SectionHead {...props} start={{ type: firstWord }} />}
      {isPresent(props) && (
        <>
          <div className={styles['row']} role="group" aria-labelledby={labelId}>
            <span className={styles['name']} id={labelId}>
              Type
            </span>
            <div className={styles['control']}>
              <Select
                label={`${field.label} type`}
                hideLabel
                size="small"
                fault={port.faultAt([...path, 'type'], true)}
                choices={[...control.variants].map(([value, { summary }]) => ({ value, label: value, help: summary }))}
                value={variant ? (word as string) : null}
                placeholder={type.isMixed ? 'differ' : 'Choose'}
                onChange={(next) =>
                  port.retype(
                    path,
                    next,
                    (control.variants.get(next)?.fields ?? []).map((each) => each.name),
                    field.label.toLowerCase(),
                  )
                }
              />
            </div>
          </div>
          {variant && <FieldForm fields={variant.fields} path={path} port={port} />}
        </>
      )}
    </section>
  );
}

function RecordSection({
  field,
  path,
  port,
  names,
  value,
}: FieldProps & { readonly names: readonly string[]; readonly value: Field }) {
  return (
    <section className={styles['section']} aria-label={field.label}>
      <div className={styles['sectionHead']} data-help={field.help}>
        <h3>{field.label}</h3>
      </div>
      {field.help && <p className={styles['note']}>{field.help}</p>}
      {names.map((name) => {
        const own: Field = { ...value, name, label: name, isOptional: true, fallback: undefined };
        return <FieldForm key={name} fields={[own]} path={path} port={port} />;
      })}
    </section>
  );
}
