/** Tensors on their way to TensorFlow.js and back: its numbers are float32 and int32, so int64 is carried in 32 bits. */
import * as tf from '@tensorflow/tfjs-core';
import { allocate, sizeOf, type BufferOf, type DType, type Shape, type Tensor } from '../../../core/tensor/tensor.ts';

/** What carries each of our data types; float64 has no carrier. */
const carriers = {
  float32: 'float32',
  int64: 'int32',
  int32: 'int32',
  uint8: 'int32',
  bool: 'bool',
} as const satisfies Partial<Record<DType, tf.DataType>>;

/** @throws RangeError for float64, which TensorFlow.js does not have. */
export function carrierOf(dtype: DType): 'float32' | 'int32' | 'bool' {
  if (dtype === 'float64') throw new RangeError('TensorFlow.js has no float64: keep this model on another device');
  return carriers[dtype];
}

/**
 * A tensor on the current backend; the buffer is copied.
 * @throws RangeError for float64 and for int64 values beyond 32 bits.
 */
export function toTf({ dtype, shape, data }: Tensor): tf.Tensor {
  const carrier = carrierOf(dtype);
  return tf.tensor(carrier === 'int32' ? int32Of(data) : (data.slice() as Float32Array), [...shape], carrier);
}

function int32Of(data: Tensor['data']): Int32Array {
  if (!(data instanceof BigInt64Array)) return Int32Array.from(data as ArrayLike<number>);
  return Int32Array.from(data, (value) => {
    const number = Number(value);
    if (number !== (number | 0)) throw new RangeError(`${value} does not fit the 32-bit integers of TensorFlow.js`);
    return number;
  });
}

/** The tensor behind values read from a backend. */
export function fromTf(dtype: DType, shape: Shape, values: ArrayLike<number>): Tensor {
  const data = allocate(dtype, sizeOf(shape));
  copyInto(data, values);
  return { dtype, shape, data };
}

/** Writes values read from a backend into a buffer of ours. @throws RangeError when the sizes differ. */
export function copyInto(data: BufferOf[DType], values: ArrayLike<number>): void {
  if (data.length !== values.length) throw new RangeError(`expected ${data.length} elements, found ${values.length}`);
  if (data instanceof BigInt64Array) for (let at = 0; at < data.length; at++) data[at] = BigInt(values[at]);
  else data.set(values);
}

/** An int32 tensor of whole numbers. */
export function tfInts(values: ArrayLike<number>, shape: Shape = [values.length]): tf.Tensor {
  return tf.tensor(Int32Array.from(values), [...shape], 'int32');
}
