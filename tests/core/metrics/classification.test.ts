/** Classifier scores against small tables worked by hand. */
import { describe, expect, test } from 'vitest';
import {
  accuracy,
  classificationReport,
  expectedCalibrationError,
  logLoss,
  predictedClasses,
} from '../../../core/metrics/classification.ts';
import { matrixOfRows } from '../../../core/metrics/feature-matrix.ts';
import { averagePrecision, rocAuc } from '../../../core/metrics/ranking.ts';

describe('classes', () => {
  const labels = [0, 0, 0, 0, 1, 1, 2, 2];
  const predicted = [0, 0, 0, 1, 1, 1, 1, 2];

  test('confusion, precision, recall and F1 by hand', () => {
    const report = classificationReport(labels, predicted, 3);
    expect(report.confusion.map((row) => Array.from(row))).toEqual([
      [3, 1, 0],
      [0, 2, 0],
      [0, 1, 1],
    ]);
    expect(report.accuracy).toBe(6 / 8);
    expect(accuracy(labels, predicted)).toBe(6 / 8);
    expect(report.classes.map((c) => c.precision)).toEqual([1, 2 / 4, 1]);
    expect(report.classes.map((c) => c.recall)).toEqual([3 / 4, 1, 1 / 2]);
    expect(report.classes.map((c) => c.support)).toEqual([4, 2, 2]);
    // F1: 2·1·¾/(1¾) = 6/7, 2·½·1/1½ = 2/3, 2·1·½/1½ = 2/3.
    expect(report.macroF1).toBeCloseTo((6 / 7 + 2 / 3 + 2 / 3) / 3, 12);
    expect(report.balancedAccuracy).toBeCloseTo((3 / 4 + 1 + 1 / 2) / 3, 12);
  });

  test('a class that never occurs leaves the means alone', () => {
    const report = classificationReport(labels, predicted, 4);
    expect(report.macroF1).toBeCloseTo((6 / 7 + 2 / 3 + 2 / 3) / 3, 12);
    expect(report.classes[3]).toEqual({ support: 0, precision: 0, recall: 0, f1: 0 });
  });

  test('refuses class numbers out of range and lists of different length', () => {
    expect(() => classificationReport([0, 3], [0, 1], 3)).toThrow('class 3 is not one of 0 … 2');
    expect(() => classificationReport([0], [0, 1], 3)).toThrow('1 labels against 2 predictions');
  });
});

describe('probabilities', () => {
  test('log loss is the mean of −ln p, with sure mistakes bounded', () => {
    const probabilities = matrixOfRows([
      [0.5, 0.5],
      [0.2, 0.8],
    ]);
    expect(logLoss([0, 1], probabilities)).toBeCloseTo((Math.log(2) + Math.log(1.25)) / 2, 12);
    expect(logLoss([1], matrixOfRows([[1, 0]]))).toBeCloseTo(15 * Math.LN10, 10);
  });

  test('calibration error by hand, two bins used', () => {
    // Confidences 0.9, 0.9 (one right): gap |0.5 − 0.9|; 0.6, 0.6 (both right): gap |1 − 0.6|; half the rows each.
    const probabilities = matrixOfRows([
      [0.9, 0.1],
      [0.1, 0.9],
      [0.6, 0.4],
      [0.4, 0.6],
    ]);
    expect(expectedCalibrationError([0, 0, 0, 1], probabilities, 10)).toBeCloseTo(0.5 * 0.4 + 0.5 * 0.4, 12);
    // In one bin the gaps cancel: accuracy ¾, mean confidence ¾.
    expect(expectedCalibrationError([0, 0, 0, 1], probabilities, 1)).toBeCloseTo(0, 12);
    expect(Array.from(predictedClasses(probabilities))).toEqual([0, 1, 0, 1]);
  });
});

describe('rankings', () => {
  test('ROC-AUC counts pairs', () => {
    // Positives 0.8, 0.35 against negatives 0.4, 0.1: 3 of 4 pairs in order.
    expect(rocAuc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75);
    expect(rocAuc([1, 2, 3, 4], [0, 0, 1, 1])).toBe(1);
    expect(rocAuc([1, 2, 3, 4], [1, 1, 0, 0])).toBe(0);
  });

  test('ROC-AUC counts ties one half', () => {
    expect(rocAuc([7, 7, 7, 7], [1, 0, 0, 1])).toBe(0.5);
    // Positives 2, 3 against negatives 1, 2, 2: pairs (2: 1 + ½ + ½), (3: 3) = 5 of 6.
    expect(rocAuc([2, 3, 1, 2, 2], [true, true, false, false, false])).toBeCloseTo(5 / 6, 12);
  });

  test('ROC-AUC equals direct counting over all pairs on tied scores', () => {
    const scores = Array.from({ length: 60 }, (_, i) => (i * 37) % 11);
    const positives = scores.map((score, i) => ((i * 29) % 7) + score > 8);
    let wins = 0;
    let pairs = 0;
    scores.forEach((p, i) => {
      scores.forEach((n, j) => {
        if (!positives[i] || positives[j]) return;
        pairs++;
        if (p > n) wins++;
        else if (p === n) wins += 0.5;
      });
    });
    expect(rocAuc(scores, positives)).toBeCloseTo(wins / pairs, 12);
  });

  test('average precision by hand, without and with ties', () => {
    // Falling: 1 (P = 1), 0, 1 (P = 2/3), 0 → (1 + 2/3) / 2, scikit-learn's documented 0.83.
    expect(averagePrecision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBeCloseTo(5 / 6, 12);
    // A tie of one positive and one negative at the top, then a positive: ½ · ½ + ½ · ⅔.
    expect(averagePrecision([9, 9, 5], [1, 0, 1])).toBeCloseTo(1 / 4 + 1 / 3, 12);
    // All tied: the share of positives.
    expect(averagePrecision([1, 1, 1, 1], [1, 0, 0, 0])).toBe(0.25);
  });

  test('one class has no ranking; NaN scores are refused', () => {
    expect(rocAuc([1, 2], [1, 1])).toBeNaN();
    expect(averagePrecision([1, 2], [0, 0])).toBeNaN();
    expect(() => rocAuc([1, Number.NaN], [0, 1])).toThrow('row 1 is NaN');
  });
});
