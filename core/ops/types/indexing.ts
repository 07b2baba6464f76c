/** Types of operators that pick or place elements by index, and of those that make values. */
import { GraphError, fits, numberAttribute, unknownDim, type Dim, type TensorType } from '../../graph/graph.ts';
import { numbersOf, type Tensor } from '../../tensor/tensor.ts';
import { ceilDivide, formatShape, subtractDims } from './dims.ts';
import {
  axisAttribute,
  expectEqual,
  expectRank,
  indices,
  inputType,
  knownInts,
  lengthOf,
  normalAxis,
  sameDType,
  signed,
  unknownShape,
  type Rule,
} from './rule.ts';

export const gatherRule: Rule = (query) => {
  const [x, at] = [inputType(query, 0), inputType(query, 1, indices)];
  const axis = axisAttribute(query, x.shape.length, 0);
  checkIndices(query.constants[1], x.shape[axis], axis);
  return [{ dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...at.shape, ...x.shape.slice(axis + 1)] }];
};

function checkIndices(constant: Tensor | undefined, dim: Dim, axis: number): void {
  if (!constant || typeof dim !== 'number') return;
  const outside = numbersOf(constant).find((index) => index < -dim || index >= dim);
  if (outside !== undefined) throw new GraphError(`index ${outside} is outside the ${dim} elements of axis ${axis}`);
}

export const gatherElementsRule: Rule = (query) => {
  const [x, at] = [inputType(query, 0), inputType(query, 1, indices)];
  expectRank(at.shape, x.shape.length, 'list of indices');
  checkIndices(
    query.constants[1],
    x.shape[axisAttribute(query, x.shape.length, 0)],
    numberAttribute(query.attributes, 'axis', 0),
  );
  return [{ dtype: x.dtype, shape: at.shape }];
};

/** Length of the index tuples: the last dimension of the indices. */
function tupleLength(at: TensorType): number {
  const length = at.shape.at(-1);
  if (typeof length !== 'number')
    throw new GraphError(`the last axis of the indices must be known, their shape is ${formatShape(at.shape)}`);
  return length;
}

export const gatherNDRule: Rule = (query) => {
  const [x, at] = [inputType(query, 0), inputType(query, 1, ['int64'])];
  const batch = numberAttribute(query.attributes, 'batch_dims', 0);
  const length = tupleLength(at);
  if (batch + length > x.shape.length)
    throw new GraphError(`index tuples of ${length} are too long for shape ${formatShape(x.shape)}`);
  for (let axis = 0; axis < batch; axis++) expectEqual(x.shape[axis], at.shape[axis], `batch axis ${axis} differs`);
  return [{ dtype: x.dtype, shape: [...at.shape.slice(0, -1), ...x.shape.slice(batch + length)] }];
};

export const scatterElementsRule: Rule = (query) => {
  const [x, at, updates] = [inputType(query, 0), inputType(query, 1, indices), inputType(query, 2)];
  const axis = axisAttribute(query, x.shape.length, 0);
  if (!fits(at.shape, updates.shape)) {
    throw new GraphError(
      `indices and updates must have one shape, they have ${formatShape(at.shape)} and ${formatShape(updates.shape)}`,
    );
  }
  expectRank(at.shape, x.shape.length, 'list of indices');
  checkIndices(query.constants[1], x.shape[axis], axis);
  return [{ dtype: sameDType(x, updates), shape: x.shape }];
};

export const scatterNDRule: Rule = (query) => {
  const [x, at, updates] = [inputType(query, 0), inputType(query, 1, ['int64']), inputType(query, 2)];
  const length = tupleLength(at);
  if (length > x.shape.length)
    throw new GraphError(`index tuples of ${length} are too long for shape ${formatShape(x.shape)}`);
  const wanted = [...at.shape.slice(0, -1), ...x.shape.slice(length)];
  if (!fits(updates.shape, wanted))
    throw new GraphError(`updates must have shape ${formatShape(wanted)}, they have ${formatShape(updates.shape)}`);
  return [{ dtype: sameDType(x, updates), shape: x.shape }];
};

export const oneHotRule: Rule = (query) => {
  const at = inputType(query, 0);
  const depth = knownInts(query, 1)?.[0] ?? unknownDim;
  const values = inputType(query, 2);
  expectRank(values.shape, 1, 'pair of off and on values');
  expectEqual(values.shape[0], 2, 'off and on values are two');
  const axis = normalAxis(numberAttribute(query.attributes, 'axis', -1), at.shape.length + 1);
  return [{ dtype: values.dtype, shape: at.shape.toSpliced(axis, 0, depth) }];
};

export const constantRule: Rule = (query) => {
  const { value } = query.attributes;
  if (typeof value !== 'object' || !('dtype' in value)) throw new GraphError('the attribute value must be a tensor');
  return [{ dtype: value.dtype, shape: value.shape }];
};

export const constantOfShapeRule: Rule = (query) => {
  const { value } = query.attributes;
  inputType(query, 0, ['int64']);
  const shape = knownInts(query, 0) ?? unknownShape(lengthOf(query, 0, 'shape'));
  return [{ dtype: typeof value === 'object' && 'dtype' in value ? value.dtype : 'float32', shape }];
};

export const rangeRule: Rule = (query) => {
  const types = [0, 1, 2].map((index) => inputType(query, index, signed));
  types.forEach(({ shape }) => expectRank(shape, 0, 'start, limit and step'));
  const [start, limit, step] = [0, 1, 2].map((index) => knownInts(query, index)?.[0]);
  const dtype = sameDType(...types);
  if (start === undefined || limit === undefined || typeof step !== 'number') return [{ dtype, shape: [unknownDim] }];
  if (step === 0) throw new GraphError('a range cannot take steps of 0');
  if (typeof start === 'number' && typeof limit === 'number')
    return [{ dtype, shape: [Math.max(0, Math.ceil((limit - start) / step))] }];
  return [{ dtype, shape: [step > 0 ? ceilDivide(subtractDims(limit, start), step) : unknownDim] }];
};
