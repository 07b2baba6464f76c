/** What kernels over TensorFlow.js are made of: operands that live here or on the backend, and broadcasting. */
import * as tf from '@tensorflow/tfjs-core';
import type { Attributes } from '../../../core/graph/graph.ts';
import type { OutputType } from '../../../core/ops/reference/kernel.ts';
import { numbersOf, type DType, type Shape, type Tensor } from '../../../core/tensor/tensor.ts';
import { carrierOf, toTf } from './convert.ts';

/** A value of a graph while it runs: a constant of the graph, a tensor on the backend, or both. */
export class Operand {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly #constant: Tensor | undefined;
  #tensor: tf.Tensor | undefined;

  private constructor(dtype: DType, shape: Shape, constant?: Tensor, tensor?: tf.Tensor) {
    this.dtype = dtype;
    this.shape = shape;
    this.#constant = constant;
    this.#tensor = tensor;
  }

  /** A constant goes to the backend only when a kernel computes with it: axes and shapes never do. */
  static constant(tensor: Tensor): Operand {
    return new Operand(tensor.dtype, tensor.shape, tensor);
  }

  static computed(dtype: DType, tensor: tf.Tensor): Operand {
    return new Operand(dtype, tensor.shape, undefined, tensor);
  }

  /** The tensor on the backend. @throws RangeError when a constant has no place there (float64, int64 beyond 32 bits). */
  get tensor(): tf.Tensor {
    this.#tensor ??= tf.keep(toTf(this.#constant!));
    return this.#tensor;
  }

  /** The elements, read back from the backend where they are not a constant. */
  get numbers(): readonly number[] {
    return this.#constant ? numbersOf(this.#constant) : Array.from(this.tensor.dataSync());
  }

  get isConstant(): boolean {
    return this.#constant !== undefined;
  }

  /** Whether this very tensor object stands for the operand. */
  holds(tensor: tf.Tensor): boolean {
    return this.#tensor === tensor;
  }

  dispose(): void {
    this.#tensor?.dispose();
    this.#tensor = undefined;
  }
}

export interface KernelQuery {
  readonly inputs: readonly (Operand | null)[];
  readonly attributes: Attributes;
  /** The types the results must have, from the type rules. */
  readonly outputs: readonly OutputType[];
}

/** Computes a node's outputs out of TensorFlow.js operations that it can differentiate wherever the operator can be. */
export type Kernel = (query: KernelQuery) => readonly tf.Tensor[];

/** A required input (the type rules have checked that it is there). */
export function operandAt(query: KernelQuery, index: number): Operand {
  const operand = query.inputs[index];
  if (!operand) throw new RangeError(`input ${index} is missing`);
  return operand;
}

export const tensorAt = (query: KernelQuery, index: number): tf.Tensor => operandAt(query, index).tensor;

/** The numbers of an optional list input. */
export const listAt = (query: KernelQuery, index: number): readonly number[] | undefined =>
  query.inputs[index]?.numbers;

/** A kernel with one result. */
export const single =
  (compute: (query: KernelQuery) => tf.Tensor): Kernel =>
  (query) => [compute(query)];

/** An axis counted from the front. */
export const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/**
 * `x` with the shape it broadcasts to. Floats are multiplied by ones rather than tiled: the gradient of `tf.tile` ends
 * at four axes and visits every copy.
 */
export function spread(x: tf.Tensor, shape: Shape): tf.Tensor {
  if (x.shape.length === shape.length && x.shape.every((dim, axis) => dim === shape[axis])) return x;
  if (x.dtype === 'float32') return tf.mul(x, tf.ones([...shape]));
  const lifted = [...Array.from({ length: shape.length - x.shape.length }, () => 1), ...x.shape];
  return tf.tile(
    tf.reshape(x, lifted),
    shape.map((dim, axis) => (lifted[axis] === dim ? 1 : dim)),
  );
}

/** `x` with `axis` last, and the way back. */
export function withAxisLast(x: tf.Tensor, axis: number, compute: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  const last = x.rank - 1;
  if (axis === last) return compute(x);
  const order = Array.from({ length: x.rank }, (_, at) => at);
  [order[axis], order[last]] = [last, axis];
  return tf.transpose(compute(tf.transpose(x, order)), order);
}

/** The elements at `places` along an axis, places counted from the front. */
export function pickAlong(x: tf.Tensor, places: readonly number[], axis: number): tf.Tensor {
  return tf.gather(x, tf.tensor1d([...places], 'int32'), axis);
}

/** `x` under the carrier of a data type. */
export const carried = (x: tf.Tensor, dtype: DType): tf.Tensor => tf.cast(x, carrierOf(dtype));
