/** Dense tensors: a data type, a shape and a typed buffer in row-major (C) order. */

export const dtypes = ['float32', 'float64', 'int64', 'int32', 'uint8', 'bool'] as const;
export type DType = (typeof dtypes)[number];

/** The buffer that holds each data type; `bool` is one byte an element, 0 or 1, as in ONNX. */
export interface BufferOf {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int64: BigInt64Array;
  readonly int32: Int32Array;
  readonly uint8: Uint8Array;
  readonly bool: Uint8Array;
}
export type Shape = readonly number[];

export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: Shape;
  readonly data: BufferOf[D];
}

/** Number of elements of a shape; 1 for a scalar (`[]`), 0 when any dimension is 0. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const dim of shape) size *= dim;
  return size;
}

/** Row-major strides in elements: `stridesOf([2, 3, 4])` is `[12, 4, 1]`. */
export function stridesOf(shape: Shape): number[] {
  const strides: number[] = Array.from({ length: shape.length }, () => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

const allocators: { readonly [D in DType]: (size: number) => BufferOf[D] } = {
  float32: (size) => new Float32Array(size),
  float64: (size) => new Float64Array(size),
  int64: (size) => new BigInt64Array(size),
  int32: (size) => new Int32Array(size),
  uint8: (size) => new Uint8Array(size),
  bool: (size) => new Uint8Array(size),
};

/** Bytes one element takes in memory and in every file format we write. */
export const bytesPerElement: Readonly<Record<DType, number>> = {
  float32: 4,
  float64: 8,
  int64: 8,
  int32: 4,
  uint8: 1,
  bool: 1,
};

/** A zero-filled buffer of `size` elements. */
export function allocate<D extends DType>(dtype: D, size: number): BufferOf[D] {
  return allocators[dtype](size);
}

/**
 * A tensor over an existing buffer (not copied).
 * @throws RangeError when the buffer's length is not the shape's size.
 */
export function tensor<D extends DType>(dtype: D, shape: Shape, data: BufferOf[D]): Tensor<D> {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(
      `a ${dtype} tensor of shape [${shape.join(', ')}] needs ${sizeOf(shape)} elements, got ${data.length}`,
    );
  }
  return { dtype, shape, data };
}

/** A zero tensor. */
export function zeros<D extends DType>(dtype: D, shape: Shape): Tensor<D> {
  return { dtype, shape, data: allocate(dtype, sizeOf(shape)) };
}

/** A tensor from plain numbers, converted to `dtype` (int64 values must be integers). */
export function tensorOf<D extends DType>(dtype: D, shape: Shape, values: ArrayLike<number>): Tensor<D> {
  const data = allocate(dtype, sizeOf(shape));
  if (values.length !== data.length)
    throw new RangeError(`shape [${shape.join(', ')}] needs ${data.length} values, got ${values.length}`);
  if (data instanceof BigInt64Array) for (let i = 0; i < data.length; i++) data[i] = BigInt(values[i]);
  else for (let i = 0; i < data.length; i++) data[i] = values[i];
  return { dtype, shape, data };
}

/** A scalar tensor (`shape []`). */
export function scalarTensor<D extends DType>(dtype: D, value: number): Tensor<D> {
  return tensorOf(dtype, [], [value]);
}

/** The elements as plain numbers (int64 beyond 2^53 loses precision). */
export function numbersOf(value: Tensor): number[] {
  return value.data instanceof BigInt64Array ? Array.from(value.data, Number) : Array.from(value.data);
}

/** Whether every element is finite; integers always are. */
export function isFiniteTensor(value: Tensor): boolean {
  const { data } = value;
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return true;
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return false;
  return true;
}
