import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../core/autodiff/differentiate.ts';
import type { Value } from '../../../core/graph/graph.ts';
import {
  absoluteError,
  adversarialLosses,
  binaryCrossEntropy,
  gaussianNegativeLogLikelihood,
  gaussianRate,
  huberError,
  softmaxCrossEntropy,
  squaredError,
} from '../../../core/nn/losses.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { gradients } from '../../../core/ops/gradient.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { numbersOf, tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';

interface Golden {
  readonly prediction: readonly number[];
  readonly target: readonly number[];
  readonly labels: readonly number[];
  readonly deviation: readonly number[];
  readonly losses: Readonly<Record<string, readonly number[]>>;
}
const golden = JSON.parse(readFileSync(new URL('../../golden/losses.json', import.meta.url), 'utf8')) as Golden;

interface Given {
  readonly b: OpBuilder;
  readonly prediction: Value;
  readonly target: Value;
  readonly labels: Value;
  readonly deviation: Value;
  /** Scores of real and of made samples. */
  readonly real: Value;
  readonly fake: Value;
}

function given(): Given {
  const b = new OpBuilder('loss');
  const prediction = b.input('prediction', 'float32', ['N', 3]);
  const target = b.input('target', 'float32', ['N', 3]);
  const labels = b.input('labels', 'int64', ['N']);
  const deviation = b.input('deviation', 'float32', ['N', 3]);
  const real = b.mul(b.slice(prediction, [0], [2], [1]), 0.1);
  return { b, prediction, target, labels, deviation, real, fake: b.slice(target, [0], [2], [1]) };
}

function run({ b }: Given, outputs: readonly Value[]): readonly number[][] {
  outputs.forEach((output, index) => b.output(`y${index}`, output));
  const feeds = new Map<string, Tensor>([
    ['prediction', tensorOf('float32', [2, 3], golden.prediction)],
    ['target', tensorOf('float32', [2, 3], golden.target)],
    ['labels', tensorOf('int64', [2], golden.labels)],
    ['deviation', tensorOf('float32', [2, 3], golden.deviation)],
  ]);
  const results = evaluateGraph(b.build(), feeds);
  return outputs.map((_, index) => numbersOf(results.get(`y${index}`) as Tensor));
}

const losses: Readonly<Record<string, (given: Given) => Value>> = {
  softmaxCrossEntropy: ({ b, prediction, labels }) => softmaxCrossEntropy(b, prediction, labels),
  softmaxCrossEntropySmoothed: ({ b, prediction, labels }) => softmaxCrossEntropy(b, prediction, labels, 0.1),
  binaryCrossEntropy: ({ b, prediction, target }) => binaryCrossEntropy(b, prediction, target),
  squaredError: ({ b, prediction, target }) => squaredError(b, prediction, target),
  absoluteError: ({ b, prediction, target }) => absoluteError(b, prediction, target),
  huberError: ({ b, prediction, target }) => huberError(b, prediction, target, 1.5),
  gaussianNegativeLogLikelihood: ({ b, prediction, target, deviation }) =>
    gaussianNegativeLogLikelihood(b, prediction, target, deviation),
  gaussianNegativeLogLikelihoodFixed: ({ b, prediction, target }) =>
    gaussianNegativeLogLikelihood(b, prediction, target, 0.3),
  gaussianRate: ({ b, prediction, target }) => gaussianRate(b, prediction, target),
  'nonSaturating.discriminator': ({ b, real, fake }) =>
    adversarialLosses('nonSaturating', 0.9).discriminator(b, real, fake),
  'nonSaturating.generator': ({ b, fake }) => adversarialLosses('nonSaturating', 0.9).generator(b, fake),
  'hinge.discriminator': ({ b, real, fake }) => adversarialLosses('hinge').discriminator(b, real, fake),
  'hinge.generator': ({ b, fake }) => adversarialLosses('hinge').generator(b, fake),
  'leastSquares.discriminator': ({ b, real, fake }) => adversarialLosses('leastSquares').discriminator(b, real, fake),
  'leastSquares.generator': ({ b, fake }) => adversarialLosses('leastSquares').generator(b, fake),
  'wasserstein.discriminator': ({ b, real, fake }) => adversarialLosses('wasserstein').discriminator(b, real, fake),
  'wasserstein.generator': ({ b, fake }) => adversarialLosses('wasserstein').generator(b, fake),
};

describe("losses give PyTorch's numbers", () => {
  it('every one of them', () => {
    expect(Object.keys(losses)).toEqual(Object.keys(golden.losses));
  });

  it.each(Object.keys(losses))('%s', (name) => {
    const all = given();
    const [found] = run(all, [losses[name](all)]);
    expect(found).toHaveLength(golden.losses[name].length);
    found.forEach((value, index) => {
      const expected = golden.losses[name][index];
      expect(Math.abs(value - expected)).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected)));
    });
  });
});

describe('gradients stay finite and right far out', () => {
  it('of cross-entropy with logits of −40 and 60: σ(z) − t', () => {
    const all = given();
    const loss = all.b.reduceSum(binaryCrossEntropy(all.b, all.prediction, all.target));
    const [found] = run(all, differentiate(all.b, gradients, loss, [all.prediction]));
    golden.prediction.forEach((z, index) =>
      expect(found[index]).toBeCloseTo(1 / (1 + Math.exp(-z)) - golden.target[index], 6),
    );
  });

  it('of softmax cross-entropy: softmax − onehot', () => {
    const all = given();
    const loss = all.b.reduceSum(softmaxCrossEntropy(all.b, all.prediction, all.labels));
    const [found] = run(all, differentiate(all.b, gradients, loss, [all.prediction]));
    golden.labels.forEach((label, row) => {
      const logits = golden.prediction.slice(3 * row, 3 * row + 3);
      const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
      logits.forEach((z, k) => expect(found[3 * row + k]).toBeCloseTo(Math.exp(z) / total - (k === label ? 1 : 0), 6));
    });
  });
});
