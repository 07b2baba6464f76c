/** What every type rule is made of: reading inputs, checking data types and axes, broadcasting. */
import {
  GraphError,
  isUnknown,
  numberAttribute,
  unknownDim,
  type Dim,
  type TensorType,
  type TypeQuery,
} from '../../graph/graph.ts';
import { numbersOf, type DType } from '../../tensor/tensor.ts';
import { formatShape, unify } from './dims.ts';

export type Rule = (query: TypeQuery) => readonly TensorType[];

export const floats: readonly DType[] = ['float32', 'float64'];
export const numbers: readonly DType[] = ['float32', 'float64', 'int64', 'int32', 'uint8'];
export const signed: readonly DType[] = ['float32', 'float64', 'int64', 'int32'];
export const indices: readonly DType[] = ['int64', 'int32'];
export const anything: readonly DType[] = [...numbers, 'bool'];

/** The type of a required input, which must be one of `allowed`. */
export function inputType(query: TypeQuery, index: number, allowed: readonly DType[] = anything): TensorType {
  const type = query.inputs[index];
  if (!type) throw new GraphError(`input ${index} is missing`);
  if (!allowed.includes(type.dtype))
    throw new GraphError(`input ${index} must be ${allowed.join(' or ')}, it is ${type.dtype}`);
  return type;
}

/** The type of an optional input. */
export function optionalType(
  query: TypeQuery,
  index: number,
  allowed: readonly DType[] = anything,
): TensorType | undefined {
  return query.inputs[index] ? inputType(query, index, allowed) : undefined;
}

/** Refuses operands of different data types. */
export function sameDType(...types: readonly (TensorType | undefined)[]): DType {
  const given = types.filter((type) => type !== undefined);
  const odd = given.find((type) => type.dtype !== given[0].dtype);
  if (odd) throw new GraphError(`the data types differ: ${given[0].dtype} and ${odd.dtype}`);
  return given[0].dtype;
}

/** The elements of a shape-like input as far as they are known: numbers, or names of dimensions. */
export function knownInts(query: TypeQuery, index: number): readonly Dim[] | undefined {
  const constant = query.constants[index];
  return constant ? numbersOf(constant) : query.inputs[index]?.elements;
}

/** The elements of a shape-like input that must all be numbers known now; undefined when the input is left out. */
export function constantInts(query: TypeQuery, index: number, what: string): readonly number[] | undefined {
  if (!query.inputs[index]) return undefined;
  const known = knownInts(query, index);
  if (!known?.every((item) => typeof item === 'number')) throw new GraphError(`the ${what} must be constant`);
  return known as readonly number[];
}

/** How many elements a 1-D input has, for results whose rank it decides. */
export function lengthOf(query: TypeQuery, index: number, what: string): number {
  const { shape } = inputType(query, index);
  if (shape.length !== 1 || typeof shape[0] !== 'number') {
    throw new GraphError(`the ${what} must be a list of known length, its shape is ${formatShape(shape)}`);
  }
  return shape[0];
}

/** An axis counted from the front. @throws GraphError when it is outside −rank … rank−1. */
export function normalAxis(axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new GraphError(`axis ${axis} is outside the ${rank} axes of the input`);
  }
  return axis < 0 ? axis + rank : axis;
}

export function axisAttribute(query: TypeQuery, rank: number, fallback: number): number {
  return normalAxis(numberAttribute(query.attributes, 'axis', fallback), rank);
}

/** Axes counted from the front, each once. */
export function normalAxes(axes: readonly number[], rank: number): readonly number[] {
  const normal = axes.map((axis) => normalAxis(axis, rank));
  if (new Set(normal).size !== normal.length) throw new GraphError(`the axes [${axes.join(', ')}] name one axis twice`);
  return normal;
}

/** The shape operands have together (ONNX "Multidirectional Broadcasting"). */
export function broadcast(...shapes: readonly (readonly Dim[])[]): readonly Dim[] {
  return shapes.reduce(broadcastPair);
}

function broadcastPair(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === 1) return right;
    if (right === 1) return left;
    const shared = unify(left, right);
    if (shared === undefined) {
      throw new GraphError(
        `shapes ${formatShape(a)} and ${formatShape(b)} cannot be broadcast: axis ${axis} is ${left} and ${right}`,
      );
    }
    return shared;
  });
}

/** Refuses a shape that does not broadcast to `target` without changing it (ONNX "Unidirectional Broadcasting"). */
export function checkBroadcastTo(shape: readonly Dim[], target: readonly Dim[], what: string): void {
  const fitsTarget =
    shape.length <= target.length &&
    shape.every((dim, at) => {
      const wanted = target[at + target.length - shape.length];
      return dim === 1 || unify(dim, wanted) !== undefined;
    });
  if (!fitsTarget)
    throw new GraphError(`the ${what} of shape ${formatShape(shape)} does not broadcast to ${formatShape(target)}`);
}

export function unknownShape(rank: number): readonly Dim[] {
  return Array.from({ length: rank }, () => unknownDim);
}

/** Checks the rank of a shape. */
export function expectRank(shape: readonly Dim[], rank: number, what: string): void {
  if (shape.length !== rank)
    throw new GraphError(`the ${what} must have ${rank} axes, its shape is ${formatShape(shape)}`);
}

/** Refuses two dimensions that certainly differ. */
export function expectEqual(a: Dim, b: Dim, message: string): void {
  if (unify(a, b) === undefined && !isUnknown(a)) throw new GraphError(`${message}: ${a} and ${b}`);
}
