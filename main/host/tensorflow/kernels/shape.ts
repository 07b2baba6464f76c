/** Operators that change shape or move elements about, over TensorFlow.js. */
import * as tf from '@tensorflow/tfjs-core';
import { numberAttribute, numbersAttribute, stringAttribute } from '../../../../core/graph/graph.ts';
import { shapeSlice, slicedRange } from '../../../../core/ops/types/shape.ts';
import type { Shape } from '../../../../core/tensor/tensor.ts';
import { toTf, tfInts } from '../convert.ts';
import {
  fromFront,
  listAt,
  operandAt,
  pickAlong,
  single,
  spread,
  tensorAt,
  type Kernel,
  type KernelQuery,
} from '../kernel.ts';

/** The same elements under the shape the type rules give. */
export const reshape: Kernel = single((query) => tf.reshape(tensorAt(query, 0), [...query.outputs[0].shape]));

export const shapeOf: Kernel = single((query) => tfInts(shapeSlice(query, operandAt(query, 0).shape) as Shape));

export const transpose: Kernel = single((query) => {
  const perm = numbersAttribute(query.attributes, 'perm');
  return tf.transpose(tensorAt(query, 0), perm && [...perm]);
});

export const expand: Kernel = single((query) => spread(tensorAt(query, 0), query.outputs[0].shape));

/** Axis after axis, each copied by spreading a new axis before it. */
export const tile: Kernel = single((query) => {
  const repeats = listAt(query, 1)!;
  return repeats.reduce((x, times, axis) => repeated(x, axis, times), tensorAt(query, 0));
});

function repeated(x: tf.Tensor, axis: number, times: number): tf.Tensor {
  if (times === 1) return x;
  const outer = tf.util.sizeFromShape(x.shape.slice(0, axis));
  const inner = tf.util.sizeFromShape(x.shape.slice(axis));
  const copies = spread(tf.reshape(x, [outer, 1, inner]), [outer, times, inner]);
  return tf.reshape(copies, x.shape.with(axis, x.shape[axis] * times));
}

const axisOf = (query: KernelQuery): number =>
  fromFront(numberAttribute(query.attributes, 'axis', 0), operandAt(query, 0).shape.length);

export const concat: Kernel = single((query) =>
  tf.concat(
    query.inputs.map((_, index) => tensorAt(query, index)),
    axisOf(query),
  ),
);

export const split: Kernel = (query) => {
  const x = tensorAt(query, 0);
  const axis = axisOf(query);
  let before = 0;
  return query.outputs.map(({ shape }) => {
    const begin = x.shape.map((_, at) => (at === axis ? before : 0));
    before += shape[axis];
    return tf.slice(x, begin, [...shape]);
  });
};

export const slice: Kernel = single((query) => {
  const x = tensorAt(query, 0);
  const [starts, ends] = [listAt(query, 1)!, listAt(query, 2)!];
  const axes = (listAt(query, 3) ?? starts.map((_, axis) => axis)).map((axis) => fromFront(axis, x.rank));
  const steps = listAt(query, 4) ?? starts.map(() => 1);
  const { shape } = query.outputs[0];
  const from = axes.map((axis, at) => slicedRange(x.shape[axis], starts[at], ends[at], steps[at])[0]);
  const begin = x.shape.map((_, axis) =>
    axes.includes(axis) && steps[axes.indexOf(axis)] === 1 ? from[axes.indexOf(axis)] : 0,
  );
  const size = x.shape.map((dim, axis) => (axes.includes(axis) && steps[axes.indexOf(axis)] === 1 ? shape[axis] : dim));
  return axes.reduce(
    (rest, axis, at) => {
      if (steps[at] === 1) return rest;
      const places = Array.from({ length: shape[axis] }, (_, i) => from[at] + i * steps[at]);
      return pickAlong(rest, places, axis);
    },
    tf.slice(x, begin, size),
  );
});

