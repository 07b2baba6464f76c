/** Where arrow keys lead on the canvas: along wires, and across to what stands beside. */
import type { NodeKey } from '../../core/spec/model-edits/outline.ts';
import type { CanvasLane } from './flow-model.ts';
import type { Direction, Point } from './layout.ts';

export type ArrowKey = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';

export const isArrow = (key: string): key is ArrowKey =>
  key === 'ArrowUp' || key === 'ArrowDown' || key === 'ArrowLeft' || key === 'ArrowRight';

/**
 * The node an arrow key leads to: along the layout's direction the nearest that takes this one's result (back: whose
 * result it takes), across it the nearest on that side, in whatever network.
 */
export function nextNode(
  lanes: readonly CanvasLane[],
  at: ReadonlyMap<NodeKey, Point>,
  from: NodeKey | undefined,
  arrow: ArrowKey,
  direction: Direction,
): NodeKey | undefined {
  const lane = lanes.find((each) => each.nodes.some((node) => node.key === from));
  if (!lane || !from) return lanes.find((each) => each.nodes.length > 0)?.nodes[0].key;
  const [forward, back] = direction === 'down' ? ['ArrowDown', 'ArrowUp'] : ['ArrowRight', 'ArrowLeft'];
  const own = at.get(from)!;
  const near = (keys: readonly NodeKey[]): NodeKey | undefined => nearest(keys, at, own, { x: 1, y: 1 });
  if (arrow === forward) return near(lane.wires.filter((wire) => wire.from === from).map((wire) => wire.to));
  if (arrow === back) return lane.wires.find((wire) => wire.to === from && wire.slot === 0)?.from;
  const axis = direction === 'down' ? 'x' : 'y';
  const sign = arrow === 'ArrowRight' || arrow === 'ArrowDown' ? 1 : -1;
  const keys = lanes.flatMap((each) => each.nodes.map((node) => node.key));
  // what stands in the same row comes before what is nearer in another
  return nearest(
    keys.filter((key) => (at.get(key)![axis] - own[axis]) * sign > 1),
    at,
    own,
    axis === 'x' ? { x: 1, y: 4 } : { x: 4, y: 1 },
  );
}

function nearest(
  keys: readonly NodeKey[],
  at: ReadonlyMap<NodeKey, Point>,
  { x, y }: Point,
  weight: Point,
): NodeKey | undefined {
  const distance = (key: NodeKey): number =>
    weight.x * Math.abs(at.get(key)!.x - x) + weight.y * Math.abs(at.get(key)!.y - y);
  return keys.reduce<NodeKey | undefined>(
    (best, key) => (best === undefined || distance(key) < distance(best) ? key : best),
    undefined,
  );
}

/** Nodes whose name, type or fields hold every word typed. */
export function matching(lanes: readonly CanvasLane[], typed: string): readonly NodeKey[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return lanes.flatMap((lane) =>
    lane.nodes.flatMap((node) => {
      const text = `${lane.title} ${node.id} ${node.type} ${node.parameters} ${node.shape}`.toLowerCase();
      return words.every((word) => text.includes(word)) ? [node.key] : [];
    }),
  );
}
