import { describe, expect, test } from 'vitest';
import {
  drawnPlot,
  extentOf,
  nearestIndex,
  smoothed,
  smoothingFor,
} from '../../../renderer/components/plot/plot-data.ts';
import { plotCsv, plotRows, plotSummary } from '../../../renderer/components/plot/plot-words.ts';

describe('smoothing', () => {
  test('is the weighted mean with weights β^(n−i), summing to one', () => {
    const values = [3, -1, 4, 1, 5];
    const factor = 0.7;
    const out = smoothed(values, factor);
    values.forEach((_, n) => {
      const weights = values.slice(0, n + 1).map((__, i) => factor ** (n - i));
      const mean =
        weights.reduce((sum, weight, i) => sum + weight * values[i]!, 0) /
        weights.reduce((sum, weight) => sum + weight, 0);
      expect(out[n]).toBeCloseTo(mean, 12);
    });
  });

  test('keeps a constant line as it is, however long', () => {
    for (const value of smoothed(new Float64Array(5000).fill(2.5), 0.99)) expect(value).toBeCloseTo(2.5, 9);
  });

  test('lets a value that is not finite stand, without spoiling what follows', () => {
    const out = smoothed([1, NaN, 1, Infinity, 1], 0.5);
    expect(out[1]).toBeNaN();
    expect(out[3]).toBe(Infinity);
    expect([out[0], out[2], out[4]]).toEqual([1, 1, 1]);
  });
});

describe('what is drawn', () => {
  const options = { from: 0, to: 9999, columns: 100, smoothing: 0, log: false };
  const x = Float64Array.from({ length: 10_000 }, (_, i) => i);

  test('every point, while they fit', () => {
    const drawn = drawnPlot(
      [
        { x: [0, 10, 20], y: [1, 2, 3] },
        { x: [5, 10], y: [7, 8] },
      ],
      { ...options, to: 20 },
    );
    expect(drawn).toMatchObject({ x: [0, 5, 10, 20], thinned: false });
    expect(drawn.lines[0]!.raw).toEqual([1, undefined, 2, 3]);
    expect(drawn.lines[1]!.raw).toEqual([undefined, 7, 8, undefined]);
  });

  test('a single spike among many points is in the band', () => {
    const y = new Float64Array(10_000).fill(1);
    y[4321] = 99;
    y[8765] = -50;
    const { lines, thinned } = drawnPlot([{ x, y }], options);
    expect(thinned).toBe(true);
    expect(Math.max(...(lines[0]!.high as number[]))).toBe(99);
    expect(Math.min(...(lines[0]!.low as number[]))).toBe(-50);
    expect(lines[0]!.high).toHaveLength(100);
  });

  test('means of columns are those of the points in them', () => {
    const y = x.map((value) => value * value);
    const { lines } = drawnPlot([{ x, y }], { ...options, to: 10_000 });
    const mean = (column: number): number =>
      y.slice(column * 100, column * 100 + 100).reduce((sum, value) => sum + value, 0) / 100;
    for (const column of [0, 1, 50, 99]) expect(lines[0]!.raw[column]).toBeCloseTo(mean(column), 6);
  });

  test('smoothing comes before thinning', () => {
    // Every other point is high: a smoothed line lies between, whichever points a column holds.
    const y = x.map((value) => (value % 2 ? 1 : 0));
    const { lines } = drawnPlot([{ x, y }], { ...options, smoothing: 0.99 });
    for (const value of lines[0]!.smooth.slice(5)) expect(value).toBeCloseTo(0.5, 1);
  });

  test('extremes of lines that were thinned before are kept', () => {
    const y = new Float64Array(10_000).fill(1);
    const high = y.map((value, i) => (i === 77 ? 42 : value));
    const { lines } = drawnPlot([{ x, y, low: y, high }], options);
    expect(Math.max(...(lines[0]!.high as number[]))).toBe(42);
  });

  test('what a logarithmic axis cannot hold breaks the line', () => {
    const drawn = drawnPlot([{ x: [0, 1, 2, 3], y: [1, 0, NaN, 10] }], { ...options, to: 3, log: true });
    expect(drawn.lines[0]!.raw).toEqual([1, null, null, 10]);
    const many = drawnPlot([{ x, y: new Float64Array(10_000).fill(-1) }], { ...options, log: true });
    expect(many.lines[0]!.raw.every((value) => value === null)).toBe(true);
  });

  test('a part that is zoomed into brings back its points, and one beyond each end', () => {
    const drawn = drawnPlot([{ x, y: x }], { ...options, from: 100, to: 110 });
    expect(drawn.thinned).toBe(false);
    expect([drawn.x[0], drawn.x.at(-1)]).toEqual([99, 111]);
  });
});

test('extent and nearest point', () => {
  expect(
    extentOf([
      { x: [3, 9], y: [0, 0] },
      { x: [], y: [] },
      { x: [1], y: [0] },
    ]),
  ).toEqual([1, 9]);
  expect(extentOf([])).toEqual([0, 1]);
  expect([-5, 4, 5.5, 6, 100].map((x) => nearestIndex([0, 5, 7], x))).toEqual([0, 1, 1, 1, 2]);
  expect(nearestIndex([], 3)).toBe(-1);
});

describe('a plot in words', () => {
  const line = { label: 'a "b", c', x: [0, 1, 2], y: [3, 1, 2] };

  test('names ends and lowest value, and counts what is not finite', () => {
    expect(plotSummary('Loss', 'step', [{ ...line, label: 'vae' }])).toBe(
      'Loss, 1 line over step. vae: from 3 to 2, lowest 1 at step 1.',
    );
    expect(plotSummary('Loss', 'step', [{ label: 'gan', x: [0, 1], y: [NaN, 2] }])).toContain('1 values not finite');
  });

  test('CSV holds every point once, in order, with names quoted', () => {
    expect(plotCsv('step', [line, { label: 'other', x: [2, 4], y: [0.5, NaN] }])).toBe(
      'step,"a ""b"", c",other\n0,3,\n1,1,\n2,2,0.5\n4,,NaN\n',
    );
  });

  test('its table has values only where the line is', () => {
    const rows = plotRows([{ label: 'short', x: [0, 1], y: [5, 6] }], 0, 4, 5);
    expect(rows.map((row) => row.values[0])).toEqual([5, 6, null, null, null]);
  });
});

describe('how far smoothing looks back', () => {
  test('leaves a line of a few points as it is, and never passes a tenth of the line', () => {
    expect(smoothingFor(4, 0.9)).toBe(0);
    expect(smoothingFor(10, 0.9)).toBe(0);
    expect(smoothingFor(50, 0.99)).toBeCloseTo(0.8, 12);
    expect(smoothingFor(100_000, 0.99)).toBe(0.99);
  });
});
