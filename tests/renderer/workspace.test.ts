import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { RandomStream } from '../../core/random/random.ts';
import { duplicateLayers } from '../../core/spec/model-edits/copies.ts';
import { groupIntoBlock, moveNodes } from '../../core/spec/model-edits/structure.ts';
import {
  addLayer,
  connect,
  disconnect,
  removeLayers,
  renameLayer,
  setLayerField,
  toggleBypass,
  type EditOutcome,
} from '../../core/spec/model-edits.ts';
import {
  applyChange,
  changeBetween,
  emptyHistory,
  inverted,
  recorded,
  stepBack,
} from '../../renderer/state/history.ts';
import { useToasts } from '../../renderer/state/toasts.ts';
import {
  applyEdit,
  isDirty,
  openText,
  redo,
  select,
  typeText,
  undo,
  useWorkspace,
} from '../../renderer/state/workspace.ts';

const example = (name: string): string =>
  readFileSync(new URL(`../../resources/examples/${name}.lathe.jsonc`, import.meta.url), 'utf8');
const open = (text: string): void => openText({ id: 'a', path: null, baseDir: '/', savedText: text, modifiedMs: null });
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const now = useWorkspace.getState;

beforeEach(() => useToasts.setState({ toasts: [] }));

/** Random choices that repeat for a seed. */
class Dice {
  readonly #numbers: Float64Array;
  #at = 0;
  constructor(seed: number) {
    this.#numbers = Float64Array.from(new RandomStream(seed, 'workspace').bits(4096), (word) => word / 2 ** 32);
  }
  below(limit: number): number {
    return Math.floor(this.#numbers[this.#at++ % this.#numbers.length] * limit);
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }
}

/** One edit as a person might make it on the canvas, in the inspector or in the text. */
function randomEdit(dice: Dice, turn: number): void {
  const { outline, text } = now();
  const scopes = outline!.scopes;
  const layers = scopes.flatMap((scope) => scope.layers);
  const nodes = [...layers, ...scopes.flatMap((scope) => scope.inputs)];
  const some = (): string => (layers.length > 0 ? dice.pick(layers).key : 'none.none');
  const canvas: Readonly<Record<string, (current: string) => EditOutcome>> = {
    add: (current) =>
      addLayer(
        current,
        dice.pick(scopes).key,
        { type: dice.pick(['dense', 'conv2d', 'dropout', 'add']) },
        dice.below(3) > 0 ? some() : undefined,
      ),
    remove: (current) => removeLayers(current, [some(), ...(dice.below(3) === 0 ? [some()] : [])]),
    connect: (current) => connect(current, dice.pick(nodes).key, some()),
    disconnect: (current) => disconnect(current, dice.pick(nodes).key, some()),
    rename: (current) => renameLayer(current, some(), `name${turn}`),
    field: (current) =>
      setLayerField(
        current,
        some(),
        [dice.pick(['units', 'filters', 'activation'])],
        dice.pick([3, 'relu', undefined]),
      ),
    bypass: (current) => toggleBypass(current, [some()]),
    duplicate: (current) => duplicateLayers(current, [some()]),
    group: (current) => groupIntoBlock(current, [some(), some()], `block${turn}`),
    move: (current) =>
      moveNodes(
        current,
        new Map([
          [some(), { x: dice.below(900), y: dice.below(900) }],
          [some(), { x: turn, y: turn }],
        ]),
      ),
  };
  const kind = dice.below(14);
  if (kind < 10) return void applyEdit('Edit', Object.values(canvas)[kind]);
  const at = dice.below(text.length);
  if (kind === 10)
    return typeText(`${text.slice(0, at)}${dice.pick(['x', ' ', '// note\n', '"', '\r\n'])}${text.slice(at)}`);
  if (kind === 11) return typeText(text.slice(0, at) + text.slice(at + dice.below(20)));
  if (kind === 12) return typeText(text.replace('"lathe": 1', '"lathe": 1 /* noted */'));
  select([some()]);
}

describe('one history over canvas, text and parameters', () => {
  it('restores the first document byte for byte, and the last again, from any sequence of edits', () => {
    for (const name of ['vae', 'gan', 'diffusion']) {
      for (let seed = 1; seed <= 12; seed++) {
        const first = example(name);
        open(first);
        const dice = new Dice(seed);
        for (let turn = 0; turn < 40; turn++) randomEdit(dice, turn);
        const last = now().text;
        const texts = [last];
        const steps = now().history.past.length;
        for (let step = 0; step < steps; step++) {
          undo();
          texts.push(now().text);
        }
        expect(now().text, `${name} ${seed}`).toBe(first);
        expect(isDirty(now())).toBe(false);
        for (let step = 0; step < steps; step++) {
          expect(now().text).toBe(texts[steps - step]);
          redo();
        }
        expect(now().text).toBe(last);
      }
    }
  });

  it('keeps every comment of layers that stay', () => {
    for (let seed = 1; seed <= 20; seed++) {
      open(example('gan'));
      const dice = new Dice(seed);
      for (let turn = 0; turn < 20; turn++) {
        const { outline } = now();
        const layers = outline!.scopes.flatMap((scope) => scope.layers);
        const key = dice.pick(layers).key;
        applyEdit(
          'Edit',
          dice.pick([
            (text: string) => addLayer(text, dice.pick(outline!.scopes).key, { type: 'dense' }, key),
            (text: string) => connect(text, dice.pick(layers).key, key),
            (text: string) => renameLayer(text, key, `n${turn}`),
            (text: string) => moveNodes(text, new Map([[key, { x: 1, y: turn }]])),
            (text: string) => duplicateLayers(text, [key]),
          ]),
        );
      }
      const comments = (text: string): readonly string[] =>
        text.match(/\/\/ ?[^\n]+|\/\*.*?\*\//g)!.map((comment) => comment.replace(/^\/[/*]\s*|\s*\*\/$/g, '').trim());
      const kept = comments(now().text);
      expect(comments(example('gan')).filter((comment) => !kept.includes(comment))).toEqual([]);
    }
  });

  it('undoes letters typed together as one, and canvas edits one by one', () => {
    open('{ "a": 1 }');
    for (const text of ['{ "a": 12 }', '{ "a": 123 }', '{ "a": 1234 }']) typeText(text);
    expect(now().history.past.length).toBe(1);
    undo();
    expect(now().text).toBe('{ "a": 1 }');
    open(example('vae'));
    for (let count = 0; count < 3; count++) applyEdit('Bypass', (text) => toggleBypass(text, ['encoder.mean']));
    expect(now().history.past.length).toBe(3);
  });

  it('brings the selection of an edit back with it', () => {
    open(example('vae'));
    select(['encoder.mean']);
    applyEdit('Delete', (text) => removeLayers(text, ['encoder.mean']));
    expect(now().selection).toEqual([]);
    undo();
    expect(now().selection).toEqual(['encoder.mean']);
  });
});

describe('the live check', () => {
  it('keeps the last model there was while the text cannot be read', () => {
    open(example('vae'));
    const { outline } = now();
    typeText(example('vae').replace('"lathe": 1,', '"lathe": 1'));
    expect(now().isStale).toBe(true);
    expect(now().outline).toBe(outline);
    undo();
    expect(now().isStale).toBe(false);
  });

  it('finds what is wrong with the text, after the edit', async () => {
    open(example('vae'));
    await settled();
    expect(now().check.issues).toEqual([]);
    expect(now().check.summary?.networks.map((network) => network.name)).toEqual(['encoder', 'decoder']);
    applyEdit('Set units', (text) => setLayerField(text, 'encoder.mean', ['units'], -1));
    expect(now().isChecked).toBe(false);
    await settled();
    expect(now().check.issues.map((issue) => issue.path)).toContainEqual(['networks', 'encoder', 'layers', 3, 'units']);
  });

  it('shows why an edit cannot be made, and leaves the text alone', () => {
    open(example('vae'));
    expect(applyEdit('Connect', (text) => connect(text, 'encoder.mean', 'encoder.conv2d_1'))).toBe(false);
    expect(useToasts.getState().toasts.map((toast) => toast.text)[0]).toContain('loop');
    expect(now().text).toBe(example('vae'));
  });
});

describe('changes of text', () => {
  it('are the stretch between common beginning and end, and turn back', () => {
    expect(changeBetween('abcd', 'axd')).toEqual({ offset: 1, removed: 'bc', inserted: 'x' });
    expect(changeBetween('aa', 'aaa')).toEqual({ offset: 2, removed: '', inserted: 'a' });
    const change = changeBetween('12345', '1245');
    expect(applyChange('1245', inverted(change))).toBe('12345');
  });

  it('let the oldest go when they hold more than memory should', () => {
    const entry = { label: 'Paste', before: [], after: [], joins: null, atMs: 0 };
    const long = 'x'.repeat(40_000_000);
    const once = recorded(emptyHistory, '', long, entry);
    const twice = recorded(once, long, '', entry);
    expect(twice.past.length).toBe(1);
    expect(stepBack(twice, '')?.text).toBe(long);
  });
});
