/** Diffusion with the exact denoiser of Gaussian data: what is drawn must have the data's distribution. */
import { describe, expect, it } from 'vitest';
import { sampleNoise } from '../../../core/tasks/common.ts';
import { noiseSchedule } from '../../../core/tasks/diffusion-schedule.ts';
import { numbersOf, tensorOf } from '../../../core/tensor/tensor.ts';
import { exactDiffusion, type GaussianData, type Prediction } from './exact-denoisers.ts';
import { floats, make, meanAndVariance, normals, pointsInfo, sessionOf, trainOnce } from './family.ts';

const predictions = ['noise', 'sample', 'velocity'] as const;
const plain: GaussianData = { means: [0.7], deviation: 0.4, conditional: false };
const byClass: GaussianData = { means: [-1, 0.5, 2, 0.7], deviation: 0.4, conditional: true };

function made(timesteps: number, prediction: Prediction, data: GaussianData, config: Record<string, unknown> = {}) {
  const schedule = noiseSchedule('linear', timesteps);
  return make(
    { type: 'diffusion', timesteps, prediction, ...config },
    { denoiser: exactDiffusion(schedule, prediction, data) },
  );
}

async function drawn(model: ReturnType<typeof make>, count: number, options: Record<string, number | string>) {
  const session = sessionOf(model);
  const [output] = await model.model.sample(session, { count, seed: 3, options });
  return { output, values: [...output.data.data], runs: session.runs };
}

/** Where the probability flow takes each of its starting points: to the same quantile of the data. */
function transported(count: number, mean: number, { deviation }: GaussianData, timesteps: number): number[] {
  const { signal, noise } = noiseSchedule('linear', timesteps);
  const [a, c] = [signal.at(-1)!, noise.at(-1)!];
  const start = sampleNoise(3, 'sample', count, [2]).data;
  return Array.from(start, (x) => mean + (deviation * (x - a * mean)) / Math.hypot(a * deviation, c));
}

const farthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((x, i) => Math.abs(x - b[i])));

describe('DDIM', () => {
  it.each(predictions)('with many steps takes noise to the data along the flow, predicting %s', async (prediction) => {
    const { values } = await drawn(made(400, prediction, plain), 12, { sampler: 'ddim', steps: 400 });
    expect(farthest(values, transported(12, 0.7, plain, 400))).toBeLessThan(0.03);
  });

  it('comes nearer with more steps', async () => {
    const model = made(400, 'velocity', plain);
    const exact = transported(12, 0.7, plain, 400);
    const errors: number[] = [];
    for (const steps of [10, 40, 160]) errors.push(farthest((await drawn(model, 12, { steps })).values, exact));
    expect(errors[1]).toBeLessThan(errors[0] / 2);
    expect(errors[2]).toBeLessThan(errors[1] / 2);
  });

  it('gives the same samples whatever is predicted', async () => {
    const [first, ...others] = await Promise.all(
      predictions.map(async (prediction) => (await drawn(made(50, prediction, plain), 8, { steps: 25 })).values),
    );
    for (const other of others) expect(farthest(first, other)).toBeLessThan(1e-3);
  });
});

describe('DDPM', () => {
  it('draws samples with the mean and variance of the data', async () => {
    const { values } = await drawn(made(120, 'noise', plain), 640, { sampler: 'ddpm', steps: 120 });
    const { mean, variance } = meanAndVariance(values);
    const n = values.length;
    expect(Math.abs(mean - 0.7)).toBeLessThan(5 * (0.4 / Math.sqrt(n)));
    // Twice the statistical bound leaves room for 120 steps instead of infinitely many.
    expect(Math.abs(variance - 0.16)).toBeLessThan(10 * 0.16 * Math.sqrt(2 / n));
  });

  it('draws sample i by itself: more samples leave the first as they were', async () => {
    const model = made(20, 'sample', plain);
    const few = await drawn(model, 3, { sampler: 'ddpm', steps: 20 });
    const many = await drawn(model, 70, { sampler: 'ddpm', steps: 20 });
    expect(many.values.slice(0, 6)).toEqual(few.values);
  });
});

