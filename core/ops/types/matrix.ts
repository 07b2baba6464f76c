/** Types of matrix products. */
import { GraphError, numberAttribute, type Dim, type TypeQuery } from '../../graph/graph.ts';
import type { DType } from '../../tensor/tensor.ts';
import { formatShape } from './dims.ts';
import {
  broadcast,
  checkBroadcastTo,
  expectEqual,
  expectRank,
  floats,
  inputType,
  optionalType,
  sameDType,
  type Rule,
} from './rule.ts';

/** numpy.matmul: a 1-D operand is a row on the left, a column on the right, and that axis is dropped again. */
function productShape(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] {
  if (a.length === 0 || b.length === 0)
    throw new GraphError(`a matrix product needs axes, the shapes are ${formatShape(a)} and ${formatShape(b)}`);
  const left = a.length === 1 ? [1, a[0]] : a;
  const right = b.length === 1 ? [b[0], 1] : b;
  expectEqual(left[left.length - 1], right[right.length - 2], 'the inner dimensions differ');
  const batch = broadcast(left.slice(0, -2), right.slice(0, -2));
  const rows = a.length === 1 ? [] : [left[left.length - 2]];
  const columns = b.length === 1 ? [] : [right[right.length - 1]];
  return [...batch, ...rows, ...columns];
}

export function matMulRule(allowed: readonly DType[]): Rule {
  return (query) => {
    const [a, b] = [inputType(query, 0, allowed), inputType(query, 1, allowed)];
    return [{ dtype: sameDType(a, b), shape: productShape(a.shape, b.shape) }];
  };
}

export const gemmRule: Rule = (query) => {
  const [a, b, c] = [inputType(query, 0, floats), inputType(query, 1, floats), optionalType(query, 2, floats)];
  expectRank(a.shape, 2, 'left matrix');
  expectRank(b.shape, 2, 'right matrix');
  const [rows, inner] = flagged(query, 'transA') ? a.shape.toReversed() : a.shape;
  const [depth, columns] = flagged(query, 'transB') ? b.shape.toReversed() : b.shape;
  expectEqual(inner, depth, 'the inner dimensions differ');
  if (c) checkBroadcastTo(c.shape, [rows, columns], 'bias');
  return [{ dtype: sameDType(a, b, c), shape: [rows, columns] }];
};

const flagged = (query: TypeQuery, name: string): boolean => numberAttribute(query.attributes, name, 0) === 1;

/** The order of axes in which FusedMatMul multiplies an operand: transBatch moves the first axis before the last, trans swaps the last two. */
export function fusedOrder(rank: number, transpose: boolean, transposeBatch: boolean): readonly number[] {
  const order = Array.from({ length: rank }, (_, axis) => axis);
  if (rank < 2) return order;
  if (transposeBatch) order.splice(rank - 2, 0, ...order.splice(0, 1));
  if (transpose) order.push(...order.splice(rank - 2, 1));
  return order;
}

export const fusedMatMulRule: Rule = (query) => {
  const [a, b] = [inputType(query, 0, floats), inputType(query, 1, floats)];
  const ordered = (shape: readonly Dim[], side: 'A' | 'B'): readonly Dim[] =>
    fusedOrder(shape.length, flagged(query, `trans${side}`), flagged(query, `transBatch${side}`)).map(
      (axis) => shape[axis],
    );
  return [{ dtype: sameDType(a, b), shape: productShape(ordered(a.shape, 'A'), ordered(b.shape, 'B')) }];
};
