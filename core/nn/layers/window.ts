/** The arithmetic of windows that slide over axes: padding, output length, and what is said when a window does not fit. */
import type { Dim } from '../../graph/graph.ts';
import type { LayerContext } from '../layer.ts';

/** `same`, `valid`, or a number of elements at each end of each axis. */
export type Padding = 'same' | 'valid' | number;

/** A window's extent, one number an axis. */
export interface WindowShape {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/**
 * Zeros to add at both ends of one axis so that the output is ceil(size / stride) long, the odd one at the end:
 * TensorFlow's `SAME`. @param extent length of the dilated kernel, (kernel − 1)·dilation + 1.
 */
export function samePads(size: number, extent: number, stride: number): readonly [begin: number, end: number] {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + extent - size, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** Length of the kernel with its holes. */
export function extentOf(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1;
}

/**
 * ONNX pads (begins, then ends) of a sliding window over the spatial axes of `shape` (all but the first two).
 * Fails in a user's words when the window is larger than its padded input.
 */
export function slidingPads(
  context: LayerContext,
  shape: readonly Dim[],
  window: WindowShape,
  padding: Padding,
): readonly number[] {
  const ends = window.kernel.map((kernel, axis) => {
    const extent = extentOf(kernel, window.dilations[axis]);
    if (typeof padding === 'number') return [padding, padding] as const;
    return padding === 'valid' ? ([0, 0] as const) : sameEnds(context, shape[axis + 2], extent, window.strides[axis]);
  });
  const fits = ends.every(([begin, end], axis) => {
    const size = shape[axis + 2];
    return typeof size !== 'number' || size + begin + end >= extentOf(window.kernel[axis], window.dilations[axis]);
  });
  if (!fits) failToFit(context, shape, window);
  return [...ends.map(([begin]) => begin), ...ends.map(([, end]) => end)];
}

/** With stride 1 the padding does not depend on the size, which may then be unknown. */
function sameEnds(context: LayerContext, size: Dim, extent: number, stride: number): readonly [number, number] {
  if (typeof size === 'number') return samePads(size, extent, stride);
  if (stride === 1) return samePads(extent, extent, 1);
  return context.fail(
    `padding 'same' with stride ${stride} needs a size known beforehand, found '${size}'`,
    'give the padding as a number',
  );
}

function failToFit(context: LayerContext, shape: readonly Dim[], window: WindowShape): never {
  const kernel = window.kernel.every((size) => size === window.kernel[0])
    ? `${window.kernel[0]}`
    : window.kernel.join('×');
  const dilated = window.dilations.some((dilation) => dilation > 1) ? ` (dilation ${window.dilations.join('×')})` : '';
  return context.fail(
    `a window of ${kernel}${dilated} does not fit its ${shape.slice(2).join('×')} input`,
    "use padding 'same'",
  );
}

/**
 * Pads and output padding of a transposed convolution. `same` makes the output size·stride long (the transpose of
 * `same` over that output); `valid` and numbers follow (size − 1)·stride + extent − 2·padding.
 */
export function transposedPads(
  context: LayerContext,
  shape: readonly Dim[],
  window: WindowShape,
  padding: Padding,
): { readonly pads: readonly number[]; readonly outputPadding: readonly number[] } {
  const parts = window.kernel.map((kernel, axis) => {
    const extent = extentOf(kernel, window.dilations[axis]);
    if (padding !== 'same')
      return fixedTransposed(context, shape[axis + 2], extent, window.strides[axis], padding === 'valid' ? 0 : padding);
    const total = Math.max(extent - window.strides[axis], 0);
    return {
      begin: Math.floor(total / 2),
      end: Math.ceil(total / 2),
      extra: Math.max(window.strides[axis] - extent, 0),
    };
  });
  return {
    pads: [...parts.map((part) => part.begin), ...parts.map((part) => part.end)],
    outputPadding: parts.map((part) => part.extra),
  };
}

function fixedTransposed(
  context: LayerContext,
  size: Dim,
  extent: number,
  stride: number,
  padding: number,
): { readonly begin: number; readonly end: number; readonly extra: number } {
  if (typeof size === 'number' && (size - 1) * stride + extent - 2 * padding < 1) {
    context.fail(`padding ${padding} leaves nothing of its output`, "use a smaller padding, or 'same'");
  }
  return { begin: padding, end: padding, extra: 0 };
}
