/** What the small map of the canvas draws: one shape for all layers of a kind, and the part of the canvas it shows. */
import type { CanvasLane } from './flow-model.ts';
import { nodeHeight, nodeWidth, type CanvasLayout, type LaneBox } from './layout.ts';
import { kindColour } from './words.ts';

export interface MapShape {
  /** Any CSS colour. */
  readonly colour: string;
  /** An SVG path in the canvas's pixels. */
  readonly path: string;
}

const boxPath = ({ x, y, width, height }: LaneBox): string => `M${x},${y}h${width}v${height}h${-width}z`;

/** Lanes first, then layers by colour: a few shapes, however many layers there are. */
export function mapShapes(lanes: readonly CanvasLane[], layout: CanvasLayout): readonly MapShape[] {
  const paths = new Map([['var(--surface-sunken)', [...layout.lanes.values()].map(boxPath)]]);
  for (const node of lanes.flatMap((lane) => lane.nodes)) {
    const at = layout.nodes.get(node.key);
    if (!at) continue;
    const colour = kindColour(node.kind);
    const path = boxPath({ ...at, width: nodeWidth, height: nodeHeight(node) });
    const known = paths.get(colour);
    if (known) known.push(path);
    else paths.set(colour, [path]);
  }
  return [...paths].map(([colour, parts]) => ({ colour, path: parts.join('') }));
}

/** Room around everything, as a share of the map. */
const margin = 0.05;

/** The part of the canvas in the map: every lane and what is in sight, in the map's proportions, with room around. */
export function mapFrame(
  layout: CanvasLayout,
  sight: LaneBox,
  size: { readonly width: number; readonly height: number },
): LaneBox {
  const boxes = [...layout.lanes.values(), sight];
  const left = Math.min(...boxes.map((box) => box.x));
  const top = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  const scale = Math.max((right - left) / size.width, (bottom - top) / size.height) * (1 + 2 * margin);
  const [width, height] = [scale * size.width, scale * size.height];
  return { x: (left + right - width) / 2, y: (top + bottom - height) / 2, width, height };
}

/** All of the map but what is in sight; to be filled by the even-odd rule. */
export const maskPath = (frame: LaneBox, sight: LaneBox): string => boxPath(frame) + boxPath(sight);
