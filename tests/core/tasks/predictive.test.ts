/** The classifier and the autoencoder with tiny networks of given weights. */
import { describe, expect, it } from 'vitest';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { numbersOf, tensorOf } from '../../../core/tensor/tensor.ts';
import { floats, make, normals, parameter, pointsInfo, sessionOf, trainOnce, type MadeNetwork } from './family.ts';

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const x = [0.5, -1, 0.3, 0.2, -0.7, 1.4, 2, 0.1];

describe('the classifier', () => {
  /** Scores (x0, x1, 0). */
  const network: MadeNetwork = {
    takes: ['data'],
    apply: (p, { data }) => {
      const score = p.b.mul(data!, parameter(p, 'classifier/gain', []));
      return [p.b.concat([score, p.b.mul(p.b.slice(data!, [0], [1], [1]), 0)], 1)];
    },
  };
  const labels = [0, 1, 1, 0];
  const logProbability = (i: number, k: number): number => {
    const scores = [x[2 * i], x[2 * i + 1], 0];
    return scores[k] - Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
  };
  const feeds = { 'batch.x.0': floats([4, 2], x), 'batch.y.0': tensorOf('int64', [4], labels) };
  const metrics = (labelSmoothing: number) =>
    trainOnce(make({ type: 'classifier', labelSmoothing }, { classifier: network }), feeds).outputs;

  it('has the cross entropy of the softmax as loss, and the share of right answers', () => {
    const outputs = metrics(0);
    expect(outputs['metric.loss'].data[0]).toBeCloseTo(-mean(labels.map((label, i) => logProbability(i, label))), 5);
    // Largest scores: x = (0.5, −1): 0, (0.3, 0.2): 0, (−0.7, 1.4): 1, (2, 0.1): 0; so the second is wrong.
    expect(outputs['metric.accuracy'].data[0]).toBe(0.75);
  });

  it('spreads a share of the target over all classes when labels are smoothed', () => {
    const target = (label: number, k: number): number => (k === label ? 0.7 : 0) + 0.3 / 3;
    const expected = labels.map(
      (label, i) => -[0, 1, 2].reduce((sum, k) => sum + target(label, k) * logProbability(i, k), 0),
    );
    expect(metrics(0.3)['metric.loss'].data[0]).toBeCloseTo(mean(expected), 5);
  });

  it('measures plain cross entropy and accuracy on held-out data, and predicts with the true classes beside', async () => {
    const made = make({ type: 'classifier', labelSmoothing: 0.3 }, { classifier: network });
    const session = sessionOf(made, { x: feeds['batch.x.0'], y: feeds['batch.y.0'] });
    const found = await made.model.evaluate(session, 'test', 4);
    expect(found.loss).toBeCloseTo(-mean(labels.map((label, i) => logProbability(i, label))), 5);
    expect(found.accuracy).toBe(0.75);
    const [output] = await made.model.sample(session, { count: 3, seed: 1, options: {} });
    expect(output).toMatchObject({ kind: 'classScores', labels: [0, 1, 1] });
    expect(output.data.shape).toEqual([3, 3]);
    expect(output.data.data[4]).toBeCloseTo(Math.exp(logProbability(1, 1)), 6);
  });
});

describe('the autoencoder', () => {
  const scaled = (network: string, input: 'data' | 'latent', by: number): MadeNetwork => ({
    takes: [input],
    apply: (p, inputs) => [p.b.mul(inputs[input]!, parameter(p, `${network}/gain`, [], by))],
  });
  const networks = { encoder: scaled('encoder', 'data', 0.5), decoder: scaled('decoder', 'latent', 3) };
  const image: DataInfo = { ...pointsInfo, kind: 'image' };
  const run = (config: Record<string, unknown>) =>
    trainOnce(make({ type: 'autoencoder', ...config }, networks, { data: image }), { 'batch.x.0': floats([4, 2], x) });

  it('has the mean squared error of the copy as loss', () => {
    const { outputs } = run({});
    expect(outputs['metric.loss'].data[0]).toBeCloseTo(mean(x.map((value) => (1.5 * value - value) ** 2)), 5);
  });

  it('or the cross entropy, reading the decoder’s output as logits', () => {
    const { outputs } = run({ loss: 'binaryCrossEntropy' });
    const each = x.map((value) => {
      const p = 1 / (1 + Math.exp(-1.5 * value));
      return -value * Math.log(p) - (1 - value) * Math.log(1 - p);
    });
    expect(outputs['metric.loss'].data[0]).toBeCloseTo(mean(each), 5);
  });

  it('adds noise to the input alone: the copy is compared with the clean sample', () => {
    const { outputs, inputs } = run({ noise: 0.2 });
    const noise = numbersOf(inputs['noise.corruption']);
    expect(outputs['metric.loss'].data[0]).toBeCloseTo(
      mean(x.map((value, i) => (1.5 * (value + 0.2 * noise[i]) - value) ** 2)),
      5,
    );
  });

  it('copies without noise, and within the range of pictures', async () => {
    const made = make({ type: 'autoencoder', noise: 5 }, networks, { data: image });
    const examples = { x: floats([4, 2], [0, 0.2, 0.4, 0.6, 0.8, 1, 0.1, 0.3]) };
    const [output] = await made.model.sample(sessionOf(made, examples), { count: 4, seed: 1, options: {} });
    output.data.data.forEach((value, i) => expect(value).toBeCloseTo(Math.min(1, 1.5 * examples.x.data[i]), 6));
    const { loss } = await made.model.evaluate(sessionOf(made, examples), 'test', 4);
    expect(loss).toBeCloseTo(mean([...examples.x.data].map((value) => (0.5 * value) ** 2)), 6);
  });

  it('gives as many copies as there are examples', async () => {
    const made = make({ type: 'autoencoder' }, networks);
    const [output] = await made.model.sample(sessionOf(made, { x: normals([70, 2], 'x') }), {
      count: 100,
      seed: 1,
      options: {},
    });
    expect(output.data.shape).toEqual([70, 2]);
  });
});

describe('a network without parameters', () => {
  it('is refused in words', () => {
    const fixed: MadeNetwork = { takes: ['data'], apply: (_, { data }) => [data!] };
    const data = { ...pointsInfo, classes: ['a', 'b'] };
    expect(() => make({ type: 'classifier' }, { classifier: fixed }, { data })).toThrow(
      "network 'classifier' has no parameters, so there is nothing to train: add a layer that has some",
    );
  });
});
