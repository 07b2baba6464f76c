/** What counts as the same result. */
import { expect, test } from 'vitest';
import { tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { differenceOf, FileCheck } from '../../../main/host/export/difference.ts';

const floats = (...values: number[]): Tensor => tensorOf('float32', [values.length], values);

test('the difference is absolute, and a share of the largest expected number', () => {
  expect(differenceOf(floats(4, -8, 0), floats(4, -7, 0.5), 1e-6)).toEqual({ absolute: 1, relative: 0.125 });
  expect(differenceOf(floats(1, 2), floats(1, 2), 1e-6)).toEqual({ absolute: 0, relative: 0 });
});

test('small numbers are measured against the smallest scale', () => {
  expect(differenceOf(floats(0.25, 0), floats(0.25, 0.5), 2)).toEqual({ absolute: 0.5, relative: 0.25 });
});

test('equal infinities and NaN are equal; one beside a number is infinitely far', () => {
  expect(differenceOf(floats(NaN, Infinity, 1), floats(NaN, Infinity, 1), 1e-6).absolute).toBe(0);
  expect(differenceOf(floats(1), floats(NaN), 1e-6).relative).toBe(Infinity);
  expect(differenceOf(floats(Infinity), floats(1), 1e-6).relative).toBe(Infinity);
});

test('another shape or type is infinitely far', () => {
  expect(differenceOf(floats(1, 2), floats(1), 1e-6).relative).toBe(Infinity);
  expect(differenceOf(floats(1), tensorOf('int64', [1], [1]), 1e-6).relative).toBe(Infinity);
});

test('a file that is off by more than 1e-5 fails with words; a smaller difference is kept as the largest', () => {
  const check = new FileCheck('decoder.onnx', 1e-6);
  check.compare('x', floats(1), floats(1 + 2 ** -20));
  check.compare('x', floats(1), floats(1));
  expect(check.largest.relative).toBe(2 ** -20);
  expect(() => check.compare('x', floats(1), floats(1.001))).toThrow(
    /decoder\.onnx does not compute what the model does: its output 'x'/,
  );
  expect(() => check.compare('y', floats(1), undefined)).toThrow(/output 'y'/);
});
