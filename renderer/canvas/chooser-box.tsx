/** A list chosen from by typing: what layer to add, where a wire is to lead, which wire to take away. */
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { layerTable } from '../../core/nn/layer-table.ts';
import { findLayer, findScope, splitKey, type DocumentOutline } from '../../core/spec/model-edits/outline.ts';
import { whyNotConnect } from '../../core/spec/model-edits.ts';
import { classNames } from '../components/class-names.ts';
import { add, connectNodes, disconnectNodes } from './actions.ts';
import { openChooser, type Chooser } from './canvas-store.ts';
import { kindColour, kindOf, kindTitles, type LayerKind } from './words.ts';
import styles from './chooser.module.css';

interface Choice {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly kind: LayerKind;
  readonly run: () => void;
}

const titles: Readonly<Record<Chooser['kind'], string>> = {
  add: 'Add a layer',
  connect: 'Connect to',
  disconnect: 'Take away the wire from',
};

/** Choices that match every word, those whose name begins with what is typed first. */
function matches(choices: readonly Choice[], typed: string): readonly Choice[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = choices.filter(({ title, note, kind }) =>
    words.every((word) => `${title} ${note} ${kindTitles[kind]}`.toLowerCase().includes(word)),
  );
  const rank = ({ title }: Choice): number => {
    const at = title.toLowerCase().indexOf(words[0] ?? '');
    return at === 0 ? 0 : at > 0 ? 1 : 2;
  };
  return words.length === 0 ? found : found.toSorted((a, b) => rank(a) - rank(b));
}

function choicesOf(chooser: Chooser, outline: DocumentOutline): readonly Choice[] {
  switch (chooser.kind) {
    case 'add': {
      const layers = [...layerTable.values()].map(({ type, summary }): Choice => ({
        id: type,
        title: type,
        note: summary,
        kind: kindOf(type),
        run: () => add({ type }, chooser),
      }));
      const blocks = outline.scopes
        .filter((scope) => scope.kind === 'block' && scope.key !== chooser.scope)
        .map(({ key, name, layers: inside }): Choice => ({
          id: key,
          title: name,
          note: `Block of ${inside.length} layers.`,
          kind: 'block',
          run: () => add({ block: name }, chooser),
        }));
      return [...blocks, ...layers];
    }
    case 'connect': {
      const layers = findScope(outline, splitKey(chooser.from).scope)?.layers ?? [];
      return layers
        .filter((layer) => whyNotConnect(outline, chooser.from, layer.key) === undefined)
        .map(({ key, id, spec }) => ({
          id: key,
          title: id,
          note: spec.type,
          kind: kindOf(spec.type),
          run: () => void connectNodes(chooser.from, key),
        }));
    }
    case 'disconnect': {
      const { scope } = splitKey(chooser.to);
      const inputs = findLayer(outline, chooser.to)?.inputs ?? [];
      return inputs.map((name, slot) => ({
        id: `${slot}`,
        title: name,
        note: '',
        kind: 'io',
        run: () => disconnectNodes(`${scope}.${name}`, chooser.to, slot),
      }));
    }
  }
}

export interface ChooserBoxProps {
  readonly chooser: Chooser;
  readonly outline: DocumentOutline;
  /** Puts the focus back on the canvas. */
  readonly onDone: () => void;
}

/** Choices a key moves by. */
const keySteps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };

export function ChooserBox({ chooser, outline, onDone }: ChooserBoxProps) {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const found = matches(choicesOf(chooser, outline), typed);
  const current = found[Math.min(at, found.length - 1)];
  const close = (): void => openChooser(null);
  const choose = (choice: Choice | undefined): void => {
    if (!choice) return;
    close();
    choice.run();
    onDone();
  };
  useEffect(() => void field.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = keySteps[event.key];
    event.stopPropagation();
    if (step !== undefined) setAt(Math.max(0, Math.min(found.length - 1, at + step)));
    else if (event.key === 'Enter') choose(current);
    else if (event.key === 'Escape') {
      close();
      onDone();
    } else if (event.key === 'Tab') return close();
    else return;
    event.preventDefault();
  };
  return (
    <div
      className={styles['box']}
      style={{ left: chooser.at.x, top: chooser.at.y }}
      onKeyDown={onKeyDown}
      onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || close()}
    >
      <input
        ref={field}
        className={styles['field']}
        role="combobox"
        aria-label={titles[chooser.kind]}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={current ? `${id}-${found.indexOf(current)}` : undefined}
        placeholder={titles[chooser.kind]}
        value={typed}
        spellCheck={false}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
      />
      <ChoiceList
        {...{ id, choices: found, current }}
        label={titles[chooser.kind]}
        isTyped={typed !== ''}
        onPoint={setAt}
        onChoose={choose}
      />
    </div>
  );
}

interface ChoiceListProps {
  readonly id: string;
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly current: Choice | undefined;
  readonly isTyped: boolean;
  readonly onPoint: (index: number) => void;
  readonly onChoose: (choice: Choice) => void;
}

function ChoiceList({ id, label, choices, current, isTyped, onPoint, onChoose }: ChoiceListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [current?.id]);
  return (
    <div ref={list} id={`${id}-list`} role="listbox" aria-label={label} className={styles['list']}>
      {choices.map((choice, index) => (
        <div
          key={choice.id}
          id={`${id}-${index}`}
          role="option"
          aria-selected={choice === current}
          className={classNames(styles['choice'], choice === current && styles['current'])}
          onPointerDown={(event) => event.preventDefault()}
          onPointerMove={() => choice !== current && onPoint(index)}
          onClick={() => onChoose(choice)}
        >
          <span className={styles['dot']} style={{ background: kindColour(choice.kind) }} aria-hidden="true" />
          <span className={styles['name']}>{choice.title}</span>
          <span className={styles['note']}>{choice.note}</span>
        </div>
      ))}
      {choices.length === 0 && (
        <div className={styles['none']}>{isTyped ? 'Nothing matches' : 'There is nothing to choose from'}</div>
      )}
    </div>
  );
}
