/** Where the canvas looks: its first view, nodes brought into sight, and places for boxes over it. */
import type { useReactFlow } from '@xyflow/react';
import type { NodeKey } from '../../core/spec/model-edits/outline.ts';
import type { FlowNode } from './flow-elements.ts';
import type { CanvasLane } from './flow-model.ts';
import { nodeHeight, nodeWidth, type CanvasLayout, type Point } from './layout.ts';
import type { WireEdge } from './wire.tsx';

export type Flow = ReturnType<typeof useReactFlow<FlowNode, WireEdge>>;

/** Below this names cannot be read. */
const readableZoom = 0.7;

/** The first view: everything while names can be read, else the beginning. */
export function begin(flow: Flow, box: HTMLElement | null, { lanes }: CanvasLayout): void {
  if (!box || lanes.size === 0) return;
  const bounds = box.getBoundingClientRect();
  const boxes = [...lanes.values()];
  const left = Math.min(...boxes.map((lane) => lane.x));
  const top = Math.min(...boxes.map((lane) => lane.y));
  const width = Math.max(...boxes.map((lane) => lane.x + lane.width)) - left;
  const height = Math.max(...boxes.map((lane) => lane.y + lane.height)) - top;
  const margin = 24;
  const fitting = Math.min((bounds.width - 2 * margin) / width, (bounds.height - 2 * margin) / height);
  const zoom = Math.max(readableZoom, Math.min(1, fitting));
  const placed = (room: number, size: number): number => Math.max(margin, (room - size * zoom) / 2);
  void flow.setViewport({
    x: placed(bounds.width, width) - left * zoom,
    y: placed(bounds.height, height) - top * zoom,
    zoom,
  });
}

/** Moves the picture as little as needed for a node to be seen whole. */
export function bringIntoView(
  flow: Flow,
  box: HTMLElement | null,
  layout: CanvasLayout,
  lanes: readonly CanvasLane[],
  key: NodeKey,
): void {
  const at = layout.nodes.get(key);
  const node = lanes.flatMap((lane) => lane.nodes).find((each) => each.key === key);
  if (!box || !at || !node) return;
  const { x, y, zoom } = flow.getViewport();
  const margin = 40;
  const bounds = box.getBoundingClientRect();
  const left = at.x * zoom + x;
  const top = at.y * zoom + y;
  const shift = (low: number, size: number, room: number): number =>
    low < margin ? margin - low : low + size > room - margin ? room - margin - low - size : 0;
  const dx = shift(left, nodeWidth * zoom, bounds.width);
  const dy = shift(top, nodeHeight(node) * zoom, bounds.height);
  if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom });
}

const boxSize = { width: 340, height: 340 } as const;

/** A place for a box within the canvas, beside a node or in the middle. */
export function pointIn(box: HTMLElement | null, flow: Flow, layout: CanvasLayout, key: NodeKey | undefined): Point {
  const bounds = box?.getBoundingClientRect();
  if (!bounds) return { x: 0, y: 0 };
  const node = key === undefined ? undefined : layout.nodes.get(key);
  const { x, y, zoom } = flow.getViewport();
  const wanted = node
    ? { x: (node.x + nodeWidth) * zoom + x + 12, y: node.y * zoom + y }
    : { x: (bounds.width - boxSize.width) / 2, y: bounds.height / 5 };
  return within(wanted, bounds);
}

/** The place nearest to a wanted one at which a box lies whole within the canvas. */
export const within = (
  { x, y }: Point,
  { width, height }: { readonly width: number; readonly height: number },
): Point => ({
  x: Math.max(8, Math.min(width - boxSize.width - 8, x)),
  y: Math.max(8, Math.min(height - Math.min(boxSize.height, height) - 8, y)),
});
