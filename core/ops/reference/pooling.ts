/** Reference kernels of pooling, in any number of spatial axes. */
import { numberAttribute, numbersAttribute, stringAttribute } from '../../graph/graph.ts';
import { sizeOf, stridesOf, type Shape } from '../../tensor/tensor.ts';
import { poolKernel, slidingWindow, type ResolvedWindow } from '../types/window.ts';
import { doublesAt, fromDoubles, result, tensorAt, type Kernel, type KernelQuery } from './kernel.ts';
import { coordinate, coordinatesOf, planes, windowTaps } from './taps.ts';

function windowOf(query: KernelQuery, spatial: Shape): ResolvedWindow {
  return slidingWindow(query.attributes, spatial, poolKernel(query.attributes, spatial.length));
}

/** The first of equal values wins; indices count through the whole input tensor. */
export const maxPool: Kernel = (query) => {
  const x = doublesAt(query, 0);
  const input = planes(tensorAt(query, 0).shape);
  const [{ dtype, shape }] = query.outputs;
  const taps = windowTaps(windowOf(query, input.spatial), shape.slice(2), input.spatial);
  const columnMajor = numberAttribute(query.attributes, 'storage_order', 0) === 1;
  const values = new Float64Array(sizeOf(shape));
  const places = new Float64Array(values.length);
  for (let plane = 0; plane < input.batch * input.channels; plane++) {
    const base = plane * input.area;
    taps.forEach((window, position) => {
      const offset = window.reduce(
        (best, tap) => (x[base + tap.offset] > x[base + best] ? tap.offset : best),
        window[0].offset,
      );
      values[plane * taps.length + position] = x[base + offset];
      places[plane * taps.length + position] = base + (columnMajor ? columnMajorOffset(offset, input.spatial) : offset);
    });
  }
  const indices = query.outputs.length > 1 ? [fromDoubles('int64', shape, places)] : [];
  return [fromDoubles(dtype, shape, values), ...indices];
};

function columnMajorOffset(offset: number, spatial: Shape): number {
  const strides = stridesOf(spatial);
  let [result, step] = [0, 1];
  spatial.forEach((dim, axis) => {
    result += (Math.floor(offset / strides[axis]) % dim) * step;
    step *= dim;
  });
  return result;
}

export const maxUnpool: Kernel = (query) => {
  const values = new Float64Array(sizeOf(query.outputs[0].shape));
  const places = doublesAt(query, 1);
  doublesAt(query, 0).forEach((value, at) => (values[places[at]] = value));
  return result(query, values);
};

export const averagePool: Kernel = (query) => {
  const x = doublesAt(query, 0);
  const input = planes(tensorAt(query, 0).shape);
  const window = windowOf(query, input.spatial);
  const positions = query.outputs[0].shape.slice(2);
  const taps = windowTaps(window, positions, input.spatial);
  const includePad = numberAttribute(query.attributes, 'count_include_pad', 0) === 1;
  const counts = includePad ? paddedCounts(query, window, positions, input.spatial) : taps.map((tap) => tap.length);
  const y = new Float64Array(sizeOf(query.outputs[0].shape));
  for (let plane = 0; plane < input.batch * input.channels; plane++) {
    taps.forEach((tap, position) => {
      const total = tap.reduce((sum, { offset }) => sum + x[plane * input.area + offset], 0);
      y[plane * taps.length + position] = total / counts[position];
    });
  }
  return result(query, y);
};

/** Elements of each window inside the input or its padding (ceil_mode windows may reach beyond both). */
function paddedCounts(query: KernelQuery, window: ResolvedWindow, positions: Shape, spatial: Shape): readonly number[] {
  const automatic = stringAttribute(query.attributes, 'auto_pad', 'NOTSET').startsWith('SAME');
  const pads = numbersAttribute(query.attributes, 'pads');
  const limits = spatial.map((size, axis) => (automatic ? Infinity : size + (pads?.[axis + spatial.length] ?? 0)));
  const kernel = coordinatesOf(window.kernel);
  return coordinatesOf(positions).map(
    (position) =>
      kernel.filter((place) => coordinate(window, position, place).every((at, axis) => at < limits[axis])).length,
  );
}

/** One number a channel from all its elements. */
export function globalPool(compute: (values: readonly number[]) => number): Kernel {
  return (query) => {
    const x = doublesAt(query, 0);
    const { batch, channels, area } = planes(tensorAt(query, 0).shape);
    return result(
      query,
      Array.from({ length: batch * channels }, (_, plane) =>
        compute(Array.from(x.subarray(plane * area, (plane + 1) * area))),
      ),
    );
  };
}
