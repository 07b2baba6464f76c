/** `builtin:shapes`: one coloured shape on a plain ground, 32 × 32 RGB, whose every cause of variation is known. */
import { RandomStream } from '../random/random.ts';
import type { DataFactor } from './data-info.ts';

export const shapesSize = 32;
export const shapeKinds = ['circle', 'square', 'triangle', 'star', 'cross', 'ring'] as const;
export type ShapeKind = (typeof shapeKinds)[number];

/** Raised when the same index begins to draw another picture, so that caches made before are not taken for it. */
export const shapesVersion = 1;

const seed = 32_102_024;

/** The shapes' colours, 8-bit RGB. */
export const shapeColours = {
  red: [214, 69, 65],
  orange: [235, 144, 46],
  yellow: [240, 205, 64],
  green: [82, 168, 88],
  cyan: [66, 180, 190],
  blue: [60, 108, 201],
  purple: [137, 83, 178],
  pink: [232, 128, 178],
} as const;
export type ShapeColour = keyof typeof shapeColours;
const colourNames = Object.keys(shapeColours) as ShapeColour[];
const ground = [22, 24, 30] as const;

/** What one picture was drawn from. Lengths in pixels from the top left corner, the rotation in radians. */
export interface ShapeFactors {
  readonly kind: ShapeKind;
  readonly colour: ShapeColour;
  /** Radius of the circle around the shape, 5 … 10 pixels. */
  readonly size: number;
  /** The shape's centre; the whole shape lies inside the picture. */
  readonly x: number;
  readonly y: number;
  /** Clockwise, 0 … 2π; circles and rings look the same at every rotation. */
  readonly rotation: number;
}

const [smallest, largest] = [5, 10];

/** The factors and their ranges, as `DataInfo` reports them. */
export const shapeFactorInfo: readonly DataFactor[] = [
  { name: 'kind', kind: 'category', categories: shapeKinds },
  { name: 'colour', kind: 'category', categories: colourNames },
  { name: 'size', kind: 'number', low: smallest, high: largest },
  { name: 'x', kind: 'number', low: smallest, high: shapesSize - smallest },
  { name: 'y', kind: 'number', low: smallest, high: shapesSize - smallest },
  { name: 'rotation', kind: 'number', low: 0, high: 2 * Math.PI },
];

/** The class of sample `index`: its kind's number; kinds come in turn. */
export function shapeClass(index: number): number {
  return index % shapeKinds.length;
}

/** What sample `index` is drawn from; the colour, size, place and rotation are independent of the kind and uniform. */
export function shapeFactors(index: number): ShapeFactors {
  const draws = new Float64Array(5);
  new RandomStream(seed, 'shapes', index).fillUniform(draws);
  const size = smallest + (largest - smallest) * draws[1];
  const room = shapesSize - 2 * size;
  return {
    kind: shapeKinds[shapeClass(index)],
    colour: colourNames[Math.floor(draws[0] * colourNames.length)],
    size,
    x: size + room * draws[2],
    y: size + room * draws[3],
    rotation: 2 * Math.PI * draws[4],
  };
}

/**
 * Draws a picture into `out`: 3 × 32 × 32 bytes, channels first. An edge pixel mixes shape and ground by how far its
 * centre lies inside the outline.
 */
export function paintShape(factors: ShapeFactors, out: Uint8Array): void {
  const colour = shapeColours[factors.colour];
  const [cos, sin] = [Math.cos(factors.rotation), Math.sin(factors.rotation)];
  const plane = shapesSize * shapesSize;
  const outline = outlines[factors.kind];
  for (let at = 0; at < plane; at++) {
    const dx = (at % shapesSize) + 0.5 - factors.x;
    const dy = Math.floor(at / shapesSize) + 0.5 - factors.y;
    const reach = factors.size + 1;
    let cover = 0;
    if (dx * dx + dy * dy < reach * reach) {
      const distance =
        outline((cos * dx + sin * dy) / factors.size, (cos * dy - sin * dx) / factors.size) * factors.size;
      cover = Math.min(1, Math.max(0, 0.5 - distance));
    }
    for (let channel = 0; channel < 3; channel++) {
      out[channel * plane + at] = Math.round(ground[channel] + cover * (colour[channel] - ground[channel]));
    }
  }
}

/** Signed distance to the outline of a polygon (negative inside), by nearest edge and crossing number. */
function polygon(corners: readonly (readonly [number, number])[]): (x: number, y: number) => number {
  return (x, y) => {
    let nearest = Infinity;
    let inside = false;
    let [ax, ay] = corners[corners.length - 1];
    for (const [bx, by] of corners) {
      const [ex, ey, px, py] = [bx - ax, by - ay, x - ax, y - ay];
      const t = Math.min(1, Math.max(0, (px * ex + py * ey) / (ex * ex + ey * ey)));
      nearest = Math.min(nearest, (px - t * ex) ** 2 + (py - t * ey) ** 2);
      if (ay > y !== by > y && px < (ex * py) / ey) inside = !inside;
      [ax, ay] = [bx, by];
    }
    return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
  };
}

/** Corners on alternating radii, the first at the top. */
function radial(count: number, radii: readonly number[]): readonly (readonly [number, number])[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    const radius = radii[i % radii.length];
    return [radius * Math.sin(angle), -radius * Math.cos(angle)] as const;
  });
}

const arm = 0.32;
const tip = Math.sqrt(1 - arm * arm);
const crossCorners = [
  [-arm, -tip],
  [arm, -tip],
  [arm, -arm],
  [tip, -arm],
  [tip, arm],
  [arm, arm],
  [arm, tip],
  [-arm, tip],
  [-arm, arm],
  [-tip, arm],
  [-tip, -arm],
  [-arm, -arm],
] as const;

/** Signed distances to each kind's outline, which touches the unit circle. */
const outlines: Readonly<Record<ShapeKind, (x: number, y: number) => number>> = {
  circle: (x, y) => Math.hypot(x, y) - 1,
  square: polygon([
    [-Math.SQRT1_2, -Math.SQRT1_2],
    [Math.SQRT1_2, -Math.SQRT1_2],
    [Math.SQRT1_2, Math.SQRT1_2],
    [-Math.SQRT1_2, Math.SQRT1_2],
  ]),
  triangle: polygon(radial(3, [1])),
  star: polygon(radial(10, [1, 0.45])),
  cross: polygon(crossCorners),
  ring: (x, y) => Math.abs(Math.hypot(x, y) - 0.76) - 0.24,
};
