/**
 * The gradient in a convolution's weights, Σ dy ⊗ x over batch and positions, as matrix products. ONNX has no operator for
 * it and no one form is fastest everywhere on ONNX Runtime's CPU provider, so the shapes choose among seven.
 */
import type { Value } from '../../graph/graph.ts';
import { sizeOf, tensorOf } from '../../tensor/tensor.ts';
import type { OpBuilder } from '../builder.ts';
import { range, staticDim, staticDims } from './rule.ts';
import { places, reachOf, sliced, spatialOf, type Walk } from './walk.ts';

/** What a form is given: the padded input, the gradient in the output, and how they meet. */
interface Meeting {
  readonly x: Value;
  readonly padded: Value;
  readonly dy: Value;
  readonly walk: Walk;
  readonly group: number;
  readonly channels: number;
  readonly outputs: number;
}

/**
 * - `shifts`: all taps side by side, made by a convolution that copies. For large images and for few channels.
 * - `columns`: all taps side by side, one product an image. For few channels, where a product a tap is mostly overhead.
 * - `images`: one product an image and tap. Needs no transposing, so it leads where images are large.
 * - `rows`: channels last, the batch joined: one product a tap. For small images, strided ones, and groups.
 * - `positions`: one product an output position. For kernels with more taps than there are positions.
 * - `slides`: one image as the kernel of a convolution over the other. For many channels on both sides.
 * - `depthwise`: one channel a group, no product at all.
 */
export type WeightForm = 'shifts' | 'columns' | 'images' | 'rows' | 'positions' | 'depthwise' | 'slides';

/**
 * The gradient in a convolution's weights [out, in/group, kernel…].
 * @param form how to compute it; the one that measured fastest for the shapes when absent.
 */
export function weightGradient(b: OpBuilder, x: Value, dy: Value, walk: Walk, group: number, form?: WeightForm): Value {
  const [channels, outputs] = staticDims([x.type.shape[1], dy.type.shape[1]], 'the number of channels');
  const meeting = { x, padded: paddedInput(b, x, walk), dy, walk, group, channels, outputs };
  return forms[form ?? chosenForm(b, meeting)](b, meeting);
}

/** Kernels of shifted copies hold taps² numbers a channel: 25 for 5×5, but 14,641 for 11×11. */
const mostTaps = 25;

/** Elements of shifted copies an image, 2 MiB: all of them stand in memory at once, where taps one by one need a share. */
const mostCopied = 2 ** 19;

/**
 * Thresholds from times of ONNX Runtime 1.30 on one and two threads over image sizes 7 to 32, kernels 1 to 5 and 1 to 256
 * channels, and from whole training steps on two: there slices, made on one thread, cost several times what they do alone.
 */
function chosenForm(b: OpBuilder, meeting: Meeting): WeightForm {
  const { walk, group, channels, outputs } = meeting;
  const [positions, taps] = [sizeOf(walk.output), sizeOf(walk.kernel)];
  if (group > 1) return channels === group && outputs === group ? 'depthwise' : 'rows';
  if (!b.uses('convolution-weights')) return 'columns';
  if (positions < taps) return 'positions';
  if (b.uses('sliding-gradients') && slides(meeting)) return 'slides';
  const unitStride = walk.strides.every((stride) => stride === 1);
  const copied = (unitStride ? Math.min(channels, outputs) : channels) * taps * positions;
  const shifts = taps > 1 && taps <= mostTaps && copied <= mostCopied && b.uses('shifted-copies');
  if (shifts && (channels <= 64 || (unitStride && positions >= 256))) return 'shifts';
  if (channels <= 8) return 'columns';
  // An image's product is an [out, in] matrix, summed over the batch afterwards: it must be small beside the image.
  return unitStride && positions >= 128 && channels * outputs <= 32 * positions ? 'images' : 'rows';
}

/** Sliding needs images of several channels, and windows of neighbouring columns that reach the image's end. */
function slides({ x, walk, channels, outputs }: Meeting): boolean {
  const meets = walk.end.every((pad) => pad >= 0) && walk.dilations.at(-1) === 1;
  return sizeOf(walk.kernel) > 1 && Math.min(channels, outputs) >= 16 && meets && typeof x.type.shape[0] === 'number';
}

function paddedInput(b: OpBuilder, x: Value, { begin, end }: Walk): Value {
  const after = end.map((pad) => Math.max(pad, 0));
  return [...begin, ...after].every((pad) => pad === 0) ? x : b.pad(x, [0, 0, ...begin, 0, 0, ...after]);
}

/** The elements of the padded input (spatial axes from `firstAxis`) that one tap of the kernel meets, in the order of the output. */
function metByTap(b: OpBuilder, padded: Value, tap: readonly number[], walk: Walk, firstAxis: number): Value {
  const starts = tap.map((at, axis) => at * walk.dilations[axis]);
  const ends = starts.map((start, axis) => start + (walk.output[axis] - 1) * walk.strides[axis] + 1);
  return sliced(b, padded, { starts, ends, steps: walk.strides, firstAxis });
}

