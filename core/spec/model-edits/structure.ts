/** Edits of a document's larger parts: networks, blocks, and where nodes stand on the canvas. */
import { removeField, setField } from '../edit.ts';
import { onOutline, textOfLayer, type EditOutcome } from '../model-edits.ts';
import { type inputWords, nameSchema } from '../schema.ts';
import { freeName } from './copies.ts';
import { addSpread, insertItem, setFields, type ItemText } from './list-text.ts';
import { nodeKey, splitKey, type NodeKey, type OutlineLayer, type OutlineScope } from './outline.ts';
import { draftOf, rewrite, type Item } from './rewrite.ts';

export interface NodePosition {
  readonly x: number;
  readonly y: number;
}

/** Writes down where nodes stand, in whole pixels. */
export function moveNodes(text: string, positions: ReadonlyMap<NodeKey, NodePosition>): EditOutcome {
  return onOutline(text, () => {
    if (positions.size === 0) return { text };
    const whole = new Map([...positions].map(([key, { x, y }]) => [key, { x: Math.round(x), y: Math.round(y) }]));
    return { text: setFields(text, ['canvas'], whole) };
  });
}

/** Adds an empty network. @param inputs its inputs by name, each with the document's word for what it stands for. */
export function addNetwork(
  text: string,
  name: string,
  inputs: Readonly<Record<string, (typeof inputWords)[number]>>,
): EditOutcome {
  return onOutline(text, (outline) => {
    const parsed = nameSchema.safeParse(name);
    if (!parsed.success) return { reason: `'${name}' cannot be a name: ${parsed.error.issues[0].message}.` };
    if (outline.scopes.some((scope) => scope.key === name)) return { reason: `There is already a network '${name}'.` };
    return { text: addSpread(text, ['networks'], name, { inputs, layers: [] }), select: [] };
  });
}

/**
 * Makes a block of layers of one network and puts its use in their place. They must give one result to the rest, and
 * nothing outside may stand between two of them.
 */
export function groupIntoBlock(text: string, keys: readonly NodeKey[], name: string): EditOutcome {
  return onOutline(text, (outline) => {
    const scope = outline.scopes.find((each) => each.key === splitKey(keys[0] ?? '').scope);
    const wanted = new Set(keys);
    const layers = scope?.layers.filter((layer) => wanted.has(layer.key)) ?? [];
    if (!scope || layers.length === 0) return { reason: 'Select the layers of one network first.' };
    if (scope.kind === 'block')
      return { reason: 'Layers of a block cannot be made a block again; group where the block is used.' };
    if (keys.some((key) => splitKey(key).scope !== scope.key))
      return { reason: 'A block is made of layers of one network.' };
    const parsed = nameSchema.safeParse(name);
    if (!parsed.success) return { reason: `'${name}' cannot be a name: ${parsed.error.issues[0].message}.` };
    if (outline.scopes.some((each) => each.key === `block:${name}`))
      return { reason: `There is already a block '${name}'.` };
    const cut = cutOut(scope, layers);
    return 'reason' in cut ? cut : regrouped(text, scope, layers, cut, name);
  });
}

interface Cut {
  /** What flows in from outside, in the order it is first named. */
  readonly inputs: readonly string[];
  /** The layer whose result the rest takes. */
  readonly exit: OutlineLayer;
}

function cutOut(scope: OutlineScope, layers: readonly OutlineLayer[]): Cut | { readonly reason: string } {
  const inside = new Set(layers.map((layer) => layer.id));
  const outside = scope.layers.filter((layer) => !inside.has(layer.id));
  const used = new Set([...scope.outputs, ...outside.flatMap((layer) => layer.inputs)]);
  const inputs = [...new Set(layers.flatMap((layer) => layer.inputs.filter((input) => !inside.has(input))))];
  const behind = new Set(inside);
  for (const layer of scope.layers)
    if (!inside.has(layer.id) && layer.inputs.some((input) => behind.has(input))) behind.add(layer.id);
  const between = inputs.find((input) => behind.has(input));
  if (between !== undefined)
    return { reason: `'${between}' takes a result of these layers and feeds another of them; select it too.` };
  const exits = layers.filter((layer) => used.has(layer.id));
  if (exits.length > 1)
    return {
      reason: `A block gives one result, but these give ${exits.map((layer) => `'${layer.id}'`).join(' and ')} to the rest.`,
    };
  return { inputs, exit: exits[0] ?? layers.at(-1)! };
}

function regrouped(
  text: string,
  scope: OutlineScope,
  layers: readonly OutlineLayer[],
  cut: Cut,
  name: string,
): EditOutcome {
  const draft = draftOf(scope);
  const members = new Set(layers.map((layer) => draft.items[layer.index]));
  const exit = draft.items[cut.exit.index];
  const byName = new Map(scope.layers.map((layer) => [layer.id, draft.items[layer.index]]));
  const use: Item = {
    spec: { type: 'block', use: name },
    wires: cut.inputs.map((input) => byName.get(input) ?? input),
  };
  const replace = (wire: Item | string): Item | string => (wire === exit ? use : wire);
  const at = draft.items.lastIndexOf([...members].at(-1)!) - (members.size - 1);
  const left = draft.items.filter((item) => !members.has(item));
  left.splice(at, 0, use);
  for (const item of left) if (item !== use) item.wires = item.wires.map(replace);
  draft.items.splice(0, draft.items.length, ...left);
  if (draft.outputs !== 'last') draft.outputs = draft.outputs.map(replace);
  const written = layers.map((layer) => memberText(text, layer, layers, cut));
  const made = rewrite(text, draft);
  const output = cut.exit === layers.at(-1) ? {} : { output: cut.exit.id };
  const withBlock = addSpread(made.text, ['blocks'], name, { layers: [], ...output });
  const full = written.reduce(
    (current, item, index) => insertItem(current, ['blocks', name, 'layers'], index, item),
    withBlock,
  );
  return { text: full, select: [made.keys.get(use) ?? nodeKey(scope.key, name)] };
}

/** A layer as it is written within the block: `input` for what came from outside, ids where wires need them. */
function memberText(
  text: string,
  layer: OutlineLayer,
  layers: readonly OutlineLayer[],
  { inputs, exit }: Cut,
): ItemText {
  const inside = new Set(layers.map((member) => member.id));
  const at = layers.indexOf(layer);
  const byOrder = at === 0 ? inputs[0] : layers[at - 1].id;
  const named = layer.inputs.map((input) =>
    inside.has(input) ? input : inputs.indexOf(input) === 0 ? 'input' : `input${inputs.indexOf(input) + 1}`,
  );
  const isChain = layer.inputs.length === 1 && layer.inputs[0] === byOrder;
  const referred = layer === exit ? layer !== layers.at(-1) : false;
  const usedByName = layers.some(
    (other, index) => other.inputs.includes(layer.id) && !(other.inputs.length === 1 && index === at + 1),
  );
  const item = textOfLayer(text, layer);
  let raw = isChain ? removeField(item.raw, ['inputs']) : setField(item.raw, ['inputs'], named);
  if (layer.spec.id === undefined && (referred || usedByName)) raw = setField(raw, ['id'], layer.id);
  return { ...item, raw };
}

/** The names of a document's blocks and networks, for proposing a new one. */
export function freeBlockName(scopes: readonly OutlineScope[]): string {
  return freeName('group', new Set(scopes.map((scope) => scope.name)));
}

/** Forgets where nodes stand, so that they are laid out. */
export function clearPositions(text: string): EditOutcome {
  return onOutline(text, () => ({ text: removeField(text, ['canvas']) }));
}
