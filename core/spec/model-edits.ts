/** Edits of a document's layers and wires as the canvas makes them: text in, text out, comments and formatting kept. */
import { layerTable } from '../nn/layer-table.ts';
import type { LayerSpec } from '../nn/network-spec.ts';
import { removeField, setField } from './edit.ts';
import { itemText, setFirstField } from './model-edits/list-text.ts';
import {
  findLayer,
  findScope,
  nodeKey,
  readOutline,
  splitKey,
  type DocumentOutline,
  type NodeKey,
  type OutlineLayer,
  type OutlineScope,
} from './model-edits/outline.ts';
import { draftOf, rewrite, type Draft, type Item } from './model-edits/rewrite.ts';
import { starterLayer } from './model-edits/starters.ts';
import { nameSchema } from './schema.ts';

/** The new text with what to select in it, or why the edit cannot be made, in words for a person. */
export type EditOutcome = { readonly text: string; readonly select?: readonly NodeKey[] } | { readonly reason: string };

const noSyntax = { reason: 'The text has a syntax error; correct it before changing the model here.' } as const;
const gone = { reason: 'This layer is not in the document any more.' } as const;

/** Runs an edit on what the text says; texts that cannot be read, and places edits cannot reach, give a reason. */
export function onOutline(text: string, edit: (outline: DocumentOutline) => EditOutcome): EditOutcome {
  const outline = readOutline(text);
  if (!outline) return noSyntax;
  try {
    return edit(outline);
  } catch (error) {
    if (error instanceof RangeError) return { reason: `The text does not allow it: ${error.message}.` };
    throw error;
  }
}

/** What a new layer is made from: its type, or the block it uses. */
export type NewLayer = { readonly type: string } | { readonly block: string };

/**
 * Adds a layer to a network or block (by its key). Behind `after` it takes that result, and the layers that took it only
 * by standing next take the new one instead; without it the layer is added at the end.
 */
export function addLayer(text: string, scopeKey: string, layer: NewLayer, after?: NodeKey): EditOutcome {
  return onOutline(text, (outline) => {
    const scope = findScope(outline, scopeKey);
    if (!scope) return { reason: 'There is no such network in the document.' };
    const draft = draftOf(scope);
    const spec = 'type' in layer ? starterLayer(layer.type) : { type: 'block', use: layer.block };
    const item: Item = { spec, wires: [] };
    insertAfter(draft, [item], after);
    return finish(text, draft, [item]);
  });
}

/** Puts items, a chain in this order, behind a layer or input; the first takes its result unless it has its own wires. */
export function insertAfter(draft: Draft, items: readonly Item[], after: NodeKey | undefined): void {
  const { scope } = draft;
  const name = after === undefined ? undefined : splitKey(after).id;
  const layer = scope.layers.find((each) => each.key === after);
  const isInput = !layer && scope.inputs.some((input) => input.name === name);
  const at = layer ? layer.index + 1 : isInput ? 0 : draft.items.length;
  const before: Item | string | undefined = layer
    ? draft.items[layer.index]
    : isInput
      ? name
      : (draft.items.at(-1) ?? scope.inputs[0]?.name);
  const [first, last] = [items[0], items.at(-1)!];
  const follower = draft.items[at];
  const tookByOrder = follower && scope.layers[at].spec.inputs === undefined && follower.wires[0] === before;
  if (before !== undefined && first.wires.length === 0) first.wires = [before];
  if (tookByOrder) follower.wires = [last];
  draft.items.splice(at, 0, ...items);
}

function finish(text: string, draft: Draft, selected: readonly Item[]): EditOutcome {
  const made = rewrite(text, draft);
  return { text: made.text, select: selected.flatMap((item) => made.keys.get(item) ?? []) };
}

/** Removes layers; what took one of them takes what flowed into it. */
export function removeLayers(text: string, keys: readonly NodeKey[]): EditOutcome {
  return onScopes(text, keys, (current, scope, layers) => {
    const draft = draftOf(scope);
    const removed = new Set(layers.map((layer) => draft.items[layer.index]));
    bridge(draft, removed);
    const left = draft.items.filter((item) => !removed.has(item));
    draft.items.splice(0, draft.items.length, ...left);
    return finish(current, draft, []);
  });
}

