/** Types of operators that change shape or move elements about. */
import {
  GraphError,
  isUnknown,
  numberAttribute,
  numbersAttribute,
  stringAttribute,
  unknownDim,
  type Dim,
  type TypeQuery,
} from '../../graph/graph.ts';
import {
  addDims,
  divideExactly,
  floorDivide,
  formatShape,
  minDim,
  multiplyDims,
  productOf,
  subtractDims,
} from './dims.ts';
import {
  anything,
  axisAttribute,
  broadcast,
  constantInts,
  expectEqual,
  expectRank,
  inputType,
  knownInts,
  lengthOf,
  normalAxes,
  sameDType,
  unknownShape,
  type Rule,
} from './rule.ts';

export const shapeRule: Rule = (query) => {
  const { shape } = inputType(query, 0);
  return [{ dtype: 'int64', shape: [shapeSlice(query, shape).length] }];
};

/** The part of a shape a Shape node gives: `start` and `end` count as in Slice, clamped. */
export function shapeSlice(query: Pick<TypeQuery, 'attributes'>, shape: readonly Dim[]): readonly Dim[] {
  return shape.slice(
    numberAttribute(query.attributes, 'start', 0),
    numberAttribute(query.attributes, 'end', shape.length),
  );
}

export const reshapeRule: Rule = (query) => {
  const x = inputType(query, 0);
  inputType(query, 1, ['int64']);
  const target = knownInts(query, 1);
  if (!target) return [{ dtype: x.dtype, shape: unknownShape(lengthOf(query, 1, 'target shape')) }];
  return [
    { dtype: x.dtype, shape: reshaped(x.shape, target, numberAttribute(query.attributes, 'allowzero', 0) === 1) },
  ];
};

/** Resolves 0 (the input's dimension there) and −1 (whatever is left) in a Reshape's target. */
function reshaped(shape: readonly Dim[], target: readonly Dim[], allowZero: boolean): readonly Dim[] {
  const kept = target.map((dim, axis) => {
    if (dim !== 0 || allowZero) return dim;
    if (axis >= shape.length)
      throw new GraphError(`the target ${formatShape(target)} keeps axis ${axis}, which ${formatShape(shape)} has not`);
    return shape[axis];
  });
  const free = kept.indexOf(-1);
  if (kept.some((dim, axis) => typeof dim === 'number' && dim < (axis === free ? -1 : 0))) {
    throw new GraphError(`the target ${formatShape(target)} must hold one −1 at most and no smaller numbers`);
  }
  const total = productOf(shape);
  const others = productOf(kept.filter((_, axis) => axis !== free));
  if (free >= 0) return kept.with(free, quotient(shape, target, total, others));
  if (total !== others && certain(total) && certain(others)) throw misfit(shape, target, total, others);
  return kept;
}

function quotient(shape: readonly Dim[], target: readonly Dim[], total: Dim, others: Dim): Dim {
  if (others === 0) throw new GraphError(`the −1 of the target ${formatShape(target)} is not determined`);
  const exact = divideExactly(total, others);
  if (exact !== undefined) return exact;
  if (typeof total === 'number' && typeof others === 'number') throw misfit(shape, target, total, others);
  return typeof others === 'number' ? floorDivide(total, others) : `((${total})/(${others}))`;
}

/** Whether a dimension's name says exactly what it is, so that different names are different sizes. */
const certain = (dim: Dim): boolean => typeof dim === 'number' || !(isUnknown(dim) || dim.includes('('));

function misfit(shape: readonly Dim[], target: readonly Dim[], total: Dim, others: Dim): GraphError {
  return new GraphError(
    `${formatShape(shape)} cannot be reshaped to ${formatShape(target)}: ${total} elements against ${others}`,
  );
}

