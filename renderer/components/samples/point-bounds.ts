/** The rectangle points lie in. */
import type { Samples } from '../../../core/protocol/samples.ts';

export interface PointBounds {
  readonly minX: number;
  readonly maxX: number;
  readonly minY: number;
  readonly maxY: number;
}

/** Of the first two coordinates of all finite points and of `also`; a square around zero when there are none. */
export function pointBounds(
  samples: Pick<Samples, 'data' | 'shape'>,
  also: readonly (readonly number[])[] = [],
): PointBounds {
  const dimensions = samples.shape[0] ?? 1;
  let [minX, maxX, minY, maxY] = [Infinity, -Infinity, Infinity, -Infinity];
  const take = (x: number, y: number): void => {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    minX = Math.min(minX, x);
    maxX = Math.max(maxX, x);
    minY = Math.min(minY, y);
    maxY = Math.max(maxY, y);
  };
  for (let i = 0; i + dimensions <= samples.data.length; i += dimensions)
    take(samples.data[i]!, dimensions > 1 ? samples.data[i + 1]! : 0);
  for (const [x = 0, y = 0] of also) take(x, y);
  if (minX > maxX) return { minX: -1, maxX: 1, minY: -1, maxY: 1 };
  const room = (least: number, most: number): number => (most > least ? 0 : 0.5);
  return {
    minX: minX - room(minX, maxX),
    maxX: maxX + room(minX, maxX),
    minY: minY - room(minY, maxY),
    maxY: maxY + room(minY, maxY),
  };
}
