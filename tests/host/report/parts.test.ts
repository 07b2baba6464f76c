/** Claims about what a report is made of: curves, scores, escaped text, figures, trends. */
import { describe, expect, it } from 'vitest';
import type { Score } from '../../../core/protocol/records.ts';
import { evenly } from '../../../main/host/report/gather.ts';
import { duration, escape, figure, html } from '../../../main/host/report/html.ts';
import { linePlot } from '../../../main/host/report/plot.ts';
import { orderCurves } from '../../../main/host/report/report-data.ts';
import { rankScores } from '../../../main/host/report/scores.ts';
import { meanOf, smoothed, thinned, ticks } from '../../../main/host/report/series.ts';
import { summaryOf, trendsOf } from '../../../main/host/report/summary.ts';
import { reportRun, series } from './fixtures.ts';

describe('smoothing', () => {
  it('is the weighted mean of the past in closed form, its start corrected', () => {
    const y = [3, -1, 4, 1, 5, 9];
    const weight = 0.8;
    const expected = y.map((_, t) => {
      const weights = y.slice(0, t + 1).map((__, i) => weight ** (t - i));
      const total = weights.reduce((a, b) => a + b);
      return weights.reduce((sum, w, i) => sum + w * y[i], 0) / total;
    });
    smoothed(y, weight).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
  });

  it('leaves a constant as it is, passes over what is not finite, and does nothing with weight 0', () => {
    expect([...smoothed([2, 2, 2], 0.97)].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([2, 2, 2]);
    expect([...smoothed([NaN, 4, Infinity, 4], 0.5)]).toEqual([NaN, 4, 4, 4]);
    expect([...smoothed([1, 5, -2], 0)]).toEqual([1, 5, -2]);
  });
});

describe('thinning', () => {
  it('keeps the extremes of every bucket, in order, and never makes points up', () => {
    const y = Float64Array.from({ length: 10_000 }, (_, i) => Math.sin(i / 50));
    y[4321] = 50;
    y[1234] = -60;
    const x = Float64Array.from(y, (_, i) => i * 2);
    const thin = thinned({ x, y }, 100);
    expect(thin.y.length).toBeLessThanOrEqual(200);
    const [xs, ys] = [Array.from(thin.x), Array.from(thin.y)];
    expect(xs).toEqual(xs.toSorted((a, b) => a - b));
    xs.forEach((at, i) => expect(ys[i]).toBe(y[at / 2]));
    expect(ys).toContain(50);
    expect(ys).toContain(-60);
    for (let bucket = 0; bucket < 100; bucket++) {
      const part = Array.from(y.slice(bucket * 100, bucket * 100 + 100));
      expect(ys).toEqual(expect.arrayContaining([Math.max(...part), Math.min(...part)]));
    }
  });

  it('leaves few points alone', () => {
    const few = { x: [1, 2, 3], y: [3, 2, 1] };
    expect(thinned(few, 2)).toEqual(few);
  });
});

describe('ticks', () => {
  it.each([
    [0, 1, 4, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0.6, 9.4, 4, [2, 4, 6, 8]],
    [-3, 3, 6, [-3, -2, -1, 0, 1, 2, 3]],
    [0, 1500, 5, [0, 200, 400, 600, 800, 1000, 1200, 1400]],
    [5, 5, 4, [5]],
  ])('of %d to %d', (low, high, count, expected) => {
    const found = ticks(low, high, count);
    expect(found.length).toBe(expected.length);
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 10));
  });

  it('are inside the interval and between half and twice and a bit as many as asked for', () => {
    for (let size = 1e-6; size < 1e9; size *= 1.7) {
      const found = ticks(-size / 3, size, 5);
      expect(found.length, String(size)).toBeGreaterThanOrEqual(3);
      expect(found.length, String(size)).toBeLessThanOrEqual(9);
      for (const value of found) expect(value >= (-size / 3) * 1.000001 && value <= size * 1.000001).toBe(true);
    }
  });
});