export const flattenRule: Rule = (query) => {
  const x = inputType(query, 0);
  const rank = x.shape.length;
  const axis = numberAttribute(query.attributes, 'axis', 1);
  if (axis < -rank || axis > rank) throw new GraphError(`axis ${axis} is outside the ${rank} axes of the input`);
  const at = axis < 0 ? axis + rank : axis;
  return [{ dtype: x.dtype, shape: [productOf(x.shape.slice(0, at)), productOf(x.shape.slice(at))] }];
};

export const squeezeRule: Rule = (query) => {
  const x = inputType(query, 0);
  const axes = constantInts(query, 1, 'axes');
  if (!axes) return [{ dtype: x.dtype, shape: x.shape.filter((dim) => dim !== 1) }];
  const dropped = normalAxes(axes, x.shape.length);
  for (const axis of dropped) {
    if (typeof x.shape[axis] === 'number' && x.shape[axis] !== 1)
      throw new GraphError(`axis ${axis} has ${x.shape[axis]} elements, only axes of 1 can be squeezed`);
  }
  return [{ dtype: x.dtype, shape: x.shape.filter((_, axis) => !dropped.includes(axis)) }];
};

export const unsqueezeRule: Rule = (query) => {
  const x = inputType(query, 0);
  const axes = constantInts(query, 1, 'axes') ?? [];
  const rank = x.shape.length + axes.length;
  const added = normalAxes(axes, rank);
  let next = 0;
  return [
    { dtype: x.dtype, shape: Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : x.shape[next++])) },
  ];
};

export const transposeRule: Rule = (query) => {
  const x = inputType(query, 0);
  const perm = numbersAttribute(query.attributes, 'perm') ?? x.shape.map((_, axis) => x.shape.length - 1 - axis);
  if (perm.toSorted((a, b) => a - b).join() !== x.shape.map((_, axis) => axis).join()) {
    throw new GraphError(`[${perm.join(', ')}] does not name each of the ${x.shape.length} axes once`);
  }
  return [{ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis]) }];
};

export const expandRule: Rule = (query) => {
  const x = inputType(query, 0);
  inputType(query, 1, ['int64']);
  const target = knownInts(query, 1) ?? unknownShape(lengthOf(query, 1, 'target shape'));
  return [{ dtype: x.dtype, shape: broadcast(x.shape, target) }];
};

export const tileRule: Rule = (query) => {
  const x = inputType(query, 0);
  inputType(query, 1, ['int64']);
  const repeats = knownInts(query, 1) ?? unknownShape(x.shape.length);
  if (repeats.length !== x.shape.length) throw new GraphError(`${repeats.length} repeats for ${x.shape.length} axes`);
  return [{ dtype: x.dtype, shape: x.shape.map((dim, axis) => multiplyDims(dim, repeats[axis])) }];
};

export const concatRule: Rule = (query) => {
  const types = query.inputs.map((_, index) => inputType(query, index));
  const [first, ...others] = types;
  const axis = axisAttribute(query, first.shape.length, 0);
  const shape = [...first.shape];
  for (const { shape: next } of others) {
    expectRank(next, shape.length, 'value to join');
    next.forEach((dim, at) => {
      if (at === axis) shape[at] = addDims(shape[at], dim);
      else {
        expectEqual(first.shape[at], dim, `joining along axis ${axis}, axis ${at} differs`);
        if (isUnknown(shape[at])) shape[at] = dim;
      }
    });
  }
  return [{ dtype: sameDType(...types), shape }];
};

/** The sizes of a Split's parts along its axis. */
function splitSizes(query: TypeQuery, dim: Dim): readonly Dim[] {
  const given = knownInts(query, 1);
  if (query.inputs[1] && !given) return unknownShape(query.outputCount);
  if (given) {
    const total = given.reduce(addDims, 0);
    expectEqual(total, dim, 'the parts and the axis to split differ');
    if (given.length !== query.outputCount)
      throw new GraphError(`${given.length} parts for ${query.outputCount} outputs`);
    return given;
  }
  const count = numberAttribute(query.attributes, 'num_outputs', query.outputCount);
  if (count !== query.outputCount)
    throw new GraphError(`num_outputs is ${count}, the node has ${query.outputCount} outputs`);
  if (typeof dim !== 'number') {
    const part = divideExactly(dim, count);
    if (part === undefined) throw new GraphError(`${dim} does not divide into ${count} equal parts`);
    return Array.from({ length: count }, () => part);
  }
  const part = Math.ceil(dim / count);
  return Array.from({ length: count }, (_, index) => Math.max(0, Math.min(part, dim - part * index)));
}

