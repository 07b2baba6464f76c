/**
 * Gradient rules of the poolings. Max pooling sends the gradient where the largest value stood. Equal largest values share
 * it evenly where windows tile the image (both are subgradients; PyTorch's is the first's); elsewhere the first takes all.
 */
import {
  GraphError,
  numberAttribute,
  numbersAttribute,
  stringAttribute,
  type Attributes,
  type Value,
} from '../../graph/graph.ts';
import { sizeOf, tensorOf } from '../../tensor/tensor.ts';
import type { OpBuilder } from '../builder.ts';
import { inputGradient } from './convolution.ts';
import { firstOfTaps } from './max-pool-taps.ts';
import { extremeShare } from './reduce.ts';
import { countAlong, indicator, range, required, simple } from './rule.ts';
import type { GradientTable, SimpleQuery } from './rule.ts';
import { reachOf, slidingWalk, type Walk } from './walk.ts';

function kernelOf(attributes: Attributes): readonly number[] {
  const kernel = numbersAttribute(attributes, 'kernel_shape');
  if (!kernel) throw new GraphError('kernel_shape is missing');
  return kernel;
}

/** All elements in one axis. */
const flat = (b: OpBuilder, x: Value): Value => b.reshape(x, [-1]);

const maxPoolGradient = simple((b, query) => {
  const { x, dy, attributes } = query;
  const walk = slidingWalk(attributes, x, kernelOf(attributes));
  if (isTiling(walk) && b.uses('max-pool-tiles')) return [sharedInTiles(b, query, walk)];
  if (!b.uses('max-pool-indices')) return [firstOfTaps(b, query, walk)];
  if (numberAttribute(attributes, 'storage_order', 0) !== 0) {
    throw new GraphError('storage_order 1 has no gradient rule where windows do not tile the image');
  }
  const indices = query.outputs[1] ?? b.emitMany('MaxPool', [x], attributes, 2)[1];
  const reach = reachOf(walk);
  const apart = walk.strides.every((stride, axis) => stride >= reach[axis] && walk.dilations[axis] === 1);
  if (apart && walk.end.every((pad) => pad <= 0)) return [unpooled(b, x, dy, indices, walk)];
  const sums = b.scatterElements(flat(b, b.zerosLike(x)), flat(b, indices), flat(b, dy), 0, 'add');
  return [b.reshapeLike(sums, x)];
});

/** Whether windows lie side by side, without padding or gaps; the image's end may stick out. */
function isTiling({ kernel, strides, dilations, begin, end }: Walk): boolean {
  const adjacent = kernel.every((size, axis) => strides[axis] === size && (size === 1 || dilations[axis] === 1));
  return adjacent && [...begin, ...end].every((pad) => pad <= 0);
}

/**
 * Marks the elements equal to their window's largest and gives each its share. Two and a half times faster than MaxPool
 * with indices and MaxUnpool (whose kernels are not vectorised), and every device has these operators.
 */
function sharedInTiles(b: OpBuilder, { x, y, dy }: SimpleQuery, { kernel, end }: Walk): Value {
  const axes = range(2, 2 + kernel.length);
  const rests = end.some((pad) => pad < 0);
  const inner = rests
    ? b.slice(
        x,
        end.map(() => 0),
        end.map((pad) => pad || Number.MAX_SAFE_INTEGER),
        axes,
      )
    : x;
  const winners = indicator(b, b.equal(inner, b.resizeNearest(y, [1, 1, ...kernel])), x);
  const count = b.mul(b.averagePool(winners, { kernel, strides: kernel }), sizeOf(kernel));
  return withRest(b, b.mul(winners, b.resizeNearest(b.div(dy, count), [1, 1, ...kernel])), end);
}

function unpooled(b: OpBuilder, x: Value, dy: Value, indices: Value, { kernel, strides, begin, end }: Walk): Value {
  const attributes = { kernel_shape: kernel, strides, pads: [...begin, ...begin.map(() => 0)] };
  const exact = end.every((pad) => pad === 0);
  return b.emit('MaxUnpool', exact ? [dy, indices] : [dy, indices, b.shapeOf(x)], attributes);
}

/** The elements of dy at the places the values went to. */
const maxUnpoolGradient = simple((b, query) => {
  const indices = required(query, 1);
  return [b.gather(flat(b, query.dy), indices), null, null];
});

