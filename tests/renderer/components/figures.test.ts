import { expect, test } from 'vitest';
import { agoFigure, axisFigures, bytesFigure, durationFigure, figure } from '../../../renderer/components/figures.ts';

test.each([
  [0, '0'],
  [0.031249, '0.03125'],
  [-1.5, '−1.5'],
  [12400, '12,400'],
  [12_400_000, '12,400,000'],
  [12345.6, '12,346'],
  [143_288.4, '143,288'],
  [9.99996, '10.00'],
  [145.03, '145.0'],
  [0.11004, '0.1100'],
  [0.11, '0.11'],
  [Math.fround(0.001), '0.001'],
  [0.000312, '0.000312'],
  [0.00001, '1e−5'],
  [1.234567e-7, '1.23e−7'],
  [-2.5e9, '−2.5e9'],
  [NaN, 'NaN'],
  [Infinity, '∞'],
])('%d is written %s', (value, words) => expect(figure(value)).toBe(words));

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [4_700_000, '4.7 MB'],
  [999_999, '1 MB'],
  [128_000_000_000, '128 GB'],
])('%d bytes are %s', (bytes, words) => expect(bytesFigure(bytes)).toBe(words));

test.each([
  [400, '0.4 s'],
  [12_000, '12 s'],
  [59_960, '1 min'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [3 * 86_400_000, '3 days'],
  [NaN, '—'],
])('%d ms are %s', (ms, words) => expect(durationFigure(ms)).toBe(words));

test('how long ago', () => {
  const now = Date.UTC(2026, 5, 20, 12);
  expect(agoFigure(now - 30_000, now)).toBe('just now');
  expect(agoFigure(now - 3 * 3_600_000, now)).toBe('3 h ago');
  expect(agoFigure(now - 30 * 3_600_000, now)).toBe('yesterday');
  expect(agoFigure(now - 40 * 86_400_000, now)).toBe('11 May 2026');
});

test.each([
  [
    [0.306, 0.3061, 0.3062],
    ['0.306', '0.3061', '0.3062'],
  ],
  [
    [0, 0.25, 0.5],
    ['0', '0.25', '0.5'],
  ],
  [
    [null, 100, null, 1000],
    ['', '100', '', '1,000'],
  ],
  [
    [145.0, 145.5, 146.0],
    ['145', '145.5', '146'],
  ],
])('the marks %j of an axis can be told apart', (values, words) => expect(axisFigures(values)).toEqual(words));
