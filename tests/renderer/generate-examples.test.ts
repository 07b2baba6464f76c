/** What a confusion says in numbers and words, which examples are shown first, and how saliency becomes a picture. */
import { describe, expect, it } from 'vitest';
import { confusionOf } from '../../core/metrics/insight.ts';
import {
  accuracyOf,
  confusionTable,
  mistakes,
  pairWords,
  percentFigure,
} from '../../renderer/components/insights/confusion.ts';
import { mistakeCount, shownExamples } from '../../renderer/features/generate/examples/example-order.ts';
import { mapColour, pixelWeights } from '../../renderer/features/generate/examples/saliency-map.ts';

describe('a confusion', () => {
  const insight = confusionOf(['cat', 'dog', 'cow'], [0, 0, 0, 0, 1, 1, 2], [0, 0, 0, 1, 0, 0, 2]);

  it('has a count and a share of its row for each pair of classes', () => {
    const table = confusionTable(insight);
    expect(table.map((row) => row.map(({ count }) => count))).toEqual([
      [3, 1, 0],
      [2, 0, 0],
      [0, 0, 1],
    ]);
    expect(table[0]!.map(({ share }) => share)).toEqual([0.75, 0.25, 0]);
    expect(accuracyOf(insight)).toBeCloseTo(4 / 7, 12);
  });

  it('lists mistakes by how often they were made', () => {
    expect(mistakes(insight).map(({ actual, predicted, count }) => [actual, predicted, count])).toEqual([
      [1, 0, 2],
      [0, 1, 1],
    ]);
  });

  it('says each cell in words, and never calls a share all or none that is not', () => {
    const [[right, wrong]] = confusionTable(insight) as [[never, never]];
    expect(pairWords(right, insight.classes)).toBe('3 of actual cat recognised, 75 % of its row');
    expect(pairWords(wrong, insight.classes)).toBe('1 of actual cat taken for dog, 25 % of its row');
    expect([0, 0.0001, 0.034, 0.5, 0.99999, 1].map(percentFigure)).toEqual([
      '0 %',
      '<0.1 %',
      '3.4 %',
      '50 %',
      '>99.9 %',
      '100 %',
    ]);
  });
});

describe('judged examples', () => {
  const judged = {
    actual: Int32Array.of(0, 1, 2, 0, 1),
    predicted: Int32Array.of(0, 2, 2, 1, 1),
    confidence: Float32Array.of(0.9, 0.5, 0.6, 0.8, 0.99),
  };
  const any = { actual: null, predicted: null };

  it('come mistakes first, the surest at the head, then the right ones that were least sure', () => {
    expect(shownExamples(judged, { order: 'mistakes', ...any })).toEqual([3, 1, 2, 0, 4]);
    expect(shownExamples(judged, { order: 'unsure', ...any })).toEqual([1, 2, 3, 0, 4]);
    expect(shownExamples(judged, { order: 'stored', ...any })).toEqual([0, 1, 2, 3, 4]);
    expect(mistakeCount(judged)).toBe(2);
  });

  it('of one cell are those of its actual and predicted class', () => {
    expect(shownExamples(judged, { order: 'stored', actual: 0, predicted: 1 })).toEqual([3]);
    expect(shownExamples(judged, { order: 'stored', actual: null, predicted: 2 })).toEqual([1, 2]);
    expect(shownExamples(judged, { order: 'stored', actual: 2, predicted: 0 })).toEqual([]);
  });
});

describe('saliency as a picture', () => {
  it('takes the largest magnitude over the channels, by the 99th percentile of the picture', () => {
    // Two channels of 2 × 2: magnitudes (4, 2, 1, 0), of which the last counts as full.
    expect(Array.from(pixelWeights(Float32Array.of(-4, 1, 0.5, 0, 2, -2, -1, 0), [2, 2, 2]))).toEqual([
      1, 0.5, 0.25, 0,
    ]);
    const one = new Float32Array(400).fill(1);
    one[7] = 1000;
    // A single outlier in 400 pixels does not darken the others.
    expect(new Set(pixelWeights(one, [1, 20, 20]))).toEqual(new Set([1]));
  });

  it('of nothing is nothing, not a division by it', () => {
    expect(Array.from(pixelWeights(new Float32Array(4), [1, 2, 2]))).toEqual([0, 0, 0, 0]);
  });

  it('has colours that grow lighter all the way, so that they can be told apart without hue', () => {
    const luminance = Array.from({ length: 101 }, (_, i) => {
      const [red, green, blue] = mapColour(i / 100);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });
    luminance.slice(1).forEach((light, i) => expect(light).toBeGreaterThan(luminance[i]!));
    expect(mapColour(0)).toEqual([68, 1, 84]);
    expect(mapColour(1)).toEqual([253, 231, 37]);
  });
});
