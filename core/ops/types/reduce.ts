/** Types of reductions and of operators that work along one axis. */
import { GraphError, numberAttribute, type Dim, type TypeQuery } from '../../graph/graph.ts';
import type { DType } from '../../tensor/tensor.ts';
import { axisAttribute, constantInts, indices, inputType, normalAxes, normalAxis, numbers, type Rule } from './rule.ts';

/** The axes a reduction removes: those of its second input, all of them when it is left out or empty. */
function reducedAxes(query: TypeQuery, rank: number): readonly number[] {
  const axes = constantInts(query, 1, 'axes of a reduction') ?? [];
  if (axes.length > 0) return normalAxes(axes, rank);
  const none = numberAttribute(query.attributes, 'noop_with_empty_axes', 0) === 1;
  return none ? [] : Array.from({ length: rank }, (_, axis) => axis);
}

function dropAxes(shape: readonly Dim[], axes: readonly number[], keepdims: boolean): readonly Dim[] {
  if (keepdims) return shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  return shape.filter((_, axis) => !axes.includes(axis));
}

export function reduceRule(allowed: readonly DType[]): Rule {
  return (query) => {
    const x = inputType(query, 0, allowed);
    const keepdims = numberAttribute(query.attributes, 'keepdims', 1) === 1;
    return [{ dtype: x.dtype, shape: dropAxes(x.shape, reducedAxes(query, x.shape.length), keepdims) }];
  };
}

export const argMaxRule: Rule = (query) => {
  const { shape } = inputType(query, 0, numbers);
  const axis = axisAttribute(query, shape.length, 0);
  return [{ dtype: 'int64', shape: dropAxes(shape, [axis], numberAttribute(query.attributes, 'keepdims', 1) === 1) }];
};

export const cumSumRule: Rule = (query) => {
  const x = inputType(query, 0, numbers);
  const axis = inputType(query, 1, indices);
  if (axis.shape.length > 1 || (axis.shape.length === 1 && axis.shape[0] !== 1))
    throw new GraphError('the axis must be one number');
  const known = query.constants[1];
  if (known) normalAxis(Number(known.data[0]), x.shape.length);
  return [{ dtype: x.dtype, shape: x.shape }];
};

export function alongAxis(allowed: readonly DType[]): Rule {
  return (query) => {
    const x = inputType(query, 0, allowed);
    axisAttribute(query, x.shape.length, -1);
    return [{ dtype: x.dtype, shape: x.shape }];
  };
}
