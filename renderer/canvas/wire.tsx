/** A wire between two nodes, with the shape of what flows written on it. */
import { BaseEdge, getBezierPath, type Edge, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import type { Direction, Point } from './layout.ts';
import styles from './canvas.module.css';

export type WireEdge = Edge<
  {
    readonly shape: string;
    readonly bends: readonly Point[] | null;
    readonly slot: number;
    readonly direction: Direction;
  },
  'wire'
>;

export const Wire = memo(function Wire({
  sourceX,
  sourceY,
  targetX,
  targetY,
  sourcePosition,
  targetPosition,
  data,
  selected,
}: EdgeProps<WireEdge>) {
  const from = { x: sourceX, y: sourceY };
  const to = { x: targetX, y: targetY };
  const path = data?.bends
    ? bentPath([from, ...data.bends, to])
    : getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition })[0];
  const label =
    data?.direction === 'right'
      ? { x: sourceX + 10, y: sourceY - 9, textAnchor: 'start' as const }
      : { x: sourceX, y: sourceY + 20, textAnchor: 'middle' as const };
  return (
    <>
      <BaseEdge path={path} interactionWidth={14} className={selected ? styles['wireSelected'] : styles['wire']} />
      {data?.shape && (
        <text {...label} className={styles['shape']} dominantBaseline="central">
          {data.shape}
        </text>
      )}
    </>
  );
});

/** A smooth line through points: straight pieces joined at their middles by curves that bend at the points between. */
function bentPath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  let path = `M${first.x},${first.y}`;
  rest.slice(0, -1).forEach((point, index) => {
    const next = rest[index + 1];
    const end = index === rest.length - 2 ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    path += ` Q${point.x},${point.y} ${end.x},${end.y}`;
  });
  return path;
}