export const splitRule: Rule = (query) => {
  const x = inputType(query, 0);
  const axis = axisAttribute(query, x.shape.length, 0);
  return splitSizes(query, x.shape[axis]).map((size) => ({ dtype: x.dtype, shape: x.shape.with(axis, size) }));
};

/** Ends at least this far out mean "to the end" (exporters write the largest int32 or int64). */
const farAway = 2 ** 31 - 1;

export const sliceRule: Rule = (query) => {
  const x = inputType(query, 0);
  const starts = knownInts(query, 1);
  const ends = knownInts(query, 2);
  const steps = constantInts(query, 4, 'steps');
  const count = lengthOf(query, 1, 'list of starts');
  const listed = constantInts(query, 3, 'axes') ?? Array.from({ length: count }, (_, axis) => axis);
  const axes = normalAxes(listed, x.shape.length);
  if (axes.length !== count || lengthOf(query, 2, 'list of ends') !== count || (steps && steps.length !== count)) {
    throw new GraphError('starts, ends, axes and steps must be equally long');
  }
  const shape = [...x.shape];
  axes.forEach((axis, at) => {
    shape[axis] = starts && ends ? slicedDim(x.shape[axis], starts[at], ends[at], steps?.[at] ?? 1) : unknownDim;
  });
  return [{ dtype: x.dtype, shape }];
};

function slicedDim(dim: Dim, start: Dim, end: Dim, step: number): Dim {
  if (step === 0) throw new GraphError('a slice cannot take steps of 0');
  if (typeof dim === 'number' && typeof start === 'number' && typeof end === 'number') {
    const [from, to] = slicedRange(dim, start, end, step);
    return Math.max(0, Math.ceil((to - from) / step));
  }
  if (step < 0) return start === -1 && typeof end === 'number' && end < -farAway && step === -1 ? dim : unknownDim;
  const place = (at: Dim): Dim => {
    if (typeof at !== 'number') return minDim(at, dim);
    if (at >= farAway) return dim;
    return at < 0 ? addDims(dim, at) : at === 0 ? 0 : minDim(at, dim);
  };
  const length = subtractDims(place(end), place(start));
  const whole = step === 1 ? length : floorDivide(addDims(length, step - 1), step);
  return typeof whole === 'number' ? Math.max(0, whole) : whole;
}

/** First place taken and the place to stop before, clamped as ONNX Slice says. */
export function slicedRange(
  dim: number,
  start: number,
  end: number,
  step: number,
): readonly [from: number, to: number] {
  const clamp = (at: number, low: number, high: number): number =>
    Math.min(Math.max(at < 0 ? at + dim : at, low), high);
  return step > 0 ? [clamp(start, 0, dim), clamp(end, 0, dim)] : [clamp(start, 0, dim - 1), clamp(end, -1, dim - 1)];
}

export const padRule: Rule = (query) => {
  const x = inputType(query, 0);
  inputType(query, 1, ['int64']);
  if (query.inputs[2]) sameDType(x, inputType(query, 2));
  const axes = normalAxes(constantInts(query, 3, 'axes') ?? x.shape.map((_, axis) => axis), x.shape.length);
  const pads = knownInts(query, 1);
  if (pads && pads.length !== axes.length * 2)
    throw new GraphError(`${pads.length} pads for ${axes.length} axes: begins, then ends are needed`);
  const shape = [...x.shape];
  axes.forEach((axis, at) => {
    shape[axis] = pads ? addDims(addDims(x.shape[axis], pads[at]), pads[at + axes.length]) : unknownDim;
    if (typeof shape[axis] === 'number' && shape[axis] < 0)
      throw new GraphError(`axis ${axis} has ${x.shape[axis]} elements, more are cut off`);
  });
  return [{ dtype: x.dtype, shape }];
};

