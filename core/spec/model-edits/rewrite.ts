/** Brings a network's text to another set of layers and wires, changing only the lines that must change. */
import { localIds } from '../../nn/layer-ids.ts';
import type { LayerSpec } from '../../nn/network-spec.ts';
import type { DocumentPath } from '../../nn/network.ts';
import { removeField, setField } from '../edit.ts';
import { insertItem, itemText, renamedKeys, writtenItem, type ItemText } from './list-text.ts';
import { nodeKey, type NodeKey, type OutlineScope } from './outline.ts';

/** A layer on its way: of the text (`from` is its index there), or new. */
export interface Item {
  readonly from?: number;
  readonly spec: LayerSpec;
  /** Of a new one: how it is written; else plainly. */
  readonly text?: ItemText;
  /** What flows in: other items, or names of inputs (and of things that do not exist). */
  wires: (Item | string)[];
}

export interface Draft {
  readonly scope: OutlineScope;
  readonly items: Item[];
  /** 'last': whatever layer is the last. */
  outputs: (Item | string)[] | 'last';
}

/** The scope as items that can be rearranged. */
export function draftOf(scope: OutlineScope): Draft {
  const items: Item[] = scope.layers.map(({ index, spec }) => ({ from: index, spec, wires: [] }));
  const byName = itemsByName(scope, items);
  const resolve = (name: string): Item | string => byName.get(name) ?? name;
  scope.layers.forEach((layer, index) => {
    items[index].wires = layer.inputs.map(resolve);
  });
  return { scope, items, outputs: scope.namesOutputs ? scope.outputs.map(resolve) : 'last' };
}

function itemsByName(scope: OutlineScope, items: readonly Item[]): ReadonlyMap<string, Item> {
  const inputs = new Set(scope.inputs.map((input) => input.name));
  // of an id given twice the first counts
  return new Map(
    scope.layers
      .map((layer, index) => [layer.id, items[index]] as const)
      .filter(([id]) => !inputs.has(id))
      .toReversed(),
  );
}

export interface Rewritten {
  readonly text: string;
  readonly keys: ReadonlyMap<Item, NodeKey>;
}

/**
 * The text with the draft's layers, wires and outputs. Layers that a wire would have to run back to are moved; fields,
 * comments and everything else of layers that stay are left alone.
 */
export function rewrite(text: string, draft: Draft): Rewritten {
  const { scope } = draft;
  const list = [...scope.path, 'layers'];
  const kept = new Set(draft.items.map((item) => item.from));
  let next = scope.layers
    .toReversed()
    .reduce((current, { index }) => (kept.has(index) ? current : removeField(current, [...list, index])), text);
  const wasLast = draft.items.at(-1);
  const order = dependable(draft.items);
  if (draft.outputs === 'last' && wasLast && order.at(-1) !== wasLast) draft.outputs = [wasLast];
  next = arranged(next, list, order);
  const ids = localIds(
    scope.inputs.map((input) => input.name),
    order.map((item) => item.spec),
  );
  const idOf = new Map(order.map((item, index) => [item, ids[index]]));
  next = wired(next, draft, order, idOf);
  next = withOutputs(next, draft, idOf);
  next = repositioned(next, scope, order, ids);
  return { text: next, keys: new Map(order.map((item, index) => [item, nodeKey(scope.key, ids[index])])) };
}

/** The items, each behind those it takes; otherwise in the order they have. Those on a loop keep their order at the end. */
function dependable(items: readonly Item[]): readonly Item[] {
  const left = new Set(items);
  const order: Item[] = [];
  while (left.size > 0) {
    let placed: Item | undefined;
    for (const item of left) {
      if (item.wires.some((wire) => typeof wire !== 'string' && wire !== item && left.has(wire))) continue;
      placed = item;
      break;
    }
    placed ??= [...left][0];
    left.delete(placed);
    order.push(placed);
  }
  return order;
}

