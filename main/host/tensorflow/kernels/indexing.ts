/** Operators that pick or place elements by index, and those that make values, over TensorFlow.js. */
import * as tf from '@tensorflow/tfjs-core';
import { numberAttribute, stringAttribute } from '../../../../core/graph/graph.ts';
import { viewOffsets } from '../../../../core/ops/reference/kernel.ts';
import { sizeOf, stridesOf, tensorOf, type Shape, type Tensor } from '../../../../core/tensor/tensor.ts';
import { tfInts, toTf } from '../convert.ts';
import {
  carried,
  fromFront,
  listAt,
  operandAt,
  single,
  spread,
  tensorAt,
  type Kernel,
  type KernelQuery,
} from '../kernel.ts';

const axisOf = (query: KernelQuery): number =>
  fromFront(numberAttribute(query.attributes, 'axis', 0), operandAt(query, 0).shape.length);

/** Indices counted from the front of axes of these sizes (a number, or one a column). */
function counted(indices: tf.Tensor, sizes: tf.Tensor): tf.Tensor {
  const whole = tf.cast(indices, 'int32');
  return tf.where(tf.less(whole, tf.scalar(0, 'int32')), tf.add(whole, sizes), whole);
}
const int = (value: number): tf.Tensor => tf.scalar(value, 'int32');

export const gather: Kernel = single((query) => {
  const x = tensorAt(query, 0);
  const axis = axisOf(query);
  return tf.gather(x, counted(tensorAt(query, 1), int(x.shape[axis])), axis);
});

/** Offsets into `x` of the elements that indices along `axis` name. */
function elementOffsets(query: KernelQuery): tf.Tensor {
  const x = operandAt(query, 0);
  const indices = operandAt(query, 1);
  const axis = axisOf(query);
  const strides = stridesOf(x.shape);
  const elsewhere = tfInts(viewOffsets(indices.shape, strides.with(axis, 0)), indices.shape);
  return tf.add(elsewhere, tf.mul(counted(indices.tensor, int(x.shape[axis])), int(strides[axis])));
}

const flat = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [-1]);

export const gatherElements: Kernel = single((query) =>
  tf.reshape(tf.gather(flat(tensorAt(query, 0)), flat(elementOffsets(query))), [...query.outputs[0].shape]),
);

/** Which slice of `shape` each index tuple names, counted in slices of `size` elements; `batch` leading axes are shared. */
function tupleSlots(shape: Shape, indices: tf.Tensor, batch: number): { slots: tf.Tensor; size: number } {
  const length = indices.shape[indices.rank - 1];
  const named = shape.slice(batch, batch + length);
  const size = sizeOf(shape.slice(batch + length));
  const tuples = counted(indices, tfInts(named));
  const within = tf.sum(tf.mul(tuples, tfInts(stridesOf(named))), -1);
  const before = sizeOf(named);
  const groups = Array.from({ length: sizeOf(shape.slice(0, batch)) }, (_, group) => group * before);
  const grouped = tf.reshape(within, [groups.length, -1]);
  return { slots: flat(tf.add(grouped, tfInts(groups, [groups.length, 1]))), size };
}

export const gatherND: Kernel = single((query) => {
  const x = tensorAt(query, 0);
  const { slots, size } = tupleSlots(x.shape, tensorAt(query, 1), numberAttribute(query.attributes, 'batch_dims', 0));
  return tf.reshape(tf.gather(tf.reshape(x, [-1, size]), slots), [...query.outputs[0].shape]);
});

/** Merges an update into what stands at its place. */
const mergers: Readonly<Record<string, (old: tf.Tensor, update: tf.Tensor) => tf.Tensor>> = {
  none: (_, update) => update,
  add: tf.add,
  mul: tf.mul,
  max: tf.maximum,
  min: tf.minimum,
};

/** `rows` with each of `updates` merged into the row its slot names. */
function scattered(rows: tf.Tensor, slots: tf.Tensor, updates: tf.Tensor, reduction: string): tf.Tensor {
  if (reduction === 'add') return tf.add(rows, summedBySlot(updates, slots, rows.shape[0]));
  return roundsOf(slots.dataSync(), rows.shape[0], reduction === 'none').reduce((merged, sources) => {
    const touched = toTf(
      tensorOf(
        'bool',
        [sources.length, 1],
        sources.map((source) => Number(source >= 0)),
      ),
    );
    const given = tf.gather(updates, tfInts(sources.map((source) => Math.max(0, source))));
    return tf.where(spread(touched, merged.shape), mergers[reduction](merged, given), merged);
  }, rows);
}

