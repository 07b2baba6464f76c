import { describe, expect, it } from 'vitest';
import {
  allocate,
  bytesPerElement,
  dtypes,
  isFiniteTensor,
  numbersOf,
  scalarTensor,
  sizeOf,
  stridesOf,
  tensor,
  tensorOf,
  zeros,
} from '../../../core/tensor/tensor.ts';

describe('shapes', () => {
  it('have the product of their dimensions as size; a scalar has one element', () => {
    expect([sizeOf([2, 3, 4]), sizeOf([]), sizeOf([5, 0])]).toEqual([24, 1, 0]);
  });

  it('have row-major strides: the place of an index is its product with them', () => {
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
    expect(stridesOf([])).toEqual([]);
    const counted = tensorOf(
      'int32',
      [2, 3, 4],
      Array.from({ length: 24 }, (_, i) => i),
    );
    const [a, b, c] = stridesOf(counted.shape);
    expect(counted.data[Number(a) + 2 * b + 3 * c]).toBe(23);
  });
});

describe('tensors', () => {
  it.each(dtypes)('%s has a buffer of its width, zero at first', (dtype) => {
    const made = zeros(dtype, [2, 3]);
    expect(made.data.byteLength).toBe(6 * bytesPerElement[dtype]);
    expect(allocate(dtype, 4)).toHaveLength(4);
    expect(numbersOf(made)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('convert plain numbers to their type', () => {
    expect(tensorOf('int64', [2], [1, -7]).data).toEqual(BigInt64Array.of(1n, -7n));
    expect(tensorOf('float32', [1], [0.1]).data[0]).toBe(Math.fround(0.1));
    expect(numbersOf(tensorOf('int64', [2], [3, 4]))).toEqual([3, 4]);
    expect(scalarTensor('float64', 2)).toEqual({ dtype: 'float64', shape: [], data: Float64Array.of(2) });
  });

  it('refuse a buffer or values of another size, in words', () => {
    expect(() => tensor('float32', [2, 2], new Float32Array(3))).toThrow(
      'a float32 tensor of shape [2, 2] needs 4 elements, got 3',
    );
    expect(() => tensorOf('float32', [2], [1])).toThrow('shape [2] needs 2 values, got 1');
  });

  it('share the buffer they are given', () => {
    const data = new Float32Array(2);
    const made = tensor('float32', [2], data);
    data[1] = 5;
    expect(made.data[1]).toBe(5);
  });

  it('are finite when every element is; integers always', () => {
    expect(isFiniteTensor(tensorOf('float32', [2], [1, Number.NaN]))).toBe(false);
    expect(isFiniteTensor(tensorOf('float64', [1], [Number.NEGATIVE_INFINITY]))).toBe(false);
    expect(isFiniteTensor(tensorOf('int64', [1], [9]))).toBe(true);
    expect(isFiniteTensor(tensorOf('float32', [0], []))).toBe(true);
  });
});