/** Gradients of all taps, [out, taps · in] or [group, out/group, taps · in/group], in the order of the weights. */
function inWeightOrder(b: OpBuilder, gradients: Value, { walk, group, channels, outputs }: Meeting): Value {
  const tapsFirst = b.reshape(gradients, [outputs, ...walk.kernel, channels / group]);
  const rank = walk.kernel.length;
  return b.transpose(tapsFirst, [0, rank + 1, ...range(1, rank + 1)]);
}

/** Per image dy [N, out, positions] times x [N, in, positions] transposed, summed over the batch: [out, in]. */
function imageProduct(b: OpBuilder, dyImages: Value, xImages: Value): Value {
  return b.reduceSum(b.fusedMatMul(dyImages, xImages, { transB: true }), [0]);
}

function byColumns(b: OpBuilder, meeting: Meeting): Value {
  const { padded, dy, walk, channels, outputs } = meeting;
  const [positions, taps] = [sizeOf(walk.output), places(walk.kernel)];
  const met = b.concat(
    taps.map((tap) => metByTap(b, padded, tap, walk, 2)),
    1,
  );
  const columns = b.reshape(met, [0, taps.length * channels, positions]);
  return inWeightOrder(b, imageProduct(b, b.reshape(dy, [0, outputs, positions]), columns), meeting);
}

function byImages(b: OpBuilder, meeting: Meeting): Value {
  const { padded, dy, walk, channels, outputs } = meeting;
  const positions = sizeOf(walk.output);
  const dyImages = b.reshape(dy, [0, outputs, positions]);
  const products = places(walk.kernel).map((tap) => {
    return imageProduct(b, dyImages, b.reshape(metByTap(b, padded, tap, walk, 2), [0, channels, positions]));
  });
  return inWeightOrder(b, b.concat(products, 1), meeting);
}

function byRows(b: OpBuilder, meeting: Meeting): Value {
  const { padded, dy, walk, group, channels, outputs } = meeting;
  const image = channelsLast(b, padded, group);
  const rows = (value: Value, width: number): Value => b.reshape(value, group === 1 ? [-1, width] : [group, -1, width]);
  const dyRows = rows(channelsLast(b, dy, group), outputs / group);
  const products = places(walk.kernel).map((tap) => {
    const met = rows(metByTap(b, image, tap, walk, group === 1 ? 1 : 2), channels / group);
    return group === 1 ? b.gemm(dyRows, met, null, { transA: true }) : b.fusedMatMul(dyRows, met, { transA: true });
  });
  return inWeightOrder(b, b.concat(products, group === 1 ? 1 : 2), meeting);
}

/** [N, C, …] as [N, …, C], or as [group, N, …, C/group]. */
function channelsLast(b: OpBuilder, x: Value, group: number): Value {
  const spatial = staticDims(spatialOf(x), 'the spatial size of its input');
  if (group === 1) return b.transpose(x, [0, ...range(2, 2 + spatial.length), 1]);
  const channels = staticDim(x.type.shape[1], 'the number of channels');
  const grouped = b.reshape(x, [0, group, channels / group, ...spatial]);
  return b.transpose(grouped, [1, 0, ...range(3, 3 + spatial.length), 2]);
}

/** One product of [out, N] and [N, in·taps] a position, added up inside Gemm; the result is in weight order as it stands. */
function byPositions(b: OpBuilder, { padded, dy, walk, channels, outputs }: Meeting): Value {
  const reach = reachOf(walk);
  const product = (place: readonly number[], total: Value | null): Value => {
    const starts = place.map((at, axis) => at * walk.strides[axis]);
    const ends = starts.map((start, axis) => start + reach[axis]);
    const patch = sliced(b, padded, { starts, ends, steps: walk.dilations, firstAxis: 2 });
    const here = sliced(b, dy, {
      starts: place,
      ends: place.map((at) => at + 1),
      steps: place.map(() => 1),
      firstAxis: 2,
    });
    const rows = b.reshape(here, [-1, outputs]);
    return b.gemm(rows, b.reshape(patch, [-1, channels * sizeOf(walk.kernel)]), total, { transA: true });
  };
  const [first, ...others] = places(walk.output);
  const sum = others.reduce((total, place) => product(place, total), product(first, null));
  return b.reshape(sum, [outputs, channels, ...walk.kernel]);
}

/** One channel a group: an elementwise product and a sum a tap. */
function depthwise(b: OpBuilder, { padded, dy, walk }: Meeting): Value {
  const axes = [0, ...range(2, 2 + walk.kernel.length)];
  const taps = places(walk.kernel).map((tap) => {
    const weight = b.reduceSum(b.mul(metByTap(b, padded, tap, walk, 2), dy), axes);
    return b.unsqueeze(weight, [1]);
  });
  return b.reshape(b.concat(taps, 1), [-1, 1, ...walk.kernel]);
}

/**
 * Copies of every channel shifted by every tap, [N, channels · taps, positions], made by a depthwise convolution whose
 * kernels are 1 at one place: ONNX Runtime gathers columns inside its convolution, on all threads and without a padded copy.
 */
