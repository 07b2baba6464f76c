/** What is added where somebody points: choosers opened, layers dropped, text pasted. */
import type { ClipboardEvent, DragEvent, MouseEvent } from 'react';
import { splitKey, type NodeKey } from '../../core/spec/model-edits/outline.ts';
import type { NewLayer } from '../../core/spec/model-edits.ts';
import { announce } from '../state/toasts.ts';
import { useWorkspace } from '../state/workspace.ts';
import { add, copySelected, paste, placeBelow, removeSelected } from './actions.ts';
import { openChooser } from './canvas-store.ts';
import { scopeOfLane } from './flow-elements.ts';
import type { CanvasLane } from './flow-model.ts';
import type { CanvasLayout, Point } from './layout.ts';
import { paletteType } from './palette.tsx';
import { within, type Flow } from './viewport.ts';

/** What keys and buttons open; `at` gives a place beside a node. */
export function chooserOpeners(
  lanes: readonly CanvasLane[],
  layout: CanvasLayout,
  at: (key: NodeKey | undefined) => Point,
) {
  const last = (): NodeKey | undefined => useWorkspace.getState().selection.at(-1);
  return {
    openAdd: (): void => {
      const after = last();
      const scope = after ? splitKey(after).scope : lanes[0]?.key;
      if (scope === undefined) return announce('There is no network to add a layer to');
      const node = lanes.flatMap((lane) => lane.nodes).find((each) => each.key === after);
      const place = node && placeBelow(node, layout.nodes);
      openChooser({ kind: 'add', at: at(after), scope, ...(after && { after }), ...(place && { place }) });
    },
    openConnect: (): void => {
      const from = last();
      if (from) openChooser({ kind: 'connect', at: at(from), from });
      else announce('Select a layer first');
    },
    openDisconnect: (): void => {
      const to = last();
      if (to) openChooser({ kind: 'disconnect', at: at(to), to });
      else announce('Select a layer first');
    },
  };
}

/** The lane under a point of the canvas, or the nearest. */
function laneAt(lanes: readonly CanvasLane[], layout: CanvasLayout, { x, y }: Point): CanvasLane | undefined {
  const distance = (lane: CanvasLane): number => {
    const box = layout.lanes.get(lane.key)!;
    return Math.max(box.x - x, x - box.x - box.width, 0) + Math.max(box.y - y, y - box.y - box.height, 0);
  };
  return lanes.toSorted((a, b) => distance(a) - distance(b))[0];
}

/** Opens the search for a layer where the bare canvas was double-clicked. */
export function doubleClicked(
  event: MouseEvent,
  box: HTMLElement | null,
  flow: Flow,
  lanes: readonly CanvasLane[],
  layout: CanvasLayout,
): void {
  if (!(event.target instanceof Element) || !event.target.classList.contains('react-flow__pane') || !box) return;
  const place = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
  const lane = laneAt(lanes, layout, place);
  if (!lane) return;
  const bounds = box.getBoundingClientRect();
  openChooser({
    kind: 'add',
    at: within({ x: event.clientX - bounds.x, y: event.clientY - bounds.y }, bounds),
    scope: lane.key,
    place,
  });
}

/** Copy, cut and paste of layers as text. */
export function clipboardHandlers() {
  const copy = (event: ClipboardEvent): boolean => {
    const text = event.target instanceof HTMLInputElement ? undefined : copySelected();
    if (text === undefined) return false;
    event.clipboardData.setData('text/plain', text);
    event.preventDefault();
    return true;
  };
  return {
    onCopy: (event: ClipboardEvent): void => void copy(event),
    onCut: (event: ClipboardEvent): void => void (copy(event) && removeSelected()),
    onPaste: (event: ClipboardEvent): void => {
      if (event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      paste(event.clipboardData.getData('text/plain'));
    },
  };
}

/** Takes layers dragged from the palette: behind the node they are let go over, else into the lane there. */
export function dropHandlers(flow: Flow, lanes: readonly CanvasLane[]) {
  return {
    onDragOver: (event: DragEvent): void => {
      if (event.dataTransfer.types.includes(paletteType)) event.preventDefault();
    },
    onDrop: (event: DragEvent): void => {
      const carried = event.dataTransfer.getData(paletteType);
      if (carried === '') return;
      event.preventDefault();
      const place = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
      const over = flow.getIntersectingNodes({ ...place, width: 1, height: 1 });
      const node = over.find((each) => scopeOfLane(each.id) === undefined);
      const lane = over.map((each) => scopeOfLane(each.id)).find((scope) => scope !== undefined) ?? lanes[0]?.key;
      const scope = node ? splitKey(node.id).scope : lane;
      if (scope) add(JSON.parse(carried) as NewLayer, { scope, place, ...(node && { after: node.id }) });
    },
  };
}