describe('text', () => {
  it('is escaped in elements and attributes, and made parts are not escaped twice', () => {
    const hostile = `"><script>alert('x')</script>&`;
    const made = html`<b title="${hostile}">${hostile}</b>`;
    expect(made.text).toBe(`<b title="${escape(hostile)}">${escape(hostile)}</b>`);
    expect(html`${[made, undefined, 3]}`.text).toBe(`${made.text}3`);
    expect(escape(hostile)).not.toMatch(/[<>"']/);
  });

  it('gives figures and durations as people read them', () => {
    expect([1234567, 0.25, 0.000123456, 12345.678, -2, NaN, 3.14159].map(figure)).toEqual([
      '1,234,567',
      '0.25',
      '1.23e-4',
      '12,350',
      '-2',
      'NaN',
      '3.142',
    ]);
    expect([3.21, 48.4, 200, 7500].map(duration)).toEqual(['3.2 s', '48 s', '3 min 20 s', '2 h 5 min']);
  });

  it('never says sixty minutes', () => {
    expect([3599.9, 7190, 7199.9].map(duration)).toEqual(['1 h 0 min', '1 h 59 min', '2 h 0 min']);
  });
});

describe('plots', () => {
  const options = { title: 'Loss', xLabel: 'step', width: 400, height: 200, smoothing: 0, dots: true };

  it('draw nothing but finite coordinates, whatever they are given', () => {
    const lines = [[], [NaN], [1], [5, 5, 5], [1, NaN, Infinity, 2], [1e300, -1e300]].map((y) => ({
      label: 'a',
      colour: '#000',
      x: y.map((_, i) => i),
      y,
    }));
    for (const line of [...lines, { label: 'none', colour: '#000', x: [], y: [] }]) {
      const svg = linePlot([line], options).text;
      expect(svg.replace(/aria-label="[^"]*"/, '')).not.toMatch(/NaN|Infinity|undefined/);
    }
    expect(linePlot([], options).text).toContain('no points yet');
  });

  it('hold a hundred thousand points', () => {
    const y = Float64Array.from({ length: 200_000 }, (_, i) => Math.cos(i));
    const svg = linePlot([{ label: 'long', colour: '#000', x: y.map((_, i) => i), y }], {
      ...options,
      smoothing: 0.9,
      dots: false,
    }).text;
    expect(svg.length).toBeLessThan(50_000);
  });
});

const score = (metric: string, value: number, more: Partial<Score> = {}): Score => ({
  step: 1,
  metric,
  value,
  low: value - 1,
  high: value + 1,
  extractorHash: 'e',
  n: 100,
  seed: 1,
  resize: 'none',
  extra: { goal: metric === 'precision' ? 'max' : 'min' },
  createdMs: 0,
  ...more,
});

describe('ranking', () => {
  it('marks the best by each score’s own goal, ties together, and orders rows', () => {
    const runs = [
      reportRun({ scores: [score('precision', 0.5), score('frechetDistance', 3)] }),
      reportRun({ scores: [score('precision', 0.5), score('frechetDistance', 2)] }),
      reportRun({ scores: [score('precision', 0.1)] }),
    ];
    const rows = rankScores(runs);
    expect(rows.map((row) => [row.metric, row.arrow, row.cells.map((cell) => cell?.best)])).toEqual([
      ['frechetDistance', '↓', [false, true, undefined]],
      ['precision', '↑', [true, true, false]],
    ]);
  });

  it.each([
    ['extractorHash', { extractorHash: 'other' }, 'feature extractors'],
    ['n', { n: 500 }, 'numbers of samples'],
    ['resize', { resize: 'bilinear 32' }, 'resizing'],
  ] as const)('is refused where %s differs, with the reason', (_, more, words) => {
    const [row] = rankScores([
      reportRun({ scores: [score('frechetDistance', 3)] }),
      reportRun({ scores: [score('frechetDistance', 2, more)] }),
    ]);
    expect(row.cells.map((cell) => cell?.best)).toEqual([false, false]);
    expect(row.note).toContain(words);
  });

  it('has no best among equals, and none where neither end is best', () => {
    const equal = rankScores([
      reportRun({ scores: [score('recall', 0)] }),
      reportRun({ scores: [score('recall', 0)] }),
    ]);
    expect(equal[0].cells.some((cell) => cell?.best)).toBe(false);
    const ratio = rankScores([
      reportRun({ scores: [score('memorisationRatio', 1)] }),
      reportRun({ scores: [score('memorisationRatio', 2)] }),
    ]);
    expect([ratio[0].arrow, ratio[0].cells.some((cell) => cell?.best)]).toEqual(['', false]);
  });
});

describe('trends', () => {
  const curve = (values: readonly number[], goal: 'min' | 'max' | undefined = 'min') => ({
    key: 'loss',
    label: 'Loss',
    goal,
    series: series(values),
  });

  it('compare the means of the first and the last tenth', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(trendsOf([curve(values)])).toEqual([
      { key: 'loss', goal: 'min', first: 95.5, last: 5.5, improved: true, points: 100 },
    ]);
    expect(trendsOf([curve(values, 'max')])[0].improved).toBe(false);
    expect(trendsOf([curve([1]), { ...curve([1, 2]), goal: undefined }])).toEqual([]);
    expect(trendsOf([curve([3, 3])])[0].improved).toBe(false);
    expect(meanOf([1, NaN, 5], 0, 3)).toBe(3);
  });

  it('make a summary that is JSON, infinities and all', () => {
    const run = reportRun({ scores: [score('frechetDistance', Infinity)], curves: [curve([NaN, NaN])] });
    const text = JSON.stringify(summaryOf([run], { seed: 1, version: '0' }));
    const back = JSON.parse(text) as {
      runs: readonly { scores: Record<string, { value: unknown }>; curves: Record<string, unknown> }[];
    };
    expect(back.runs[0].scores.frechetDistance.value).toBeNull();
    expect(
      JSON.stringify(summaryOf([run], { seed: 1, version: '0' }), (_, value: unknown) =>
        typeof value === 'number' && !Number.isFinite(value) ? 'bad' : value,
      ),
    ).not.toContain('bad');
  });
});

describe('what is chosen', () => {
  it('of many moments has the first and the last, evenly', () => {
    expect(evenly([1, 2, 3], 6)).toEqual([1, 2, 3]);
    expect(
      evenly(
        Array.from({ length: 100 }, (_, i) => i),
        6,
      ),
    ).toEqual([0, 20, 40, 59, 79, 99]);
  });

  it('orders curves: scores, what training improves, held out, the rest; unknown families too', () => {
    const keys = ['gradientNorm.encoder', 'validation.loss', 'loss', 'score.frechetDistance'];
    expect(orderCurves(keys, 'vae').map((curve) => curve.key)).toEqual([
      'score.frechetDistance',
      'loss',
      'validation.loss',
      'gradientNorm.encoder',
    ]);
    expect(orderCurves(keys, 'unheard-of').map((curve) => curve.key)[0]).toBe('score.frechetDistance');
  });
});
