/**
 * The optimizers, each as the nodes that turn a parameter and its gradient into the next parameter.
 *
 * Updates equal those of PyTorch's implementations, so that a recipe carries over: weight decay is added to the gradient
 * for SGD, RMSprop and Adam, and applied to the parameter itself for AdamW and Lion.
 */
import { z } from 'zod';
import type { Value } from '../graph/graph.ts';
import type { OpBuilder } from '../ops/builder.ts';
import { scheduleSchema } from './schedule.ts';

const probability = (fallback: number, description: string) =>
  z.number().min(0).lt(1).default(fallback).describe(description);
const epsilon = z.number().gt(0).default(1e-8).describe('Added to the denominator, against division by zero.');

const clipSchema = z
  .strictObject({
    norm: z
      .number()
      .gt(0)
      .optional()
      .describe("Scales all of the network's gradients so that their joint L2 norm is at most this."),
    value: z.number().gt(0).optional().describe('Limits each gradient element to ±value, before the norm is taken.'),
  })
  .describe('Gradient clipping.');

const shared = (learningRate: number) => ({
  learningRate: z.number().min(0).default(learningRate).describe('Base step size; the schedule multiplies it.'),
  schedule: scheduleSchema.default({ type: 'constant', warmupSteps: 0 }),
  clip: clipSchema.optional(),
  weightDecay: z
    .number()
    .min(0)
    .default(0)
    .describe('Pull of the weights towards zero; biases and normalisation are left out.'),
  decayExclude: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Parameters left out of weight decay besides, by whole parts of their names: "embedding", "head/kernel".',
    ),
});

export const optimizerSchema = z
  .discriminatedUnion('type', [
    z
      .strictObject({
        type: z.literal('sgd'),
        ...shared(0.01),
        momentum: probability(0, 'Share of the last update kept.'),
        nesterov: z
          .boolean()
          .default(false)
          .describe('Looks ahead along the momentum (Nesterov 1983); needs momentum.'),
      })
      .refine((sgd) => !sgd.nesterov || sgd.momentum > 0, {
        error: 'nesterov needs momentum above 0',
        path: ['nesterov'],
      })
      .describe('Stochastic gradient descent, with momentum or Nesterov momentum.'),
    z
      .strictObject({
        type: z.literal('adam'),
        ...shared(0.001),
        beta1: probability(0.9, 'Decay of the mean of gradients.'),
        beta2: probability(0.999, 'Decay of the mean of squared gradients.'),
        epsilon,
      })
      .describe('Adam (Kingma and Ba 2015).'),
    z
      .strictObject({
        type: z.literal('adamw'),
        ...shared(0.001),
        weightDecay: z
          .number()
          .min(0)
          .default(0.01)
          .describe('Decoupled weight decay: the weights shrink by learningRate × this each step.'),
        beta1: probability(0.9, 'Decay of the mean of gradients.'),
        beta2: probability(0.999, 'Decay of the mean of squared gradients.'),
        epsilon,
      })
      .describe('Adam with decoupled weight decay (Loshchilov and Hutter 2019).'),
    z
      .strictObject({
        type: z.literal('rmsprop'),
        ...shared(0.01),
        rho: probability(0.99, 'Decay of the mean of squared gradients.'),
        momentum: probability(0, 'Share of the last update kept.'),
        epsilon,
      })
      .describe('RMSprop (Tieleman and Hinton 2012).'),
    z
      .strictObject({
        type: z.literal('lion'),
        ...shared(0.0001),
        beta1: probability(0.9, 'Weight of the momentum in the direction taken.'),
        beta2: probability(0.99, 'Decay of the momentum.'),
      })
      .describe('Lion: the sign of an interpolated momentum (Chen et al. 2023).'),
  ])
  .describe('The optimizer.');

export type OptimizerConfig = z.output<typeof optimizerSchema>;

/** A tensor the optimizer keeps, and how to give it its next value. */
export interface Slot {
  readonly value: Value;
  readonly set: (next: Value) => void;
}

export interface UpdateQuery {
  readonly b: OpBuilder;
  readonly parameter: Value;
  readonly gradient: Value;
  /** Scalar: the learning rate of this step, schedule included. */
  readonly learningRate: Value;
  /** Whether weight decay applies. */
  readonly decays: boolean;
  /** A zero-initialised tensor shaped like the parameter. */
  readonly slot: (name: string) => Slot;
  /** Scalar 1 + β + β² + … over the steps so far, this one included: the weight of all gradients in a discounted sum. */
  readonly count: (name: string, beta: number) => Value;
}

