/** Reference kernels of operators that change shape or move elements about; they work on every data type. */
import { numberAttribute, numbersAttribute, stringAttribute } from '../../graph/graph.ts';
import { allocate, sizeOf, stridesOf, tensorOf, type Shape, type Tensor } from '../../tensor/tensor.ts';
import { shapeSlice, slicedRange } from '../types/shape.ts';
import { broadcastOffsets, fromFront, listAt, pick, tensorAt, viewOffsets, type Kernel } from './kernel.ts';

/** The same elements under the shape the type rules give. */
export const reshape: Kernel = (query) => [{ ...tensorAt(query, 0), shape: query.outputs[0].shape }];

export const shapeOf: Kernel = (query) => {
  const dims = shapeSlice(query, tensorAt(query, 0).shape) as Shape;
  return [tensorOf('int64', [dims.length], dims)];
};

export const transpose: Kernel = (query) => {
  const x = tensorAt(query, 0);
  const strides = stridesOf(x.shape);
  const perm = numbersAttribute(query.attributes, 'perm') ?? x.shape.map((_, axis) => x.shape.length - 1 - axis);
  const { shape } = query.outputs[0];
  return [
    pick(
      x,
      shape,
      viewOffsets(
        shape,
        perm.map((axis) => strides[axis]),
      ),
    ),
  ];
};

export const expand: Kernel = (query) => {
  const { shape } = query.outputs[0];
  return [pick(tensorAt(query, 0), shape, broadcastOffsets(tensorAt(query, 0).shape, shape))];
};

/** Elements whose place in the source is found axis by axis; a negative place leaves zero. */
function placed(x: Tensor, shape: Shape, place: (axis: number, at: number) => number): Tensor {
  const strides = stridesOf(x.shape);
  const targets = stridesOf(shape);
  const offsets = Int32Array.from(viewOffsets(shape, targets), (offset) => {
    let total = 0;
    for (let axis = 0; axis < shape.length; axis++) {
      const from = place(axis, Math.floor(offset / targets[axis]) % shape[axis]);
      if (from < 0) return -1;
      total += from * strides[axis];
    }
    return total;
  });
  return pick(x, shape, offsets);
}

export const tile: Kernel = (query) => {
  const x = tensorAt(query, 0);
  return [placed(x, query.outputs[0].shape, (axis, at) => at % x.shape[axis])];
};

export const slice: Kernel = (query) => {
  const x = tensorAt(query, 0);
  const [starts, ends] = [listAt(query, 1) ?? [], listAt(query, 2) ?? []];
  const axes = (listAt(query, 3) ?? starts.map((_, axis) => axis)).map((axis) => fromFront(axis, x.shape.length));
  const steps = listAt(query, 4) ?? starts.map(() => 1);
  return [
    placed(x, query.outputs[0].shape, (axis, at) => {
      const index = axes.indexOf(axis);
      return index < 0
        ? at
        : slicedRange(x.shape[axis], starts[index], ends[index], steps[index])[0] + at * steps[index];
    }),
  ];
};

export const concat: Kernel = (query) => {
  const { dtype, shape } = query.outputs[0];
  const axis = fromFront(numberAttribute(query.attributes, 'axis', 0), shape.length);
  const data = allocate(dtype, sizeOf(shape));
  const row = sizeOf(shape.slice(axis));
  let before = 0;
  for (const [index] of query.inputs.entries()) {
    const part = tensorAt(query, index);
    const size = sizeOf(part.shape.slice(axis));
    for (let at = 0; at < part.data.length; at++)
      data[Math.floor(at / size) * row + before + (at % size)] = part.data[at];
    before += size;
  }
  return [{ dtype, shape, data }];
};

export const split: Kernel = (query) => {
  const x = tensorAt(query, 0);
  const axis = fromFront(numberAttribute(query.attributes, 'axis', 0), x.shape.length);
  let before = 0;
  return query.outputs.map(({ shape }) => {
    const start = before;
    before += shape[axis];
    return placed(x, shape, (at, index) => (at === axis ? index + start : index));
  });
};

export const pad: Kernel = (query) => {
  const x = tensorAt(query, 0);
  const rank = x.shape.length;
  const axes = (listAt(query, 3) ?? x.shape.map((_, axis) => axis)).map((axis) => fromFront(axis, rank));
  const pads = listAt(query, 1) ?? [];
  const mode = stringAttribute(query.attributes, 'mode', 'constant');
  const begins = x.shape.map((_, axis) => (axes.includes(axis) ? pads[axes.indexOf(axis)] : 0));
  const { shape } = query.outputs[0];
  const place = (axis: number, at: number): number => paddedPlace(mode, at - begins[axis], x.shape[axis]);
  const padded = placed(x, shape, place);
  const filler = query.inputs[2];
  if (mode !== 'constant' || !filler) return [padded];
  const inside = placed({ dtype: 'bool', shape: x.shape, data: new Uint8Array(x.data.length).fill(1) }, shape, place);
  inside.data.forEach((kept, at) => {
    if (!kept) padded.data[at] = filler.data[0];
  });
  return [padded];
};

/** Which element of an axis of `size` stands at place `at`, outside it too; −1 for none. */
function paddedPlace(mode: string, at: number, size: number): number {
  if (at >= 0 && at < size) return at;
  if (mode === 'edge') return Math.max(0, Math.min(size - 1, at));
  if (mode === 'wrap') return ((at % size) + size) % size;
  if (mode !== 'reflect') return -1;
  const period = Math.max(1, 2 * (size - 1));
  const turned = ((at % period) + period) % period;
  return turned < size ? turned : period - turned;
}

export const trilu: Kernel = (query) => {
  const x = tensorAt(query, 0);
  const upper = numberAttribute(query.attributes, 'upper', 1) === 1;
  const diagonal = listAt(query, 1)?.[0] ?? 0;
  const columns = x.shape[x.shape.length - 1];
  const rows = x.shape[x.shape.length - 2];
  const kept = Int32Array.from({ length: x.data.length }, (_, at) => {
    const distance = (at % columns) - (Math.floor(at / columns) % rows);
    return (upper ? distance >= diagonal : distance <= diagonal) ? at : -1;
  });
  return [pick(x, x.shape, kept)];
};

export const depthToSpace: Kernel = (query) => {
  const x = tensorAt(query, 0);
  const block = numberAttribute(query.attributes, 'blocksize', 1);
  const [batch, channels, height, width] = x.shape;
  const left = channels / (block * block);
  const [image, plane] = [channels * height * width, height * width];
  const columnFirst = stringAttribute(query.attributes, 'mode', 'DCR') === 'CRD';
  const [row, column, depth] = columnFirst
    ? [block * plane, plane, block * block * plane]
    : [block * left * plane, left * plane, plane];
  const offsets = viewOffsets([batch, left, height, block, width, block], [image, depth, width, row, 1, column]);
  return [pick(x, query.outputs[0].shape, offsets)];
};

export const spaceToDepth: Kernel = (query) => {
  const x = tensorAt(query, 0);
  const block = numberAttribute(query.attributes, 'blocksize', 1);
  const [batch, channels, height, width] = x.shape;
  const [image, plane] = [channels * height * width, height * width];
  const offsets = viewOffsets(
    [batch, block, block, channels, height / block, width / block],
    [image, width, 1, plane, block * width, block],
  );
  return [pick(x, query.outputs[0].shape, offsets)];
};
