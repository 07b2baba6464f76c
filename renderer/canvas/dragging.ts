/** Nodes, lanes and wires moved by the pointer. */
import type { Connection, FinalConnectionState, NodeChange } from '@xyflow/react';
import { useCallback, useMemo, useRef, type RefObject } from 'react';
import { splitKey, type NodeKey } from '../../core/spec/model-edits/outline.ts';
import { whyNotConnect } from '../../core/spec/model-edits.ts';
import { showToast } from '../state/toasts.ts';
import { select, useWorkspace } from '../state/workspace.ts';
import { connectNodes, disconnectNodes, move, reconnect } from './actions.ts';
import { openChooser } from './canvas-store.ts';
import { scopeOfLane, type FlowNode } from './flow-elements.ts';
import type { CanvasLane } from './flow-model.ts';
import type { CanvasLayout, Point } from './layout.ts';
import { within, type Flow } from './viewport.ts';
import type { WireEdge } from './wire.tsx';

/** Follows nodes and lanes while they are dragged, and writes down where they were let go. */
export function useDragging(
  lanes: readonly CanvasLane[],
  layout: CanvasLayout,
  setDragged: (
    at:
      | ReadonlyMap<string, Point>
      | null
      | ((now: ReadonlyMap<string, Point> | null) => ReadonlyMap<string, Point> | null),
  ) => void,
) {
  const onNodesChange = useCallback(
    (changes: readonly NodeChange<FlowNode>[]): void => {
      const moves = changes.flatMap((change) =>
        change.type === 'position' && change.position && change.dragging ? [[change.id, change.position] as const] : [],
      );
      if (moves.length > 0) setDragged((now) => new Map([...(now ?? []), ...moves]));
      const chosen = changes.filter((change) => change.type === 'select' && scopeOfLane(change.id) === undefined);
      if (chosen.length === 0) return;
      const next = new Set(useWorkspace.getState().selection);
      for (const change of chosen) {
        if (change.type !== 'select') continue;
        if (change.selected) next.add(change.id);
        else next.delete(change.id);
      }
      select([...next]);
    },
    [setDragged],
  );
  const onStop = (_: unknown, ...rest: readonly unknown[]): void => {
    const stopped = rest
      .flat()
      .filter((node): node is FlowNode => typeof node === 'object' && node !== null && 'position' in node);
    const places = new Map(stopped.flatMap((node) => placesOf(node, lanes, layout)));
    setDragged(null);
    const moved = [...places].filter(
      ([key, point]) => layout.nodes.get(key)?.x !== point.x || layout.nodes.get(key)?.y !== point.y,
    );
    if (moved.length > 0) move(new Map(moved));
  };
  return { onNodesChange, onStop };
}

/** Where a dragged node, or all nodes of a dragged lane, now stand on the canvas. */
function placesOf(
  node: FlowNode,
  lanes: readonly CanvasLane[],
  layout: CanvasLayout,
): readonly (readonly [NodeKey, Point])[] {
  const scope = scopeOfLane(node.id);
  if (scope === undefined) {
    const box = layout.lanes.get(splitKey(node.id).scope);
    return box ? [[node.id, { x: Math.round(node.position.x + box.x), y: Math.round(node.position.y + box.y) }]] : [];
  }
  const box = layout.lanes.get(scope)!;
  const nodes = lanes.find((lane) => lane.key === scope)?.nodes ?? [];
  return nodes.map(({ key }) => {
    const at = layout.nodes.get(key)!;
    return [key, { x: Math.round(at.x + node.position.x - box.x), y: Math.round(at.y + node.position.y - box.y) }];
  });
}

const slotOf = (handle: string | null | undefined): number | undefined =>
  handle?.startsWith('s') ? Number(handle.slice(1)) : undefined;

/** Wires drawn, led elsewhere, and let go over nothing. */
export function useWiring(box: RefObject<HTMLDivElement | null>, flow: Flow) {
  const wasLed = useRef(false);
  return useMemo(() => {
    const reasonFor = (from: string, to: string): string | undefined => {
      const { outline } = useWorkspace.getState();
      return outline ? whyNotConnect(outline, from, to) : 'No document is open.';
    };
    const onConnectEnd = (event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState): void => {
      const bounds = box.current?.getBoundingClientRect();
      if (state.isValid || !state.fromNode || !bounds || state.fromHandle?.type !== 'source' || wasLed.current) return;
      if (state.toNode) {
        const reason = reasonFor(state.fromNode.id, state.toNode.id);
        if (reason && state.toNode.id !== state.fromNode.id && scopeOfLane(state.toNode.id) === undefined)
          showToast({ tone: 'warning', text: reason });
        return;
      }
      const { clientX, clientY } = 'clientX' in event ? event : event.changedTouches[0];
      const place = flow.screenToFlowPosition({ x: clientX, y: clientY });
      openChooser({
        kind: 'add',
        at: within({ x: clientX - bounds.x, y: clientY - bounds.y }, bounds),
        scope: splitKey(state.fromNode.id).scope,
        from: state.fromNode.id,
        place,
      });
    };
    return {
      isValidConnection: (connection: Connection | WireEdge): boolean =>
        reasonFor(connection.source, connection.target) === undefined,
      onConnect: (connection: Connection): void =>
        void connectNodes(connection.source, connection.target, slotOf(connection.targetHandle)),
      onConnectEnd,
      onReconnectStart: (): void => void (wasLed.current = true),
      onReconnect: (edge: WireEdge, { source, target, targetHandle }: Connection): void => {
        const slot = slotOf(targetHandle);
        reconnect(edge.source, edge.target, edge.data?.slot ?? 0, {
          from: source,
          to: target,
          ...(slot !== undefined && { slot }),
        });
      },
      onReconnectEnd: (_: unknown, edge: WireEdge, __: unknown, state: FinalConnectionState): void => {
        wasLed.current = false;
        if (!state.isValid && !state.toNode) disconnectNodes(edge.source, edge.target, edge.data?.slot);
      },
    };
  }, [box, flow]);
}
