/** Reference kernels of operators that pick or place elements by index, and of those that make values. */
import { numberAttribute, stringAttribute } from '../../graph/graph.ts';
import { sizeOf, stridesOf, type Shape, type Tensor } from '../../tensor/tensor.ts';
import {
  doublesAt,
  fromDoubles,
  fromFront,
  pick,
  result,
  tensorAt,
  viewOffsets,
  type Kernel,
  type KernelQuery,
} from './kernel.ts';

/** An index counted from the front. @throws RangeError when it is outside the axis. */
function checkedIndex(index: number, size: number): number {
  if (!(index >= -size && index < size))
    throw new RangeError(`index ${index} is outside the ${size} elements of the axis`);
  return fromFront(index, size);
}

const axisOf = (query: KernelQuery): number =>
  fromFront(numberAttribute(query.attributes, 'axis', 0), tensorAt(query, 0).shape.length);

export const gather: Kernel = (query) => {
  const x = tensorAt(query, 0);
  const axis = axisOf(query);
  const indices = doublesAt(query, 1);
  const [outer, inner] = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis + 1))];
  const offsets: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (const index of indices) {
      const row = o * x.shape[axis] + checkedIndex(index, x.shape[axis]);
      for (let i = 0; i < inner; i++) offsets.push(row * inner + i);
    }
  }
  return [pick(x, query.outputs[0].shape, offsets)];
};

/** Offsets into `x` of the elements that indices along `axis` name, as GatherElements and ScatterElements read them. */
function elementOffsets(x: Tensor, indices: Tensor, values: Float64Array, axis: number): Int32Array {
  const strides = stridesOf(x.shape);
  const elsewhere = viewOffsets(indices.shape, strides.with(axis, 0));
  return elsewhere.map((offset, at) => offset + checkedIndex(values[at], x.shape[axis]) * strides[axis]);
}

export const gatherElements: Kernel = (query) => {
  const [x, indices] = [tensorAt(query, 0), tensorAt(query, 1)];
  return [pick(x, indices.shape, elementOffsets(x, indices, doublesAt(query, 1), axisOf(query)))];
};

/** Offset of the slice each index tuple names, and the size of a slice; `batch` leading axes are shared. */
function tupleOffsets(
  shape: Shape,
  indices: Tensor,
  values: Float64Array,
  batch: number,
): { starts: readonly number[]; size: number } {
  const strides = stridesOf(shape);
  const length = indices.shape[indices.shape.length - 1];
  const perBatch = sizeOf(indices.shape.slice(batch, -1));
  const starts = Array.from({ length: sizeOf(indices.shape.slice(0, -1)) }, (_, tuple) => {
    let offset = batch === 0 ? 0 : Math.floor(tuple / perBatch) * strides[batch - 1];
    for (let i = 0; i < length; i++)
      offset += checkedIndex(values[tuple * length + i], shape[batch + i]) * strides[batch + i];
    return offset;
  });
  return { starts, size: sizeOf(shape.slice(batch + length)) };
}

export const gatherND: Kernel = (query) => {
  const x = tensorAt(query, 0);
  const batch = numberAttribute(query.attributes, 'batch_dims', 0);
  const { starts, size } = tupleOffsets(x.shape, tensorAt(query, 1), doublesAt(query, 1), batch);
  return [
    pick(
      x,
      query.outputs[0].shape,
      starts.flatMap((start) => Array.from({ length: size }, (_, i) => start + i)),
    ),
  ];
};

/** `x` with `updates` put at `offsets`; equal offsets are combined in order. */
function scattered(query: KernelQuery, offsets: ArrayLike<number>): readonly Tensor[] {
  const values = doublesAt(query, 0).slice();
  const updates = doublesAt(query, 2);
  const reduction = stringAttribute(query.attributes, 'reduction', 'none');
  for (let at = 0; at < offsets.length; at++) values[offsets[at]] = merged(reduction, values[offsets[at]], updates[at]);
  return result(query, values);
}

function merged(reduction: string, old: number, update: number): number {
  switch (reduction) {
    case 'add':
      return old + update;
    case 'mul':
      return old * update;
    case 'max':
      return Math.max(old, update);
    case 'min':
      return Math.min(old, update);
    default:
      return update;
  }
}

export const scatterElements: Kernel = (query) =>
  scattered(query, elementOffsets(tensorAt(query, 0), tensorAt(query, 1), doublesAt(query, 1), axisOf(query)));

export const scatterND: Kernel = (query) => {
  const { starts, size } = tupleOffsets(tensorAt(query, 0).shape, tensorAt(query, 1), doublesAt(query, 1), 0);
  return scattered(
    query,
    starts.flatMap((start) => Array.from({ length: size }, (_, i) => start + i)),
  );
};

/** An index outside −depth … depth−1 gives a row of "off" values. */
export const oneHot: Kernel = (query) => {
  const indices = doublesAt(query, 0);
  const depth = doublesAt(query, 1)[0];
  const [off, on] = doublesAt(query, 2);
  const { shape } = query.outputs[0];
  const axis = fromFront(numberAttribute(query.attributes, 'axis', -1), shape.length);
  const inner = sizeOf(shape.slice(axis + 1));
  const values = new Float64Array(sizeOf(shape)).fill(off);
  indices.forEach((index, at) => {
    const place = fromFront(index, depth);
    if (place >= 0 && place < depth) values[(Math.floor(at / inner) * depth + place) * inner + (at % inner)] = on;
  });
  return result(query, values);
};

export const constant: Kernel = ({ attributes: { value } }) => [value as Tensor];

export const constantOfShape: Kernel = (query) => {
  const [{ dtype, shape }] = query.outputs;
  const filler = (query.attributes['value'] as Tensor | undefined)?.data[0] ?? 0;
  return [fromDoubles(dtype, shape, new Float64Array(sizeOf(shape)).fill(Number(filler)))];
};

export const range: Kernel = (query) => {
  const [start, , step] = [0, 1, 2].map((index) => doublesAt(query, index)[0]);
  return result(
    query,
    Array.from({ length: sizeOf(query.outputs[0].shape) }, (_, at) => start + at * step),
  );
};
