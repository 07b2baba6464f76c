/** The document's lanes as React Flow wants them; what did not change stays the same object, so that only the rest is drawn again. */
import { Position } from '@xyflow/react';
import type { NodeKey } from '../../core/spec/model-edits/outline.ts';
import type { CanvasLane, CanvasNode } from './flow-model.ts';
import { nodeHeight, nodeWidth, type CanvasLayout, type Direction, type Point } from './layout.ts';
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

/** Keeps what it made, to give out the same objects again. */
export class FlowElements {
  #nodes = new Map<string, FlowNode>();
  #edges = new Map<string, WireEdge>();

  nodes({ lanes, layout, selected, dragged, direction }: NodeView): FlowNode[] {
    const made = new Map<string, FlowNode>();
    for (const lane of lanes) {
      const box = layout.lanes.get(lane.key)!;
      const id = laneId(lane.key);
      const corner = dragged?.get(id) ?? { x: box.x, y: box.y };
      made.set(id, this.#keep(id, laneNode(lane, id, corner, box)));
    }
    for (const lane of lanes) {
      const box = layout.lanes.get(lane.key)!;
      for (const node of lane.nodes) {
        const at = layout.nodes.get(node.key)!;
        const place = dragged?.get(node.key) ?? { x: at.x - box.x, y: at.y - box.y };
        made.set(
          node.key,
          this.#keep(node.key, layerNode(node, laneId(lane.key), place, selected.has(node.key), direction)),
        );
      }
    }
    this.#nodes = made;
    return [...made.values()];
  }

  edges({ lanes, layout, dragged, direction }: NodeView, selected: ReadonlySet<string>): WireEdge[] {
    const made = new Map<string, WireEdge>();
    const wires = lanes.flatMap((lane) => lane.wires);
    // a shape is written once, where it leaves its layer; on the wire drawn last, so that no other crosses it
    const lastOf = new Map(wires.map((wire) => [wire.from, wire]));
    for (const wire of wires) {
      const bends = dragged ? null : (layout.bends.get(wire.id) ?? null);
      const fresh: WireEdge = {
        id: wire.id,
        type: 'wire',
        source: wire.from,
        target: wire.to,
        sourceHandle: 'out',
        targetHandle: wire.hasSlots ? `s${wire.slot}` : 'in',
        selected: selected.has(wire.id),
        data: { shape: lastOf.get(wire.from) === wire ? wire.shape : '', bends, slot: wire.slot, direction },
      };
      const old = this.#edges.get(wire.id);
      const isSame =
        old &&
        old.selected === fresh.selected &&
        old.data?.shape === fresh.data?.shape &&
        old.data?.direction === direction &&
        old.data.bends === bends &&
        old.targetHandle === fresh.targetHandle;
      made.set(wire.id, isSame ? old : fresh);
    }
    this.#edges = made;
    return [...made.values()];
  }

  #keep(id: string, fresh: FlowNode): FlowNode {
    const old = this.#nodes.get(id);
    const isSame =
      old !== undefined &&
      old.selected === fresh.selected &&
      old.position.x === fresh.position.x &&
      old.position.y === fresh.position.y &&
      old.width === fresh.width &&
      old.height === fresh.height &&
      Object.entries(fresh.data).every(
        ([key, value]) => (old.data as Readonly<Record<string, unknown>>)[key] === value,
      );
    return isSame ? old : fresh;
  }
}

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
