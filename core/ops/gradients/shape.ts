/** Gradient rules of the operators that change shape or move elements about: each undoes the move, adding where it copied. */
import {
  GraphError,
  numberAttribute,
  numbersAttribute,
  stringAttribute,
  type Dim,
  type Value,
} from '../../graph/graph.ts';
import { tensorOf } from '../../tensor/tensor.ts';
import type { OpBuilder } from '../builder.ts';
import { slicedRange } from '../types/shape.ts';
import { dimOf, scatterAlong } from './indexing.ts';
import {
  constantNumbers,
  knownNumbers,
  normalAxes,
  normalAxis,
  range,
  required,
  simple,
  staticDim,
  sumTo,
} from './rule.ts';
import type { GradientRule, GradientTable, SimpleQuery } from './rule.ts';
import { resizeGradient } from './resize.ts';

const reshapeBack = simple((b, { x, dy }) => [b.reshapeLike(dy, x), null]);

const squeezeGradient = simple((b, query) => {
  const axes = constantNumbers(b, query, 1, 'axes');
  return [
    axes ? b.unsqueeze(query.dy, normalAxes(axes, query.x.type.shape.length)) : b.reshapeLike(query.dy, query.x),
    null,
  ];
});

const unsqueezeGradient = simple((b, query) => {
  const axes = constantNumbers(b, query, 1, 'axes') ?? [];
  return [b.squeeze(query.dy, axes), null];
});

const transposeGradient = simple((b, { x, dy, attributes }) => {
  const perm = numbersAttribute(attributes, 'perm') ?? range(0, x.type.shape.length).toReversed();
  return [
    b.transpose(
      dy,
      perm.map((_, axis) => perm.indexOf(axis)),
    ),
  ];
});

/** Sums over the copies: each axis d repeated r times is seen as [r, d]. */
const tileGradient = simple((b, query) => {
  const { x, dy } = query;
  const repeats = constantNumbers(b, query, 1, 'repeats') ?? [];
  const copied = range(0, repeats.length).filter((axis) => repeats[axis] !== 1);
  if (copied.length === 0) return [dy, null];
  const apart = x.type.shape.flatMap((dim, axis) => (repeats[axis] === 1 ? [dim] : [repeats[axis], dim]));
  const axes = copied.map((axis, earlier) => axis + earlier);
  return [b.reshapeLike(b.reduceSum(b.reshape(dy, targetOf(apart)), axes), x), null];
});

/** A Reshape target: −1 for the one dimension only known at run time. */
function targetOf(dims: readonly Dim[]): number[] {
  const unknown = dims.filter((dim) => typeof dim !== 'number');
  if (unknown.length > 1)
    throw new GraphError(`its gradient needs all dimensions but one to be known, [${unknown.join(', ')}] are not`);
  return dims.map((dim) => (typeof dim === 'number' ? dim : -1));
}

const concatGradient: GradientRule = (b, query) => {
  const dy = query.gradients[0];
  if (!dy) return [];
  const parts = query.inputs.map((_, index) => required(query, index));
  if (parts.length === 1) return [dy];
  const axis = normalAxis(numberAttribute(query.attributes, 'axis', 0), dy.type.shape.length);
  const dims = parts.map((part) => part.type.shape[axis]);
  const asked = parts.flatMap((_, index) => (query.wanted(index) ? [index] : []));
  if (!dims.every((dim) => typeof dim === 'number')) {
    const sizes = b.concat(
      parts.map((part) => dimOf(b, part, axis)),
      0,
    );
    return b.emitMany('Split', [dy, sizes], { axis }, parts.length);
  }
  if (asked.length > 1) return b.split(dy, dims, axis);
  const start = (index: number): number => dims.slice(0, index).reduce((sum, dim) => sum + dim, 0);
  return parts.map((_, index) =>
    asked.includes(index) ? b.slice(dy, [start(index)], [start(index + 1)], [axis]) : null,
  );
};

const splitGradient: GradientRule = (b, { outputs, gradients, attributes }) => {
  const parts = outputs.map((output, index) => gradients[index] ?? b.zerosLike(output));
  return [b.concat(parts, numberAttribute(attributes, 'axis', 0)), null];
};

