/** The intermediate representation: values, nodes and graphs, as ONNX defines them. */
import type { DType, Shape, Tensor } from '../tensor/tensor.ts';
import type { OpType } from './instruction-set.ts';

/** A dimension: a number, or a name for one known only at run time (`'N'` is the batch). */
export type Dim = number | string;

/** A dimension nothing is known about: it fits every other one, and only running the graph tells its size. */
export const unknownDim = '?';

export function isUnknown(dim: Dim): boolean {
  return typeof dim === 'string' && dim.includes(unknownDim);
}

export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly Dim[];
  /** What is known of the elements of a small int64 value that carries a shape, in order; absent for all other values. */
  readonly elements?: readonly Dim[];
}

/** One tensor flowing through a graph. Values are compared by identity; names are unique within a graph. */
export interface Value {
  readonly name: string;
  readonly type: TensorType;
}

export type Attribute = number | string | readonly number[] | Tensor;
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Node {
  readonly op: OpType;
  /** `null` stands for an optional input left out. */
  readonly inputs: readonly (Value | null)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
  /** The part of the document this node came from, for example `encoder/mean`; gradients carry their forward node's. */
  readonly origin: string;
}

export interface GraphOutput {
  readonly name: string;
  readonly value: Value;
}

/** Nodes stand in an order in which every value is made before it is used. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly GraphOutput[];
  readonly nodes: readonly Node[];
  /** Constants (ONNX initializers) by the value they define. */
  readonly initializers: ReadonlyMap<Value, Tensor>;
}

/** What a type rule sees of a node. `constants` holds the inputs known while the graph is built (shapes, axes). */
export interface TypeQuery {
  readonly inputs: readonly (TensorType | null)[];
  readonly constants: readonly (Tensor | undefined)[];
  readonly attributes: Attributes;
  readonly outputCount: number;
}

/**
 * Gives the types of a node's outputs.
 * @throws GraphError when the inputs do not fit the operator.
 */
export type InferTypes = (op: OpType, query: TypeQuery) => readonly TensorType[];

/** A graph that breaks a rule: which node, what was expected, what was found. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  /** The document part the offending node came from; empty when it has none. */
  readonly origin: string;

  constructor(message: string, origin = '') {
    super(message);
    this.origin = origin;
  }
}

/** `float32[N, 3, 28, 28]`. */
export function formatType(type: TensorType): string {
  return `${type.dtype}[${type.shape.join(', ')}]`;
}

/** Whether two shapes are equal as far as they are known; equal names are equal sizes. */
export function fits(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis] || isUnknown(dim) || isUnknown(b[axis]));
}

/** Whether two shapes are certainly equal. */
export function sameShape(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis] && !isUnknown(dim));
}

/** The shape as numbers, or undefined when a dimension is symbolic. */
export function staticShape(shape: readonly Dim[]): Shape | undefined {
  return shape.every((dim) => typeof dim === 'number') ? (shape as Shape) : undefined;
}

/** An attribute that must be a number, or `fallback` when it is absent. */
export function numberAttribute(attributes: Attributes, name: string, fallback: number): number {
  const value = attributes[name];
  return typeof value === 'number' ? value : fallback;
}

/** An attribute that must be a list of numbers, or undefined when it is absent. */
export function numbersAttribute(attributes: Attributes, name: string): readonly number[] | undefined {
  const value = attributes[name];
  return Array.isArray(value) ? (value as readonly number[]) : undefined;
}

/** An attribute that must be a string, or `fallback` when it is absent. */
export function stringAttribute(attributes: Attributes, name: string, fallback: string): string {
  const value = attributes[name];
  return typeof value === 'string' ? value : fallback;
}
