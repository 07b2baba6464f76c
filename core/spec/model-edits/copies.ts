/** Copies of layers: duplicated in place, or carried by the clipboard into another network or document. */
import type { LayerSpec } from '../../nn/network-spec.ts';
import { insertAfter, onOutline, onScopes, type EditOutcome } from '../model-edits.ts';
import { isRecord } from '../schema-walk.ts';
import { findScope, readOutline, type NodeKey, type OutlineLayer, type OutlineScope } from './outline.ts';
import { draftOf, rewrite, type Item } from './rewrite.ts';

/** Layers with their names and wires, as the clipboard holds them. */
interface Copied {
  readonly id: string;
  readonly spec: LayerSpec;
  readonly inputs: readonly string[];
}

/** Puts copies behind the selected layers: they do the same once more, to their result. */
export function duplicateLayers(text: string, keys: readonly NodeKey[]): EditOutcome {
  return onScopes(text, keys, (current, scope, layers) => place(current, scope, layers, layers.at(-1)!.key));
}

/** The layers as text for the clipboard: JSON that `pasteLayers` reads. */
export function copyLayers(text: string, keys: readonly NodeKey[]): string {
  const wanted = new Set(keys);
  const layers = (readOutline(text)?.scopes ?? []).flatMap((scope) =>
    scope.layers.filter((layer) => wanted.has(layer.key)),
  );
  const copied = layers.map(({ id, spec, inputs }): Copied => ({ id, spec, inputs }));
  return JSON.stringify({ latheLayers: copied }, null, 2);
}

/**
 * Puts layers from the clipboard behind a layer or at the end of a network. Understands what `copyLayers` gives, and a
 * layer or a list of layers as a document writes them.
 */
export function pasteLayers(text: string, scopeKey: string, clipboard: string, after?: NodeKey): EditOutcome {
  const copied = readClipboard(clipboard);
  if (!copied) return { reason: 'The clipboard holds no layers.' };
  return onOutline(text, (outline) => {
    const scope = findScope(outline, scopeKey);
    return scope ? place(text, scope, copied, after) : { reason: 'There is no network to paste into.' };
  });
}

function readClipboard(clipboard: string): readonly Copied[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(clipboard);
  } catch {
    return undefined;
  }
  const given = isRecord(value) && Array.isArray(value.latheLayers) ? value.latheLayers : undefined;
  const plain = (Array.isArray(value) ? value : [value]).map((spec, index) => ({
    id: `#${index}`,
    spec,
    inputs: index === 0 ? [] : [`#${index - 1}`],
  }));
  const layers = (given ?? plain).flatMap((item): readonly Copied[] => {
    if (!isRecord(item) || !isRecord(item.spec) || typeof item.spec.type !== 'string' || typeof item.id !== 'string')
      return [];
    const inputs = Array.isArray(item.inputs) ? item.inputs.filter((name) => typeof name === 'string') : [];
    return [{ id: item.id, spec: item.spec as LayerSpec, inputs }];
  });
  return layers.length > 0 && layers.length <= 10_000 ? layers : undefined;
}

/**
 * Inserts copies wired among each other as the originals are. One that took its first input from elsewhere takes the
 * result it is put behind; what else it took from elsewhere it takes too, where that exists.
 */
function place(
  text: string,
  scope: OutlineScope,
  copied: readonly (Copied | OutlineLayer)[],
  after: NodeKey | undefined,
): EditOutcome {
  const draft = draftOf(scope);
  const names = new Set([...scope.inputs.map((input) => input.name), ...scope.layers.map((layer) => layer.id)]);
  const itemOf = new Map<string, Item>();
  const copies = copied.map(({ id, spec }): Item => {
    const { inputs: _inputs, id: own, ...fields } = spec;
    const free = own === undefined ? undefined : freeName(own, names);
    if (free !== undefined) names.add(free);
    const item: Item = { spec: { ...(free !== undefined && { id: free }), ...fields } as LayerSpec, wires: [] };
    itemOf.set(id, item);
    return item;
  });
  const existing = new Map<string, Item | string>([
    ...scope.inputs.map((input) => [input.name, input.name] as const),
    ...scope.layers.map((layer) => [layer.id, draft.items[layer.index]] as const),
  ]);
  insertAfter(draft, copies, after);
  const [source] = copies[0].wires;
  copied.forEach(({ inputs }, index) => {
    const wires = inputs.flatMap(
      (name, slot) => itemOf.get(name) ?? (slot === 0 ? (source ?? []) : (existing.get(name) ?? [])),
    );
    copies[index].wires = wires.length > 0 || source === undefined ? wires : [source];
  });
  const made = rewrite(text, draft);
  return { text: made.text, select: copies.flatMap((item) => made.keys.get(item) ?? []) };
}

/** `mean` becomes `mean2` where that is taken, `mean2` becomes `mean3`. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const stem = name.replace(/\d+$/, '');
  let count = Math.max(2, Number(/\d+$/.exec(name)?.[0] ?? 1) + 1);
  while (taken.has(`${stem}${count}`)) count++;
  return `${stem}${count}`;
}
