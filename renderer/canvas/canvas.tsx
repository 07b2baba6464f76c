/** The model as a picture that can be worked on: networks as lanes, layers as nodes, wires with shapes. */
import {
  Background,
  BackgroundVariant,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
  type EdgeChange,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import type { NodeKey } from '../../core/spec/model-edits/outline.ts';
import { select, useWorkspace } from '../state/workspace.ts';
import { disconnectNodes } from './actions.ts';
import { pressOnCanvas } from './canvas-keys.ts';
import { CanvasMap } from './canvas-map.tsx';
import { useCanvasCommands } from './canvas-commands.ts';
import { useCanvasUi } from './canvas-store.ts';
import { CanvasTools } from './canvas-tools.tsx';
import { ChooserBox } from './chooser-box.tsx';
import { useDragging, useWiring } from './dragging.ts';
import { FindBar } from './find-bar.tsx';
import { NoNetworks } from './missing-networks.tsx';
import { FlowElements, scopeOfLane, type FlowNode } from './flow-elements.ts';
import { buildLanes, type CanvasLane } from './flow-model.ts';
import { layOut, type CanvasLayout, type Point } from './layout.ts';
import { elementId, InputNode, LaneNode, LayerNode } from './nodes.tsx';
import { Palette } from './palette.tsx';
import { chooserOpeners, clipboardHandlers, doubleClicked, dropHandlers } from './pointing.ts';
import { begin, bringIntoView, pointIn } from './viewport.ts';
import { Wire, type WireEdge } from './wire.tsx';
import styles from './canvas.module.css';

const nodeTypes = { layer: LayerNode, given: InputNode, lane: LaneNode };
const edgeTypes = { wire: Wire };
const fitOptions = { padding: 0.08, maxZoom: 1, minZoom: 0.35 } as const;
/** How the canvas behaves under the pointer; keys are its own. */
const habits = {
  nodeTypes,
  edgeTypes,
  tabIndex: 0,
  'aria-label': 'Canvas of the model',
  'aria-describedby': 'canvas-help',
  elevateNodesOnSelect: false,
  nodesFocusable: false,
  edgesFocusable: false,
  disableKeyboardA11y: true,
  deleteKeyCode: null,
  selectionKeyCode: null,
  multiSelectionKeyCode: ['Shift', 'Meta', 'Control'],
  panActivationKeyCode: 'Space',
  selectionOnDrag: true,
  selectionMode: SelectionMode.Partial,
  panOnDrag: [1],
  panOnScroll: true,
  zoomOnDoubleClick: false,
  minZoom: 0.08,
  maxZoom: 2,
  proOptions: { hideAttribution: true },
};
const noDrag: ReadonlyMap<string, Point> | null = null;

/** @param onInspect opens the form of the selected layer */
export function ModelCanvas({ onInspect }: { readonly onInspect: () => void }) {
  const id = useWorkspace((state) => state.file?.id);
  return (
    <ReactFlowProvider key={id}>
      <CanvasBody onInspect={onInspect} />
    </ReactFlowProvider>
  );
}

/** Lanes and their places, for the present text or the last that could be read. */
function useScene(): { readonly lanes: readonly CanvasLane[]; readonly layout: CanvasLayout } {
  const outline = useWorkspace((state) => state.outline);
  const check = useWorkspace((state) => state.check);
  const direction = useCanvasUi((state) => state.direction);
  const last = useRef<readonly CanvasLane[]>([]);
  const lanes = useMemo(() => {
    last.current = outline ? buildLanes(outline, check.issues, check.summary, last.current) : [];
    return last.current;
  }, [outline, check]);
  const positions = outline?.positions;
  const layout = useMemo(() => layOut(lanes, positions ?? new Map(), direction), [lanes, positions, direction]);
  return { lanes, layout };
}

/** Takes wires away, the last of a layer's inputs first, so that the others keep their places until then. */
function disconnectWires(edges: readonly WireEdge[]): void {
  for (const edge of edges.toSorted((a, b) => (b.data?.slot ?? 0) - (a.data?.slot ?? 0))) {
    disconnectNodes(edge.source, edge.target, edge.data?.slot);
  }
}

/**
 * The same function for good that does what the newest does: the bar of tools is not drawn again at each edit, and React
 * Flow, which tells every node and wire of each function that is another, has nothing to tell.
 */
function useNewest<Given extends readonly unknown[]>(deed: (...given: Given) => void): (...given: Given) => void {
  const newest = useRef(deed);
  useEffect(() => {
    newest.current = deed;
  });
  return useCallback((...given: Given) => newest.current(...given), []);
}

const selectNothing = (): void => select([]);

/** The canvas's state, as React Flow takes it, and what can be done with it. */
function useCanvas(onInspect: () => void) {
  const { lanes, layout } = useScene();
  const selection = useWorkspace((state) => state.selection);
  const direction = useCanvasUi((state) => state.direction);
  const flow = useReactFlow<FlowNode, WireEdge>();
  const box = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState(noDrag);
  const [wires, setWires] = useState<ReadonlySet<string>>(new Set());
  const [elements] = useState(() => new FlowElements());
  const selected = useMemo(() => new Set(selection), [selection]);
  const view = useMemo(
    () => ({ lanes, layout, selected, dragged, direction }),
    [lanes, layout, selected, dragged, direction],
  );
  const nodes = useMemo(() => elements.nodes(view), [elements, view]);
  const edges = useMemo(() => elements.edges(view, wires), [elements, view, wires]);
  const isEmpty = lanes.length === 0;
  // only when a document is opened, gets its first network or is laid out another way: edits leave the view where it is
  useEffect(() => begin(flow, box.current, layout), [direction, flow, isEmpty]);

  const show = useCallback(
    (key: NodeKey) => bringIntoView(flow, box.current, layout, lanes, key),
    [flow, layout, lanes],
  );
  const fit = useCallback(() => void flow.fitView(fitOptions), [flow]);
  const open = chooserOpeners(lanes, layout, (key) => pointIn(box.current, flow, layout, key));
  const openAdd = useNewest(open.openAdd);
  const removeWires = (): void => {
    disconnectWires(edges.filter((edge) => wires.has(edge.id)));
    setWires(new Set());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLElement && !event.target.classList.contains('react-flow')) return;
    if (pressOnCanvas(event, { lanes, layout, direction, show, fit, inspect: onInspect, ...open, removeWires }))
      event.preventDefault();
  };
  useCanvasCommands({ fit, ...open });
  const { onNodesChange, onStop } = useDragging(lanes, layout, setDragged);
  const onDragStop = useNewest(onStop);
  const onEdgesChange = useNewest((changes: readonly EdgeChange[]) => setWires((now) => withSelected(now, changes)));
  const onNodeDoubleClick = useNewest((_: unknown, node: FlowNode) => {
    if (scopeOfLane(node.id) === undefined) onInspect();
  });
  const props = {
    nodes,
    edges,
    onNodesChange,
    onNodeDragStop: onDragStop,
    onSelectionDragStop: onDragStop,
    onEdgesChange,
    onPaneClick: selectNothing,
    onNodeDoubleClick,
    onKeyDown,
    onlyRenderVisibleElements: nodes.length > 80,
    'aria-activedescendant': selection.length > 0 ? elementId(selection.at(-1)!) : undefined,
    ...useWiring(box, flow),
  };
  const surface = {
    ...clipboardHandlers(),
    ...dropHandlers(flow, lanes),
    onDoubleClick: (event: MouseEvent): void => doubleClicked(event, box.current, flow, lanes, layout),
  };
  return { box, lanes, layout, props, surface, show, fit, openAdd };
}

