/** Stamps: scores that were not measured alike are not ranked, and the reason is said. */
import { expect, test } from 'vitest';
import { comparable, scoreOf } from '../../../core/metrics/score.ts';
import type { Score } from '../../../core/metrics/score.ts';

const stamp = { extractor: 'a1', resize: 'none', data: 'd1' };
const estimate = { value: 3, low: 2, high: 4, repeats: 50, level: 0.95, seed: 9 };
const score = scoreOf(estimate, { name: 'frechetDistance', n: 2000, seed: 7, goal: 'min', stamp });

test('a score keeps the interval of its estimate; a bare number has none', () => {
  expect(score).toEqual({
    name: 'frechetDistance',
    value: 3,
    low: 2,
    high: 4,
    n: 2000,
    seed: 7,
    repeats: 50,
    goal: 'min',
    stamp,
  });
  const bare = scoreOf(8, { name: 'modesCovered', n: 2000, seed: 7, goal: 'max', stamp });
  expect([bare.value, bare.low, bare.high, bare.repeats]).toEqual([8, 8, 8, 0]);
});

test('other values and seeds may be ranked', () => {
  expect(comparable(score, { ...score, value: 5, low: 4, high: 6, seed: 8 })).toBe(true);
});

test.each<[Partial<Score>, string]>([
  [{ name: 'coverage' }, 'different scores: frechetDistance and coverage'],
  [{ n: 500 }, 'different sample counts: 2000 and 500'],
  [{ stamp: { ...stamp, extractor: 'a2' } }, 'different feature extractors: a1 and a2'],
  [{ stamp: { ...stamp, resize: 'area 28x28' } }, 'different resize methods: none and area 28x28'],
  [{ stamp: { ...stamp, data: 'd2' } }, 'different data: d1 and d2'],
])('%o is not ranked with the first', (change, reason) => {
  expect(comparable(score, { ...score, ...change })).toBe(reason);
});
