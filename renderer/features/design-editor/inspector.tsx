/** The form for what is selected: the fields of its layers, or the document's own when nothing is. */
import { useEffect, useMemo, useState } from 'react';
import { builtinSourceNames } from '../../../core/spec/builtin-data.ts';
import { documentSchema } from '../../../core/spec/document-schema.ts';
import {
  findLayer,
  type DocumentOutline,
  type NodeKey,
  type OutlineLayer,
} from '../../../core/spec/model-edits/outline.ts';
import { Disclosure, EmptyState } from '../../components/layout.tsx';
import { useWorkspace } from '../../state/workspace.ts';
import { fieldOf, type Field } from './inspector-fields.ts';
import { FieldForm, Variant } from './inspector-form.tsx';
import { InputInspector } from './inspector-inputs.tsx';
import { LayerInspector } from './inspector-layer.tsx';
import { useFormPort } from './inspector-port.ts';
import styles from './inspector.module.css';

export function Inspector() {
  const isOpen = useWorkspace((state) => state.file !== null);
  const isStale = useWorkspace((state) => state.isStale);
  const outline = useWorkspace((state) => state.outline);
  const selection = useWorkspace((state) => state.selection);
  const layers = useMemo(
    () => (outline ? selection.flatMap((key) => findLayer(outline, key) ?? []) : []),
    [outline, selection],
  );
  const [help, setHelp] = useState<string>();
  useEffect(() => setHelp(undefined), [selection]);
  if (!isOpen) return <EmptyState title="No document is open" icon="design" />;
  const explain = ({ target }: { readonly target: EventTarget }): void => {
    const row = target instanceof Element ? target.closest<HTMLElement>('[data-help]') : null;
    if (row) setHelp(row.dataset['help']);
  };
  return (
    <section className={styles['frame']} aria-label="Inspector" onFocus={explain} onPointerOver={explain}>
      <div className={styles['scroll']}>
        {isStale && (
          <p className={styles['stale']}>
            The text has a syntax error. Correct it there; until then nothing can be changed here.
          </p>
        )}
        <Form outline={outline} layers={layers} first={selection[0]} />
      </div>
      <p className={styles['explanation']} aria-hidden="true">
        {help ?? 'Point at a field to see what it does.'}
      </p>
    </section>
  );
}

function Form({
  outline,
  layers,
  first,
}: {
  readonly outline: DocumentOutline | null;
  readonly layers: readonly OutlineLayer[];
  readonly first: NodeKey | undefined;
}) {
  if (outline && layers.length > 0) return <LayerInspector key={layers[0].key} outline={outline} layers={layers} />;
  const scope = outline?.scopes.find(
    (each) => each.kind === 'network' && each.inputs.some((input) => input.key === first),
  );
  const input = scope?.inputs.find((each) => each.key === first);
  return scope && input ? (
    <InputInspector key={input.key} scope={scope} name={input.name} />
  ) : (
    <DocumentInspector outline={outline} />
  );
}

const sections = ['data', 'task', 'training'] as const;
const plain: readonly Field[] = ['name', 'description'].map((name) => fieldOf(name, documentSchema.shape[name]));
const parts: readonly Field[] = sections.map((name) => withSources(fieldOf(name, documentSchema.shape[name])));
/** The data's source can be chosen among those that are built in. */
function withSources(field: Field): Field {
  if (field.name !== 'data' || field.control.kind !== 'section') return field;
  const fields = field.control.fields.map((each) =>
    each.name === 'source' ? { ...each, proposals: builtinSourceNames } : each,
  );
  return { ...field, control: { kind: 'section', fields } };
}

const noPath: readonly [] = [];
const whole = [noPath];

function DocumentInspector({ outline }: { readonly outline: DocumentOutline | null }) {
  const port = useFormPort(whole);
  const names = outline?.scopes.filter((scope) => scope.kind === 'network').map((scope) => scope.name) ?? [];
  return (
    <div className={styles['form']}>
      <header className={styles['head']}>
        <h2>Document</h2>
        <p>Select a layer to see its fields.</p>
      </header>
      <FieldForm fields={plain} path={noPath} port={port} />
      {parts.map((field) => (
        <Disclosure key={field.name} title={field.label} startsOpen>
          <PartForm field={field} port={port} names={names} />
        </Disclosure>
      ))}
    </div>
  );
}

function PartForm({
  field,
  port,
  names,
}: {
  readonly field: Field;
  readonly port: ReturnType<typeof useFormPort>;
  readonly names: readonly string[];
}) {
  if (field.control.kind === 'section')
    return <FieldForm fields={field.control.fields} path={[field.name]} port={port} names={names} />;
  return field.control.kind === 'variant' ? (
    <Variant field={field} control={field.control} path={[field.name]} port={port} isBare />
  ) : null;
}
