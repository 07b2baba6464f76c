/** What can be done to the model on the canvas, each as one undoable edit of the document. */
import { copyLayers, duplicateLayers, pasteLayers } from '../../core/spec/model-edits/copies.ts';
import { findScope, splitKey, type DocumentOutline, type NodeKey } from '../../core/spec/model-edits/outline.ts';
import { clearPositions, freeBlockName, groupIntoBlock, moveNodes } from '../../core/spec/model-edits/structure.ts';
import {
  addLayer,
  connect,
  disconnect,
  removeLayers,
  setOutputs,
  toggleBypass,
  type EditOutcome,
  type NewLayer,
} from '../../core/spec/model-edits.ts';
import { announce } from '../state/toasts.ts';
import { applyEdit, select, useWorkspace } from '../state/workspace.ts';
import type { CanvasNode } from './flow-model.ts';
import { nodeHeight, nodeWidth, type Point } from './layout.ts';

const state = useWorkspace.getState;

export interface AddRequest {
  readonly scope: string;
  readonly after?: NodeKey;
  /** Take this node's result as a branch, instead of standing within the chain behind it. */
  readonly from?: NodeKey;
  /** Where it is to stand, in a network whose nodes have been placed by hand. */
  readonly place?: Point;
}

/** Adds a layer and selects it. */
export function add(layer: NewLayer, { scope, after, from, place }: AddRequest): void {
  const name = 'type' in layer ? layer.type : layer.block;
  const done = applyEdit(`Add ${name}`, (text) => {
    const added = addLayer(text, scope, layer, from ? undefined : after);
    if ('reason' in added) return added;
    const [key] = added.select ?? [];
    if (!key) return added;
    const wired = from ? connect(added.text, from, key, 0) : added;
    if ('reason' in wired) return wired;
    const [end = key] = wired.select ?? [];
    const moved = place && isPlaced(state().outline, scope) ? moveNodes(wired.text, new Map([[end, place]])) : wired;
    return 'reason' in moved ? moved : { text: moved.text, select: [end] };
  });
  if (done)
    announce(
      `Added ${state()
        .selection.map((key) => splitKey(key).id)
        .join(', ')}`,
    );
}

/** Whether some node of the network has been placed by hand. */
function isPlaced(outline: DocumentOutline | null, scope: string): boolean {
  return [...(outline?.positions.keys() ?? [])].some((key) => splitKey(key).scope === scope);
}

/** A free place under a node that stands at `at`, or beside others that stand there. */
export function placeBelow(node: CanvasNode, at: ReadonlyMap<NodeKey, Point>): Point | undefined {
  const own = at.get(node.key);
  if (!own) return undefined;
  const place = { x: own.x, y: own.y + nodeHeight(node) + 42 };
  while ([...at.values()].some((other) => Math.abs(other.x - place.x) < nodeWidth && Math.abs(other.y - place.y) < 60))
    place.x += nodeWidth + 28;
  return place;
}

const layersOnly = (keys: readonly NodeKey[]): readonly NodeKey[] => {
  const known = new Set(state().outline?.scopes.flatMap((scope) => scope.layers.map((layer) => layer.key)));
  return keys.filter((key) => known.has(key));
};

const countWords = (keys: readonly NodeKey[]): string =>
  keys.length === 1 ? splitKey(keys[0]).id : `${keys.length} layers`;

function onSelection(verb: string, edit: (text: string, keys: readonly NodeKey[]) => EditOutcome): void {
  const keys = layersOnly(state().selection);
  if (keys.length === 0) return announce('Select a layer first');
  if (applyEdit(`${verb} ${countWords(keys)}`, (text) => edit(text, keys))) announce(`${verb}: ${countWords(keys)}`);
}

/** Deletes the selected layers; then what the first of them took is selected, so that keys go on from there. */
export function removeSelected(): void {
  const { outline, selection } = state();
  const first = outline?.scopes.flatMap((scope) => scope.layers).find((layer) => layer.key === selection[0]);
  onSelection('Delete', removeLayers);
  const scope = splitKey(selection[0] ?? '').scope;
  const next = first?.inputs[0] === undefined ? undefined : `${scope}.${first.inputs[0]}`;
  if (next && state().selection.length === 0 && nodesOf(state().outline).has(next)) select([next]);
}

