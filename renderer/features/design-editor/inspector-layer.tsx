/** The inspector of one layer, or of several at once. */
import { type ReactNode, useMemo } from 'react';
import { layerTable } from '../../../core/nn/layer-table.ts';
import { renameLayer, toggleBypass } from '../../../core/spec/model-edits.ts';
import {
  findScope,
  splitKey,
  type DocumentOutline,
  type OutlineLayer,
} from '../../../core/spec/model-edits/outline.ts';
import { isRecord } from '../../../core/spec/schema-walk.ts';
import type { LayerSummary, Summary } from '../../../core/spec/summary.ts';
import { Select } from '../../components/select.tsx';
import { Tag } from '../../components/tag.tsx';
import { Switch } from '../../components/toggles.tsx';
import { applyEdit, useWorkspace } from '../../state/workspace.ts';
import { LineBox } from './inspector-controls.tsx';
import { commonFields, fieldsOfShape, parameterField, type Field } from './inspector-fields.ts';
import { FieldForm } from './inspector-form.tsx';
import { InputsList } from './inspector-inputs.tsx';
import { useDocumentValue, useFormPort } from './inspector-port.ts';
import { layerFigures } from './text-hints.ts';
import { fieldsAt, valueAt } from './text-schema.ts';
import styles from './inspector.module.css';

const shared = ['type', 'id', 'inputs', 'bypass', 'use', 'with'];

export function LayerInspector({
  outline,
  layers,
}: {
  readonly outline: DocumentOutline;
  readonly layers: readonly OutlineLayer[];
}) {
  const document = useDocumentValue();
  const port = useFormPort(layers.map((layer) => layer.path));
  const forms = useMemo(() => layers.map((layer) => ownFields(document, layer)), [document, layers]);
  const fields = commonFields(forms);
  const [first] = layers;
  const isOne = layers.length === 1;
  return (
    <div className={styles['form']}>
      {isOne ? <LayerHead outline={outline} layer={first} /> : <ManyHead layers={layers} />}
      {port.faultAt([], false) && <p className={styles['fault']}>{port.faultAt([], false)}</p>}
      {isOne && (
        <PlainRow name="Name">
          <LineBox
            label="Name"
            code
            value={first.id}
            onChange={(id) => applyEdit('Rename', (text) => renameLayer(text, first.key, id))}
          />
        </PlainRow>
      )}
      <PlainRow name="Bypass">
        <Switch
          label="Bypass"
          hideLabel
          selected={layers.every((layer) => layer.spec.bypass === true)}
          onChange={() =>
            applyEdit('Bypass', (text) =>
              toggleBypass(
                text,
                layers.map((layer) => layer.key),
              ),
            )
          }
        />
      </PlainRow>
      {isOne && <InputsList outline={outline} scope={findScope(outline, splitKey(first.key).scope)!} layer={first} />}
      <section className={styles['section']} aria-label="Fields">
        <div className={styles['sectionHead']}>
          <h3>{first.spec.type === 'block' ? 'Parameters' : 'Fields'}</h3>
        </div>
        {layers.every((layer) => layer.spec.type === 'block') && (
          <BlockChoice outline={outline} layers={layers} port={port} />
        )}
        <FieldForm fields={fields} path={first.spec.type === 'block' ? ['with'] : []} port={port} />
        {fields.length === 0 && (
          <p className={styles['note']}>
            {isOne ? 'There is nothing to set here.' : 'These layers have no field in common.'}
          </p>
        )}
      </section>
    </div>
  );
}

/** The fields of a layer's own type, or the parameters of the block it uses. */
function ownFields(document: unknown, layer: OutlineLayer): readonly Field[] {
  if (layer.spec.type !== 'block') return fieldsOfShape(fieldsAt(document, layer.path), shared);
  const parameters = valueAt(document, ['blocks', String(layer.spec['use']), 'parameters']);
  return Object.entries(isRecord(parameters) ? parameters : {}).map(([name, fallback]) =>
    parameterField(name, fallback),
  );
}

function PlainRow({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles['row']}>
      <span className={styles['name']}>{name}</span>
      <div className={styles['control']}>{children}</div>
    </div>
  );
}

function LayerHead({ outline, layer }: { readonly outline: DocumentOutline; readonly layer: OutlineLayer }) {
  const summary = useWorkspace((state) => state.check.summary);
  const scope = findScope(outline, splitKey(layer.key).scope);
  const definition = layerTable.get(layer.spec.type);
  const found = summary && layerSummary(summary, scope?.name ?? '', layer.id);
  return (
    <header className={styles['head']}>
      <h2>
        {layer.spec.type} <Tag>{`${scope?.kind === 'block' ? 'block ' : ''}${scope?.name ?? ''}`}</Tag>
      </h2>
      {definition && <p>{definition.summary}</p>}
      {found && <p className={styles['figures']}>{layerFigures(found)}</p>}
    </header>
  );
}

const layerSummary = (summary: Summary, network: string, id: string): LayerSummary | undefined =>
  summary.networks.find((each) => each.name === network)?.layers.find((layer) => layer.id === id);

function ManyHead({ layers }: { readonly layers: readonly OutlineLayer[] }) {
  const types = [...new Set(layers.map((layer) => layer.spec.type))];
  return (
    <header className={styles['head']}>
      <h2>{layers.length} layers</h2>
      <p>{types.join(', ')}. What is changed here is changed in all of them.</p>
    </header>
  );
}

function BlockChoice({
  outline,
  layers,
  port,
}: {
  readonly outline: DocumentOutline;
  readonly layers: readonly OutlineLayer[];
  readonly port: ReturnType<typeof useFormPort>;
}) {
  const blocks = outline.scopes.filter((scope) => scope.kind === 'block');
  const used = new Set(layers.map((layer) => String(layer.spec['use'])));
  const value = used.size === 1 && blocks.some((block) => used.has(block.name)) ? [...used][0] : null;
  return (
    <PlainRow name="Block">
      <Select
        label="Block"
        hideLabel
        size="small"
        fault={port.faultAt(['use'], true)}
        choices={blocks.map(({ name }) => ({ value: name, label: name }))}
        value={value}
        onChange={(name) => port.write(['use'], name, 'block')}
      />
    </PlainRow>
  );
}