const averagePoolGradient = simple((b, { x, dy, attributes }) => {
  const walk = slidingWalk(attributes, x, kernelOf(attributes));
  const share = averageShare(b, dy, walk, attributes);
  // Resize repeats elements many times faster than Expand.
  return [
    isTiling(walk)
      ? withRest(b, b.resizeNearest(share, [1, 1, ...walk.kernel]), walk.end)
      : spreadByWindows(b, x, share, walk),
  ];
});

/** dy over the number of elements each window averaged: the whole kernel, or those not in the padding. */
function averageShare(b: OpBuilder, dy: Value, walk: Walk, attributes: Attributes): Value {
  const counts = walk.output.map((_, axis) => windowCounts(walk, axis, attributes));
  const size = sizeOf(walk.kernel);
  if (counts.every((along, axis) => along.every((count) => count === walk.kernel[axis]))) return b.div(dy, size);
  const products = counts.reduce<number[]>(
    (found, along) => found.flatMap((count) => along.map((next) => count * next)),
    [1],
  );
  return b.div(dy, b.constant(tensorOf(dy.type.dtype, [1, 1, ...walk.output], products)));
}

/** How many elements count in each window along one axis; what lies past the declared padding (ceil_mode) never does. */
function windowCounts(walk: Walk, axis: number, attributes: Attributes): number[] {
  const { strides, kernel, dilations, begin, input } = walk;
  const withPadding = numberAttribute(attributes, 'count_include_pad', 0) === 1;
  const automatic = stringAttribute(attributes, 'auto_pad', 'NOTSET').startsWith('SAME');
  const padding = automatic
    ? Math.max(0, walk.end[axis])
    : (numbersAttribute(attributes, 'pads')?.[axis + kernel.length] ?? 0);
  const [low, high] = withPadding ? [-begin[axis], input[axis] + padding] : [0, input[axis]];
  return range(0, walk.output[axis]).map((at) => {
    const start = at * strides[axis] - begin[axis];
    return range(0, kernel[axis]).filter(
      (tap) => start + tap * dilations[axis] >= low && start + tap * dilations[axis] < high,
    ).length;
  });
}

/** Zeros at the end, where no window reaches. */
function withRest(b: OpBuilder, tiled: Value, end: readonly number[]): Value {
  if (end.every((pad) => pad === 0)) return tiled;
  return b.pad(tiled, [0, 0, ...end.map(() => 0), 0, 0, ...end.map((pad) => -pad)]);
}

/** Overlapping windows: with stride 1 a pooling of the shares; else a convolution with ones, channel by channel. */
function spreadByWindows(b: OpBuilder, x: Value, share: Value, walk: Walk): Value {
  const { kernel, strides, dilations, begin, end } = walk;
  const reach = reachOf(walk);
  const pads = [...begin, ...end].map((pad, index) => reach[index % reach.length] - 1 - pad);
  // ONNX Runtime pools only with padding smaller than the kernel.
  const poolable = pads.every((pad, index) => pad >= 0 && pad < kernel[index % kernel.length]);
  if (poolable && strides.every((stride) => stride === 1)) {
    return b.mul(b.averagePool(share, { kernel, strides, dilations, pads }, true), sizeOf(kernel));
  }
  const ones = b.constant(tensorOf(x.type.dtype, [1, 1, ...kernel], new Float64Array(sizeOf(kernel)).fill(1)));
  const images = b.reshape(share, [-1, 1, ...walk.output]);
  return b.reshapeLike(inputGradient(b, images, ones, walk, 1), x);
}

const spatialAxes = (x: Value): number[] => range(2, x.type.shape.length);

export const poolingGradients = {
  MaxPool: maxPoolGradient,
  MaxUnpool: maxUnpoolGradient,
  AveragePool: averagePoolGradient,
  GlobalAveragePool: simple((b, { x, dy }) => [b.expandLike(b.div(dy, countAlong(b, x, spatialAxes(x))), x)]),
  GlobalMaxPool: simple((b, { x, y, dy }) => [extremeShare(b, { x, y, dy, axes: spatialAxes(x) })]),
} as const satisfies Partial<GradientTable>;
