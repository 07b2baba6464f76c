/** Pooling over TensorFlow.js, in any number of spatial axes: the elements of every window are gathered side by side. */
import * as tf from '@tensorflow/tfjs-core';
import { numberAttribute, numbersAttribute, stringAttribute } from '../../../../core/graph/graph.ts';
import { coordinate, coordinatesOf, planes, windowTaps, type Tap } from '../../../../core/ops/reference/taps.ts';
import { poolKernel, slidingWindow, type ResolvedWindow } from '../../../../core/ops/types/window.ts';
import { sizeOf, stridesOf, type Shape } from '../../../../core/tensor/tensor.ts';
import { tfInts } from '../convert.ts';
import { operandAt, single, tensorAt, type Kernel, type KernelQuery } from '../kernel.ts';
import { placed } from './indexing.ts';

interface Windows {
  readonly window: ResolvedWindow;
  readonly taps: readonly (readonly Tap[])[];
  /** The most elements any window has. */
  readonly longest: number;
  readonly spatial: Shape;
  readonly area: number;
}

function windowsOf(query: KernelQuery): Windows {
  const { spatial, area } = planes(operandAt(query, 0).shape);
  const window = slidingWindow(query.attributes, spatial, poolKernel(query.attributes, spatial.length));
  const taps = windowTaps(window, query.outputs[0].shape.slice(2), spatial);
  return { window, taps, longest: Math.max(...taps.map((tap) => tap.length)), spatial, area };
}

/** A number for each element of each window, row by row; `missing` where a window has fewer elements. */
const tapTable = ({ taps, longest }: Windows, missing: number, of: (tap: Tap) => number): number[] =>
  taps.flatMap((window) => Array.from({ length: longest }, (_, at) => (at < window.length ? of(window[at]) : missing)));

/** [batch·channels, positions, elements of a window]; `filler` stands where a window reaches outside. */
function gathered(x: tf.Tensor, windows: Windows, filler: number): tf.Tensor {
  const { area, taps, longest } = windows;
  const flat = tf.reshape(x, [-1, area]);
  const whole = taps.every((tap) => tap.length === longest);
  const padded = whole ? flat : tf.concat([flat, tf.fill([flat.shape[0], 1], filler)], 1);
  return tf.gather(
    padded,
    tfInts(
      tapTable(windows, area, (tap) => tap.offset),
      [taps.length, longest],
    ),
    1,
  );
}

/** The first of equal values wins; indices count through the whole input tensor. */
export const maxPool: Kernel = (query) => {
  const windows = windowsOf(query);
  const elements = gathered(tensorAt(query, 0), windows, -Infinity);
  const [{ shape }] = query.outputs;
  const values = tf.reshape(tf.max(elements, 2), [...shape]);
  return query.outputs.length > 1 ? [values, tf.reshape(placesOf(query, windows, elements), [...shape])] : [values];
};

function placesOf(query: KernelQuery, windows: Windows, elements: tf.Tensor): tf.Tensor {
  const columnMajor = numberAttribute(query.attributes, 'storage_order', 0) === 1;
  const { longest, taps, spatial, area } = windows;
  const table = tapTable(windows, 0, ({ offset }) => (columnMajor ? columnMajorOffset(offset, spatial) : offset));
  const firstTap = tfInts(taps.map((_, position) => position * longest));
  const within = tf.gather(tfInts(table), tf.add(firstTap, tf.argMax(elements, 2)));
  const planeCount = elements.shape[0];
  const firstElement = tfInts(
    Array.from({ length: planeCount }, (_, plane) => plane * area),
    [planeCount, 1],
  );
  return tf.add(within, firstElement);
}

function columnMajorOffset(offset: number, spatial: Shape): number {
  const strides = stridesOf(spatial);
  const reversed = stridesOf(spatial.toReversed()).toReversed();
  return spatial.reduce((sum, dim, axis) => sum + (Math.floor(offset / strides[axis]) % dim) * reversed[axis], 0);
}

export const maxUnpool: Kernel = single((query) => {
  const { shape } = query.outputs[0];
  return tf.reshape(placed(tensorAt(query, 0), tensorAt(query, 1), sizeOf(shape)), [...shape]);
});

export const averagePool: Kernel = single((query) => {
  const windows = windowsOf(query);
  const includePad = numberAttribute(query.attributes, 'count_include_pad', 0) === 1;
  const counts = includePad ? paddedCounts(query, windows) : windows.taps.map((tap) => tap.length);
  const totals = tf.sum(gathered(tensorAt(query, 0), windows, 0), 2);
  return tf.reshape(tf.div(totals, tf.tensor1d([...counts])), [...query.outputs[0].shape]);
});

/** Elements of each window inside the input or its padding (ceil_mode windows may reach beyond both). */
function paddedCounts(query: KernelQuery, { window, spatial }: Windows): readonly number[] {
  const automatic = stringAttribute(query.attributes, 'auto_pad', 'NOTSET').startsWith('SAME');
  const pads = numbersAttribute(query.attributes, 'pads');
  const limits = spatial.map((size, axis) => (automatic ? Infinity : size + (pads?.[axis + spatial.length] ?? 0)));
  const kernel = coordinatesOf(window.kernel);
  return coordinatesOf(query.outputs[0].shape.slice(2)).map(
    (position) =>
      kernel.filter((place) => coordinate(window, position, place).every((at, axis) => at < limits[axis])).length,
  );
}

/** One number a channel from all its elements. */
export const globalPool = (compute: (x: tf.Tensor, axis: number) => tf.Tensor): Kernel =>
  single((query) => {
    const { batch, channels, area } = planes(operandAt(query, 0).shape);
    const values = compute(tf.reshape(tensorAt(query, 0), [batch * channels, area]), 1);
    return tf.reshape(values, [...query.outputs[0].shape]);
  });
