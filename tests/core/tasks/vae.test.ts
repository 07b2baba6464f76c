/** The VAE as a linear-Gaussian model with given weights: every part of the bound has a closed form. */
import { describe, expect, it } from 'vitest';
import type { ProgramBuilder } from '../../../core/program/program-builder.ts';
import { numbersOf, tensorOf } from '../../../core/tensor/tensor.ts';
import {
  floats,
  make,
  meanAndVariance,
  normals,
  plan,
  pointsInfo,
  sessionOf,
  trainOnce,
  type Made,
  type MadeNetwork,
} from './family.ts';

const deviation = 0.5;
/** Decoder p(x | z) = N(w·z, deviation²·1), z one number: then p(x) = N(0, w wᵀ + deviation²·1). */
const w = [1.2, -0.8];

function column(p: ProgramBuilder, name: string, values: readonly number[], shape: readonly number[]) {
  return p.b.mul(
    p.b.constant(tensorOf('float32', shape, values)),
    p.state({
      name,
      shape: [],
      role: 'parameter',
      decay: true,
      init: { type: 'constant', scale: 1 },
    }),
  );
}

/** An encoder of mean x·a and a constant log-variance. */
const encoder = (a: readonly number[], logVariance: number): MadeNetwork => ({
  takes: ['data'],
  apply: (p, { data }) => {
    const mean = p.b.matMul(data!, column(p, 'encoder/a', a, [2, 1]));
    return [mean, p.b.add(p.b.mul(mean, 0), logVariance)];
  },
});

const decoder: MadeNetwork = {
  takes: ['latent'],
  apply: (p, { latent }) => [p.b.matMul(latent!, column(p, 'decoder/w', w, [1, 2]))],
};

const config = { type: 'vae', likelihood: 'gaussian', deviation };
const x = [0.5, -1, 0.3, 0.2, -0.7, 1.4, 2, 0.1];