/** Emits the update of a parameter, or of several as one flat tensor, and returns the next value. */
export function updateParameter(config: OptimizerConfig, query: UpdateQuery): Value {
  switch (config.type) {
    case 'sgd':
      return sgd(config, query);
    case 'adam':
      return adam(config, { ...query, gradient: withDecay(config, query) });
    case 'adamw':
      return adam(config, { ...query, parameter: shrunk(config, query) });
    case 'rmsprop':
      return rmsprop(config, query);
    case 'lion':
      return lion(config, query);
  }
}

/** g + λ·p. */
function withDecay(config: OptimizerConfig, { b, parameter, gradient, decays }: UpdateQuery): Value {
  return decays && config.weightDecay > 0 ? b.add(gradient, b.mul(parameter, config.weightDecay)) : gradient;
}

/** p·(1 − lr·λ). */
function shrunk(config: OptimizerConfig, { b, parameter, learningRate, decays }: UpdateQuery): Value {
  return decays && config.weightDecay > 0
    ? b.mul(parameter, b.sub(1, b.mul(learningRate, config.weightDecay)))
    : parameter;
}

/**
 * sum ← β·sum + fresh. The slot keeps β·sum, what is carried into the next step: the multiplication then follows the fresh
 * value, so that no node of a parameter's update can run, or has to be kept in mind, before the parameter's gradient is
 * there (see `inEagerOrder`). A moving mean is (1 − β)·sum, and a bias-corrected one sum / count with
 * count ← β·count + 1: factors that cost nothing on the learning rate, and a pass over every weight on the tensor.
 */
function discountedSum(b: OpBuilder, slot: Slot, beta: number, fresh: Value): Value {
  const sum = b.add(slot.value, fresh);
  slot.set(b.mul(sum, beta));
  return sum;
}

function sgd(config: OptimizerConfig & { type: 'sgd' }, query: UpdateQuery): Value {
  const { b, parameter, learningRate } = query;
  const gradient = withDecay(config, query);
  if (config.momentum === 0) return b.sub(parameter, b.mul(gradient, learningRate));
  const momentum = discountedSum(b, query.slot('carriedMomentum'), config.momentum, gradient);
  const direction = config.nesterov ? b.add(gradient, b.mul(momentum, config.momentum)) : momentum;
  return b.sub(parameter, b.mul(direction, learningRate));
}

/** mean / (√square + ε) with mean = sum / n₁ and square = squares / n₂, as (√n₂ / n₁)·sum / (√squares + ε·√n₂). */
function adam(config: OptimizerConfig & { type: 'adam' | 'adamw' }, query: UpdateQuery): Value {
  const { b, parameter, gradient, learningRate } = query;
  const sum = discountedSum(b, query.slot('carriedSum'), config.beta1, gradient);
  const squares = discountedSum(b, query.slot('carriedSquares'), config.beta2, b.square(gradient));
  const root = b.sqrt(query.count('count2', config.beta2));
  const stepSize = b.mul(learningRate, b.div(root, query.count('count1', config.beta1)));
  const direction = b.div(sum, b.add(b.sqrt(squares), b.mul(root, config.epsilon)));
  return b.sub(parameter, b.mul(direction, stepSize));
}

/** gradient / (√square + ε) with square = (1 − ρ)·squares, as gradient / (√squares + ε / √(1 − ρ)) / √(1 − ρ). */
function rmsprop(config: OptimizerConfig & { type: 'rmsprop' }, query: UpdateQuery): Value {
  const { b, parameter } = query;
  const gradient = withDecay(config, query);
  const squares = discountedSum(b, query.slot('carriedSquares'), config.rho, b.square(gradient));
  const root = Math.sqrt(1 - config.rho);
  const scaled = b.div(gradient, b.add(b.sqrt(squares), config.epsilon / root));
  const direction =
    config.momentum === 0 ? scaled : discountedSum(b, query.slot('carriedMomentum'), config.momentum, scaled);
  return b.sub(parameter, b.mul(direction, b.div(query.learningRate, root)));
}

/** sign(β₁·mean + (1 − β₁)·g) with mean = (1 − β₂)·sum: a sign needs the proportion of the two only. */
function lion(config: OptimizerConfig & { type: 'lion' }, query: UpdateQuery): Value {
  const { b, gradient, learningRate } = query;
  const slot = query.slot('sum');
  const share = (config.beta1 * (1 - config.beta2)) / (1 - config.beta1);
  const direction = b.sign(b.add(b.mul(slot.value, share), gradient));
  slot.set(b.add(b.mul(slot.value, config.beta2), gradient));
  return b.sub(shrunk(config, query), b.mul(direction, learningRate));
}