/** The sum of the rows with each number. Only `tf.unsortedSegmentSum` has a gradient, and the wasm backend lacks it. */
function summedBySlot(rows: tf.Tensor, slots: tf.Tensor, count: number): tf.Tensor {
  return tf.getKernel('UnsortedSegmentSum', tf.getBackend())
    ? tf.unsortedSegmentSum(rows, slots as tf.Tensor1D, count)
    : tf.scatterND(tf.expandDims(slots, 1), rows, [count, ...rows.shape.slice(1)]);
}

/** Rounds in which every slot gets at most one update, in order: for each slot the update it gets, or −1. */
function roundsOf(slots: ArrayLike<number>, count: number, lastOnly: boolean): number[][] {
  const updatesOf = Array.from({ length: count }, (): number[] => []);
  for (let update = 0; update < slots.length; update++) updatesOf[slots[update]].push(update);
  const queues = lastOnly ? updatesOf.map((queue) => queue.slice(-1)) : updatesOf;
  const rounds = Math.max(0, ...queues.map((queue) => queue.length));
  return Array.from({ length: rounds }, (_, round) => queues.map((queue) => queue[round] ?? -1));
}

const reductionOf = (query: KernelQuery): string => stringAttribute(query.attributes, 'reduction', 'none');

export const scatterElements: Kernel = single((query) => {
  const rows = tf.reshape(tensorAt(query, 0), [-1, 1]);
  const updates = tf.reshape(tensorAt(query, 2), [-1, 1]);
  const placed = scattered(rows, flat(elementOffsets(query)), updates, reductionOf(query));
  return tf.reshape(placed, [...query.outputs[0].shape]);
});

export const scatterND: Kernel = single((query) => {
  const x = tensorAt(query, 0);
  const { slots, size } = tupleSlots(x.shape, tensorAt(query, 1), 0);
  const updates = tf.reshape(tensorAt(query, 2), [-1, size]);
  return tf.reshape(scattered(tf.reshape(x, [-1, size]), slots, updates, reductionOf(query)), [...x.shape]);
});

/** Values at flat places, zero elsewhere: MaxUnpool. Equal places hold equal values, and the last one stands. */
export function placed(values: tf.Tensor, places: tf.Tensor, size: number): tf.Tensor {
  const zeros = tf.zeros([size, 1], values.dtype);
  return scattered(zeros, flat(places), tf.reshape(values, [-1, 1]), 'none');
}

/** An index outside −depth … depth−1 gives a row of "off" values. */
export const oneHot: Kernel = single((query) => {
  const [depth] = listAt(query, 1)!;
  const { shape } = query.outputs[0];
  const axis = fromFront(numberAttribute(query.attributes, 'axis', -1), shape.length);
  const indices = tf.expandDims(counted(carried(tensorAt(query, 0), 'int64'), int(depth)), axis);
  const classes = tfInts(
    Array.from({ length: depth }, (_, at) => at),
    shape.map((_, at) => (at === axis ? depth : 1)),
  );
  const [off, on] = tf.split(tensorAt(query, 2), 2);
  return tf.where(tf.equal(indices, classes), spread(on, shape), spread(off, shape));
});

export const constant: Kernel = single(({ attributes: { value } }) => toTf(value as Tensor));

export const constantOfShape: Kernel = single((query) => {
  const [{ dtype, shape }] = query.outputs;
  const filler = (query.attributes['value'] as Tensor | undefined)?.data[0] ?? 0;
  return carried(tf.fill([...shape], Number(filler)), dtype);
});

export const range: Kernel = single((query) => {
  const [start, , step] = [0, 1, 2].map((index) => listAt(query, index)![0]);
  const [{ dtype, shape }] = query.outputs;
  return toTf(
    tensorOf(
      dtype,
      shape,
      Array.from({ length: sizeOf(shape) }, (_, at) => start + at * step),
    ),
  );
});
