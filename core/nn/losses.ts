/**
 * Losses, written as graph nodes.
 *
 * Unless it says otherwise a loss has one value for every element of its operands: a family sums or averages over the
 * axes of a sample (a likelihood is summed, an error averaged) and then takes the mean over the batch, and may weight or
 * clamp in between.
 */
import type { Value } from '../graph/graph.ts';
import type { OpBuilder } from '../ops/builder.ts';

// --- classification ---

/**
 * Softmax cross-entropy −Σ_k q_k log softmax(logits)_k in nats, with q = (1 − s)·onehot(label) + s / K (Szegedy et al.
 * 2016, label smoothing).
 * @param logits [N, K]; @param labels int64 [N], 0 … K − 1; @param smoothing s, from 0 up to but not including 1.
 * @returns one value a sample, [N].
 */
export function softmaxCrossEntropy(b: OpBuilder, logits: Value, labels: Value, smoothing = 0): Value {
  const logProbabilities = b.logSoftmax(logits, -1);
  const picked = b.emit('GatherElements', [logProbabilities, b.unsqueeze(labels, [1])], { axis: 1 });
  const hard = b.squeeze(picked, [1]);
  if (smoothing === 0) return b.neg(hard);
  const spread = b.reduceMean(logProbabilities, [-1]);
  return b.neg(b.add(b.mul(hard, 1 - smoothing), b.mul(spread, smoothing)));
}

/**
 * Binary cross-entropy of σ(logit) against a target t in [0, 1], in nats: softplus(z) − z·t, which neither overflows
 * nor loses digits where |z| is large.
 */
export function binaryCrossEntropy(b: OpBuilder, logits: Value, targets: Value): Value {
  return b.sub(b.softplus(logits), b.mul(logits, targets));
}

// --- regression ---

/** (prediction − target)². */
export function squaredError(b: OpBuilder, prediction: Value, target: Value): Value {
  return b.square(b.sub(prediction, target));
}

/** |prediction − target|. */
export function absoluteError(b: OpBuilder, prediction: Value, target: Value): Value {
  return b.abs(b.sub(prediction, target));
}

/**
 * Huber 1964: e²/2 where |e| ≤ delta, delta·(|e| − delta/2) beyond, e = prediction − target. With c = min(|e|, delta)
 * both are c·(|e| − c/2).
 * @param delta in the target's units, above 0.
 */
export function huberError(b: OpBuilder, prediction: Value, target: Value, delta = 1): Value {
  const error = b.abs(b.sub(prediction, target));
  const clipped = b.min(error, delta);
  return b.mul(clipped, b.sub(error, b.mul(clipped, 0.5)));
}

// --- Gaussians ---

/**
 * −log N(x; mean, deviation²) = ½ log 2π + log deviation + ½ ((x − mean) / deviation)², in nats.
 * @param deviation standard deviation, above 0: a number, or a value that broadcasts to `x`.
 */
export function gaussianNegativeLogLikelihood(b: OpBuilder, mean: Value, x: Value, deviation: Value | number): Value {
  const halfLogTau = 0.5 * Math.log(2 * Math.PI);
  const square = b.square(b.sub(x, mean));
  if (typeof deviation === 'number')
    return b.add(b.mul(square, 0.5 / deviation ** 2), halfLogTau + Math.log(deviation));
  const scaled = b.mul(b.div(square, b.square(deviation)), 0.5);
  return b.add(b.add(scaled, b.log(deviation)), halfLogTau);
}

/**
 * KL(N(mean, exp(logVariance)) ‖ N(0, 1)) of each dimension: ½ (mean² + exp(logVariance) − 1 − logVariance), in nats
 * (Kingma and Welling 2014, appendix B). The rate of a VAE is its sum over the dimensions.
 */
export function gaussianRate(b: OpBuilder, mean: Value, logVariance: Value): Value {
  const spread = b.sub(b.sub(b.exp(logVariance), 1), logVariance);
  return b.mul(b.add(b.square(mean), spread), 0.5);
}

// --- adversarial ---

export type AdversarialLoss = 'nonSaturating' | 'hinge' | 'leastSquares' | 'wasserstein';

/** Both sides of an adversarial game: scalars to lower, means over all scores. */
export interface AdversarialLosses {
  /** @param real raw scores of real samples, any shape; @param fake those of made ones. */
  discriminator(b: OpBuilder, real: Value, fake: Value): Value;
  generator(b: OpBuilder, fake: Value): Value;
}

/**
 * The losses of discriminator and generator, over raw scores D.
 *
 * nonSaturating (Goodfellow et al. 2014): E bce(D(real), realLabel) + E softplus(D(fake)); E softplus(−D(fake)).
 * hinge (Lim and Ye 2017): E max(0, 1 − D(real)) + E max(0, 1 + D(fake)); −E D(fake).
 * leastSquares (Mao et al. 2017): ½ E (D(real) − 1)² + ½ E D(fake)²; ½ E (D(fake) − 1)².
 * wasserstein (Arjovsky et al. 2017): E D(fake) − E D(real), the critic being held 1-Lipschitz elsewhere; −E D(fake).
 * @param realLabel target of real samples, used by nonSaturating: below 1 it is one-sided smoothing (Salimans et al. 2016).
 */
export function adversarialLosses(kind: AdversarialLoss, realLabel = 1): AdversarialLosses {
  switch (kind) {
    case 'nonSaturating':
      return {
        discriminator: (b, real, fake) => {
          const missed = b.sub(b.softplus(real), b.mul(real, realLabel));
          return b.add(b.reduceMean(missed), b.reduceMean(b.softplus(fake)));
        },
        generator: (b, fake) => b.reduceMean(b.softplus(b.neg(fake))),
      };
    case 'hinge':
      return {
        discriminator: (b, real, fake) =>
          b.add(b.reduceMean(b.relu(b.sub(1, real))), b.reduceMean(b.relu(b.add(fake, 1)))),
        generator: (b, fake) => b.neg(b.reduceMean(fake)),
      };
    case 'leastSquares':
      return {
        discriminator: (b, real, fake) =>
          b.mul(b.add(b.reduceMean(b.square(b.sub(real, 1))), b.reduceMean(b.square(fake))), 0.5),
        generator: (b, fake) => b.mul(b.reduceMean(b.square(b.sub(fake, 1))), 0.5),
      };
    case 'wasserstein':
      return {
        discriminator: (b, real, fake) => b.sub(b.reduceMean(fake), b.reduceMean(real)),
        generator: (b, fake) => b.neg(b.reduceMean(fake)),
      };
  }
}
