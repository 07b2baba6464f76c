/** The document's lanes as React Flow wants them; what did not change stays the same object, so that only the rest is drawn again. */
import { Position } from '@xyflow/react';
import type { NodeKey } from '../../core/spec/model-edits/outline.ts';
import type { CanvasLane, CanvasNode, CanvasWire } from './flow-model.ts';
import { nodeHeight, nodeWidth, type CanvasLayout, type Direction, type LaneBox, type Point } from './layout.ts';
import { slotShare, type LaneFlowNode, type LayerFlowNode } from './nodes.tsx';
import type { WireEdge } from './wire.tsx';

export type FlowNode = LayerFlowNode | LaneFlowNode;

const laneId = (scope: string): string => `lane ${scope}`;
/** The scope of a lane's id; undefined when it is a layer's. */
export const scopeOfLane = (id: string): string | undefined => (id.startsWith('lane ') ? id.slice(5) : undefined);

export interface NodeView {
  readonly lanes: readonly CanvasLane[];
  readonly layout: CanvasLayout;
  readonly selected: ReadonlySet<NodeKey>;
  /** Where things being dragged are, as React Flow counts: from the lane's corner. */
  readonly dragged: ReadonlyMap<string, Point> | null;
  readonly direction: Direction;
}

/** Keeps what it made, to give out the same objects again, and the same list when all of it is the same. */
export class FlowElements {
  #nodes = new Map<string, FlowNode>();
  #edges = new Map<string, WireEdge>();
  #nodeList: FlowNode[] = [];
  #edgeList: WireEdge[] = [];

  nodes(view: NodeView): FlowNode[] {
    const { lanes, layout } = view;
    const made = new Map<string, FlowNode>();
    for (const lane of lanes) {
      const id = laneId(lane.key);
      made.set(id, this.#lane(lane, id, layout.lanes.get(lane.key)!, view));
    }
    for (const lane of lanes) {
      const box = layout.lanes.get(lane.key)!;
      for (const node of lane.nodes) made.set(node.key, this.#layer(node, laneId(lane.key), box, view));
    }
    this.#nodes = made;
    return (this.#nodeList = sameOr(this.#nodeList, [...made.values()]));
  }

  #lane(lane: CanvasLane, id: string, box: LaneBox, { dragged }: NodeView): FlowNode {
    const corner = dragged?.get(id) ?? box;
    const old = this.#nodes.get(id);
    const isSame =
      old?.type === 'lane' &&
      old.data.lane === lane &&
      isAt(old, corner) &&
      old.width === box.width &&
      old.height === box.height;
    return isSame ? old : laneNode(lane, id, { x: corner.x, y: corner.y }, box);
  }

  #layer(node: CanvasNode, lane: string, box: LaneBox, view: NodeView): FlowNode {
    const { layout, selected, dragged, direction } = view;
    const at = layout.nodes.get(node.key)!;
    const place = dragged?.get(node.key) ?? { x: at.x - box.x, y: at.y - box.y };
    const isSelected = selected.has(node.key);
    const old = this.#nodes.get(node.key);
    const isSame =
      old !== undefined &&
      old.type !== 'lane' &&
      (old as LayerFlowNode).data.node === node &&
      (old as LayerFlowNode).data.direction === direction &&
      old.selected === isSelected &&
      old.parentId === lane &&
      isAt(old, place);
    return isSame ? old : layerNode(node, lane, place, isSelected, direction);
  }

  edges({ lanes, layout, dragged, direction }: NodeView, selected: ReadonlySet<string>): WireEdge[] {
    const made = new Map<string, WireEdge>();
    const wires = lanes.flatMap((lane) => lane.wires);
    // a shape is written once, where it leaves its layer; on the wire drawn last, so that no other crosses it
    const lastOf = new Map(wires.map((wire) => [wire.from, wire]));
    for (const wire of wires) {
      const shape = lastOf.get(wire.from) === wire ? wire.shape : '';
      const bends = dragged ? null : (layout.bends.get(wire.id) ?? null);
      const targetHandle = wire.hasSlots ? `s${wire.slot}` : 'in';
      const isSelected = selected.has(wire.id);
      const old = this.#edges.get(wire.id);
      const isSame =
        old?.data !== undefined &&
        old.selected === isSelected &&
        old.data.shape === shape &&
        old.data.direction === direction &&
        old.data.bends === bends &&
        old.targetHandle === targetHandle;
      made.set(wire.id, isSame ? old : wireEdge(wire, targetHandle, isSelected, { shape, bends, direction }));
    }
    this.#edges = made;
    return (this.#edgeList = sameOr(this.#edgeList, [...made.values()]));
  }
}

const isAt = ({ position }: FlowNode, { x, y }: Point): boolean => position.x === x && position.y === y;

const sameOr = <Item>(last: Item[], next: Item[]): Item[] =>
  last.length === next.length && last.every((item, index) => item === next[index]) ? last : next;

const wireEdge = (
  wire: CanvasWire,
  targetHandle: string,
  selected: boolean,
  data: Omit<NonNullable<WireEdge['data']>, 'slot'>,
): WireEdge => ({
  id: wire.id,
  type: 'wire',
  source: wire.from,
  target: wire.to,
  sourceHandle: 'out',
  targetHandle,
  selected,
  data: { ...data, slot: wire.slot },
});

function laneNode(
  lane: CanvasLane,
  id: string,
  position: Point,
  { width, height }: { readonly width: number; readonly height: number },
): LaneFlowNode {
  return {
    id,
    type: 'lane',
    position: { ...position },
    width,
    height,
    measured: { width, height },
    data: { lane },
    selectable: false,
    draggable: true,
    connectable: false,
    dragHandle: '.lane-head',
    zIndex: -1,
    style: { pointerEvents: 'none' },
  };
}

function layerNode(
  node: CanvasNode,
  parentId: string,
  position: Point,
  selected: boolean,
  direction: Direction,
): LayerFlowNode {
  const height = nodeHeight(node);
  return {
    id: node.key,
    type: node.kind === 'io' ? 'given' : 'layer',
    parentId,
    position: { ...position },
    width: nodeWidth,
    height,
    measured: { width: nodeWidth, height },
    handles: handlesOf(node, height, direction),
    data: { node, direction },
    selected,
  };
}

/** Where wires meet the node, known before it is drawn. */
function handlesOf(node: CanvasNode, height: number, direction: Direction): NonNullable<LayerFlowNode['handles']> {
  const down = direction === 'down';
  const at = (type: 'source' | 'target', id: string, share: number) => ({
    id,
    type,
    position: type === 'target' ? (down ? Position.Top : Position.Left) : down ? Position.Bottom : Position.Right,
    x: down ? nodeWidth * share : type === 'target' ? 0 : nodeWidth,
    y: down ? (type === 'target' ? 0 : height) : height * share,
    width: 1,
    height: 1,
  });
  const targets =
    node.kind === 'io'
      ? []
      : node.slots.length === 0
        ? [at('target', 'in', 0.5)]
        : node.slots.map((_, index) => at('target', `s${index}`, slotShare(index, node.slots.length)));
  return [...targets, at('source', 'out', 0.5)];
}