export const triluRule: Rule = (query) => {
  const x = inputType(query, 0, anything);
  if (x.shape.length < 2) throw new GraphError(`a triangle needs a matrix, the shape is ${formatShape(x.shape)}`);
  return [{ dtype: x.dtype, shape: x.shape }];
};

export const depthToSpaceRule: Rule = (query) => {
  const x = inputType(query, 0);
  expectRank(x.shape, 4, 'input');
  const block = numberAttribute(query.attributes, 'blocksize', 1);
  const [batch, channels, height, width] = x.shape;
  const left = divideExactly(channels, block * block);
  if (left === undefined) throw new GraphError(`${channels} channels do not divide into blocks of ${block}x${block}`);
  return [{ dtype: x.dtype, shape: [batch, left, multiplyDims(height, block), multiplyDims(width, block)] }];
};

export const spaceToDepthRule: Rule = (query) => {
  const x = inputType(query, 0);
  expectRank(x.shape, 4, 'input');
  const block = numberAttribute(query.attributes, 'blocksize', 1);
  const [batch, channels, height, width] = x.shape;
  const [rows, columns] = [divideExactly(height, block), divideExactly(width, block)];
  if (rows === undefined || columns === undefined)
    throw new GraphError(`${height}x${width} does not divide into blocks of ${block}x${block}`);
  return [{ dtype: x.dtype, shape: [batch, multiplyDims(channels, block * block), rows, columns] }];
};

/** Which axes a Resize works on and the numbers given for them: its `axes` attribute, or all axes. */
export function resizeAxes(query: Pick<TypeQuery, 'attributes'>, rank: number): readonly number[] {
  const axes = numbersAttribute(query.attributes, 'axes');
  return axes ? normalAxes(axes, rank) : Array.from({ length: rank }, (_, axis) => axis);
}

export const resizeRule: Rule = (query) => {
  const x = inputType(query, 0);
  const axes = resizeAxes(query, x.shape.length);
  refuseRareResize(query);
  const sizes = query.inputs[3] ? (knownInts(query, 3) ?? unknownShape(axes.length)) : undefined;
  const scales = query.constants[2];
  const shape = [...x.shape];
  if (sizes && sizes.length > 0) {
    if (sizes.length !== axes.length) throw new GraphError(`${sizes.length} sizes for ${axes.length} axes`);
    axes.forEach((axis, at) => (shape[axis] = sizes[at]));
  } else if (scales) {
    if (scales.data.length !== axes.length)
      throw new GraphError(`${scales.data.length} scales for ${axes.length} axes`);
    axes.forEach((axis, at) => (shape[axis] = scaled(x.shape[axis], Number(scales.data[at]))));
  } else throw new GraphError('resizing needs constant scales, or sizes');
  return [{ dtype: x.dtype, shape }];
};

function scaled(dim: Dim, scale: number): Dim {
  if (!(scale > 0)) throw new GraphError(`a scale must be positive, it is ${scale}`);
  if (typeof dim === 'number') return Math.floor(dim * scale);
  if (Number.isInteger(scale)) return multiplyDims(dim, scale);
  return Number.isInteger(1 / scale) ? floorDivide(dim, 1 / scale) : unknownDim;
}

function refuseRareResize(query: TypeQuery): void {
  const policy = stringAttribute(query.attributes, 'keep_aspect_ratio_policy', 'stretch');
  if (policy !== 'stretch')
    throw new GraphError(`keep_aspect_ratio_policy '${policy}' is not supported, only 'stretch'`);
  const mode = stringAttribute(query.attributes, 'coordinate_transformation_mode', 'half_pixel');
  if (mode === 'tf_crop_and_resize') throw new GraphError(`coordinate_transformation_mode '${mode}' is not supported`);
}
