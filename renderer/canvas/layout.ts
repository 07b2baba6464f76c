/** Where nodes and lanes stand: as the document says, else laid out in layers by dagre, each network in a lane of its own. */
import { graphlib, layout as dagreLayout } from '@dagrejs/dagre';
import type { NodeKey } from '../../core/spec/model-edits/outline.ts';
import type { CanvasLane, CanvasNode } from './flow-model.ts';

export type Direction = 'down' | 'right';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LaneBox extends Point {
  readonly width: number;
  readonly height: number;
}

export interface CanvasLayout {
  /** Upper left corners, in the canvas's pixels. */
  readonly nodes: ReadonlyMap<NodeKey, Point>;
  readonly lanes: ReadonlyMap<string, LaneBox>;
  /** Bends of long wires that were laid out around nodes, by the wire's id. */
  readonly bends: ReadonlyMap<string, readonly Point[]>;
}

export const nodeWidth = 224;
const laneHead = 36;
const lanePad = 24;
const laneGap = 56;
/** Room between the ends of a wire, with its shape written on it. */
const wireGap = 42;
const sideGap = 28;
/** Along the wire when it runs to the right: the shape is wider than it is high. */
const wireGapRight = 104;

const inputHeight = 34;
/** A node's lines: name; fields, where it has any; figures. Fixed, so that it is placed before it is drawn. */
export function nodeHeight(node: Pick<CanvasNode, 'kind' | 'parameters'>): number {
  if (node.kind === 'io') return inputHeight;
  return node.parameters === '' ? 50 : 68;
}

/** The places of one lane's nodes, from (0, 0). */
interface LaneLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: ReadonlyMap<NodeKey, Point>;
  readonly bends: ReadonlyMap<string, readonly Point[]>;
}

const cache = new Map<string, LaneLayout>();

/** Lays lanes out side by side, then puts nodes where the document wants them. */
export function layOut(
  lanes: readonly CanvasLane[],
  wanted: ReadonlyMap<NodeKey, Point>,
  direction: Direction,
): CanvasLayout {
  const nodes = new Map<NodeKey, Point>();
  const boxes = new Map<string, LaneBox>();
  const bends = new Map<string, readonly Point[]>();
  let along = 0;
  for (const lane of lanes) {
    const own = laneLayout(lane, direction);
    const origin =
      direction === 'down'
        ? { x: along + lanePad, y: laneHead + lanePad / 2 }
        : { x: lanePad, y: along + laneHead + lanePad / 2 };
    for (const [key, point] of own.nodes)
      nodes.set(key, wanted.get(key) ?? { x: point.x + origin.x, y: point.y + origin.y });
    for (const wire of lane.wires) {
      const path = own.bends.get(wire.id);
      if (path && !wanted.has(wire.from) && !wanted.has(wire.to))
        bends.set(
          wire.id,
          path.map((point) => ({ x: point.x + origin.x, y: point.y + origin.y })),
        );
    }
    along += (direction === 'down' ? own.width + 2 * lanePad : own.height + laneHead + 1.5 * lanePad) + laneGap;
    boxes.set(lane.key, laneBox(lane, nodes, { x: origin.x - lanePad, y: origin.y - laneHead - lanePad / 2 }));
  }
  return { nodes, lanes: boxes, bends };
}

/** The frame around a lane's nodes; around nothing, a small one where it would begin. */
function laneBox(lane: CanvasLane, at: ReadonlyMap<NodeKey, Point>, empty: Point): LaneBox {
  if (lane.nodes.length === 0) return { ...empty, width: nodeWidth + 2 * lanePad, height: laneHead + 2 * lanePad };
  const corners = lane.nodes.map((node) => ({ ...at.get(node.key)!, bottom: at.get(node.key)!.y + nodeHeight(node) }));
  const left = Math.min(...corners.map((corner) => corner.x));
  const top = Math.min(...corners.map((corner) => corner.y));
  const right = Math.max(...corners.map((corner) => corner.x)) + nodeWidth;
  const bottom = Math.max(...corners.map((corner) => corner.bottom));
  return {
    x: left - lanePad,
    y: top - laneHead - lanePad / 2,
    width: right - left + 2 * lanePad,
    height: bottom - top + laneHead + 1.5 * lanePad,
  };
}