function shiftedCopies(b: OpBuilder, x: Value, window: Walk, order: 'taps' | 'reversed'): Value {
  const channels = staticDim(x.type.shape[1], 'the number of channels');
  const taps = sizeOf(window.kernel);
  const data = new Float32Array(channels * taps * taps);
  for (let row = 0; row < channels * taps; row++) {
    const tap = row % taps;
    data[row * taps + (order === 'taps' ? tap : taps - 1 - tap)] = 1;
  }
  const kernels = b.constant(tensorOf(x.type.dtype, [channels * taps, 1, ...window.kernel], data), 'taps');
  const { kernel, strides, dilations, begin, end } = window;
  const pads = [...begin, ...end.map((pad) => Math.max(pad, 0))];
  const shifted = b.conv(x, kernels, null, { kernel, strides, dilations, pads, group: channels });
  return b.reshape(shifted, [0, channels * taps, sizeOf(window.output)]);
}

/** One product an image for all taps at once; the many rows of shifted copies go left, where the product is fastest. */
function byShifts(b: OpBuilder, { x, dy, walk, channels, outputs }: Meeting): Value {
  const taps = sizeOf(walk.kernel);
  const images = (value: Value, count: number): Value => b.reshape(value, [0, count, -1]);
  const mirrored = mirroredWalk(walk);
  if (mirrored && outputs < channels) {
    const sum = imageProduct(b, shiftedCopies(b, dy, mirrored, 'reversed'), images(x, channels));
    return b.reshape(b.transpose(b.reshape(sum, [outputs, taps, channels]), [0, 2, 1]), [
      outputs,
      channels,
      ...walk.kernel,
    ]);
  }
  const sum = imageProduct(b, shiftedCopies(b, x, walk, 'taps'), images(dy, outputs));
  return b.reshape(b.transpose(sum, [1, 0]), [outputs, channels, ...walk.kernel]);
}

/** The way back over an output by windows that move by 1: shifting the output instead of the input gives the same pairs. */
function mirroredWalk(walk: Walk): Walk | undefined {
  if (walk.strides.some((stride) => stride !== 1)) return undefined;
  const reach = reachOf(walk);
  const mirror = (pads: readonly number[]): number[] => pads.map((pad, axis) => reach[axis] - 1 - pad);
  const [begin, end] = [mirror(walk.begin), mirror(walk.end)];
  if ([...begin, ...end].some((pad) => pad < 0)) return undefined;
  return { ...walk, begin, end, input: walk.output, output: walk.input };
}

/**
 * One image slides over the other as the kernel of a convolution: with channels last, every tap of every channel is a place
 * at which they meet. ONNX Runtime lays columns out in pieces that stay in its caches, so that those of all taps, many times
 * an image, are never written. The image with fewer channels lies still where the stride is 1.
 */
function bySliding(b: OpBuilder, { x, dy, walk, channels, outputs }: Meeting): Value {
  const taps = sizeOf(walk.kernel);
  const mirrored = outputs < channels ? mirroredWalk(walk) : undefined;
  if (mirrored) {
    const met = b.reshape(slid(b, dy, x, mirrored), [channels, taps, outputs]);
    const inOrder = b.gather(met, b.ints(range(0, taps).toReversed()), 1);
    return b.reshape(b.transpose(inOrder, [2, 0, 1]), [outputs, channels, ...walk.kernel]);
  }
  const met = b.reshape(slid(b, x, dy, walk), [outputs, taps, channels]);
  return b.reshape(b.transpose(met, [0, 2, 1]), [outputs, channels, ...walk.kernel]);
}

/** What `moving` gives at every tap of every channel of `still`, summed over the batch: [channels of moving, taps · of still]. */
function slid(b: OpBuilder, still: Value, moving: Value, walk: Walk): Value {
  const [batch, width] = staticDims(still.type.shape.slice(0, 2), 'the batch and its channels');
  const count = staticDim(moving.type.shape[1], 'the number of channels');
  const places = sizeOf(walk.kernel) * width;
  const wide = (sizes: readonly number[]): number[] => sizes.with(-1, (sizes.at(-1) as number) * width);
  const image = b.reshape(channelsLast(b, still, 1), [1, batch, ...wide(walk.input)]);
  // One product an image, or one over all of them where the images' own results would be larger than the images.
  const joined = places > 4 * sizeOf(walk.output);
  const kernels = joined ? b.transpose(moving, [1, 0, ...range(2, moving.type.shape.length)]) : moving;
  const products = b.conv(
    image,
    b.reshape(kernels, joined ? [count, batch, ...walk.output] : [batch * count, 1, ...walk.output]),
    null,
    {
      kernel: walk.output,
      strides: walk.dilations,
      dilations: wide(walk.strides),
      pads: [...wide(walk.begin), ...wide(walk.end)],
      group: joined ? 1 : batch,
    },
  );
  return joined ? products : b.reduceSum(b.reshape(products, [batch, count, places]), [0]);
}

const forms: Readonly<Record<WeightForm, (b: OpBuilder, meeting: Meeting) => Value>> = {
  shifts: byShifts,
  columns: byColumns,
  images: byImages,
  rows: byRows,
  positions: byPositions,
  depthwise,
  slides: bySliding,
};
