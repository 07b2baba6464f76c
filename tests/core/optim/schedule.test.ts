/** Learning-rate schedules: closed forms, and PyTorch's schedulers where they define the same curve. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scheduleFactor, scheduleSchema, type Schedule } from '../../../core/optim/schedule.ts';

const golden = JSON.parse(readFileSync(new URL('../../golden/optimizers.json', import.meta.url), 'utf8')) as {
  readonly schedules: readonly { readonly schedule: { readonly type: string }; readonly factors: readonly number[] }[];
};

const scheduleOf = (written: unknown): Schedule => scheduleSchema.parse(written);
const curve = (written: unknown, steps: number): number[] => {
  const schedule = scheduleOf(written);
  return Array.from({ length: steps }, (_, step) => scheduleFactor(schedule, step, steps));
};

describe('schedules agree with PyTorch', () => {
  it.each(golden.schedules)('$schedule.type', ({ schedule, factors }) => {
    curve(schedule, factors.length).forEach((factor, step) => expect(factor).toBeCloseTo(factors[step], 7));
  });
});

describe('end points', () => {
  it.each([
    [{ type: 'constant' }, 1, 1],
    [{ type: 'cosine' }, 1, 0],
    [{ type: 'cosine', finalFactor: 0.25 }, 1, 0.25],
    [{ type: 'linear', finalFactor: 0.1 }, 1, 0.1],
    [{ type: 'step', every: 50, factor: 0.5 }, 1, 0.5],
    [{ type: 'oneCycle', startFactor: 0.2, finalFactor: 0.01 }, 0.2, 0.01],
  ])('%j starts at %d and ends at %d', (written, first, last) => {
    const factors = curve(written, 100);
    expect(factors[0]).toBeCloseTo(first, 12);
    expect(factors[99]).toBeCloseTo(last, 12);
  });

  it('a run of one step trains at the base rate', () => {
    expect(curve({ type: 'cosine' }, 1)).toEqual([1]);
  });

  it('beyond the last step the last factor stays', () => {
    expect(scheduleFactor(scheduleOf({ type: 'cosine', finalFactor: 0.3 }), 500, 100)).toBeCloseTo(0.3, 12);
  });
});

describe('warm-up', () => {
  it('rises by 1 / warmupSteps a step, and the first step already learns', () => {
    const factors = curve({ type: 'constant', warmupSteps: 10 }, 20);
    factors.slice(0, 10).forEach((factor, step) => expect(factor).toBeCloseTo((step + 1) / 10, 12));
    expect(factors.slice(10)).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it.each(['cosine', 'linear'])('%s then starts at the base rate and still ends at its final factor', (type) => {
    const factors = curve({ type, warmupSteps: 10, finalFactor: 0.1 }, 110);
    expect(factors[10]).toBe(1);
    expect(factors[109]).toBeCloseTo(0.1, 12);
  });

  it('drops are counted from its end', () => {
    const factors = curve({ type: 'step', warmupSteps: 5, every: 10, factor: 0.5 }, 30);
    expect([factors[14], factors[15], factors[25]]).toEqual([1, 0.5, 0.25]);
  });

  it('longer than the run only rises', () => {
    const factors = curve({ type: 'cosine', warmupSteps: 50 }, 10);
    factors.forEach((factor, step) => expect(factor).toBeCloseTo((step + 1) / 50, 12));
  });
});

describe('shape', () => {
  it.each([{ type: 'cosine' }, { type: 'linear' }, { type: 'step', every: 7 }])('%j never rises', (written) => {
    const factors = curve(written, 200);
    for (let step = 1; step < 200; step++) expect(factors[step]).toBeLessThanOrEqual(factors[step - 1]);
  });

  it('one cycle rises to exactly 1 at peakAt and falls after it', () => {
    const factors = curve({ type: 'oneCycle', peakAt: 0.25 }, 401);
    expect(factors[100]).toBe(1);
    for (let step = 1; step <= 400; step++)
      expect(Math.sign(factors[step] - factors[step - 1])).toBe(step <= 100 ? 1 : -1);
  });

  it('the mean over one cycle is that of its two half cosines', () => {
    const [peakAt, start, final] = [0.3, 0.1, 0.02];
    const factors = curve({ type: 'oneCycle', peakAt, startFactor: start, finalFactor: final }, 100_001);
    const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length;
    expect(mean).toBeCloseTo((peakAt * (start + 1)) / 2 + ((1 - peakAt) * (1 + final)) / 2, 4);
  });

  it('half a cosine averages halfway between its ends', () => {
    const factors = curve({ type: 'cosine', finalFactor: 0.5 }, 100_001);
    expect(factors.reduce((sum, factor) => sum + factor, 0) / factors.length).toBeCloseTo(0.75, 4);
  });
});

describe('schedules as a document writes them', () => {
  it.each([
    { type: 'oneCycle', peakAt: 1 },
    { type: 'step' },
    { type: 'cosine', warmupSteps: -1 },
    { type: 'constant', finalFactor: 0 },
  ])('are refused when they make no sense: %j', (written) => {
    expect(scheduleSchema.safeParse(written).success).toBe(false);
  });
});