function laneLayout(lane: CanvasLane, direction: Direction): LaneLayout {
  const signature = JSON.stringify([
    direction,
    lane.nodes.map((node) => [node.key, nodeHeight(node)]),
    lane.wires.map((wire) => wire.id),
  ]);
  const known = cache.get(signature);
  if (known) return known;
  const made = isChain(lane) ? chainLayout(lane, direction) : graphLayout(lane, direction);
  if (cache.size > 64) cache.clear();
  cache.set(signature, made);
  return made;
}

/** Whether each node takes the one before it and nothing else, as most networks do: no search is needed then. */
function isChain({ nodes, wires }: CanvasLane): boolean {
  if (wires.length !== Math.max(0, nodes.length - 1)) return false;
  return wires.every((wire, index) => wire.from === nodes[index].key && wire.to === nodes[index + 1].key);
}

function chainLayout({ nodes }: CanvasLane, direction: Direction): LaneLayout {
  const places = new Map<NodeKey, Point>();
  const tallest = Math.max(0, ...nodes.map(nodeHeight));
  let along = 0;
  for (const node of nodes) {
    places.set(node.key, direction === 'down' ? { x: 0, y: along } : { x: along, y: (tallest - nodeHeight(node)) / 2 });
    along += direction === 'down' ? nodeHeight(node) + wireGap : nodeWidth + wireGapRight;
  }
  const length = Math.max(0, along - (direction === 'down' ? wireGap : wireGapRight));
  return {
    ...(direction === 'down' ? { width: nodeWidth, height: length } : { width: length, height: tallest }),
    nodes: places,
    bends: new Map(),
  };
}

function graphLayout(lane: CanvasLane, direction: Direction): LaneLayout {
  const graph = new graphlib.Graph({ multigraph: true });
  const ranksep = direction === 'down' ? wireGap : wireGapRight;
  graph.setGraph({
    rankdir: direction === 'down' ? 'TB' : 'LR',
    nodesep: sideGap,
    edgesep: 24,
    ranksep,
    marginx: 0,
    marginy: 0,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of lane.nodes) graph.setNode(node.key, { width: nodeWidth, height: nodeHeight(node) });
  for (const wire of lane.wires) graph.setEdge(wire.from, wire.to, { weight: wire.slot === 0 ? 3 : 1 }, wire.id);
  dagreLayout(graph);
  const places = new Map(
    lane.nodes.map((node) => {
      const { x, y } = graph.node(node.key) as Point;
      return [node.key, { x: x - nodeWidth / 2, y: y - nodeHeight(node) / 2 }];
    }),
  );
  const bends = new Map(
    lane.wires.flatMap((wire) => {
      const points = (graph.edge(wire.from, wire.to, wire.id) as { readonly points?: readonly Point[] }).points ?? [];
      // the first and last are where dagre meets the nodes; wires here end at handles
      return points.length > 3 ? [[wire.id, points.slice(1, -1).map(({ x, y }) => ({ x, y }))] as const] : [];
    }),
  );
  const { width = nodeWidth, height = 0 } = graph.graph() as { readonly width?: number; readonly height?: number };
  return direction === 'down' && isMirrored(lane, places)
    ? mirrored({ width, height, nodes: places, bends })
    : { width, height, nodes: places, bends };
}

/** Whether layers side by side stand more often against the order of the text than with it. */
function isMirrored({ nodes }: CanvasLane, at: ReadonlyMap<NodeKey, Point>): boolean {
  let against = 0;
  nodes.forEach((node, index) => {
    const own = at.get(node.key)!;
    for (const later of nodes.slice(index + 1)) {
      const other = at.get(later.key)!;
      if (Math.abs(other.y - own.y) < 40) against += other.x < own.x ? 1 : -1;
    }
  });
  return against > 0;
}

function mirrored({ width, height, nodes, bends }: LaneLayout): LaneLayout {
  return {
    width,
    height,
    nodes: new Map([...nodes].map(([key, { x, y }]) => [key, { x: width - x - nodeWidth, y }])),
    bends: new Map([...bends].map(([id, points]) => [id, points.map(({ x, y }) => ({ x: width - x, y }))])),
  };
}
