/** Gradient rules of reading and writing at indices: what one reads the other adds to. */
import { GraphError, numberAttribute, stringAttribute, type Value } from '../../graph/graph.ts';
import { tensorOf } from '../../tensor/tensor.ts';
import type { OpBuilder } from '../builder.ts';
import { knownNumbers, normalAxis, range, required, simple, staticDim, staticDims } from './rule.ts';
import type { GradientTable, SimpleQuery } from './rule.ts';

/** One dimension of a shape, as a 1-D value of one element. */
export function dimOf(b: OpBuilder, x: Value, axis: number): Value {
  const dim = x.type.shape[axis];
  return typeof dim === 'number' ? b.ints([dim]) : b.emit('Shape', [x], { start: axis, end: axis + 1 });
}

/**
 * Zeros, to which the slices of `updates` along `axis` are added at `indices`: the transpose of Gather. `like` gives the
 * size along `axis`; the other axes are those of `updates`, whose `indices` axes stand where `axis` was.
 *
 * Not by ScatterND: on several threads ONNX Runtime 1.30 loses additions to a place that two threads write at once.
 */
export function scatterAlong(b: OpBuilder, like: Value, axis: number, indices: Value, updates: Value): Value {
  const places = indices.type.shape.length;
  const rank = updates.type.shape.length - places + 1;
  const dims = (from: number, to: number): Value[] => range(from, to).map((at) => dimOf(b, updates, at));
  const around = (middle: Value): Value =>
    b.concat([...dims(0, axis), middle, ...dims(axis + places, rank + places - 1)], 0);
  const slices = places === 1 ? updates : b.reshape(updates, around(b.ints([-1])));
  const along = range(0, rank).map((at) => (at === axis ? -1 : 1));
  const targets = b.expand(b.reshape(indices, along), b.shapeOf(slices));
  return b.scatterElements(b.zerosOf(around(dimOf(b, like, axis)), updates.type.dtype), targets, slices, axis, 'add');
}

const gatherGradient = simple((b, query) => {
  const { x, dy, attributes } = query;
  const indices = required(query, 1);
  const axis = normalAxis(numberAttribute(attributes, 'axis', 0), x.type.shape.length);
  if (indices.type.shape.length > 0) return [scatterAlong(b, x, axis, indices, dy), null];
  const slice = b.unsqueeze(dy, [axis]);
  return [padded(b, x, axis, indices, slice) ?? scatterAlong(b, x, axis, b.unsqueeze(indices, [0]), slice), null];
});

/** One slice at a known place needs no scattering: zeros before and after it. */
function padded(b: OpBuilder, x: Value, axis: number, index: Value, slice: Value): Value | undefined {
  const at = knownNumbers(b, index)?.[0];
  const dim = x.type.shape[axis];
  if (at === undefined || typeof dim !== 'number') return undefined;
  const place = normalAxis(at, dim);
  const pads = x.type.shape.map(() => 0);
  return b.pad(slice, [...pads.with(axis, place), ...pads.with(axis, dim - 1 - place)]);
}

const gatherElementsGradient = simple((b, query) => {
  const axis = numberAttribute(query.attributes, 'axis', 0);
  return [b.scatterElements(b.zerosLike(query.x), required(query, 1), query.dy, axis, 'add'), null];
});

const gatherNDGradient = simple((b, query) => {
  const { x, dy } = query;
  if (numberAttribute(query.attributes, 'batch_dims', 0) !== 0)
    throw new GraphError('batch_dims has no gradient rule: use GatherElements');
  const indices = required(query, 1);
  const depth = staticDim(indices.type.shape[indices.type.shape.length - 1], 'the depth of indices');
  const sizes = staticDims(x.type.shape.slice(0, depth), 'the sizes of indexed axes');
  const rest = range(depth, x.type.shape.length).map((at) => dimOf(b, x, at));
  const flat = b.reshape(x, b.concat([b.ints([-1]), ...rest], 0));
  return [b.reshapeLike(scatterAlong(b, flat, 0, flatPlaces(b, indices, sizes), dy), x), null];
});

/** Places along axes of these sizes, counted through: i·size₁ + j of [i, j]. Negative ones count from the end of their axis. */
function flatPlaces(b: OpBuilder, indices: Value, sizes: readonly number[]): Value {
  const dtype = indices.type.dtype;
  const steps = sizes.map((_, at) => sizes.slice(at + 1).reduce((product, size) => product * size, 1));
  const fromStart = b.where(b.less(indices, b.scalar(0, dtype)), b.add(indices, b.ints(sizes)), indices);
  return b.reduceSum(b.mul(fromStart, b.ints(steps)), [-1]);
}

/** 'none' or 'add'; products and extremes at indices are not differentiated. */
function reductionOf(query: SimpleQuery): 'none' | 'add' {
  const reduction = stringAttribute(query.attributes, 'reduction', 'none');
  if (reduction === 'none' || reduction === 'add') return reduction;
  throw new GraphError(`reduction '${reduction}' has no gradient rule, only 'none' and 'add' have`);
}

/** Replaced elements get no gradient; with 'none' the indices must not repeat (ONNX leaves the result open then). */
const scatterElementsGradient = simple((b, query) => {
  const { dy } = query;
  const [indices, updates] = [required(query, 1), required(query, 2)];
  const axis = numberAttribute(query.attributes, 'axis', 0);
  const adds = reductionOf(query) === 'add';
  const dx = adds || !query.wanted(0) ? dy : b.scatterElements(dy, indices, b.zerosLike(updates), axis);
  return [dx, null, query.wanted(2) ? b.emit('GatherElements', [dy, indices], { axis }) : null];
});

const scatterNDGradient = simple((b, query) => {
  const { dy } = query;
  const [indices, updates] = [required(query, 1), required(query, 2)];
  const adds = reductionOf(query) === 'add';
  const dx = adds || !query.wanted(0) ? dy : b.scatterND(dy, indices, b.zerosLike(updates));
  return [dx, null, query.wanted(2) ? b.emit('GatherND', [dy, indices], { batch_dims: 0 }) : null];
});

/** The values [off, on] are filled in by place: each gets the gradients of its places. */
const oneHotGradient = simple((b, query) => {
  const values = required(query, 2);
  if (!query.wanted(2)) return [];
  const marks = b.constant(tensorOf(values.type.dtype, [2], [0, 1]));
  const hot = b.emit('OneHot', [query.x, required(query, 1), marks], query.attributes);
  const sums = [b.sub(1, hot), hot].map((places) => b.unsqueeze(b.reduceSum(b.mul(query.dy, places)), [0]));
  return [null, null, b.concat(sums, 0)];
});

export const indexingGradients = {
  Gather: gatherGradient,
  GatherElements: gatherElementsGradient,
  GatherND: gatherNDGradient,
  ScatterElements: scatterElementsGradient,
  ScatterND: scatterNDGradient,
  OneHot: oneHotGradient,
} as const satisfies Partial<GradientTable>;
