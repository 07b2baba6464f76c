/** The gradient of max pooling without indices, for devices whose MaxPool gives none: looks at each place of the window. */
import type { Value } from '../../graph/graph.ts';
import { sizeOf, tensorOf, type Tensor } from '../../tensor/tensor.ts';
import type { OpBuilder } from '../builder.ts';
import { inputGradient } from './convolution.ts';
import { indicator, range, type SimpleQuery } from './rule.ts';
import { places, type Walk } from './walk.ts';

/**
 * Every window is laid out along an axis of its own by a convolution with one kernel a place, which holds a single 1. The
 * first place, in row-major order, that equals the window's largest takes the gradient, and the same kernels send it back.
 */
export function firstOfTaps(b: OpBuilder, { x, y, dy }: SimpleQuery, walk: Walk): Value {
  const { kernel, strides, dilations, begin, end } = walk;
  const count = sizeOf(kernel);
  const oneAt = b.constant(filled(x, [count, 1, ...kernel], (row, column) => row === column));
  const taps = b.conv(b.reshape(x, [-1, 1, ...walk.input]), oneAt, null, {
    kernel,
    strides,
    dilations,
    pads: [...begin, ...end.map((pad) => Math.max(pad, 0))],
  });
  const perImage = (value: Value): Value => b.reshape(value, [-1, 1, ...walk.output]);
  const equal = b.mul(indicator(b, b.equal(taps, perImage(y)), x), b.constant(insideOf(x, walk)));
  const single = kernel.map(() => 1);
  const sumOfEarlier = b.constant(filled(x, [count, count, ...single], (row, column) => column < row));
  const earlier = b.conv(equal, sumOfEarlier, null, { kernel: single, strides: single });
  const first = b.mul(equal, indicator(b, b.emit('Less', [earlier, b.scalar(0.5, x.type.dtype)]), x));
  return b.reshapeLike(inputGradient(b, b.mul(first, perImage(dy)), oneAt, walk, 1), x);
}

/** Rows (along the first axis) of ones where `isOne`, of zeros elsewhere. */
function filled(like: Value, shape: readonly number[], isOne: (row: number, column: number) => boolean): Tensor {
  const width = sizeOf(shape.slice(1));
  const values = range(0, shape[0]).flatMap((row) => range(0, width).map((column) => Number(isOne(row, column))));
  return tensorOf(like.type.dtype, shape, values);
}

/** 1 where a place of a window lies in the image and 0 where it lies in the padding: [1, places, …output]. */
function insideOf(like: Value, { kernel, strides, dilations, begin, input, output }: Walk): Tensor {
  const inside = (tap: readonly number[], at: readonly number[]): boolean =>
    tap.every((offset, axis) => {
      const place = at[axis] * strides[axis] - begin[axis] + offset * dilations[axis];
      return place >= 0 && place < input[axis];
    });
  const values = places(kernel).flatMap((tap) => places(output).map((at) => Number(inside(tap, at))));
  return tensorOf(like.type.dtype, [1, sizeOf(kernel), ...output], values);
}
