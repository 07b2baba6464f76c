/** Thinned curves and queries over many runs, against the points themselves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RandomStream } from '../../../core/random/random.ts';
import { createHome } from '../../../main/host/home.ts';
import { openStore } from '../../../main/host/store/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'lathe-thin-'));
const store = openStore(createHome({ root: folder, named: true }));
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const newRun = (name: string): string =>
  store.createRun({
    experiment: 'E',
    name,
    family: 'vae',
    document: '{}',
    baseDir: '/',
    documentHash: '',
    dataSource: '',
    dataHash: '',
    seed: 1,
    threads: 1,
    device: 'cpu',
    engineBuild: '',
    totalSteps: 10,
    params: [{ key: 'name', value: name }],
  });

function fill(run: string, values: readonly number[], every = 1, key = 'loss'): void {
  store.appendMetrics(
    run,
    values.map((value, i) => ({ key, step: (i + 1) * every, value, elapsedMs: i })),
  );
}

describe('thinning', () => {
  it('keeps extremes, means and the number of points, for any spacing of steps', () => {
    for (let round = 0; round < 12; round++) {
      const random = new RandomStream(round, 'thinning');
      const draws = new Float64Array(400);
      for (let i = 0; i < draws.length; i++) draws[i] = random.uniform();
      const run = newRun(`round ${round}`);
      // Steps with gaps of chance; some values are no numbers.
      const points = [...draws].flatMap((draw, i) =>
        draw < 0.2
          ? []
          : [{ key: 'loss', step: 7 * i + round, value: draw > 0.97 ? NaN : draw * 1000 - 500, elapsedMs: 10 * i }],
      );
      store.appendMetrics(run, points);
      const buckets = 10 + 7 * round;
      const thinned = store.thinnedMetrics(run, 'loss', buckets)!;
      const numbers = points.map(({ value }) => value).filter((value) => !Number.isNaN(value));
      expect(thinned.total).toBe(points.length);
      expect(thinned.steps.length).toBeLessThanOrEqual(buckets);
      expect(Math.min(...thinned.low.filter((value) => !Number.isNaN(value)))).toBe(Math.min(...numbers));
      expect(Math.max(...thinned.high.filter((value) => !Number.isNaN(value)))).toBe(Math.max(...numbers));
      expect(thinned.steps.at(-1)).toBe(points.at(-1)!.step);
      let from = -1;
      for (const [i, step] of thinned.steps.entries()) {
        const own = points
          .filter((point) => point.step > from && point.step <= step)
          .map(({ value }) => value)
          .filter((value) => !Number.isNaN(value));
        from = step;
        if (own.length === 0) continue;
        expect(thinned.low[i]).toBe(Math.min(...own));
        expect(thinned.high[i]).toBe(Math.max(...own));
        expect(thinned.values[i]).toBeCloseTo(own.reduce((sum, value) => sum + value, 0) / own.length, 8);
      }
    }
  });

  it('leaves short curves, unknown ones and narrow ranges whole', () => {
    const run = newRun('short');
    fill(
      run,
      Array.from({ length: 50 }, (_, i) => i),
    );
    fill(
      run,
      Array.from({ length: 30 }, (_, i) => i),
      1000,
      'sparse',
    );
    expect(store.thinnedMetrics(run, 'loss', 26)).toBeUndefined();
    expect(store.thinnedMetrics(run, 'sparse', 26)).toBeUndefined();
    expect(store.thinnedMetrics(run, 'nothing', 10)).toBeUndefined();
    expect(store.thinnedMetrics(run, 'loss', 10, { fromStep: 5, toStep: 15 })).toBeUndefined();
    expect(store.thinnedMetrics(run, 'loss', 10, { fromStep: 11, toStep: 40 })).toMatchObject({ total: 30 });
  });

  it('leaves every point in the record', () => {
    const run = newRun('long');
    const values = Array.from({ length: 20_000 }, (_, i) => Math.sin(i));
    fill(run, values);
    expect(store.thinnedMetrics(run, 'loss', 1000)).toMatchObject({ total: 20_000 });
    expect([...store.metrics(run, 'loss').values]).toEqual(values);
  });
});

describe('many runs at once', () => {
  it('gives what each run gives by itself', () => {
    const runs = Array.from({ length: 20 }, (_, i) => newRun(`many ${i}`));
    runs.forEach((run, i) => {
      fill(
        run,
        Array.from({ length: i }, (_, step) => step * i),
      );
      if (i % 2 === 0) fill(run, [1, 2, NaN], 5, 'validation.loss');
      store.addScores(run, [{ step: i, metric: 'm', value: i / 2, n: 1, seed: 1 }]);
    });
    const wanted = [...runs, runs[0], 'unknown'];
    expect(store.lastMetricsOf(wanted)).toEqual(Object.fromEntries(runs.map((run) => [run, store.lastMetrics(run)])));
    expect(store.paramsOf(wanted)).toEqual(Object.fromEntries(runs.map((run) => [run, store.params(run)])));
    expect(store.scoresOf(wanted)).toEqual(Object.fromEntries(runs.map((run) => [run, store.scores(run)])));
    expect(store.paramsOf([])).toEqual({});
  });
});
