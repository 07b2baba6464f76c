import { expect, test } from 'vitest';
import { sparkPath } from '../../../renderer/components/spark-path.ts';

test('lines fill their box, are level when values are, and break where there is none', () => {
  expect(sparkPath([0, 10], [0, 1], 100, 20)).toBe('M2.0 18.0L98.0 2.0');
  expect(sparkPath([0, 10], [5, 5], 100, 20)).toBe('M2.0 10.0L98.0 10.0');
  expect(sparkPath([0, 5, 10], [0, Number.NaN, 1], 100, 20)).toBe('M2.0 18.0M98.0 2.0');
  expect(sparkPath([3], [1], 100, 20)).toBe('M50.0 10.0h1');
  expect(sparkPath([], [], 100, 20)).toBe('');
});