const nodesOf = (outline: DocumentOutline | null): ReadonlySet<NodeKey> =>
  new Set(outline?.scopes.flatMap((scope) => [...scope.inputs, ...scope.layers].map((node) => node.key)));

export const duplicateSelected = (): void => onSelection('Duplicate', duplicateLayers);
export const bypassSelected = (): void => onSelection('Bypass', toggleBypass);
export const groupSelected = (): void =>
  onSelection('Group', (text, keys) => groupIntoBlock(text, keys, freeBlockName(state().outline?.scopes ?? [])));

/** Makes the selected layer one of its network's outputs, or none of them. */
export function toggleOutput(): void {
  onSelection('Change outputs by', (text, [key]) => {
    const { scope: scopeKey, id } = splitKey(key);
    const scope = findScope(state().outline!, scopeKey);
    if (!scope) return { reason: 'This network is not in the document any more.' };
    const has = scope.outputs.includes(id);
    if (scope.kind === 'block') return setOutputs(text, scopeKey, has ? [] : [id]);
    const outputs = has ? scope.outputs.filter((output) => output !== id) : [...scope.outputs, id];
    return setOutputs(text, scopeKey, outputs);
  });
}

export function selectAll(): void {
  const { outline, selection } = state();
  const scope = selection[0] && splitKey(selection[0]).scope;
  const scopes = outline?.scopes.filter((each) => !scope || each.key === scope) ?? [];
  select(scopes.flatMap((each) => each.layers.map((layer) => layer.key)));
}

/** The selected layers as text for the clipboard; undefined when none is selected. */
export function copySelected(): string | undefined {
  const keys = layersOnly(state().selection);
  if (keys.length === 0) return undefined;
  announce(`Copied ${countWords(keys)}`);
  return copyLayers(state().text, keys);
}

/** Pastes behind the selected layer, or at the end of the first network. */
export function paste(clipboard: string): void {
  const { outline, selection } = state();
  const after = selection.at(-1);
  const scope = after ? splitKey(after).scope : outline?.scopes[0]?.key;
  if (scope && applyEdit('Paste', (text) => pasteLayers(text, scope, clipboard, after)))
    announce(`Pasted ${countWords(state().selection)}`);
}

export function connectNodes(from: NodeKey, to: NodeKey, slot?: number): boolean {
  const words = `${splitKey(from).id} to ${splitKey(to).id}`;
  const done = applyEdit(`Connect ${words}`, (text) => connect(text, from, to, slot));
  if (done) announce(`Connected ${words}`);
  return done;
}

export function disconnectNodes(from: NodeKey, to: NodeKey, slot?: number): void {
  const words = `${splitKey(from).id} from ${splitKey(to).id}`;
  if (applyEdit(`Disconnect ${words}`, (text) => disconnect(text, from, to, slot))) announce(`Disconnected ${words}`);
}

/** Leads a wire's end to another layer. */
export function reconnect(
  from: NodeKey,
  to: NodeKey,
  slot: number,
  next: { readonly from: NodeKey; readonly to: NodeKey; readonly slot?: number },
): void {
  applyEdit(`Move the wire to ${splitKey(next.to).id}`, (text) => {
    if (next.to === to && next.from !== from) return connect(text, next.from, to, slot);
    const connected = connect(text, next.from, next.to, next.slot);
    return 'reason' in connected ? connected : disconnect(connected.text, from, to, slot);
  });
}

export function move(positions: ReadonlyMap<NodeKey, Point>): void {
  const keys = [...positions.keys()];
  applyEdit(
    `Move ${countWords(keys)}`,
    (text) => {
      const outcome = moveNodes(text, positions);
      return 'reason' in outcome ? outcome : { text: outcome.text, select: state().selection };
    },
    `move ${keys.join(' ')}`,
  );
}

/** Lets every node stand where the layout puts it. */
export function tidyUp(): void {
  if (applyEdit('Tidy up', clearPositions)) announce('Nodes are laid out');
}
