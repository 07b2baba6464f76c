/** The small map of the canvas; there only while part of the model is out of sight, for else it would cover what it shows. */
import { MiniMap, useStore, type ReactFlowState } from '@xyflow/react';
import type { FlowNode } from './flow-elements.ts';
import type { CanvasLayout, LaneBox } from './layout.ts';
import { kindColour } from './words.ts';
import styles from './canvas.module.css';

const mapSize = { width: 132, height: 88 };

/** Whether a box lies wholly within the window onto the canvas. */
function isInSight({ x, y, width, height }: LaneBox, { transform, width: w, height: h }: ReactFlowState): boolean {
  const [left, top, zoom] = transform;
  return (
    x * zoom + left >= 0 && y * zoom + top >= 0 && (x + width) * zoom + left <= w && (y + height) * zoom + top <= h
  );
}

export function CanvasMap({ layout }: { readonly layout: CanvasLayout }) {
  const isNeeded = useStore((state) => [...layout.lanes.values()].some((box) => !isInSight(box, state)));
  if (!isNeeded) return null;
  return (
    <MiniMap<FlowNode>
      className={styles['minimap']!}
      nodeColor={mapColour}
      nodeStrokeWidth={0}
      pannable
      zoomable
      ariaLabel="Map of the canvas"
      style={mapSize}
    />
  );
}

const mapColour = (node: FlowNode): string =>
  node.type === 'lane' ? 'var(--surface-sunken)' : kindColour(node.data.node.kind);