/** How a slice along one axis is undone: zeros before and after (of an axis turned round first when `reversed`), or a scatter. */
interface UndoneSlice {
  readonly axis: number;
  readonly pads?: readonly [begin: number, end: number];
  readonly reversed: boolean;
  /** Number of the list entry in starts, ends and steps. */
  readonly entry: number;
}

const toTheEnd = 2 ** 31 - 1;

function undoneSlice(
  axis: number,
  entry: number,
  dim: Dim,
  taken: Dim,
  [start, end, step]: readonly number[],
): UndoneSlice {
  if (typeof dim === 'number' && typeof taken === 'number' && Math.abs(step) === 1) {
    const [from] = slicedRange(dim, start, end, step);
    const begin = step === 1 ? from : from - taken + 1;
    return { axis, entry, reversed: step === -1, pads: [begin, dim - begin - taken] };
  }
  const fromTheStart = typeof dim === 'string' && step === 1 && start === 0 && (end >= toTheEnd || end < 0);
  return { axis, entry, reversed: false, ...(fromTheStart && { pads: [0, Math.max(0, -end)] as const }) };
}

/** Zeros around the slice where it is one block; elements taken in steps, or at places the graph computes, are scattered. */
const sliceGradient = simple((b, query) => {
  const { x, dy } = query;
  const axes = constantNumbers(b, query, 3, 'axes') ?? range(0, Number(required(query, 1).type.shape[0]));
  const [starts, ends] = [knownNumbers(b, required(query, 1)), knownNumbers(b, required(query, 2))];
  const steps = constantNumbers(b, query, 4, 'steps') ?? axes.map(() => 1);
  const undone = normalAxes(axes, x.type.shape.length).map((axis, entry) => {
    if (!starts || !ends) return { axis, entry, reversed: false };
    return undoneSlice(axis, entry, x.type.shape[axis], query.y.type.shape[axis], [
      starts[entry],
      ends[entry],
      steps[entry],
    ]);
  });
  const turned = undone.filter((part) => part.reversed).map((part) => part.axis);
  const blocks = padBlocks(b, turned.length > 0 ? b.reverse(dy, turned) : dy, undone);
  const scattered = undone.filter((part) => !part.pads);
  return [
    scattered.reduce((updates, part) => scatterAlong(b, x, part.axis, takenPlaces(b, query, part), updates), blocks),
  ];
});

function padBlocks(b: OpBuilder, x: Value, undone: readonly UndoneSlice[]): Value {
  const rank = x.type.shape.length;
  const pads = range(0, rank * 2).map(() => 0);
  for (const { axis, pads: around } of undone) {
    pads[axis] = around?.[0] ?? 0;
    pads[axis + rank] = around?.[1] ?? 0;
  }
  return pads.every((pad) => pad === 0) ? x : b.pad(x, pads);
}

/** The places along an axis that a slice took: the same slice of 0, 1, 2, …. */
function takenPlaces(b: OpBuilder, query: SimpleQuery, { axis, entry }: UndoneSlice): Value {
  const dim = query.x.type.shape[axis];
  const one = b.constant(tensorOf('int64', [], [1]));
  const length = (): Value => b.squeeze(dimOf(b, query.x, axis), [0]);
  const places =
    typeof dim === 'number'
      ? b.ints(range(0, dim))
      : b.emit('Range', [b.constant(tensorOf('int64', [], [0])), length(), one]);
  const bound = (input: Value): Value => {
    const known = knownNumbers(b, input);
    return known ? b.ints([known[entry]]) : b.slice(input, [entry], [entry + 1], [0]);
  };
  const step = constantNumbers(b, query, 4, 'steps')?.[entry] ?? 1;
  return b.emit('Slice', [places, bound(required(query, 1)), bound(required(query, 2)), b.ints([0]), b.ints([step])]);
}

/** Pads by axis as [axis, begin, end], the axes without padding left out. */
function padsByAxis(b: OpBuilder, query: SimpleQuery): [axis: number, begin: number, end: number][] {
  const rank = query.x.type.shape.length;
  const pads = constantNumbers(b, query, 1, 'pads') ?? [];
  const axes = normalAxes(constantNumbers(b, query, 3, 'axes') ?? range(0, rank), rank);
  const all = axes.map((axis, at): [number, number, number] => [axis, pads[at], pads[at + axes.length]]);
  return all.filter(([, begin, end]) => begin !== 0 || end !== 0);
}

