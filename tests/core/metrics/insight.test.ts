/** Confusion and histograms against counts made by hand. */
import { describe, expect, it } from 'vitest';
import { confusionOf, scoresOf } from '../../../core/metrics/insight.ts';
import { keptMoments, mostMoments, stepsPerMoment } from '../../../core/metrics/thinning.ts';

it('a confusion counts each pair of actual and predicted class, and leaves out pairs that did not occur', () => {
  const found = confusionOf(['a', 'b', 'c'], [0, 0, 0, 1, 2, 2], [0, 0, 2, 1, 1, 1]);
  expect(found.n).toBe(6);
  expect(found.cells).toEqual([
    [0, 0, 2],
    [0, 2, 1],
    [1, 1, 1],
    [2, 1, 2],
  ]);
});

describe('histograms of scores', () => {
  const scores = (real: readonly number[], made: readonly number[]) =>
    scoresOf('Scores', [
      { name: 'real', label: 'Real', values: real },
      { name: 'made', label: 'Made', values: made },
    ]);

  it('share bins from the lowest to the highest score, and every finite score is in one of them', () => {
    const { low, high, populations } = scores([0, 1, 4, NaN], [-4, 0, Infinity]);
    expect([low, high]).toEqual([-4, 4]);
    // 40 bins over 8 are 0.2 wide: −4 is in bin 0, 0 in bin 20, 1 in bin 25, and 4, the end, in the last.
    expect([...populations[0].counts.entries()].filter(([, count]) => count > 0)).toEqual([
      [20, 1],
      [25, 1],
      [39, 1],
    ]);
    expect([...populations[1].counts.entries()].filter(([, count]) => count > 0)).toEqual([
      [0, 1],
      [20, 1],
    ]);
    expect(populations.map(({ n, mean }) => [n, mean])).toEqual([
      [3, 5 / 3],
      [2, -2],
    ]);
  });

  it('have a width when all scores are one, and when there are none', () => {
    expect(scores([2, 2], [2])).toMatchObject({ low: 1.5, high: 2.5 });
    expect(scores([], [])).toMatchObject({ low: -0.5, high: 0.5, populations: [{ n: 0 }, { n: 0 }] });
  });
});

describe('moments that are kept', () => {
  it('are all of them while they are few', () => {
    const moments = Array.from({ length: mostMoments }, (_, step) => ({ step }));
    expect(keptMoments(moments)).toEqual(moments);
  });

  it('never become more, lie evenly over the run and end with the newest', () => {
    let kept: readonly { readonly step: number }[] = [];
    for (let step = 0; step < 5000; step++) {
      kept = keptMoments([...kept, { step }]);
      expect(kept.length).toBeLessThanOrEqual(mostMoments);
      expect(kept.at(-1)?.step).toBe(step);
    }
    expect(kept.length).toBeGreaterThan(mostMoments / 2);
    const gaps = kept.slice(1).map(({ step }, i) => step - kept[i].step);
    expect(Math.max(...gaps)).toBe(stepsPerMoment(4999));
  });
});