/** Moves and inserts items until the list is in this order; as few as possible are moved. */
function arranged(text: string, list: DocumentPath, order: readonly Item[]): string {
  const kept = order.filter((item) => item.from !== undefined);
  const standing = kept.toSorted((a, b) => a.from! - b.from!);
  const still = longestRising(kept);
  const texts = new Map<Item, ItemText>();
  let next = text;
  for (const [at, item] of [...standing.entries()].toReversed()) {
    if (still.has(item)) continue;
    texts.set(item, itemText(next, [...list, at]));
    next = removeField(next, [...list, at]);
  }
  order.forEach((item, place) => {
    if (still.has(item)) return;
    next = insertItem(next, list, place, texts.get(item) ?? item.text ?? writtenItem(next, withoutWires(item.spec)));
  });
  return next;
}

/** The longest run of items, not necessarily side by side, that stand in their old order. */
function longestRising(items: readonly Item[]): ReadonlySet<Item> {
  const best = items.map(() => 1);
  const before = items.map(() => -1);
  items.forEach((item, index) => {
    for (let earlier = 0; earlier < index; earlier++) {
      if (items[earlier].from! < item.from! && best[earlier] + 1 > best[index]) {
        best[index] = best[earlier] + 1;
        before[index] = earlier;
      }
    }
  });
  const chosen = new Set<Item>();
  for (let at = best.indexOf(Math.max(0, ...best)); at >= 0; at = before[at]) chosen.add(items[at]);
  return chosen;
}

function withoutWires({ inputs: _inputs, ...spec }: LayerSpec): LayerSpec {
  return spec as LayerSpec;
}

function wired(text: string, { scope }: Draft, order: readonly Item[], idOf: ReadonlyMap<Item, string>): string {
  let next = text;
  order.forEach((item, index) => {
    const wanted = item.wires
      .map((wire) => (typeof wire === 'string' ? wire : (idOf.get(wire) ?? '')))
      .filter((name) => name !== '');
    const previous = index > 0 ? idOf.get(order[index - 1]) : scope.inputs[0]?.name;
    const byOrder = previous === undefined ? [] : [previous];
    const isNew = item.from === undefined;
    const written = isNew ? undefined : item.spec.inputs;
    if (same(wanted, written ?? byOrder)) return;
    const path = [...scope.path, 'layers', index, 'inputs'];
    next = same(wanted, byOrder) ? removeField(next, path) : setField(next, path, wanted);
  });
  return next;
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, index) => name === b[index]);

function withOutputs(text: string, { scope, outputs }: Draft, idOf: ReadonlyMap<Item, string>): string {
  const field = [...scope.path, scope.kind === 'network' ? 'outputs' : 'output'];
  if (outputs === 'last') return scope.namesOutputs ? removeField(text, field) : text;
  const names = outputs
    .map((wire) => (typeof wire === 'string' ? wire : (idOf.get(wire) ?? '')))
    .filter((name) => name !== '');
  if (scope.namesOutputs && same(names, scope.outputs)) return text;
  if (names.length === 0) return removeField(text, field);
  return setField(text, field, scope.kind === 'network' ? names : names[0]);
}

/** Canvas positions follow layers whose made-up ids changed; those of layers that went go with them. */
function repositioned(text: string, scope: OutlineScope, order: readonly Item[], ids: readonly string[]): string {
  const newKeys = new Map(
    order.flatMap((item, index) =>
      item.from === undefined ? [] : [[scope.layers[item.from].key, nodeKey(scope.key, ids[index])] as const],
    ),
  );
  const gone = scope.layers.filter((layer) => !newKeys.has(layer.key));
  // removed first, by their old names: a layer that stays may take over the name of one that went
  const cleared = gone.reduce((current, layer) => removeField(current, ['canvas', layer.key]), text);
  return renamedKeys(cleared, ['canvas'], newKeys);
}
