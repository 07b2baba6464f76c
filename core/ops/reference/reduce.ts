/** Reference kernels of reductions and of operators that work along one axis. */
import { numberAttribute } from '../../graph/graph.ts';
import { sizeOf, stridesOf } from '../../tensor/tensor.ts';
import {
  doublesAt,
  forEachLane,
  fromFront,
  listAt,
  result,
  tensorAt,
  viewOffsets,
  type Kernel,
  type KernelQuery,
} from './kernel.ts';

/** A reduction to one number of the list of values that fall together. */
export function reduction(compute: (values: readonly number[]) => number): Kernel {
  return (query) => {
    const groups: number[][] = Array.from({ length: sizeOf(query.outputs[0].shape) }, () => []);
    const values = doublesAt(query, 0);
    const targets = targetOffsets(query);
    values.forEach((value, at) => groups[targets[at]].push(value));
    return result(query, groups.map(compute));
  };
}

/** For each input element, the output element it falls into. */
function targetOffsets(query: KernelQuery): Int32Array {
  const { shape } = tensorAt(query, 0);
  const listed = (listAt(query, 1) ?? []).map((axis) => fromFront(axis, shape.length));
  const none = numberAttribute(query.attributes, 'noop_with_empty_axes', 0) === 1;
  const reduced = (axis: number): boolean => (listed.length > 0 ? listed.includes(axis) : !none);
  const strides = stridesOf(shape.map((dim, axis) => (reduced(axis) ? 1 : dim)));
  return viewOffsets(
    shape,
    strides.map((stride, axis) => (reduced(axis) ? 0 : stride)),
  );
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;
export const product = (values: readonly number[]): number => values.reduce((a, b) => a * b, 1);
export const largest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);
export const smallest = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
export const sumSquare = (values: readonly number[]): number => values.reduce((a, b) => a + b * b, 0);
export const norm = (values: readonly number[]): number => Math.sqrt(sumSquare(values));

/** Shifted by the largest value, so that no exponential overflows. */
export function logSumExp(values: readonly number[]): number {
  const top = largest(values);
  return Number.isFinite(top) ? top + Math.log(sum(values.map((value) => Math.exp(value - top)))) : top;
}

const axisOf = (query: KernelQuery, fallback: number): number =>
  fromFront(numberAttribute(query.attributes, 'axis', fallback), tensorAt(query, 0).shape.length);

export const argMax: Kernel = (query) => {
  const values = doublesAt(query, 0);
  const last = numberAttribute(query.attributes, 'select_last_index', 0) === 1;
  const places: number[] = [];
  forEachLane(tensorAt(query, 0).shape, axisOf(query, 0), (start, step, length, lane) => {
    let best = 0;
    for (let i = 1; i < length; i++) {
      const [value, top] = [values[start + i * step], values[start + best * step]];
      if (last ? value >= top : value > top) best = i;
    }
    places[lane] = best;
  });
  return result(query, places);
};

export const cumSum: Kernel = (query) => {
  const { shape } = tensorAt(query, 0);
  const values = doublesAt(query, 0);
  const sums = new Float64Array(values.length);
  const exclusive = numberAttribute(query.attributes, 'exclusive', 0) === 1;
  const reverse = numberAttribute(query.attributes, 'reverse', 0) === 1;
  forEachLane(shape, fromFront(doublesAt(query, 1)[0], shape.length), (start, step, length) => {
    let total = 0;
    for (let i = 0; i < length; i++) {
      const at = start + (reverse ? length - 1 - i : i) * step;
      sums[at] = exclusive ? total : total + values[at];
      total += values[at];
    }
  });
  return result(query, sums);
};

/** Softmax or its logarithm along an axis, from the values and their log-sum-exp. */
export function normalisedExponential(compute: (x: number, logSum: number) => number): Kernel {
  return (query) => {
    const values = doublesAt(query, 0);
    const results = new Float64Array(values.length);
    forEachLane(tensorAt(query, 0).shape, axisOf(query, -1), (start, step, length) => {
      const lane = Array.from({ length }, (_, i) => values[start + i * step]);
      const logSum = logSumExp(lane);
      lane.forEach((value, i) => (results[start + i * step] = compute(value, logSum)));
    });
    return result(query, results);
  };
}