function step(made: Made) {
  const { outputs, inputs } = trainOnce(made, { 'batch.x.0': floats([4, 2], x) });
  const [noise] = Object.entries(inputs)
    .filter(([name]) => name.startsWith('noise.'))
    .map(([, value]) => numbersOf(value));
  const metric = (name: string): number => Number(outputs[`metric.${name}`].data[0]);
  return { noise, loss: metric('loss'), distortion: metric('distortion'), rate: metric('rate') };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const rateOf = (mu: number, logVariance: number): number => 0.5 * (mu * mu + Math.exp(logVariance) - 1 - logVariance);
const gaussian = (at: number, centre: number): number =>
  0.5 * Math.log(2 * Math.PI) + Math.log(deviation) + 0.5 * ((at - centre) / deviation) ** 2;

describe('the parts of the loss', () => {
  const a = [0.4, -0.3];
  const logVariance = -1;
  const mus = [0, 1, 2, 3].map((i) => a[0] * x[2 * i] + a[1] * x[2 * i + 1]);

  it('are the Gaussian log-density with its constants, and the divergence from the prior', () => {
    const found = step(make(config, { encoder: encoder(a, logVariance), decoder }));
    const each = mus.map((mu, i) => {
      const z = mu + Math.exp(logVariance / 2) * found.noise[i];
      return gaussian(x[2 * i], w[0] * z) + gaussian(x[2 * i + 1], w[1] * z);
    });
    expect(found.distortion).toBeCloseTo(mean(each), 4);
    expect(found.rate).toBeCloseTo(mean(mus.map((mu) => rateOf(mu, logVariance))), 5);
    expect(found.loss).toBeCloseTo(found.distortion + found.rate, 5);
  });

  it('are the cross entropy of Bernoulli pixels from logits', () => {
    const image = { ...pointsInfo, kind: 'image' as const };
    const found = step(make({ type: 'vae' }, { encoder: encoder(a, logVariance), decoder }, { data: image }));
    const each = mus.map((mu, i) => {
      const z = mu + Math.exp(logVariance / 2) * found.noise[i];
      const bit = (value: number, logit: number): number => {
        const p = 1 / (1 + Math.exp(-logit));
        return -value * Math.log(p) - (1 - value) * Math.log(1 - p);
      };
      return bit(x[2 * i], w[0] * z) + bit(x[2 * i + 1], w[1] * z);
    });
    expect(found.distortion).toBeCloseTo(mean(each), 4);
  });

  it('weigh the rate by beta, which warms up from 0', () => {
    const made = make({ ...config, beta: 3, betaWarmupSteps: 4 }, { encoder: encoder(a, logVariance), decoder });
    const beta = made.model.scalars.find((scalar) => scalar.name === 'beta')!;
    expect([0, 1, 4, 100].map((at) => beta.valueAt(at))).toEqual([0, 0.75, 3, 3]);
    const cold = step(made);
    expect(cold.loss).toBeCloseTo(cold.distortion, 5);
    const warm = step(make({ ...config, beta: 3 }, { encoder: encoder(a, logVariance), decoder }));
    expect(warm.loss).toBeCloseTo(warm.distortion + 3 * warm.rate, 4);
  });

  /** Two latent numbers: code (x0, x1/100), variance 1, scaled again by the decoder; laid out in any shape. */
  const two = (shape: readonly number[]): Record<string, MadeNetwork> => ({
    encoder: {
      takes: ['data'],
      apply: (p, { data }) => {
        const code = p.b.reshape(p.b.mul(data!, column(p, 'encoder/a', [1, 0.01], [1, 2])), shape);
        return [code, p.b.mul(code, 0)];
      },
    },
    decoder: {
      takes: ['latent'],
      apply: (p, { latent }) => [p.b.mul(p.b.reshape(latent!, [-1, 2]), column(p, 'decoder/w', w, [1, 2]))],
    },
  });
  const rates = [0, 1].map((axis) => mean([0, 1, 2, 3].map((i) => rateOf([1, 0.01][axis] * x[2 * i + axis], 0))));

  it('let each latent dimension carry the free bits: below them the loss no longer falls with the rate', () => {
    const found = step(make({ ...config, freeBits: 0.1 }, two([-1, 2])));
    expect(rates[0]).toBeGreaterThan(0.1);
    expect(rates[1]).toBeLessThan(0.1);
    expect(found.rate).toBeCloseTo(rates[0] + rates[1], 5);
    expect(found.loss).toBeCloseTo(found.distortion + rates[0] + 0.1, 4);
  });

  it.each([0, 0.1])('sum the rate over all axes of a latent that is a picture, free bits %s', (freeBits) => {
    const flat = step(make({ ...config, freeBits }, two([-1, 2])));
    const deep = step(make({ ...config, freeBits }, two([-1, 1, 2, 1])));
    expect(deep.rate).toBeCloseTo(rates[0] + rates[1], 5);
    expect(deep.loss).toBeCloseTo(flat.loss, 4);
  });
});

describe('the bound', () => {
  const spread = w[0] ** 2 + w[1] ** 2;
  /** The true posterior of z: N(w·x / (w·w + d²), d² / (w·w + d²)). */
  const exact = encoder(
    w.map((value) => value / (spread + deviation ** 2)),
    Math.log(deviation ** 2 / (spread + deviation ** 2)),
  );
  const count = 100;
  const z = normals([count, 1], 'z').data;
  const noise = normals([count, 2], 'noise').data;
  const values = Array.from({ length: 2 * count }, (_, i) => w[i % 2] * z[i >> 1] + deviation * noise[i]);

  /** −log p(x) by the covariance S = w wᵀ + d²·1: ½ (2 log 2π + log det S + xᵀ S⁻¹ x). */
  const evidence = mean(
    Array.from({ length: count }, (_, i) => {
      const [u, v] = [values[2 * i], values[2 * i + 1]];
      const [p, q, r] = [w[0] ** 2 + deviation ** 2, w[0] * w[1], w[1] ** 2 + deviation ** 2];
      const determinant = p * r - q * q;
      return (
        Math.log(2 * Math.PI) +
        0.5 * Math.log(determinant) +
        (0.5 * (r * u * u - 2 * q * u * v + p * v * v)) / determinant
      );
    }),
  );
  const negativeElbo = async (network: MadeNetwork) => {
    const made = make(config, { encoder: network, decoder });
    return made.model.evaluate(sessionOf(made, { x: floats([count, 2], values) }), 'test', 1000);
  };

  it('of the true posterior is the log-likelihood, up to the noise of one draw', async () => {
    const found = await negativeElbo(exact);
    // The distortion of one draw varies; its deviation over 100 examples is about 1, so 5 · 0.1.
    expect(Math.abs(found.loss - evidence)).toBeLessThan(0.5);
    expect(found.loss).toBeCloseTo(found.distortion + found.rate, 4);
    expect(found.bitsPerDim).toBeCloseTo(found.loss / (2 * Math.log(2)), 5);
  });

  it('of any other posterior is looser by its divergence from the true one', async () => {
    const precise = await negativeElbo(exact);
    for (const other of [encoder([0, 0], 0), encoder([1, 1], -2)]) {
      const found = await negativeElbo(other);
      expect(found.loss).toBeGreaterThan(evidence);
      expect(found.loss).toBeGreaterThan(precise.loss);
    }
  });
});

describe('samples', () => {
  const made = make(config, { encoder: encoder([1, 0], -1), decoder });
  const examples = { x: floats([4, 2], x) };

  it('are the decoder’s means of standard normal latents, scaled by the temperature', async () => {
    const draw = async (temperature: number) =>
      (await made.model.sample(sessionOf(made, examples), { count: 600, seed: 1, options: { temperature } }))[0].data
        .data;
    const [cold, warm] = [await draw(0.5), await draw(1)];
    warm.forEach((value, i) => expect(cold[i]).toBeCloseTo(value / 2, 5));
    const { variance } = meanAndVariance(warm.filter((_, i) => i % 2 === 0));
    expect(Math.abs(variance - w[0] ** 2)).toBeLessThan(5 * w[0] ** 2 * Math.sqrt(2 / 600));
  });

  it('come with reconstructions by the mean of the latent', async () => {
    const [, copies] = await made.model.sample(sessionOf(made, examples), { count: 4, seed: 1, options: {} });
    expect(copies.name).toBe('reconstructions');
    expect([...copies.reference!.data]).toEqual([...examples.x.data]);
    copies.data.data.forEach((value, i) => expect(value).toBeCloseTo(w[i % 2] * x[i - (i % 2)], 5));
  });

  it('of pictures stay within their range', async () => {
    const image = { ...pointsInfo, kind: 'image' as const };
    const pictures = make(config, { encoder: encoder([9, 0], -1), decoder }, { data: image });
    const outputs = await pictures.model.sample(sessionOf(pictures, examples), {
      count: 4,
      seed: 1,
      options: { temperature: 2 },
    });
    for (const { data, range } of outputs) {
      expect(range).toBe('symmetric');
      expect(Math.max(...data.data.map(Math.abs))).toBe(1);
    }
  });

  it('of a conditional decoder ask for each class in turn, or for one', async () => {
    const labelled: MadeNetwork = {
      takes: ['latent', 'label'],
      apply: (p, { latent, label }) => [
        p.b.add(
          p.b.mul(p.b.concat([latent!, latent!], 1), column(p, 'decoder/w', [0], [])),
          p.b.reshape(p.b.cast(label!, 'float32'), [-1, 1]),
        ),
      ],
    };
    const conditional = make(config, { encoder: encoder([1, 0], -1), decoder: labelled });
    const session = sessionOf(conditional, { ...examples, y: tensorOf('int64', [4], [2, 0, 1, 1]) });
    const [turns, copies] = await conditional.model.sample(session, { count: 4, seed: 1, options: {} });
    expect(turns.labels).toEqual([0, 1, 2, 0]);
    expect([...turns.data.data]).toEqual([0, 0, 1, 1, 2, 2, 0, 0]);
    expect([...copies.data.data]).toEqual([2, 2, 0, 0, 1, 1, 1, 1]);
    const [one] = await conditional.model.sample(session, { count: 2, seed: 1, options: { label: 1 } });
    expect(one.labels).toEqual([1, 1]);
  });
});

describe('optimizers of its own for a network', () => {
  it('train it apart from the other, on the same gradients', () => {
    const networks = { encoder: encoder([0.4, -0.3], -1), decoder };
    const slow = { ...plan.optimizerOf('decoder'), learningRate: 0.25 };
    const own = { ...plan, optimizerOf: (name: string) => (name === 'decoder' ? slow : sgd) };
    const sgd = plan.optimizerOf('encoder');
    const feeds = { 'batch.x.0': floats([4, 2], x) };
    const moved = (made: Made, name: string): number =>
      Number(trainOnce(made, feeds).outputs[`next.${name}`].data[0]) - 1;
    const [together, apart] = [make(config, networks), make(config, networks, { plan: own })];
    expect(apart.model.scalars.map((scalar) => scalar.name)).toEqual([
      'learningRate.encoder',
      'learningRate.decoder',
      'beta',
    ]);
    expect(moved(apart, 'encoder/a')).toBeCloseTo(moved(together, 'encoder/a'), 5);
    expect(moved(apart, 'decoder/w')).toBeCloseTo(moved(together, 'decoder/w') / 4, 5);
  });
});
