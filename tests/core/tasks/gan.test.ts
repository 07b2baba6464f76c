/** The GAN with tiny networks of given weights: losses, penalty and updates by formula. */
import { describe, expect, it } from 'vitest';
import { numbersOf, tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';
import {
  floats,
  make,
  normals,
  parameter,
  pointsInfo,
  sessionOf,
  trainOnce,
  type Made,
  type MadeNetwork,
} from './family.ts';

/** G(z) = g·z + 0.1, D(x) = d·(x0 + 2·x1) + d²·x0·x1: not linear, so that the penalty depends on where it is taken. */
const generator: MadeNetwork = {
  takes: ['latent'],
  apply: (p, { latent }) => [p.b.add(p.b.mul(latent!, parameter(p, 'generator/g', [], 0.8)), 0.1)],
};
const discriminator: MadeNetwork = {
  takes: ['data'],
  apply: (p, { data }) => {
    const { b } = p;
    const d = parameter(p, 'discriminator/d', [], 0.6);
    const sum = b.reduceSum(b.mul(data!, b.constant(tensorOf('float32', [1, 2], [1, 2]))), [1], true);
    const product = b.mul(b.slice(data!, [0], [1], [1]), b.slice(data!, [1], [2], [1]));
    return [b.add(b.mul(sum, d), b.mul(product, b.square(d)))];
  },
};
const networks = { generator, discriminator };

const score = (d: number, x: readonly number[]): number => d * (x[0] + 2 * x[1]) + d * d * x[0] * x[1];
const made2 = (g: number, z: readonly number[]): number[] => z.map((value) => g * value + 0.1);
const softplus = (value: number): number => Math.log(1 + Math.exp(value));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const rowsOf = (value: Tensor): number[][] => {
  const flat = numbersOf(value);
  return Array.from({ length: flat.length / 2 }, (_, i) => flat.slice(2 * i, 2 * i + 2));
};

interface Formulas {
  readonly critic: (real: readonly number[], fake: readonly number[]) => number;
  readonly generator: (fake: readonly number[]) => number;
}

const formulas: Readonly<Record<string, Formulas>> = {
  nonSaturating: {
    critic: (real, fake) =>
      mean(real.map((s) => 0.9 * softplus(-s) + 0.1 * softplus(s))) + mean(fake.map((s) => softplus(s))),
    generator: (fake) => mean(fake.map((s) => softplus(-s))),
  },
  hinge: {
    critic: (real, fake) => mean(real.map((s) => Math.max(0, 1 - s))) + mean(fake.map((s) => Math.max(0, 1 + s))),
    generator: (fake) => -mean(fake),
  },
  leastSquares: {
    critic: (real, fake) => 0.5 * mean(real.map((s) => (s - 1) ** 2)) + 0.5 * mean(fake.map((s) => s * s)),
    generator: (fake) => 0.5 * mean(fake.map((s) => (s - 1) ** 2)),
  },
  wasserstein: { critic: (real, fake) => mean(fake) - mean(real), generator: (fake) => -mean(fake) },
};

const batches = [normals([4, 2], 'real0'), normals([4, 2], 'real1')];
const feeds = { 'batch.x.0': batches[0], 'batch.x.1': batches[1] };
const config = (loss: string, more = {}) => ({ type: 'gan', loss, latentSize: 2, realLabel: 0.9, ...more });
const run = (model: Made) => {
  const { outputs, inputs } = trainOnce(model, feeds);
  const value = (name: string): number => Number(outputs[name].data[0]);
  return { value, inputs };
};
const slopeOf = (f: (at: number) => number, at: number): number => (f(at + 1e-5) - f(at - 1e-5)) / 2e-5;

/** λ·E(‖∇D(x̂)‖ − 1)², the gradient by central differences. */
function penalty(d: number, real: number[][], fake: number[][], shares: readonly number[], weight: number): number {
  return (
    weight *
    mean(
      real.map((row, i) => {
        const between = row.map((value, axis) => shares[i] * value + (1 - shares[i]) * fake[i][axis]);
        const slopes = [0, 1].map((axis) =>
          slopeOf(
            (at) =>
              score(
                d,
                between.map((value, other) => (other === axis ? at : value)),
              ),
            between[axis],
          ),
        );
        return (Math.hypot(...slopes) - 1) ** 2;
      }),
    )
  );
}

describe.each(Object.keys(formulas))('the %s loss', (loss) => {
  const weight = loss === 'wasserstein' ? 10 : 0;
  const { value, inputs } = run(make(config(loss), networks));
  const real = rowsOf(batches[0]);
  const criticNoise = rowsOf(inputs['noise.latent/critic0']);
  const shares = inputs['noise.between/0'] ? numbersOf(inputs['noise.between/0']) : [];
  const criticLoss = (d: number): number => {
    const fake = criticNoise.map((z) => made2(0.8, z));
    const plain = formulas[loss].critic(
      real.map((x) => score(d, x)),
      fake.map((x) => score(d, x)),
    );
    return plain + (weight > 0 ? penalty(d, real, fake, shares, weight) : 0);
  };
  const updated = 0.6 - slopeOf(criticLoss, 0.6);

  it('of the discriminator is by its formula', () => {
    expect(value('metric.discriminatorLoss')).toBeCloseTo(criticLoss(0.6), 4);
    expect(value('metric.realScore')).toBeCloseTo(mean(real.map((x) => score(0.6, x))), 5);
    expect(value('metric.fakeScore')).toBeCloseTo(mean(criticNoise.map((z) => score(0.6, made2(0.8, z)))), 5);
  });

  it('moves the discriminator down its own slope', () => {
    expect(value('next.discriminator/d')).toBeCloseTo(updated, 3);
  });

  it('then moves the generator down its slope against the updated discriminator, held fixed', () => {
    const noise = rowsOf(inputs['noise.latent/generator']);
    const d = value('next.discriminator/d');
    const generatorLoss = (g: number): number => formulas[loss].generator(noise.map((z) => score(d, made2(g, z))));
    expect(value('metric.generatorLoss')).toBeCloseTo(generatorLoss(0.8), 4);
    expect(value('next.generator/g')).toBeCloseTo(0.8 - slopeOf(generatorLoss, 0.8), 4);
  });
});

describe('the gradient penalty', () => {
  it('has the weight of its scalar, which the document sets and a hand may turn', () => {
    const free = run(make(config('wasserstein', { gradientPenalty: 0 }), networks)).value('metric.discriminatorLoss');
    const full = run(make(config('wasserstein', { gradientPenalty: 10 }), networks)).value('metric.discriminatorLoss');
    const half = run(make(config('wasserstein', { gradientPenalty: 5 }), networks)).value('metric.discriminatorLoss');
    expect(full).toBeGreaterThan(free);
    expect(full - free).toBeCloseTo(2 * (half - free), 3);
    expect(make(config('hinge'), networks).model.scalars.map((scalar) => scalar.name)).not.toContain('gradientPenalty');
  });
});

describe('several critic steps', () => {
  const model = make(config('leastSquares', { criticSteps: 2 }), networks);
  const { value, inputs } = run(model);

  it('read a batch and noise of their own each', () => {
    expect(model.model.batchesPerStep).toBe(2);
    expect(model.model.train.inputs.flatMap(({ source }) => (source.kind === 'batch' ? [source.index] : []))).toEqual([
      0, 1,
    ]);
    expect(numbersOf(inputs['noise.latent/critic0'])).not.toEqual(numbersOf(inputs['noise.latent/critic1']));
  });

  it('update the critic one after the other', () => {
    const step = (d: number, index: number): number => {
      const noise = rowsOf(inputs[`noise.latent/critic${index}`]);
      const loss = (at: number): number =>
        formulas['leastSquares'].critic(
          rowsOf(batches[index]).map((x) => score(at, x)),
          noise.map((z) => score(at, made2(0.8, z))),
        );
      return d - slopeOf(loss, d);
    };
    const expected = step(step(0.6, 0), 1);
    expect(value('next.discriminator/d') / expected).toBeCloseTo(1, 3);
  });
});

describe('samples', () => {
  const labelled: MadeNetwork = {
    takes: ['latent', 'label'],
    apply: (p, { latent, label }) => [
      p.b.add(p.b.mul(latent!, parameter(p, 'generator/g', [], 0)), p.b.reshape(p.b.cast(label!, 'float32'), [-1, 1])),
    ],
  };
  const judge: MadeNetwork = {
    takes: ['data', 'label'],
    apply: (p, { data, label }) => {
      const parity = p.b.reshape(p.b.cast(label!, 'float32'), [-1, 1]);
      return [p.b.sub(p.b.mul(p.b.reduceMean(data!, [1], true), parameter(p, 'discriminator/d', [], 1)), parity)];
    },
  };

  it('of a conditional generator are of the class asked for, and judged as that class', async () => {
    const made = make(config('hinge'), { generator: labelled, discriminator: judge });
    const examples = { x: floats([3, 2], [5, 5, 1, 1, 2, 2]), y: tensorOf('int64', [3], [0, 1, 2]) };
    const session = sessionOf(made, examples);
    const [turns] = await made.model.sample(session, { count: 5, seed: 1, options: {} });
    expect(turns.labels).toEqual([0, 1, 2, 0, 1]);
    expect([...turns.data.data]).toEqual([0, 0, 1, 1, 2, 2, 0, 0, 1, 1]);
    const [one] = await made.model.sample(session, { count: 2, seed: 1, options: { label: 2 } });
    expect([...one.data.data]).toEqual([2, 2, 2, 2]);
    expect(await made.model.evaluate(session, 'test', 3)).toEqual({ realScore: 5 / 3, fakeScore: 0 });
  });

  it('of pictures stay within [−1, 1]; points are left alone', async () => {
    const largest = async (kind: 'image' | 'points'): Promise<number> => {
      const made = make(config('hinge'), networks, { data: { ...pointsInfo, kind } });
      const [output] = await made.model.sample(sessionOf(made), { count: 50, seed: 1, options: { temperature: 2 } });
      return Math.max(...output.data.data.map(Math.abs));
    };
    expect(await largest('image')).toBe(1);
    expect(await largest('points')).toBeGreaterThan(1);
  });
});