function CanvasBody({ onInspect }: { readonly onInspect: () => void }) {
  const { box, lanes, layout, props, surface, show, fit, openAdd } = useCanvas(onInspect);
  const outline = useWorkspace((state) => state.outline);
  const isStale = useWorkspace((state) => state.isStale);
  const { chooser, isFinding, hasPalette } = useCanvasUi();
  const focus = (): void => box.current?.querySelector<HTMLElement>('.react-flow')?.focus();
  const showSelected = (key: NodeKey): void => {
    select([key]);
    show(key);
  };
  return (
    <div className={styles['frame']}>
      {hasPalette && outline && <Palette outline={outline} />}
      <div className={styles['main']}>
        <CanvasTools onAdd={openAdd} onFit={fit} />
        <div ref={box} className={styles['canvas']} data-stale={isStale ? '' : undefined} {...surface}>
          <ReactFlow<FlowNode, WireEdge> {...habits} {...props}>
            <Background variant={BackgroundVariant.Dots} gap={24} size={1} color="var(--line)" />
            <CanvasMap lanes={lanes} layout={layout} />
          </ReactFlow>
          <p id="canvas-help" className="visually-hidden">
            Arrow keys go along wires. Enter opens the layer, Tab adds one, C connects, Delete removes. The Outline tab
            lists the same layers as text.
          </p>
          {lanes.length === 0 && <NoNetworks />}
          {isStale && (
            <div className={styles['stale']}>The text cannot be read now. This is the model as it last could be.</div>
          )}
          {isFinding && <FindBar lanes={lanes} onShow={showSelected} onDone={focus} />}
          {chooser && outline && (
            <ChooserBox key={JSON.stringify(chooser)} chooser={chooser} outline={outline} onDone={focus} />
          )}
        </div>
      </div>
    </div>
  );
}

function withSelected(now: ReadonlySet<string>, changes: readonly EdgeChange[]): ReadonlySet<string> {
  const next = new Set(now);
  for (const change of changes) {
    if (change.type === 'select' && change.selected) next.add(change.id);
    else if (change.type === 'select') next.delete(change.id);
  }
  return next;
}
