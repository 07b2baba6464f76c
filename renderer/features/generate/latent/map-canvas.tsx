/** The latent map: codes as dots coloured by class, a place to decode picked by pointer or keys, and two ends of a path. */
import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react';
import { resolvedColour, useStyleTurn } from '../../../components/page-style.ts';
import { useWidth } from '../../../components/plot/use-uplot.ts';
import { pointBounds, type PointBounds } from '../../../components/samples/point-bounds.ts';
import { nearestPoint } from './projection.ts';
import styles from '../generate.module.css';

export interface Place2D {
  readonly x: number;
  readonly y: number;
}

interface MapCanvasProps {
  /** [count, 2] */
  readonly points: Float32Array;
  readonly labels: Int32Array | null;
  /** What a reader is told of it. */
  readonly words: string;
  readonly picked: Place2D | null;
  readonly hovered: number | null;
  readonly ends: { readonly a: Place2D | null; readonly b: Place2D | null };
  readonly onPick: (place: Place2D) => void;
  readonly onHover: (point: number | null) => void;
}

const height = 420;
const room = 18;
/** Pixels from a dot at which it is pointed at. */
const reach = 9;

interface View {
  readonly toX: (x: number) => number;
  readonly toY: (y: number) => number;
  readonly fromX: (x: number) => number;
  readonly fromY: (y: number) => number;
  readonly scale: number;
}

/** Both axes of one scale, as distances mean something on the map. */
function viewOf(bounds: PointBounds, width: number): View {
  const scale = Math.min(
    (width - 2 * room) / (bounds.maxX - bounds.minX),
    (height - 2 * room) / (bounds.maxY - bounds.minY),
  );
  const [midX, midY] = [(bounds.minX + bounds.maxX) / 2, (bounds.minY + bounds.maxY) / 2];
  return {
    scale,
    toX: (x) => width / 2 + (x - midX) * scale,
    toY: (y) => height / 2 - (y - midY) * scale,
    fromX: (x) => (x - width / 2) / scale + midX,
    fromY: (y) => (height / 2 - y) / scale + midY,
  };
}

export function MapCanvas(props: MapCanvasProps) {
  const { points, words, picked, onPick, onHover } = props;
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const isDown = useRef(false);
  const width = useWidth(frame);
  const turn = useStyleTurn();
  const view = viewOf(pointBounds({ data: points, shape: [2] }), Math.max(1, width));
  useEffect(() => {
    if (canvas.current && width > 0) drawMap(canvas.current, width, view, props);
  });
  const placeOf = (event: PointerEvent<HTMLElement>): Place2D => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: view.fromX(event.clientX - box.left), y: view.fromY(event.clientY - box.top) };
  };
  const onMove = (event: PointerEvent<HTMLElement>): void => {
    const place = placeOf(event);
    const near = nearestPoint(points, place.x, place.y);
    onHover(near && near.distance * view.scale <= reach ? near.index : null);
    if (isDown.current) onPick(place);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = (event.shiftKey ? 40 : 8) / view.scale;
    const ways: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, step],
      ArrowDown: [0, -step],
    };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    const from = picked ?? { x: view.fromX(width / 2), y: view.fromY(height / 2) };
    onPick({ x: from.x + way[0], y: from.y + way[1] });
  };
  return (
    <div
      ref={frame}
      className={styles['mapFrame']}
      role="application"
      aria-roledescription="latent map"
      tabIndex={0}
      aria-label={words}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        isDown.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        onPick(placeOf(event));
      }}
      onPointerMove={onMove}
      onPointerUp={() => (isDown.current = false)}
      onPointerCancel={() => (isDown.current = false)}
      onPointerLeave={() => onHover(null)}
      data-turn={turn}
    >
      <canvas ref={canvas} style={{ height }} aria-hidden="true" />
    </div>
  );
}

function drawMap(
  canvas: HTMLCanvasElement,
  width: number,
  view: View,
  { points, labels, picked, hovered, ends }: MapCanvasProps,
): void {
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  const context = canvas.getContext('2d')!;
  context.scale(devicePixelRatio, devicePixelRatio);
  const colours = Array.from({ length: 8 }, (_, i) => resolvedColour(`var(--series-${i + 1})`));
  for (let i = 0; i < points.length / 2; i++) {
    const label = Math.max(0, labels?.[i] ?? 0);
    context.fillStyle = colours[label % colours.length]!;
    drawDot(
      context,
      view.toX(points[2 * i]!),
      view.toY(points[2 * i + 1]!),
      i === hovered ? 5 : 2.4,
      label >= colours.length,
    );
  }
  const text = resolvedColour('var(--text)');
  context.strokeStyle = context.fillStyle = text;
  context.lineWidth = 1.5;
  if (ends.a && ends.b) drawPath(context, view, ends.a, ends.b);
  if (picked) drawCross(context, view.toX(picked.x), view.toY(picked.y));
  context.font = '600 12px system-ui, sans-serif';
  if (ends.a) drawEnd(context, view, ends.a, 'A');
  if (ends.b) drawEnd(context, view, ends.b, 'B');
}

/** Classes beyond the colours there are begin them anew, as squares. */
function drawDot(context: CanvasRenderingContext2D, x: number, y: number, radius: number, isSquare: boolean): void {
  context.beginPath();
  if (isSquare) context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
  else context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function drawPath(context: CanvasRenderingContext2D, view: View, a: Place2D, b: Place2D): void {
  context.setLineDash([4, 4]);
  context.beginPath();
  context.moveTo(view.toX(a.x), view.toY(a.y));
  context.lineTo(view.toX(b.x), view.toY(b.y));
  context.stroke();
  context.setLineDash([]);
}

function drawCross(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.beginPath();
  context.arc(x, y, 6, 0, 2 * Math.PI);
  for (const [dx, dy] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    context.moveTo(x + 6 * dx, y + 6 * dy);
    context.lineTo(x + 12 * dx, y + 12 * dy);
  }
  context.stroke();
}

function drawEnd(context: CanvasRenderingContext2D, view: View, { x, y }: Place2D, name: string): void {
  context.beginPath();
  context.arc(view.toX(x), view.toY(y), 4, 0, 2 * Math.PI);
  context.fill();
  context.fillText(name, view.toX(x) + 7, view.toY(y) - 6);
}
