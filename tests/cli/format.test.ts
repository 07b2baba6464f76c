/** Numbers, times, tables and curves as text. */
import { expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatTable,
  sparkline,
} from '../../main/cli/format.ts';

it.each([
  [0, '0'],
  [3, '3'],
  [0.0123456, '0.01235'],
  [-1.5, '-1.5'],
  [0.00001234, '1.234e-5'],
  [1_234_567.5, '1.235e+6'],
  [NaN, 'NaN'],
  [-Infinity, '-Infinity'],
])('number %d', (value, text) => expect(formatNumber(value)).toBe(text));

it.each([
  [49, '0.0 s'],
  [3200, '3.2 s'],
  [59_700, '1 min 00 s'],
  [245_000, '4 min 05 s'],
  [7_800_000, '2 h 10 min'],
])('duration %d', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));

it('counts and bytes', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
  expect([999, 1500, 2_340_000].map(formatBytes)).toEqual(['999 B', '1.50 kB', '2.34 MB']);
});

it('tables keep columns in line and end lines without blanks', () => {
  expect(
    formatTable(
      ['a', '>number', 'last'],
      [
        ['x', '1', ''],
        ['longer', '12345678', 'y'],
      ],
    ),
  ).toBe(['a         number  last', 'x              1', 'longer  12345678  y'].join('\n'));
});

it('curves run from their least to their greatest value; what is not finite stands out', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([5, 5, 5])).toBe('▁▁▁');
  expect(sparkline([1, NaN, 2])).toBe('▁×█');
  expect(sparkline([0, 0, 7, 7], 2)).toBe('▁█');
  expect(sparkline([])).toBe('');
  expect(sparkline(Float64Array.from({ length: 1000 }, (_, i) => i))).toHaveLength(40);
});
