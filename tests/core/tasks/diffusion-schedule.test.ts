import { describe, expect, it } from 'vitest';
import { noiseSchedule, samplerSteps } from '../../../core/tasks/diffusion-schedule.ts';

describe('noiseSchedule', () => {
  it('linear has the betas of Ho et al.: 1000 of them, evenly from 1e-4 to 0.02', () => {
    const { signal } = noiseSchedule('linear', 1000);
    const beta = (t: number): number => 1 - (signal[t] / (t === 0 ? 1 : signal[t - 1])) ** 2;
    for (const t of [0, 1, 250, 500, 998, 999]) expect(beta(t)).toBeCloseTo(1e-4 + ((0.02 - 1e-4) * t) / 999, 12);
    // Their appendix B: the prior's divergence at the end is negligible, as ᾱ_T is about 4.04e-5.
    expect(signal[999] ** 2).toBeCloseTo(4.0358e-5, 8);
  });

  it('linear ends in about as much noise with fewer steps', () => {
    for (const steps of [50, 100, 250])
      expect(noiseSchedule('linear', steps).signal[steps - 1] ** 2).toBeLessThan(1e-4);
  });

  it('cosine is cos² of the shifted share of time, until β reaches 0.999', () => {
    const total = 1000;
    const { signal } = noiseSchedule('cosine', total);
    const f = (t: number): number => Math.cos(((t / total + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
    for (const t of [0, 10, 499, 900, 998]) expect(signal[t] ** 2 / (f(t + 1) / f(0))).toBeCloseTo(1, 9);
    expect(1 - (signal[999] / signal[998]) ** 2).toBeCloseTo(0.999, 12);
  });

  it.each(['linear', 'cosine'] as const)('%s keeps the variance at 1 and only adds noise', (kind) => {
    for (const steps of [2, 7, 1000]) {
      const { signal, noise } = noiseSchedule(kind, steps);
      for (let t = 0; t < steps; t++) {
        expect(signal[t] ** 2 + noise[t] ** 2).toBeCloseTo(1, 12);
        expect(signal[t]).toBeLessThan(signal[t - 1] ?? 1);
      }
    }
  });
});

describe('samplerSteps', () => {
  const schedule = noiseSchedule('linear', 1000);

  it('with all steps and eta 1 draws with the variance of the posterior q(x_{t−1} | x_t, x_0)', () => {
    const steps = samplerSteps(schedule, 1000, 1);
    expect(steps.map((step) => step.t)).toEqual(Array.from({ length: 1000 }, (_, i) => 999 - i));
    for (const { t, fresh } of steps.slice(0, -1)) {
      const [now, before] = [schedule.signal[t] ** 2, schedule.signal[t - 1] ** 2];
      const beta = 1 - now / before;
      expect(fresh ** 2).toBeCloseTo(((1 - before) / (1 - now)) * beta, 12);
    }
  });

  it('with eta 1 moves to the mean of the posterior', () => {
    // x_t = signal·x0 + noise·ε, so the step's mean nextSignal·x0 + nextNoise·ε must be c0·x0 + ct·x_t of Ho et al. (7).
    for (const { t, signal, noise, nextSignal, nextNoise } of samplerSteps(schedule, 1000, 1).slice(0, -1)) {
      const beta = 1 - (signal / nextSignal) ** 2;
      const c0 = (nextSignal * beta) / (1 - signal ** 2);
      const ct = (Math.sqrt(1 - beta) * (1 - nextSignal ** 2)) / (1 - signal ** 2);
      expect(nextSignal, `x0 at ${t}`).toBeCloseTo(c0 + ct * signal, 10);
      expect(nextNoise, `noise at ${t}`).toBeCloseTo(ct * noise, 10);
    }
  });

  it.each([0, 0.5, 1])('with eta %s keeps the marginal variance of the next time', (eta) => {
    for (const step of samplerSteps(schedule, 50, eta)) {
      expect(step.nextSignal ** 2 + step.nextNoise ** 2 + step.fresh ** 2).toBeCloseTo(1, 12);
    }
  });

  it('with eta 0 is deterministic', () => {
    expect(samplerSteps(schedule, 50, 0).every((step) => step.fresh === 0)).toBe(true);
  });

  it.each([1, 3, 50, 999])('%s steps begin in pure noise, never go back and land on the clean sample', (count) => {
    for (const eta of [0, 1]) {
      const steps = samplerSteps(schedule, count, eta);
      expect(steps).toHaveLength(count);
      expect(steps[0].t).toBe(999);
      steps.slice(1).forEach((step, i) => {
        expect(step.t).toBeLessThan(steps[i].t);
        expect(steps[i].nextSignal).toBe(step.signal);
      });
      expect(steps.at(-1)).toMatchObject({ nextSignal: 1, nextNoise: 0, fresh: 0 });
    }
  });

  it('has even strides, and no more steps than there are times', () => {
    expect(samplerSteps(schedule, 4, 0).map((step) => step.t)).toEqual([999, 749, 499, 249]);
    expect(samplerSteps(noiseSchedule('cosine', 5), 100, 0)).toHaveLength(5);
  });
});