export const pad: Kernel = single((query) => {
  const x = tensorAt(query, 0);
  const axes = (listAt(query, 3) ?? x.shape.map((_, axis) => axis)).map((axis) => fromFront(axis, x.rank));
  const pads = listAt(query, 1)!;
  const begins = x.shape.map((_, axis) => (axes.includes(axis) ? pads[axes.indexOf(axis)] : 0));
  const mode = stringAttribute(query.attributes, 'mode', 'constant');
  const { shape } = query.outputs[0];
  if (mode === 'constant') return paddedByConstant(query, begins, shape);
  // By places along each axis, not tf.mirrorPad: its gradient forgets the mirrored elements.
  return begins.reduce((rest, begin, axis) => {
    if (begin === 0 && shape[axis] === x.shape[axis]) return rest;
    const places = Array.from({ length: shape[axis] }, (_, at) => paddedPlace(mode, at - begin, x.shape[axis]));
    return pickAlong(rest, places, axis);
  }, x);
});

/** Negative padding takes elements away. */
export function padOrCrop(x: tf.Tensor, begins: readonly number[], shape: Shape, filler = 0): tf.Tensor {
  const ends = shape.map((dim, axis) => dim - x.shape[axis] - begins[axis]);
  const cropped = [...begins, ...ends].some((count) => count < 0)
    ? tf.slice(
        x,
        begins.map((begin) => Math.max(0, -begin)),
        x.shape.map((dim, axis) => dim + Math.min(0, begins[axis]) + Math.min(0, ends[axis])),
      )
    : x;
  if ([...begins, ...ends].every((count) => count <= 0)) return cropped;
  const paddings = begins.map((begin, axis): [number, number] => [Math.max(0, begin), Math.max(0, ends[axis])]);
  return tf.pad(cropped, paddings, filler);
}

/** A computed filler is added outside the input, so that its gradient is found too. */
function paddedByConstant(query: KernelQuery, begins: readonly number[], shape: Shape): tf.Tensor {
  const x = tensorAt(query, 0);
  const filler = query.inputs[2];
  if (!filler || filler.isConstant) return padOrCrop(x, begins, shape, filler?.numbers[0] ?? 0);
  const outside = padOrCrop(tf.zerosLike(x), begins, shape, 1);
  return tf.add(padOrCrop(x, begins, shape), tf.mul(outside, filler.tensor));
}

/** Which element of an axis of `size` stands at place `at`, outside it too. */
function paddedPlace(mode: string, at: number, size: number): number {
  if (mode === 'edge') return Math.max(0, Math.min(size - 1, at));
  if (mode === 'wrap') return ((at % size) + size) % size;
  const period = Math.max(1, 2 * (size - 1));
  const turned = ((at % period) + period) % period;
  return turned < size ? turned : period - turned;
}

export const trilu: Kernel = single((query) => {
  const x = tensorAt(query, 0);
  const upper = numberAttribute(query.attributes, 'upper', 1) === 1;
  const diagonal = listAt(query, 1)?.[0] ?? 0;
  const [rows, columns] = x.shape.slice(-2);
  const kept = Uint8Array.from({ length: rows * columns }, (_, at) => {
    const distance = (at % columns) - Math.floor(at / columns);
    return Number(upper ? distance >= diagonal : distance <= diagonal);
  });
  const mask = toTf({ dtype: 'bool', shape: [rows, columns], data: kept });
  return tf.where(spread(mask, x.shape), x, tf.zerosLike(x));
});

export const depthToSpace: Kernel = single((query) => {
  const x = tensorAt(query, 0);
  const block = numberAttribute(query.attributes, 'blocksize', 1);
  const [batch, channels, height, width] = x.shape;
  const left = channels / (block * block);
  const columnFirst = stringAttribute(query.attributes, 'mode', 'DCR') === 'CRD';
  const [parts, order] = columnFirst
    ? [
        [batch, left, block, block, height, width],
        [0, 1, 4, 2, 5, 3],
      ]
    : [
        [batch, block, block, left, height, width],
        [0, 3, 4, 1, 5, 2],
      ];
  return tf.reshape(tf.transpose(tf.reshape(x, parts), order), [...query.outputs[0].shape]);
});

export const spaceToDepth: Kernel = single((query) => {
  const x = tensorAt(query, 0);
  const block = numberAttribute(query.attributes, 'blocksize', 1);
  const [batch, channels, height, width] = x.shape;
  const parts = tf.reshape(x, [batch, channels, height / block, block, width / block, block]);
  return tf.reshape(tf.transpose(parts, [0, 3, 5, 1, 2, 4]), [...query.outputs[0].shape]);
});
