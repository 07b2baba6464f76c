/** Flow matching with the exact velocity of Gaussian data, whose flow is known: ε goes to mean + deviation·ε. */
import { describe, expect, it } from 'vitest';
import { sampleNoise } from '../../../core/tasks/common.ts';
import { numbersOf, tensorOf } from '../../../core/tensor/tensor.ts';
import { exactFlow, type GaussianData } from './exact-denoisers.ts';
import { floats, make, normals, sessionOf, trainOnce } from './family.ts';

const plain: GaussianData = { means: [0.7], deviation: 0.4, conditional: false };
const byClass: GaussianData = { means: [-1, 0.5, 2, 0.7], deviation: 0.4, conditional: true };
const made = (data: GaussianData, config = {}) =>
  make({ type: 'flowMatching', ...config }, { denoiser: exactFlow(data) });

async function drawn(model: ReturnType<typeof make>, count: number, options: Record<string, number | string>) {
  const session = sessionOf(model);
  const [output] = await model.model.sample(session, { count, seed: 3, options });
  return { labels: output.labels, values: [...output.data.data], runs: session.runs };
}

const exact = (count: number, mean: number): number[] =>
  Array.from(sampleNoise(3, 'sample', count, [2]).data, (noise) => mean + 0.4 * noise);

const farthest = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((x, i) => Math.abs(x - b[i])));

describe('the samplers', () => {
  it.each([
    { sampler: 'euler', order: 1 },
    { sampler: 'heun', order: 2 },
  ])('$sampler converges to the flow at order $order', async ({ sampler, order }) => {
    const errors: number[] = [];
    for (const steps of [10, 20, 40]) {
      errors.push(farthest((await drawn(made(plain), 6, { sampler, steps })).values, exact(6, 0.7)));
    }
    for (const i of [0, 1]) expect(Math.log2(errors[i] / errors[i + 1])).toBeCloseTo(order, 0);
    expect(errors[2]).toBeLessThan(order === 2 ? 2e-3 : 0.05);
  });

  it('evaluate the network once a step by Euler, twice by Heun', async () => {
    expect((await drawn(made(plain), 1, { sampler: 'euler', steps: 7 })).runs).toHaveLength(7);
    expect((await drawn(made(plain), 1, { sampler: 'heun', steps: 7 })).runs).toHaveLength(14);
  });
});

describe('conditions', () => {
  it('with guidance 1 follow the label, with guidance 0 none', async () => {
    const model = made(byClass);
    const one = await drawn(model, 5, { sampler: 'heun', steps: 40, label: 2 });
    expect(farthest(one.values, exact(5, 2))).toBeLessThan(5e-3);
    const none = await drawn(model, 5, { sampler: 'heun', steps: 40, label: 2, guidance: 0 });
    expect(farthest(none.values, exact(5, 0.7))).toBeLessThan(5e-3);
  });

  it('with guidance w follow f(∅) + w (f(label) − f(∅))', async () => {
    const session = sessionOf(made(byClass));
    const args = { x: normals([2, 2], 'x'), time: floats([1], [0.4]) };
    const velocity = async (program: string, label: number, more = {}) =>
      numbersOf(
        (await session.run(program, { ...args, label: tensorOf('int64', [2], [label, label]), ...more }))['velocity'],
      );
    const [free, told] = [await velocity('velocity', 3), await velocity('velocity', 0)];
    const guided = await velocity('guidedVelocity', 0, { guidance: floats([], [3]) });
    guided.forEach((value, i) => expect(value).toBeCloseTo(free[i] + 3 * (told[i] - free[i]), 4));
  });
});

describe('the loss', () => {
  it('is the mean squared error of the velocity x − ε at (1 − t) ε + t x', () => {
    const x = [0.1, 0.2, 0.9, 1.1, 0.5, -0.4, 0.7, 0.6];
    const times = [0, 0.25, 0.5, 0.9];
    const { outputs, inputs } = trainOnce(made(plain), {
      'batch.x.0': floats([4, 2], x),
      'noise.time': floats([4], times),
    });
    const noise = numbersOf(inputs['noise.noise']);
    const squares = x.map((clean, i) => {
      const t = times[i >> 1];
      const at = (1 - t) * noise[i] + t * clean;
      const best = 0.7 + ((t * 0.16 - (1 - t)) / (t * t * 0.16 + (1 - t) ** 2)) * (at - t * 0.7);
      return (best - (clean - noise[i])) ** 2;
    });
    expect(outputs['metric.loss'].data[0]).toBeCloseTo(squares.reduce((sum, square) => sum + square, 0) / 8, 5);
  });
});
