/** The whole set of scores: which are given for which parts, and that each is the metric's own value. */
import { expect, test } from 'vitest';
import { frechetDistance } from '../../../core/metrics/frechet.ts';
import { generativeScores } from '../../../core/metrics/generative-scores.ts';
import { kernelDistance } from '../../../core/metrics/kernel-distance.ts';
import { manifoldScores } from '../../../core/metrics/precision-recall.ts';
import { normalRows } from './sets.ts';

const stamp = { extractor: 'raw', resize: 'none', data: 'd1' };
const real = normalRows(80, 2, 1);
const samples = normalRows(60, 2, 2);

test('two sets give the six feature scores, each with its stamp and an interval around it', () => {
  const { scores, warnings } = generativeScores({ real, samples, stamp, seed: 4 });
  const value = Object.fromEntries(scores.map((score) => [score.name, score.value]));
  const manifold = manifoldScores(real, samples);
  expect(Object.keys(value)).toHaveLength(6);
  expect(value['frechetDistance']).toBeCloseTo(frechetDistance(real, samples).value, 12);
  expect(value['kernelDistance']).toBeCloseTo(kernelDistance(real, samples), 12);
  for (const name of ['precision', 'recall', 'density', 'coverage'] as const) {
    expect(value[name]).toBeCloseTo(manifold[name], 12);
  }
  for (const score of scores) {
    expect(score.low).toBeLessThanOrEqual(score.value);
    expect(score.high).toBeGreaterThanOrEqual(score.value);
    expect([score.n, score.seed, score.stamp]).toEqual([60, 4, stamp]);
  }
  expect(warnings).toEqual([]);
});

test('memory, mixture and classes add their scores', () => {
  const { scores, memorisation } = generativeScores({
    real,
    samples,
    memory: { training: normalRows(100, 2, 5), holdout: real },
    mixture: {
      samples,
      centres: [
        [0, 0],
        [50, 50],
      ],
      deviation: 1,
    },
    classes: { predicted: Array.from({ length: 60 }, (_, i) => i % 2), dataCounts: [5, 5, 10] },
    stamp,
    seed: 4,
  });
  const value = Object.fromEntries(scores.map((score) => [score.name, score.value]));
  expect(value['modesCovered']).toBe(1);
  expect(value['highQualityShare']).toBeGreaterThan(0.9);
  expect(value['classesCovered']).toBe(2);
  expect(value['classDivergence']).toBeCloseTo(Math.log(2), 12);
  expect(value['memorisationRatio']).toBe(memorisation?.ratio);
});

test('too few rows for the features are said, not hidden', () => {
  const { warnings } = generativeScores({ real: normalRows(8, 9, 1), samples: normalRows(8, 9, 2), stamp, seed: 1 });
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain('8 rows for 9 features');
});
