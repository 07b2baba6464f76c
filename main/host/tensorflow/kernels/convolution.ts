/**
 * Convolution over TensorFlow.js, which has it channels-last, ungrouped, and differentiates it undilated: axes are turned,
 * groups are split, padding is explicit, and a dilated kernel is one with zeros between its elements. One and two spatial
 * axes use `tf.conv2d`; more gather every window and multiply.
 */
import * as tf from '@tensorflow/tfjs-core';
import { numberAttribute } from '../../../../core/graph/graph.ts';
import { planes, windowTaps } from '../../../../core/ops/reference/taps.ts';
import { slidingWindow, transposedWindow, type ResolvedWindow } from '../../../../core/ops/types/window.ts';
import type { Shape } from '../../../../core/tensor/tensor.ts';
import { tfInts } from '../convert.ts';
import { operandAt, single, tensorAt, type Kernel, type KernelQuery } from '../kernel.ts';
import { padOrCrop } from './shape.ts';

/** Applies `compute` to each group's part of the input and the weights, both split along axis `weightAxis` and channels. */
function byGroup(
  x: tf.Tensor,
  weight: tf.Tensor,
  group: number,
  compute: (x: tf.Tensor, weight: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  if (group === 1) return compute(x, weight);
  const [xs, weights] = [parts(x, 1, group), parts(weight, 0, group)];
  return tf.concat(
    xs.map((part, at) => compute(part, weights[at])),
    1,
  );
}

/** Equal parts along an axis. */
function parts(x: tf.Tensor, axis: number, count: number): tf.Tensor[] {
  const size = x.shape[axis] / count;
  const begin = x.shape.map(() => 0);
  return Array.from({ length: count }, (_, at) => tf.slice(x, begin.with(axis, at * size), x.shape.with(axis, size)));
}

/** Zeros between the elements of the axes from 2 on: `steps` says how far apart elements come to stand. */
function stretched(x: tf.Tensor, steps: readonly number[]): tf.Tensor {
  return steps.reduce((stretching, step, at) => {
    if (step === 1) return stretching;
    const axis = at + 2;
    const { shape } = stretching;
    const inner = tf.util.sizeFromShape(shape.slice(axis + 1));
    const apart = tf.pad(tf.reshape(stretching, [-1, 1, inner]), [
      [0, 0],
      [0, step - 1],
      [0, 0],
    ]);
    const longer = tf.reshape(apart, shape.with(axis, shape[axis] * step));
    return tf.slice(
      longer,
      shape.map(() => 0),
      shape.with(axis, (shape[axis] - 1) * step + 1),
    );
  }, x);
}

const withBias = (query: KernelQuery, y: tf.Tensor): tf.Tensor =>
  query.inputs[2] ? tf.add(y, tf.reshape(tensorAt(query, 2), [-1, ...y.shape.slice(2).map(() => 1)])) : y;

/** [batch, channels, spatial…] with two spatial axes, the first of them of size 1 if there was one; channels last. */
const channelsLast = (x: tf.Tensor): tf.Tensor4D =>
  tf.transpose(x.rank === 3 ? tf.expandDims(x, 2) : x, [0, 2, 3, 1]) as tf.Tensor4D;
const channelsFirst = (y: tf.Tensor, shape: Shape): tf.Tensor => tf.reshape(tf.transpose(y, [0, 3, 1, 2]), [...shape]);
const pair = (steps: readonly number[]): [number, number] =>
  steps.length === 1 ? [1, steps[0]] : [steps[0], steps[1]];

/** A convolution of a padded input, without groups. */
function convolved(x: tf.Tensor, weight: tf.Tensor, window: ResolvedWindow): tf.Tensor {
  const shape = [x.shape[0], weight.shape[0], ...(window.output as Shape)];
  if (x.rank > 4) return convolvedByGathering(x, weight, window, shape);
  const sparse = stretched(weight, window.dilations);
  const lifted = sparse.rank === 3 ? tf.expandDims(sparse, 2) : sparse;
  const kernel = tf.transpose(lifted, [2, 3, 1, 0]) as tf.Tensor4D;
  return channelsFirst(tf.conv2d(channelsLast(x), kernel, pair(window.strides), 'valid'), shape);
}

function convolvedByGathering(x: tf.Tensor, weight: tf.Tensor, window: ResolvedWindow, shape: Shape): tf.Tensor {
  const { batch, channels, spatial, area } = planes(x.shape);
  const taps = windowTaps({ ...window, padsBegin: spatial.map(() => 0) }, shape.slice(2), spatial);
  const places = taps.flatMap((tap) => tap.map(({ offset }) => offset));
  const columns = tf.gather(
    tf.reshape(x, [batch, channels, area]),
    tfInts(places, [taps.length, places.length / taps.length]),
    2,
  );
  const rows = tf.reshape(tf.transpose(columns, [0, 2, 1, 3]), [batch * taps.length, -1]);
  const product = tf.matMul(rows, tf.reshape(weight, [weight.shape[0], -1]), false, true);
  return tf.reshape(tf.transpose(tf.reshape(product, [batch, taps.length, -1]), [0, 2, 1]), [...shape]);
}

/** The input as the windows see it: padded by what they reach over its edges, cropped by what none reaches. */
function padded(x: tf.Tensor, { kernel, strides, dilations, padsBegin, output }: ResolvedWindow): tf.Tensor {
  const reach = output.map(
    (count, axis) => (Number(count) - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1,
  );
  return padOrCrop(x, [0, 0, ...padsBegin.map(Number)], [...x.shape.slice(0, 2), ...reach]);
}

export const conv: Kernel = single((query) => {
  const [x, weight] = [tensorAt(query, 0), tensorAt(query, 1)];
  const window = slidingWindow(query.attributes, x.shape.slice(2), weight.shape.slice(2));
  const group = numberAttribute(query.attributes, 'group', 1);
  return withBias(
    query,
    byGroup(padded(x, window), weight, group, (part, kernel) => convolved(part, kernel, window)),
  );
});

/** The transpose of a convolution's linear map: whole, then cropped by the padding or filled up to the output's size. */
export const convTranspose: Kernel = single((query) => {
  const [x, weight] = [tensorAt(query, 0), tensorAt(query, 1)];
  const { shape } = query.outputs[0];
  const window = transposedWindow(query.attributes, operandAt(query, 0).shape.slice(2), weight.shape.slice(2));
  const group = numberAttribute(query.attributes, 'group', 1);
  const whole = byGroup(x, weight, group, (part, kernel) => transposed(part, kernel, window));
  return withBias(query, padOrCrop(whole, [0, 0, ...window.padsBegin.map((begin) => -Number(begin))], shape));
});

function transposed(x: tf.Tensor, weight: tf.Tensor, { strides, dilations }: ResolvedWindow): tf.Tensor {
  const kernel = stretched(weight, dilations);
  const full = x.shape.slice(2).map((size, axis) => (size - 1) * strides[axis] + kernel.shape[axis + 2]);
  const [batch] = x.shape;
  const outputs: number = kernel.shape.slice(1)[0];
  if (x.rank > 4) return transposedByStretching(x, kernel, strides);
  const lifted = kernel.rank === 3 ? tf.expandDims(kernel, 2) : kernel;
  const [height, width] = pair(full);
  return channelsFirst(
    tf.conv2dTranspose(
      channelsLast(x),
      tf.transpose(lifted, [2, 3, 1, 0]) as tf.Tensor4D,
      [batch, height, width, outputs],
      pair(strides),
      'valid',
    ),
    [batch, outputs, ...full],
  );
}

/** An ordinary convolution with the kernel turned round, of the input with zeros between its elements and around it. */
function transposedByStretching(x: tf.Tensor, kernel: tf.Tensor, strides: readonly number[]): tf.Tensor {
  const spatial = kernel.shape.slice(2);
  const sparse = stretched(x, strides);
  const around = sparse.shape.map((dim, axis) => (axis < 2 ? dim : dim + 2 * (spatial[axis - 2] - 1)));
  const input = padOrCrop(sparse, [0, 0, ...spatial.map((size) => size - 1)], around);
  const order = kernel.shape.map((_, axis) => (axis === 0 ? 1 : axis === 1 ? 0 : axis));
  const turned = tf.reverse(
    tf.transpose(kernel, order),
    spatial.map((_, axis) => axis + 2),
  );
  const ones = spatial.map(() => 1);
  const output = input.shape.slice(2).map((dim, axis) => dim - spatial[axis] + 1);
  return convolved(input, turned, {
    kernel: spatial,
    strides: ones,
    dilations: ones,
    padsBegin: spatial.map(() => 0),
    output,
  });
}
