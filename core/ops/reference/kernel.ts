/** What every reference kernel is made of: reading tensors as doubles, writing results, and walking strided views. */
import type { Attributes, TensorType } from '../../graph/graph.ts';
import { allocate, numbersOf, sizeOf, stridesOf, type DType, type Shape, type Tensor } from '../../tensor/tensor.ts';

export interface OutputType extends TensorType {
  readonly shape: Shape;
}

export interface KernelQuery {
  readonly inputs: readonly (Tensor | null)[];
  readonly attributes: Attributes;
  /** The types the results must have, from the type rules. */
  readonly outputs: readonly OutputType[];
}

/** Computes a node's outputs. Clear rather than fast: arithmetic is in doubles, rounded once to the result's type. */
export type Kernel = (query: KernelQuery) => readonly Tensor[];

/** A required input (the type rules have checked that it is there). */
export function tensorAt(query: KernelQuery, index: number): Tensor {
  const value = query.inputs[index];
  if (!value) throw new RangeError(`input ${index} is missing`);
  return value;
}

/** The elements of an input as doubles (int64 beyond 2^53 loses precision). */
function doublesOf(value: Tensor): Float64Array {
  return value.data instanceof Float64Array ? value.data : Float64Array.from(numbersOf(value));
}

export function doublesAt(query: KernelQuery, index: number): Float64Array {
  return doublesOf(tensorAt(query, index));
}

/** The numbers of an optional list input. */
export function listAt(query: KernelQuery, index: number): readonly number[] | undefined {
  const value = query.inputs[index];
  return value ? numbersOf(value) : undefined;
}

/** A tensor from doubles: integers are truncated, truth values are "not zero". */
export function fromDoubles(dtype: DType, shape: Shape, values: ArrayLike<number>): Tensor {
  if (dtype === 'bool') return { dtype, shape, data: Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)) };
  if (dtype === 'int64') return { dtype, shape, data: BigInt64Array.from(Array.from(values, toInteger)) };
  const data = allocate(dtype, values.length);
  data.set(values as ArrayLike<number> & ArrayLike<bigint>);
  return { dtype, shape, data };
}

function toInteger(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

/** The node's only result, from doubles. */
export function result(query: KernelQuery, values: ArrayLike<number>): readonly Tensor[] {
  const { dtype, shape } = query.outputs[0];
  return [fromDoubles(dtype, shape, values)];
}

/** For each element of `shape` in row-major order, the offset Σ index·stride + base. */
export function viewOffsets(shape: Shape, strides: readonly number[], base = 0): Int32Array {
  const offsets = new Int32Array(sizeOf(shape));
  if (offsets.length === 0) return offsets;
  const index = shape.map(() => 0);
  let offset = base;
  for (let at = 0; at < offsets.length; at++) {
    offsets[at] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis];
      if (++index[axis] < shape[axis]) break;
      offset -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return offsets;
}

/** Offsets into a tensor of shape `from` as it broadcasts to `to`. */
export function broadcastOffsets(from: Shape, to: Shape): Int32Array {
  const strides = stridesOf(from);
  const lead = to.length - from.length;
  return viewOffsets(
    to,
    to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : strides[axis - lead])),
  );
}

/** The elements at `offsets`, of any data type; zero where an offset is negative. */
export function pick(value: Tensor, shape: Shape, offsets: ArrayLike<number>): Tensor {
  const { data } = value;
  const picked = allocate(value.dtype, offsets.length);
  for (let at = 0; at < offsets.length; at++) if (offsets[at] >= 0) picked[at] = data[offsets[at]];
  return { dtype: value.dtype, shape, data: picked };
}

/** Calls `visit` for each run of elements along `axis`: element i of a run stands at start + i·step. */
export function forEachLane(
  shape: Shape,
  axis: number,
  visit: (start: number, step: number, length: number, lane: number) => void,
): void {
  const length = shape[axis];
  const step = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < step; i++) visit(o * length * step + i, step, length, o * step + i);
}

/** An axis counted from the front. */
export function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
