/** How convolution and pooling windows walk over an image, with every size known. */
import type { Attributes, Dim, Value } from '../../graph/graph.ts';
import type { OpBuilder } from '../builder.ts';
import { slidingWindow } from '../types/window.ts';
import { range, staticDims } from './rule.ts';

/** How a window walks over an image, all sizes known; `input` and `output` are the sizes along the spatial axes. */
export interface Walk {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begin: readonly number[];
  /** What the last window reaches past the input's end; negative where it stops short of it. */
  readonly end: readonly number[];
  readonly input: readonly number[];
  readonly output: readonly number[];
}

export const spatialOf = (x: Value): readonly Dim[] => x.type.shape.slice(2);

/** The walk from its parts; `end` follows from the number of windows. */
export function walkOf(window: Omit<Walk, 'end'>): Walk {
  const reach = reachOf(window);
  const end = window.output.map(
    (count, axis) => (count - 1) * window.strides[axis] + reach[axis] - window.input[axis] - window.begin[axis],
  );
  return { ...window, end };
}

/** How far a window extends along each axis, dilation included. */
export function reachOf({ kernel, dilations }: Pick<Walk, 'kernel' | 'dilations'>): number[] {
  return kernel.map((size, axis) => (size - 1) * dilations[axis] + 1);
}

/** The walk of a Conv or pooling node over `x`. */
export function slidingWalk(attributes: Attributes, x: Value, kernel: readonly number[]): Walk {
  const input = staticDims(spatialOf(x), 'the spatial size of its input');
  const window = slidingWindow(attributes, input, kernel);
  return walkOf({
    ...window,
    input,
    begin: staticDims(window.padsBegin, 'its padding'),
    output: staticDims(window.output, 'its output size'),
  });
}

/** Every place of a grid of the given sizes, in row-major order. */
export function places(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (found, size) => found.flatMap((place) => range(0, size).map((at) => [...place, at])),
    [[]],
  );
}

interface Cut {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly steps: readonly number[];
  readonly firstAxis: number;
}

/** A slice along consecutive axes, leaving out those it takes whole. */
export function sliced(b: OpBuilder, x: Value, { starts, ends, steps, firstAxis }: Cut): Value {
  const axes = range(0, starts.length).filter(
    (at) => !(starts[at] === 0 && ends[at] === x.type.shape[firstAxis + at] && steps[at] === 1),
  );
  if (axes.length === 0) return x;
  const pick = (values: readonly number[]): number[] => axes.map((at) => values[at]);
  const strided = pick(steps).some((step) => step !== 1);
  return b.slice(
    x,
    pick(starts),
    pick(ends),
    axes.map((at) => at + firstAxis),
    strided ? pick(steps) : undefined,
  );
}
