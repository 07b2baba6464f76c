/** What keys do while the canvas has the focus. */
import type { NodeKey } from '../../core/spec/model-edits/outline.ts';
import { keysOf, onMac, type KeyPress } from '../components/keys.ts';
import { announce } from '../state/toasts.ts';
import { select, useWorkspace } from '../state/workspace.ts';
import {
  bypassSelected,
  duplicateSelected,
  groupSelected,
  move,
  removeSelected,
  selectAll,
  toggleOutput,
} from './actions.ts';
import { setFinding } from './canvas-store.ts';
import type { CanvasLane } from './flow-model.ts';
import type { CanvasLayout, Direction, Point } from './layout.ts';
import { isArrow, nextNode } from './navigate.ts';

export interface CanvasKeysContext {
  readonly lanes: readonly CanvasLane[];
  readonly layout: CanvasLayout;
  readonly direction: Direction;
  /** Brings a node into view. */
  readonly show: (key: NodeKey) => void;
  readonly fit: () => void;
  readonly inspect: () => void;
  readonly openAdd: () => void;
  readonly openConnect: () => void;
  readonly openDisconnect: () => void;
  /** Deletes the selected wires. */
  readonly removeWires: () => void;
}

/** Does what a key press on the canvas means. @returns whether it meant something */
export function pressOnCanvas(press: KeyPress, context: CanvasKeysContext): boolean {
  const keys = keysOf(press, onMac());
  if (keys === null) return false;
  if (isArrow(press.key)) return arrow(press, press.key, context);
  const run = runs(context)[keys];
  run?.();
  return run !== undefined;
}

function runs(context: CanvasKeysContext): Readonly<Record<string, (() => void) | undefined>> {
  const { removeWires, openAdd, openConnect, openDisconnect, fit, inspect } = context;
  // a frame drawn around layers takes their wires in too; they go with the layers
  const remove = (): void => (hasLayers(context) ? removeSelected() : removeWires());
  return {
    Delete: remove,
    Backspace: remove,
    Enter: inspect,
    Tab: openAdd,
    C: openConnect,
    'Shift+C': openDisconnect,
    O: toggleOutput,
    '.': fit,
    Home: () => ends(context, 0),
    End: () => ends(context, -1),
    Escape: () => select([]),
    'Mod+A': selectAll,
    'Mod+B': bypassSelected,
    'Mod+D': duplicateSelected,
    'Mod+G': groupSelected,
    'Mod+F': () => setFinding(true),
  };
}

function hasLayers({ lanes }: CanvasKeysContext): boolean {
  const selected = new Set(useWorkspace.getState().selection);
  return lanes.some((lane) => lane.nodes.some((node) => node.kind !== 'io' && selected.has(node.key)));
}

function arrow(press: KeyPress, key: Parameters<typeof nextNode>[3], context: CanvasKeysContext): boolean {
  const { lanes, layout, direction } = context;
  const { selection } = useWorkspace.getState();
  if (press.altKey) return nudge(key, press.shiftKey ? 40 : 8, layout);
  if (press.ctrlKey || press.metaKey) return false;
  const next = nextNode(lanes, layout.nodes, selection.at(-1), key, direction);
  if (next === undefined) announce('Nothing further this way');
  else choose(next, context, press.shiftKey ? selection : []);
  return true;
}

function choose(key: NodeKey, { lanes, show }: CanvasKeysContext, kept: readonly NodeKey[] = []): void {
  select([...kept.filter((other) => other !== key), key]);
  show(key);
  announce(lanes.flatMap((lane) => lane.nodes).find((node) => node.key === key)?.label ?? '');
}

function ends(context: CanvasKeysContext, index: 0 | -1): void {
  const { selection } = useWorkspace.getState();
  const lane =
    context.lanes.find((each) => each.nodes.some((node) => node.key === selection.at(-1))) ?? context.lanes[0];
  const node = lane?.nodes.at(index);
  if (node) choose(node.key, context);
}

/** Moves the selected nodes by so many pixels. */
function nudge(key: string, by: number, { nodes }: CanvasLayout): boolean {
  const step: Readonly<Record<string, Point>> = {
    ArrowUp: { x: 0, y: -by },
    ArrowDown: { x: 0, y: by },
    ArrowLeft: { x: -by, y: 0 },
    ArrowRight: { x: by, y: 0 },
  };
  const { x, y } = step[key];
  const moved = useWorkspace.getState().selection.flatMap((each) => {
    const at = nodes.get(each);
    return at ? [[each, { x: at.x + x, y: at.y + y }] as const] : [];
  });
  if (moved.length > 0) move(new Map(moved));
  return true;
}
