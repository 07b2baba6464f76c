/** The small map of the canvas; there only while part of the model is out of sight, for else it would cover what it shows. */
import { Panel, useReactFlow, useStore, type ReactFlowState } from '@xyflow/react';
import { memo, useMemo, type PointerEvent, type WheelEvent } from 'react';
import type { CanvasLane } from './flow-model.ts';
import type { CanvasLayout, LaneBox } from './layout.ts';
import { mapFrame, mapShapes, maskPath } from './map-picture.ts';
import styles from './canvas.module.css';

const size = { width: 132, height: 88 };

/** The part of the canvas that is in sight, in its own pixels. */
function sightOf({ transform, width, height }: ReactFlowState): LaneBox {
  const [left, top, zoom] = transform;
  return { x: -left / zoom, y: -top / zoom, width: width / zoom, height: height / zoom };
}

const isSame = (a: LaneBox, b: LaneBox): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

/** Whether a box lies wholly within another. */
const isWithin = (box: LaneBox, outer: LaneBox): boolean =>
  box.x >= outer.x &&
  box.y >= outer.y &&
  box.x + box.width <= outer.x + outer.width &&
  box.y + box.height <= outer.y + outer.height;

interface CanvasMapProps {
  readonly lanes: readonly CanvasLane[];
  readonly layout: CanvasLayout;
}

/** React Flow's own map has a component for each node, each of which listens to every movement and edit. */
export const CanvasMap = memo(function CanvasMap({ lanes, layout }: CanvasMapProps) {
  const sight = useStore(sightOf, isSame);
  const flow = useReactFlow();
  const shapes = useMemo(() => mapShapes(lanes, layout), [lanes, layout]);
  if ([...layout.lanes.values()].every((box) => isWithin(box, sight))) return null;
  const frame = mapFrame(layout, sight, size);
  const lookAt = (event: PointerEvent<SVGSVGElement>): void => {
    if (event.buttons !== 1) return;
    const bounds = event.currentTarget.getBoundingClientRect();
    event.currentTarget.setPointerCapture(event.pointerId);
    const x = frame.x + ((event.clientX - bounds.x) / bounds.width) * frame.width;
    const y = frame.y + ((event.clientY - bounds.y) / bounds.height) * frame.height;
    void flow.setCenter(x, y, { zoom: flow.getZoom() });
  };
  const zoom = (event: WheelEvent): void => void flow.zoomTo(flow.getZoom() * 2 ** (-event.deltaY / 400));
  return (
    <Panel position="bottom-right" className={styles['minimap']!}>
      <svg
        {...size}
        viewBox={`${frame.x} ${frame.y} ${frame.width} ${frame.height}`}
        role="img"
        aria-label="Map of the canvas"
        onPointerDown={lookAt}
        onPointerMove={lookAt}
        onWheel={zoom}
      >
        {shapes.map(({ colour, path }) => (
          <path key={colour} d={path} style={{ fill: colour }} />
        ))}
        <path d={maskPath(frame, sight)} fillRule="evenodd" className={styles['outOfSight']} />
      </svg>
    </Panel>
  );
});
