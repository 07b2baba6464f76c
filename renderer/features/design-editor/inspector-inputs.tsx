/** What flows into a layer (choose, add, reorder, remove) and what an input of a network stands for. */
import { z } from 'zod';
import { connect, disconnect, mostInputs, setLayerField, whyNotConnect } from '../../../core/spec/model-edits.ts';
import {
  nodeKey,
  type DocumentOutline,
  type OutlineLayer,
  type OutlineScope,
} from '../../../core/spec/model-edits/outline.ts';
import { networkHead } from '../../../core/spec/schema.ts';
import { unwrapSchema } from '../../../core/spec/schema-walk.ts';
import { layerTable } from '../../../core/nn/layer-table.ts';
import { IconButton } from '../../components/button.tsx';
import { Tag } from '../../components/tag.tsx';
import { Select, type Choice } from '../../components/select.tsx';
import { applyEdit } from '../../state/workspace.ts';
import { fieldOf } from './inspector-fields.ts';
import { FieldRow } from './inspector-controls.tsx';
import { useFormPort } from './inspector-port.ts';
import styles from './inspector.module.css';

interface InputsProps {
  readonly outline: DocumentOutline;
  readonly scope: OutlineScope;
  readonly layer: OutlineLayer;
}

export function InputsList({ outline, scope, layer }: InputsProps) {
  const most = mostInputs(outline, layer.spec);
  const words = layerTable.get(layer.spec.type)?.inputs.names ?? [];
  const choices = sources(outline, scope, layer);
  const free = choices.filter((choice) => !layer.inputs.includes(choice.value));
  return (
    <section className={styles['section']} aria-label="Inputs">
      <div className={styles['sectionHead']}>
        <h3>Inputs</h3>
        <span className={styles['aside']}>
          {layer.spec.inputs === undefined ? 'the layer before' : most === 1 ? 'one' : `up to ${most}`}
        </span>
      </div>
      <ol className={styles['inputs']}>
        {layer.inputs.map((name, slot) => (
          <InputItem
            key={`${slot} ${name}`}
            layer={layer}
            scope={scope}
            name={name}
            slot={slot}
            word={words[slot]}
            choices={choices}
          />
        ))}
      </ol>
      {layer.inputs.length < most && (
        <Select
          label="Add an input"
          hideLabel
          size="small"
          placeholder="Add an input"
          choices={free}
          value={null}
          onChange={(name) =>
            applyEdit('Add an input', (text) => connect(text, nodeKey(scope.key, name), layer.key, layer.inputs.length))
          }
        />
      )}
    </section>
  );
}

/** What may flow into the layer: inputs of the scope and layers that do not depend on it. */
function sources(outline: DocumentOutline, scope: OutlineScope, layer: OutlineLayer): readonly Choice[] {
  const inputs = scope.inputs.map((input) => ({ value: input.name, label: input.name, help: input.word }));
  const layers = scope.layers
    .filter((other) => other.key !== layer.key && whyNotConnect(outline, other.key, layer.key) === undefined)
    .map((other) => ({ value: other.id, label: other.id, help: other.spec.type }));
  return [...inputs, ...layers];
}

interface ItemProps {
  readonly scope: OutlineScope;
  readonly layer: OutlineLayer;
  readonly name: string;
  readonly slot: number;
  readonly word: string | undefined;
  readonly choices: readonly Choice[];
}

function InputItem({ scope, layer, name, slot, word, choices }: ItemProps) {
  const last = layer.inputs.length - 1;
  const move = (to: number): void => {
    const order = layer.inputs.toSpliced(slot, 1).toSpliced(to, 0, name);
    applyEdit('Reorder inputs', (text) => setLayerField(text, layer.key, ['inputs'], order));
  };
  const known = choices.some((choice) => choice.value === name);
  return (
    <li className={styles['input']}>
      <Select
        label={`Input ${slot + 1}${word ? `, ${word}` : ''}`}
        hideLabel
        size="small"
        fault={known ? undefined : `There is no '${name}' that could flow in here.`}
        placeholder={name}
        choices={choices}
        value={known ? name : null}
        onChange={(next) =>
          next !== name &&
          applyEdit('Change an input', (text) => connect(text, nodeKey(scope.key, next), layer.key, slot))
        }
      />
      {last > 0 && (
        <>
          <IconButton
            label={`Move ${name} up`}
            icon="arrowUp"
            size="small"
            isDisabled={slot === 0}
            onPress={() => move(slot - 1)}
          />
          <IconButton
            label={`Move ${name} down`}
            icon="arrowDown"
            size="small"
            isDisabled={slot === last}
            onPress={() => move(slot + 1)}
          />
          <IconButton
            label={`Remove ${name}`}
            icon="close"
            size="small"
            onPress={() =>
              applyEdit('Remove an input', (text) => disconnect(text, nodeKey(scope.key, name), layer.key, slot))
            }
          />
        </>
      )}
    </li>
  );
}

const inputs = unwrapSchema(networkHead.shape.inputs);
const standsFor = {
  ...fieldOf('standsFor', inputs instanceof z.ZodRecord ? inputs.valueType : z.string()),
  help: 'What the task gives the network here.',
};

/** An input of a network: what it stands for. */
export function InputInspector({ scope, name }: { readonly scope: OutlineScope; readonly name: string }) {
  const port = useFormPort([[...scope.path, 'inputs']]);
  return (
    <div className={styles['form']}>
      <header className={styles['head']}>
        <h2>
          {name} <Tag>{scope.name}</Tag>
        </h2>
        <p>An input of the network.</p>
      </header>
      <FieldRow field={standsFor} path={[name]} port={port} />
    </div>
  );
}