describe('conditions', () => {
  it('draw each class around its own mean, every class in turn', async () => {
    const { output, values } = await drawn(made(200, 'velocity', byClass), 6, { steps: 200 });
    expect(output.labels).toEqual([0, 1, 2, 0, 1, 2]);
    const start = output.labels!.flatMap((label) => [byClass.means[label], byClass.means[label]]);
    const exact = start.map((mean, i) => transported(6, mean, byClass, 200)[i]);
    expect(farthest(values, exact)).toBeLessThan(0.05);
  });

  it('with guidance 1 are sampled plainly; with guidance 0 as without a label', async () => {
    const model = made(100, 'noise', byClass);
    const one = await drawn(model, 4, { steps: 100, guidance: 1, label: 2 });
    expect(new Set(one.runs)).toEqual(new Set(['step']));
    expect(one.output.labels).toEqual([2, 2, 2, 2]);
    const none = await drawn(model, 4, { steps: 100, guidance: 0, label: 2 });
    const unconditional = await drawn(made(100, 'noise', plain), 4, { steps: 100 });
    expect(farthest(none.values, unconditional.values)).toBeLessThan(1e-4);
  });

  it('with guidance w predict f(∅) + w (f(label) − f(∅))', async () => {
    const model = made(100, 'sample', byClass);
    const x = normals([3, 2], 'x');
    const scalars = { signal: 0.8, noise: 0.6, nextSignal: 1, nextNoise: 0, fresh: 0 };
    const args = {
      x,
      z: floats([3, 2], [0, 0, 0, 0, 0, 0]),
      time: floats([1], [0.3]),
      ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, floats([], [value])])),
    };
    const session = sessionOf(model);
    const next = async (program: string, label: number, more = {}) =>
      numbersOf(
        (await session.run(program, { ...args, label: tensorOf('int64', [3], [label, label, label]), ...more }))[
          'next'
        ],
      );
    const [free, told] = [await next('step', 3), await next('step', 1)];
    const guided = await next('guidedStep', 1, { guidance: floats([], [2.5]) });
    guided.forEach((value, i) => expect(value).toBeCloseTo(free[i] + 2.5 * (told[i] - free[i]), 4));
  });

  it('offer guidance only where labels were hidden in training', () => {
    const options = (labelDropout: number): string[] =>
      made(10, 'noise', byClass, { labelDropout }).model.sampleOptions.map((option) => option.name);
    expect(options(0.1)).toEqual(['sampler', 'steps', 'guidance', 'label']);
    expect(options(0)).toEqual(['sampler', 'steps', 'label']);
    expect(made(10, 'noise', plain).model.sampleOptions.map((option) => option.name)).toEqual(['sampler', 'steps']);
  });
});

describe('the loss', () => {
  const times = [0, 0.26, 0.5, 0.999];
  const x = [0.1, 0.2, 0.9, 1.1, 0.5, -0.4, 0.7, 0.6];

  /** The mean over the batch of the squared difference from the target, written out. */
  function direct(prediction: Prediction, epsilon: readonly number[], means: readonly number[]): number {
    const { signal, noise } = noiseSchedule('linear', 10);
    const squares = x.map((clean, i) => {
      const t = Math.floor(times[i >> 1] * 10);
      const [a, c, s2] = [signal[t], noise[t], 0.16];
      const noisy = a * clean + c * epsilon[i];
      const share = (noisy - a * means[i >> 1]) / (a * a * s2 + c * c);
      const [bestNoise, bestClean] = [c * share, means[i >> 1] + a * s2 * share];
      const pairs = {
        noise: [bestNoise, epsilon[i]],
        sample: [bestClean, clean],
        velocity: [a * bestNoise - c * bestClean, a * epsilon[i] - c * clean],
      };
      const [found, wanted] = pairs[prediction];
      return (found - wanted) ** 2;
    });
    return squares.reduce((sum, square) => sum + square, 0) / squares.length;
  }

  it.each(predictions)(
    'is the mean squared error of the predicted %s; hidden labels are the null label',
    (prediction) => {
      const model = made(10, prediction, byClass, { labelDropout: 0.5 });
      const { outputs, inputs } = trainOnce(model, {
        'batch.x.0': floats([4, 2], x),
        'batch.y.0': tensorOf('int64', [4], [0, 1, 2, 0]),
        'noise.time': floats([4], times),
        'noise.labelDropout': floats([4], [0.4, 0.6, 0.5, 0.1]),
      });
      const expected = direct(prediction, numbersOf(inputs['noise.noise']), [0.7, 0.5, 2, 0.7]);
      expect(outputs['metric.loss'].data[0]).toBeCloseTo(expected, 4);
    },
  );

  it('on held-out data uses the true labels, and all times evenly', async () => {
    const model = made(10, 'noise', byClass);
    const count = 130;
    const labels = Array.from({ length: count }, (_, i) => i % 3);
    const noise = normals([count, 2], 'examples').data;
    const values = Array.from(noise, (z, i) => byClass.means[labels[i >> 1]] + 0.4 * z);
    const session = sessionOf(model, { x: floats([count, 2], values), y: tensorOf('int64', [count], labels) });
    const { loss } = await model.model.evaluate(session, 'test', 1000);
    // With true labels the error of the best predictor is E[Var(ε | x_t)] = mean of a²s² / (a²s² + c²) over the levels.
    const { signal } = noiseSchedule('linear', 10);
    const errors = [...signal].map((a) => (a * a * 0.16) / (a * a * 0.16 + 1 - a * a));
    const expected = errors.reduce((sum, error) => sum + error, 0) / 10;
    expect(pointsInfo.counts.test).toBe(100);
    expect(Math.abs(loss - expected)).toBeLessThan(0.25 * expected);
  });
});