const padGradient = simple((b, query) => {
  const mode = stringAttribute(query.attributes, 'mode', 'constant');
  const pads = padsByAxis(b, query);
  if (mode !== 'constant') return [foldedPadding(b, query, pads, mode)];
  const dx = unpadded(b, query.dy, pads);
  const filler = query.inputs[2];
  if (!filler || !query.wanted(2)) return [dx];
  return [dx, null, b.reshapeLike(b.sub(b.reduceSum(query.dy), b.reduceSum(dx)), filler)];
});

/** Cuts padding off; where the padding was negative, puts zeros back in. */
function unpadded(b: OpBuilder, dy: Value, pads: readonly (readonly [number, number, number])[]): Value {
  const cut = pads.filter(([, begin, end]) => begin > 0 || end > 0);
  const ends = cut.map(([, , end]) => (end > 0 ? -end : Number.MAX_SAFE_INTEGER));
  const inner =
    cut.length === 0
      ? dy
      : b.slice(
          dy,
          cut.map(([, begin]) => Math.max(0, begin)),
          ends,
          cut.map(([axis]) => axis),
        );
  const undone = pads.map(([axis, begin, end], entry) => {
    return { axis, entry, reversed: false, pads: [Math.max(0, -begin), Math.max(0, -end)] as const };
  });
  return padBlocks(b, inner, undone);
}

/** Padding with the input's own elements: each adds its gradient to the element it copied. */
function foldedPadding(
  b: OpBuilder,
  { x, dy }: SimpleQuery,
  pads: readonly (readonly [number, number, number])[],
  mode: string,
): Value {
  return pads.reduce((updates, [axis, begin, end]) => {
    const size = staticDim(x.type.shape[axis], 'the size of a padded axis');
    const source = range(-begin, size + end).map((at) => copiedPlace(at, size, mode));
    return scatterAlong(b, x, axis, b.ints(source), updates);
  }, dy);
}

/** The element that stands at place `at` of an axis of `size` padded in the given mode. */
function copiedPlace(at: number, size: number, mode: string): number {
  if (mode === 'edge') return Math.min(Math.max(at, 0), size - 1);
  if (mode === 'wrap') return ((at % size) + size) % size;
  if (mode !== 'reflect') throw new GraphError(`padding mode '${mode}' is not known`);
  const period = Math.max(1, 2 * (size - 1));
  const folded = ((at % period) + period) % period;
  return Math.min(folded, period - folded);
}

const triluGradient = simple((b, { dy, inputs, attributes }) => {
  return [b.emit('Trilu', inputs[1] ? [dy, inputs[1]] : [dy], attributes), null];
});

const depthToSpaceGradient = simple((b, { x, dy, attributes }) => {
  const blocksize = numberAttribute(attributes, 'blocksize', 1);
  if (stringAttribute(attributes, 'mode', 'DCR') === 'DCR') return [b.emit('SpaceToDepth', [dy], { blocksize })];
  const [, channels, height, width] = dy.type.shape.map((dim, axis) =>
    axis === 0 ? 0 : staticDim(dim, 'the image size'),
  );
  const apart = b.reshape(dy, [0, channels, height / blocksize, blocksize, width / blocksize, blocksize]);
  return [b.reshapeLike(b.transpose(apart, [0, 1, 3, 5, 2, 4]), x)];
});

const spaceToDepthGradient = simple((b, { dy, attributes }) => {
  return [b.emit('DepthToSpace', [dy], { blocksize: numberAttribute(attributes, 'blocksize', 1), mode: 'DCR' })];
});

export const shapeGradients = {
  Shape: 'constant',
  Reshape: reshapeBack,
  Flatten: reshapeBack,
  Squeeze: squeezeGradient,
  Unsqueeze: unsqueezeGradient,
  Transpose: transposeGradient,
  Expand: simple((b, { x, dy }) => [sumTo(b, dy, x.type), null]),
  Tile: tileGradient,
  Concat: concatGradient,
  Split: splitGradient,
  Slice: sliceGradient,
  Pad: padGradient,
  Trilu: triluGradient,
  DepthToSpace: depthToSpaceGradient,
  SpaceToDepth: spaceToDepthGradient,
  Resize: resizeGradient,
} as const satisfies Partial<GradientTable>;