/** Leads every wire from a removed item on from what flowed into it first. */
function bridge(draft: Draft, removed: ReadonlySet<Item>): void {
  const source = (wire: Item | string, seen: ReadonlySet<Item>): Item | string | undefined => {
    if (typeof wire === 'string' || !removed.has(wire)) return wire;
    const first = wire.wires[0];
    return first === undefined || seen.has(wire) ? undefined : source(first, new Set([...seen, wire]));
  };
  const bridged = (wires: readonly (Item | string)[]): (Item | string)[] => {
    if (!wires.some((wire) => typeof wire !== 'string' && removed.has(wire))) return [...wires];
    return [...new Set(wires.flatMap((wire) => source(wire, new Set()) ?? []))];
  };
  for (const item of draft.items) if (!removed.has(item)) item.wires = bridged(item.wires);
  if (draft.outputs !== 'last') {
    const outputs = bridged(draft.outputs).filter((wire) => typeof wire !== 'string');
    draft.outputs = outputs.length > 0 ? outputs : 'last';
  }
}

/** How many inputs a layer may take. */
export function mostInputs(outline: DocumentOutline, spec: LayerSpec): number {
  if (spec.type !== 'block') return layerTable.get(spec.type)?.inputs.most ?? 1;
  return findScope(outline, `block:${String(spec.use)}`)?.inputs.length ?? 1;
}

/**
 * Leads the result of `from` (a layer or an input) into the layer `to`: at input `slot`, else as one more where the
 * layer has room, else in place of its last.
 */
export function connect(text: string, from: NodeKey, to: NodeKey, slot?: number): EditOutcome {
  return onOutline(text, (outline) => {
    const scope = findScope(outline, splitKey(to).scope);
    const target = findLayer(outline, to);
    if (!scope || !target) return gone;
    const why = whyNotConnect(outline, from, to);
    if (why) return { reason: why };
    const draft = draftOf(scope);
    const item = draft.items[target.index];
    const source = scope.layers.find((layer) => layer.key === from);
    const wire = source ? draft.items[source.index] : splitKey(from).id;
    const most = mostInputs(outline, target.spec);
    const place = Math.min(slot ?? (item.wires.length < most ? item.wires.length : most - 1), item.wires.length);
    item.wires = item.wires.toSpliced(place, 1, wire);
    return finish(text, draft, [item]);
  });
}

/** Why a wire cannot run between two nodes; undefined when it can. */
export function whyNotConnect(outline: DocumentOutline, from: NodeKey, to: NodeKey): string | undefined {
  const [a, b] = [splitKey(from), splitKey(to)];
  if (a.scope !== b.scope) return 'A wire runs within one network; networks are put together by the task.';
  const scope = findScope(outline, a.scope);
  if (!scope?.layers.some((layer) => layer.key === to)) return 'A wire ends at a layer.';
  if (from === to) return 'A layer cannot take its own result.';
  if (!reaches(scope, b.id, a.id)) return undefined;
  return `That would make a loop: '${a.id}' already depends on '${b.id}'.`;
}

/** Whether the result of `from` flows, over any number of layers, into `to`. */
function reaches(scope: OutlineScope, from: string, to: string): boolean {
  const byId = new Map(scope.layers.toReversed().map((layer) => [layer.id, layer]));
  const seen = new Set<string>();
  const visit = (id: string): boolean => {
    if (id === from) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    return (byId.get(id)?.inputs ?? []).some(visit);
  };
  return visit(to);
}

/** Takes the wire from `from` to `to` away; with a slot, the one at that input. */
export function disconnect(text: string, from: NodeKey, to: NodeKey, slot?: number): EditOutcome {
  return onOutline(text, (outline) => {
    const scope = findScope(outline, splitKey(to).scope);
    const target = findLayer(outline, to);
    if (!scope || !target) return gone;
    const place = slot ?? target.inputs.indexOf(splitKey(from).id);
    if (place < 0 || place >= target.inputs.length) return { reason: 'There is no such wire.' };
    const draft = draftOf(scope);
    const item = draft.items[target.index];
    item.wires = item.wires.toSpliced(place, 1);
    return finish(text, draft, [item]);
  });
}

