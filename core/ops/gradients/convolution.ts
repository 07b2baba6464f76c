/**
 * Gradient rules of convolution and transposed convolution: the input gradient as another convolution, which measured
 * faster than a transposed one where the stride is 1; the weight gradient in core/ops/gradients/convolution-weights.ts.
 *
 * Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", arXiv 1603.07285, chapter 4.
 */
import { numberAttribute, type Value } from '../../graph/graph.ts';
import type { OpBuilder } from '../builder.ts';
import { transposedWindow } from '../types/window.ts';
import { weightGradient } from './convolution-weights.ts';
import { range, required, simple, staticDims } from './rule.ts';
import type { GradientTable } from './rule.ts';
import { reachOf, sliced, slidingWalk, spatialOf, walkOf, type Walk } from './walk.ts';

const kernelOf = (weight: Value): number[] => staticDims(spatialOf(weight), 'the kernel size');

/**
 * The gradient in a convolution's input: with stride 1 the convolution of dy with the flipped, transposed kernel; else the
 * transposed convolution of dy, with output padding where the last stride does not reach the input's end.
 */
export function inputGradient(b: OpBuilder, dy: Value, weight: Value, walk: Walk, group: number): Value {
  const { strides, dilations, begin, end } = walk;
  const reach = reachOf(walk);
  const padding = [...begin, ...end].map((pad, index) => reach[index % reach.length] - 1 - pad);
  const convolves = strides.every((stride) => stride === 1) && padding.every((pad) => pad >= 0);
  if (convolves && b.uses('convolution-input')) {
    return b.conv(dy, flipped(b, channelsSwapped(b, weight, group)), null, {
      kernel: walk.kernel,
      strides,
      dilations,
      pads: padding,
      group,
    });
  }
  return b.convTranspose(dy, weight, null, {
    kernel: walk.kernel,
    strides,
    dilations,
    group,
    pads: [...begin, ...end.map((pad) => Math.max(pad, 0))],
    outputPadding: end.map((pad) => Math.max(-pad, 0)),
  });
}

/** Weights [out, in/group, …] as those of the reverse convolution, [in, out/group, …]. */
function channelsSwapped(b: OpBuilder, weight: Value, group: number): Value {
  const [outputs, inputs, ...kernel] = staticDims(weight.type.shape, 'the weight shape');
  const axes = range(2, 2 + kernel.length);
  if (group === 1) return b.transpose(weight, [1, 0, ...axes]);
  const grouped = b.reshape(weight, [group, outputs / group, inputs, ...kernel]);
  const swapped = b.transpose(grouped, [0, 2, 1, ...axes.map((axis) => axis + 1)]);
  return b.reshape(swapped, [group * inputs, outputs / group, ...kernel]);
}

function flipped(b: OpBuilder, weight: Value): Value {
  const axes = range(2, weight.type.shape.length).filter((axis) => weight.type.shape[axis] !== 1);
  return axes.length === 0 ? weight : b.reverse(weight, axes);
}

const biasGradient = (b: OpBuilder, dy: Value): Value => b.reduceSum(dy, [0, ...range(2, dy.type.shape.length)]);

const convGradient = simple((b, query) => {
  const { x, dy, attributes, wanted } = query;
  const weight = required(query, 1);
  const group = numberAttribute(attributes, 'group', 1);
  const bias = query.inputs[2] && wanted(2) ? biasGradient(b, dy) : null;
  if (!wanted(0) && !wanted(1)) return [null, null, bias];
  const walk = slidingWalk(attributes, x, kernelOf(weight));
  const dx = wanted(0) ? inputGradient(b, dy, weight, walk, group) : null;
  return [dx, wanted(1) ? weightGradient(b, x, dy, walk, group) : null, bias];
});

/** A transposed convolution is the input gradient of a convolution from its output to its input: the roles swap. */
const convTransposeGradient = simple((b, query) => {
  const { x, y, dy, attributes, wanted } = query;
  const weight = required(query, 1);
  const group = numberAttribute(attributes, 'group', 1);
  const bias = query.inputs[2] && wanted(2) ? biasGradient(b, dy) : null;
  if (!wanted(0) && !wanted(1)) return [null, null, bias];
  const [from, to] = [
    staticDims(spatialOf(x), 'the spatial size of its input'),
    staticDims(spatialOf(y), 'its output size'),
  ];
  const window = transposedWindow(attributes, from, kernelOf(weight));
  const walk = walkOf({ ...window, begin: staticDims(window.padsBegin, 'its padding'), input: to, output: from });
  const { kernel, strides, dilations, begin, end } = walk;
  const reversed = cropped(b, dy, end);
  const pads = [...begin, ...end.map((pad) => Math.max(pad, 0))];
  const dx = wanted(0) ? b.conv(reversed, weight, null, { kernel, strides, dilations, pads, group }) : null;
  return [dx, wanted(1) ? weightGradient(b, dy, x, walk, group) : null, bias];
});

/** `x` without the tail no window reaches. */
function cropped(b: OpBuilder, x: Value, end: readonly number[]): Value {
  const sizes = staticDims(spatialOf(x), 'its output size').map((size, axis) => size + Math.min(end[axis], 0));
  return sliced(b, x, { starts: sizes.map(() => 0), ends: sizes, steps: sizes.map(() => 1), firstAxis: 2 });
}

export const convolutionGradients = {
  Conv: convGradient,
  ConvTranspose: convTransposeGradient,
} as const satisfies Partial<GradientTable>;
