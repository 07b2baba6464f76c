/** What a gradient rule is, and the few helpers most rules share. */
import { GraphError, type Attributes, type Dim, type TensorType, type Value } from '../../graph/graph.ts';
import type { OpType } from '../../graph/instruction-set.ts';
import { numbersOf, type DType } from '../../tensor/tensor.ts';
import type { OpBuilder, Operand } from '../builder.ts';

/** What a rule is given: the node, and the gradient of the loss in each of its outputs (null where none flows). */
export interface GradientQuery {
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
  readonly gradients: readonly (Value | null)[];
  /** Whether a gradient in input `index` will be used: rules skip costly ones nobody asked for. */
  readonly wanted: (index: number) => boolean;
}

/** Gives the gradient of the loss in each input (null: none flows there), shaped like the input. */
export type GradientRule = (b: OpBuilder, query: GradientQuery) => readonly (Value | null)[];

/** `'constant'`: piecewise constant or integer-valued, so no gradient flows through it. */
export type GradientTable = Readonly<Record<OpType, GradientRule | 'constant'>>;

/** What a rule for a node with one output and no optional first input sees. */
export interface SimpleQuery extends GradientQuery {
  readonly x: Value;
  readonly y: Value;
  readonly dy: Value;
}

/** Wraps a rule that needs the gradient of the first output: no gradient there, none in any input. */
export function simple(rule: (b: OpBuilder, query: SimpleQuery) => readonly (Value | null)[]): GradientRule {
  return (b, query) => {
    const dy = query.gradients[0];
    const x = query.inputs[0];
    return dy && x ? rule(b, { ...query, x, y: query.outputs[0], dy }) : [];
  };
}

/** The input at `index`, which the operator requires. */
export function required(query: GradientQuery, index: number): Value {
  const input = query.inputs[index];
  if (!input) throw new GraphError(`input ${index} is missing`);
  return input;
}

export function isFloat(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float64';
}

/**
 * Undoes broadcasting: sums `gradient` over the axes along which a value of `type` was repeated, so that it has `type`'s
 * shape. A dimension named in both is taken to be the same number.
 */
export function sumTo(b: OpBuilder, gradient: Value, type: TensorType): Value {
  const given = gradient.type.shape;
  const lead = given.length - type.shape.length;
  const leading = Array.from({ length: lead }, (_, axis) => axis);
  const repeated = type.shape.flatMap((dim, axis) => (dim === 1 && given[axis + lead] !== 1 ? [axis] : []));
  if (lead === 0) return repeated.length === 0 ? gradient : b.reduceSum(gradient, repeated, true);
  const sum = b.reduceSum(gradient, [...leading, ...repeated.map((axis) => axis + lead)]);
  return repeated.length === 0 ? sum : b.unsqueeze(sum, repeated);
}

/** Counts axes from the front: −1 of rank 3 is 2. */
export function normalAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export function normalAxes(axes: readonly number[], rank: number): number[] {
  return axes.map((axis) => normalAxis(axis, rank));
}

/** The whole numbers from `start` (included) to `end` (excluded). */
export function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
}

/** The numbers of an input that must be known while the graph is built (axes, pads), or undefined when it is not given. */
export function constantNumbers(b: OpBuilder, query: GradientQuery, index: number, what: string): number[] | undefined {
  const input = query.inputs[index];
  if (!input) return undefined;
  const known = knownNumbers(b, input);
  if (!known)
    throw new GraphError(`its gradient needs the ${what} (input ${index}) to be constant, the graph computes them`);
  return known;
}

/** The numbers in a value when they are known while the graph is built. */
export function knownNumbers(b: OpBuilder, value: Value): number[] | undefined {
  const tensor = b.constantOf(value);
  if (tensor) return numbersOf(tensor).slice();
  const { elements } = value.type;
  return elements?.every((element) => typeof element === 'number') ? [...elements] : undefined;
}

/** A dimension that must be a number; `what` completes "its gradient needs … to be known". */
export function staticDim(dim: Dim, what: string): number {
  if (typeof dim === 'number') return dim;
  throw new GraphError(`its gradient needs ${what} to be known while the graph is built, it is '${dim}'`);
}

export function staticDims(dims: readonly Dim[], what: string): number[] {
  return dims.map((dim) => staticDim(dim, what));
}

/** 1 where the condition holds and 0 elsewhere, in `like`'s data type. */
export function indicator(b: OpBuilder, condition: Value, like: Value): Value {
  return b.cast(condition, like.type.dtype);
}

/** `value` where the condition holds, 0 elsewhere (a true 0: what stands in `value` elsewhere does not matter). */
export function keepWhere(b: OpBuilder, condition: Value, value: Value): Value {
  return b.where(condition, value, 0);
}

/** `x` with zeros replaced by ones: a divisor for places where the quotient is defined to be 0. */
export function nonZero(b: OpBuilder, x: Value): Value {
  return b.where(b.equal(x, 0), 1, x);
}

/** The number of elements along `axes`: a number where it is known, else computed from the shape. */
export function countAlong(b: OpBuilder, x: Value, axes: readonly number[]): Operand {
  const dims = axes.map((axis) => x.type.shape[axis]);
  if (dims.every((dim) => typeof dim === 'number')) return dims.reduce((product, dim) => product * dim, 1);
  return b.cast(b.reduce('ReduceProd', b.gather(b.shapeOf(x), b.ints(axes))), x.type.dtype);
}
