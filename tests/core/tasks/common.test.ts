import { describe, expect, it } from 'vitest';
import { optimizerSchema } from '../../../core/optim/optimizers.ts';
import {
  groupsOf,
  inChunks,
  meansOver,
  planScalars,
  requestedLabels,
  rows,
  sampleNoise,
  withinRange,
} from '../../../core/tasks/common.ts';
import { evenTimes } from '../../../core/tasks/denoiser.ts';
import type { TaskSession, TrainingPlan } from '../../../core/tasks/task.ts';
import { floats, normals, plan, pointsInfo } from './family.ts';

describe('sampleNoise', () => {
  it('draws row i by itself, however many rows there are', () => {
    const few = sampleNoise(1, 's', 3, [5]);
    expect([...sampleNoise(1, 's', 9, [5]).data.subarray(0, 15)]).toEqual([...few.data]);
  });

  it('draws other numbers for other seeds and streams, and scales them', () => {
    const first = (seed: number, stream: string, scale = 1): number => sampleNoise(seed, stream, 1, [1], scale).data[0];
    expect(new Set([first(1, 'a'), first(2, 'a'), first(1, 'b')]).size).toBe(3);
    expect(first(1, 'a', 2)).toBeCloseTo(2 * first(1, 'a'), 6);
    expect(Math.abs(first(1, 'a', 0))).toBe(0);
  });
});

describe('requestedLabels', () => {
  it('are every class in turn, or the one asked for', () => {
    const labels = (options: Record<string, number>) => requestedLabels({ count: 5, seed: 1, options }, 3);
    expect(labels({})).toEqual([0, 1, 2, 0, 1]);
    expect(labels({ label: -1 })).toEqual([0, 1, 2, 0, 1]);
    expect(labels({ label: 2 })).toEqual([2, 2, 2, 2, 2]);
    expect(labels({ label: 0 })).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('work in chunks', () => {
  const values = normals([150, 2], 'values');
  const progress: number[] = [];
  const session: TaskSession = {
    run: () => Promise.reject(new Error('not here')),
    examples: (_, start, count) => ({ x: rows(values, start, Math.min(150, start + count)) }),
    progress: (done) => void progress.push(done),
  };

  it('gives means over all examples, the last and smaller chunk by its own size', async () => {
    const measure = (limit: number, available: number) =>
      meansOver(session, 'test', limit, available, ({ x }) =>
        Promise.resolve({ first: Array.from({ length: x.shape[0] }, (_, i) => x.data[2 * i]) }),
      );
    const direct = (count: number): number =>
      Array.from({ length: count }, (_, i) => values.data[2 * i]).reduce((sum, value) => sum + value, 0) / count;
    expect((await measure(1000, 150))['first']).toBeCloseTo(direct(150), 10);
    expect((await measure(70, 150))['first']).toBeCloseTo(direct(70), 10);
    expect(await measure(1000, 0)).toEqual({});
  });

  it('joins rows in order and tells how far it is', async () => {
    progress.length = 0;
    const joined = await inChunks(session, 150, (from, to) => Promise.resolve(rows(values, from, to)));
    expect(joined).toEqual(values);
    expect(progress.at(-1)).toBe(150);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  });
});

describe('the plan’s scalars', () => {
  const adam = optimizerSchema.parse({ type: 'adam', learningRate: 0.5, schedule: { type: 'linear' } });
  const given: TrainingPlan = { ...plan, steps: 11, optimizerOf: () => adam, emaDecay: 0.99 };

  it('are a learning rate for each group by its schedule', () => {
    const [rate] = planScalars(given, { a: ['a'], b: ['b'] });
    expect(rate.name).toBe('learningRate.a');
    expect(rate.valueAt(0)).toBe(0.5);
    expect(rate.valueAt(5)).toBeCloseTo(0.25, 10);
    expect(rate.valueAt(10)).toBeCloseTo(0, 10);
  });

  it('and the decay of the weights’ average, which rises from 1/10 as (1 + t)/(10 + t)', () => {
    const decay = planScalars(given, { a: ['a'] }).find((scalar) => scalar.name === 'emaDecay')!;
    expect(decay.valueAt(0)).toBeCloseTo(0.1, 12);
    expect(decay.valueAt(90)).toBeCloseTo(0.91, 12);
    expect(decay.valueAt(1_000_000)).toBe(0.99);
    expect(planScalars(plan, { a: ['a'] }).map((scalar) => scalar.name)).toEqual(['learningRate.a']);
  });

  it('group networks that share an optimizer', () => {
    const own: TrainingPlan = { ...plan, optimizerOf: (name) => (name === 'b' ? adam : plan.optimizerOf(name)) };
    expect(groupsOf(plan, 'both', ['a', 'b'])).toEqual({ both: ['a', 'b'] });
    expect(groupsOf(own, 'both', ['a', 'b'])).toEqual({ a: ['a'], b: ['b'] });
    expect(groupsOf(own, 'b', ['b'])).toEqual({ b: ['b'] });
  });
});

describe('withinRange', () => {
  it('limits pictures to [0, 1] or [−1, 1] and nothing else', () => {
    const samples = floats([1, 4], [-2, -0.5, 0.5, 2]);
    const image = { ...pointsInfo, kind: 'image' as const };
    expect([...withinRange(image, 'unit', samples).data]).toEqual([0, 0, 0.5, 1]);
    expect([...withinRange(image, 'symmetric', samples).data]).toEqual([-1, -0.5, 0.5, 1]);
    expect([...withinRange(pointsInfo, 'unit', samples).data]).toEqual([-2, -0.5, 0.5, 2]);
  });
});

describe('evenTimes', () => {
  it('fill [0, 1) evenly in any stretch: no gap is longer than 3/n', () => {
    for (const [start, count] of [
      [0, 50],
      [64, 64],
      [9000, 30],
    ] as const) {
      const times = [0, ...evenTimes(start, count).toSorted(), 1];
      expect(Math.max(...times.slice(1).map((time, i) => time - times[i]))).toBeLessThan(3 / count);
      expect(times.at(-2)).toBeLessThan(1);
    }
  });
});