/** Gives a layer another id, everywhere it is named. */
export function renameLayer(text: string, key: NodeKey, id: string): EditOutcome {
  return onOutline(text, (outline) => {
    const scope = findScope(outline, splitKey(key).scope);
    const layer = findLayer(outline, key);
    if (!scope || !layer) return gone;
    if (layer.spec.id === id) return { text, select: [key] };
    const parsed = nameSchema.safeParse(id);
    if (!parsed.success) return { reason: `'${id}' cannot be a name: ${parsed.error.issues[0].message}.` };
    if (scope.inputs.some((input) => input.name === id)) return { reason: `'${id}' is already the name of an input.` };
    if (scope.layers.some((other) => other !== layer && other.spec.id === id))
      return { reason: `'${id}' is already the name of another layer.` };
    const draft = draftOf(scope);
    const item = { ...draft.items[layer.index], spec: { ...layer.spec, id } };
    replaceItem(draft, draft.items[layer.index], item);
    const made = rewrite(text, draft);
    return { text: setFirstField(made.text, layer.path, 'id', id), select: [nodeKey(scope.key, id)] };
  });
}

function replaceItem(draft: Draft, old: Item, item: Item): void {
  const swap = (wire: Item | string): Item | string => (wire === old ? item : wire);
  draft.items.splice(draft.items.indexOf(old), 1, item);
  for (const each of draft.items) each.wires = each.wires.map(swap);
  if (draft.outputs !== 'last') draft.outputs = draft.outputs.map(swap);
}

/** Sets a field of a layer, `undefined` removes it: `setLayerField(text, 'encoder.mean', ['units'], 32)`. */
export function setLayerField(
  text: string,
  key: NodeKey,
  field: readonly (string | number)[],
  value: unknown,
): EditOutcome {
  if (field[0] === 'id' && field.length === 1 && typeof value === 'string') return renameLayer(text, key, value);
  return onOutline(text, (outline) => {
    const layer = findLayer(outline, key);
    if (!layer) return gone;
    const path = [...layer.path, ...field];
    return { text: value === undefined ? removeField(text, path) : setField(text, path, value), select: [key] };
  });
}

/** Bypasses layers, or lets them work again when all of them are bypassed. */
export function toggleBypass(text: string, keys: readonly NodeKey[]): EditOutcome {
  return onOutline(text, (outline) => {
    const layers = keys.flatMap((key) => findLayer(outline, key) ?? []);
    if (layers.length === 0) return { reason: 'Select a layer first.' };
    const off = layers.every((layer) => layer.spec.bypass === true);
    const change = (current: string, { path }: OutlineLayer): string =>
      off ? removeField(current, [...path, 'bypass']) : setField(current, [...path, 'bypass'], true);
    return { text: layers.reduce(change, text), select: keys };
  });
}

/** Says whose results a network gives, in order; none: those of its last layer. */
export function setOutputs(text: string, scopeKey: string, ids: readonly string[]): EditOutcome {
  return onOutline(text, (outline) => {
    const scope = findScope(outline, scopeKey);
    if (!scope) return gone;
    if (scope.kind === 'block' && ids.length > 1) return { reason: 'A block gives one result.' };
    const draft = draftOf(scope);
    const byId = new Map(scope.layers.map((layer) => [layer.id, draft.items[layer.index]]));
    draft.outputs = ids.length > 0 ? ids.flatMap((id) => byId.get(id) ?? []) : 'last';
    return finish(
      text,
      draft,
      draft.outputs === 'last' ? [] : draft.outputs.filter((wire) => typeof wire !== 'string'),
    );
  });
}

/** Makes an edit in each scope that has some of the layers, one after the other. */
export function onScopes(
  text: string,
  keys: readonly NodeKey[],
  edit: (text: string, scope: OutlineScope, layers: readonly OutlineLayer[]) => EditOutcome,
): EditOutcome {
  return onOutline(text, (outline) => {
    const wanted = new Set(keys);
    const touched = outline.scopes.filter((scope) => scope.layers.some((layer) => wanted.has(layer.key)));
    if (touched.length === 0) return { reason: 'Select a layer first.' };
    let current = text;
    const select: NodeKey[] = [];
    for (const { key } of touched) {
      const scope = findScope(readOutline(current)!, key)!;
      const outcome = edit(
        current,
        scope,
        scope.layers.filter((layer) => wanted.has(layer.key)),
      );
      if ('reason' in outcome) return outcome;
      current = outcome.text;
      select.push(...(outcome.select ?? []));
    }
    return { text: current, select };
  });
}

/** How a layer is written now, for carrying its text to another place. */
export const textOfLayer = (text: string, layer: OutlineLayer): ReturnType<typeof itemText> =>
  itemText(text, layer.path);
