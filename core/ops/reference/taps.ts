/** Which elements a sliding window touches: the index arithmetic shared by convolution and pooling. */
import { sizeOf, stridesOf, type Shape } from '../../tensor/tensor.ts';
import type { ResolvedWindow } from '../types/window.ts';
import { viewOffsets } from './kernel.ts';

/** One element under a window: its place in the window and its offset in the spatial axes. */
export interface Tap {
  readonly kernel: number;
  readonly offset: number;
}

/** The coordinates of every element of `shape`, in row-major order. */
export function coordinatesOf(shape: Shape): readonly (readonly number[])[] {
  const strides = stridesOf(shape);
  return Array.from(viewOffsets(shape, strides), (offset) =>
    shape.map((dim, axis) => Math.floor(offset / strides[axis]) % dim),
  );
}

/** For each window position, the taps that fall inside `spatial`. `positions` are the places windows stand at. */
export function windowTaps(window: ResolvedWindow, positions: Shape, spatial: Shape): readonly (readonly Tap[])[] {
  const strides = stridesOf(spatial);
  const kernel = coordinatesOf(window.kernel);
  return coordinatesOf(positions).map((position) => {
    const taps: Tap[] = [];
    kernel.forEach((place, index) => {
      const at = coordinate(window, position, place);
      if (at.some((value, axis) => value < 0 || value >= spatial[axis])) return;
      taps.push({ kernel: index, offset: at.reduce((total, value, axis) => total + value * strides[axis], 0) });
    });
    return taps;
  });
}

/** Where element `place` of the window at `position` lies, in coordinates of the unpadded input. */
export function coordinate(
  window: ResolvedWindow,
  position: readonly number[],
  place: readonly number[],
): readonly number[] {
  return position.map(
    (p, axis) => p * window.strides[axis] - Number(window.padsBegin[axis]) + place[axis] * window.dilations[axis],
  );
}

/** Batch size, channels, spatial axes and elements of one channel. */
export function planes(shape: Shape): {
  readonly batch: number;
  readonly channels: number;
  readonly spatial: Shape;
  readonly area: number;
} {
  const [batch, channels, ...spatial] = shape;
  return { batch, channels, spatial, area: sizeOf(spatial) };
}
