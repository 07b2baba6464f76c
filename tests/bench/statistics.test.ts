/** Quantiles by their definition: linear between the ordered values (type 7 of Hyndman and Fan 1996, R's and NumPy's). */
import { expect, test } from 'vitest';
import { quantile, spreadOf } from '../../bench/statistics.ts';

test('the quantile at 0 is the least value, at 1 the greatest, whatever the order', () => {
  const values = [5, 1, 4, 2, 3];
  expect([quantile(values, 0), quantile(values, 1)]).toEqual([1, 5]);
  expect(values).toEqual([5, 1, 4, 2, 3]);
});

test('the median of an even count lies halfway between its neighbours', () => {
  expect(quantile([10, 20, 30, 100], 0.5)).toBe(25);
});

test('quartiles lie where R puts them', () => {
  // quantile(c(7, 15, 36, 39, 40, 41)) in R: 25 % 20.25, 50 % 37.5, 75 % 39.75
  expect(spreadOf([39, 7, 41, 15, 40, 36])).toEqual({ low: 20.25, median: 37.5, high: 39.75 });
});

test('one value is every quantile, none has none', () => {
  expect(spreadOf([3])).toEqual({ low: 3, median: 3, high: 3 });
  expect(quantile([], 0.5)).toBeNaN();
});
