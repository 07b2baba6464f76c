/** Generative adversarial networks (Goodfellow 2014): four losses, several critic steps, conditions. */
import { z } from 'zod';
import { differentiate } from '../autodiff/differentiate.ts';
import type { Value } from '../graph/graph.ts';
import { adversarialLosses } from '../nn/losses.ts';
import { gradients as gradientRules } from '../ops/gradient.ts';
import type { ProgramBuilder } from '../program/program-builder.ts';
import {
  dataType,
  decodeLatents,
  floatsOf,
  fromLatents,
  generated,
  labelArgument,
  labelOption,
  labelType,
  latentType,
  meansOver,
  outputKind,
  planScalars,
  program,
  requestedLabels,
  sampleAxes,
  sampleNoise,
  temperatureOption,
  train,
  trainingLabel,
  trueLabel,
  measured,
} from './common.ts';
import { expectClasses, expectShape } from './expectations.ts';
import {
  batchDim,
  type CompileContext,
  type CompiledModel,
  type Examples,
  type Probe,
  type TaskDefinition,
  type TaskSession,
} from './task.ts';

const schema = z
  .strictObject({
    type: z.literal('gan'),
    loss: z
      .enum(['nonSaturating', 'hinge', 'leastSquares', 'wasserstein'])
      .default('nonSaturating')
      .describe('How the two networks are scored; wasserstein adds the gradient penalty (WGAN-GP).'),
    latentSize: z.int().min(1).default(64).describe('Normal numbers the generator starts from.'),
    criticSteps: z
      .int()
      .min(1)
      .max(20)
      .default(1)
      .describe('Discriminator updates before each generator update, each on a batch of its own.'),
    gradientPenalty: z
      .number()
      .min(0)
      .default(10)
      .describe('Weight of the gradient penalty, for the wasserstein loss (Gulrajani 2017).'),
    realLabel: z
      .number()
      .gt(0.5)
      .max(1)
      .default(1)
      .describe('Target for real samples in the nonSaturating loss; 0.9 is one-sided label smoothing (Salimans 2016).'),
  })
  .describe('A generator learns to make samples that a discriminator cannot tell from real ones.');
type Config = z.output<typeof schema>;

const both = ['generator', 'discriminator'] as const;
/** What the discriminator is to tell apart. */
const scored = [
  { name: 'real', label: 'Real samples' },
  { name: 'made', label: 'Made samples' },
] as const;

function check(probe: Probe, config: Config): void {
  expectClasses(probe, both);
  const label = labelType();
  const [made] = probe.apply('generator', { latent: latentType(config.latentSize), label });
  expectShape(
    probe,
    'generator',
    made,
    [batchDim, ...probe.data.shape],
    'the generator must give samples shaped like the data',
  );
  probe.apply('discriminator', { data: dataType(probe.data), label });
  warnOfIdleLabels(probe);
}

/** A label only one of the two sees is no condition: nothing then rewards samples that fit it. */
function warnOfIdleLabels(probe: Probe): void {
  const [taker, other] = probe.takes('generator', 'label') ? both : both.toReversed();
  const at = probe.network(taker);
  if (!at || !probe.network(other) || !probe.takes(taker, 'label') || probe.takes(other, 'label')) return;
  const message = `network '${taker}' takes a label, but '${other}' does not: samples will not follow their labels`;
  probe.warn([...at.path, 'inputs'], message, `give '${other}' a label too`);
}

/** What one part of the training step needs to apply the two networks. */
interface Adversaries {
  readonly make: (index: string) => Value;
  readonly score: (x: Value, tag: string) => Value;
}

function adversaries(
  p: ProgramBuilder,
  context: CompileContext,
  config: Config,
  label: Value | undefined,
): Adversaries {
  const condition = label && { label };
  return {
    make: (index) => {
      const latent = p.noise(`latent/${index}`, 'normal', [context.plan.batchSize, config.latentSize]);
      return context.apply(p, 'generator', { latent, ...condition }, { training: true, tag: index })[0];
    },
    score: (x, tag) => context.apply(p, 'discriminator', { data: x, ...condition }, { training: true, tag })[0],
  };
}

/** λ·(‖∇D(x̂)‖ − 1)² on random points between real and made samples (Gulrajani 2017); the weight λ is a graph input. */
function gradientPenalty(
  p: ProgramBuilder,
  score: Adversaries['score'],
  real: Value,
  fake: Value,
  index: string,
): Value {
  const { b } = p;
  const batch = real.type.shape[0];
  const share = p.noise(`between/${index}`, 'uniform', [batch, ...real.type.shape.slice(1).map(() => 1)]);
  const between = b.add(b.mul(real, share), b.mul(fake, b.sub(1, share)));
  const [gradient] = differentiate(b, gradientRules, b.reduceSum(score(between, `between/${index}`)), [between]);
  const norm = b.sqrt(b.add(b.reduceSum(b.square(gradient), sampleAxes(real)), 1e-12));
  return b.mul(b.reduceMean(b.square(b.sub(norm, 1))), p.scalar('gradientPenalty'));
}

/** One discriminator update; gives its loss and the mean scores of real and made samples. */
function criticStep(p: ProgramBuilder, context: CompileContext, config: Config, index: number) {
  const { b } = p;
  const real = p.batch('x', dataType(context.data, context.plan.batchSize), index);
  const { make, score } = adversaries(p, context, config, trainingLabel(p, context, both, index));
  const fake = b.stopGradient(make(`critic${index}`));
  const realScore = score(real, `real${index}`);
  const fakeScore = score(fake, `fake${index}`);
  const plain = adversarialLosses(config.loss, config.realLabel).discriminator(b, realScore, fakeScore);
  const loss = config.loss === 'wasserstein' ? b.add(plain, gradientPenalty(p, score, real, fake, `${index}`)) : plain;
  return { loss, realScore: b.reduceMean(realScore), fakeScore: b.reduceMean(fakeScore) };
}

/** The whole step in one graph: every critic update, then the generator's against the updated critic. */
function trainingProgram(context: CompileContext, config: Config) {
  return program(context, 'train', (p) => {
    for (let index = 0; index < config.criticSteps; index++) {
      const last = index === config.criticSteps - 1;
      const critic = criticStep(p, context, config, index);
      if (last) {
        p.metric('discriminatorLoss', critic.loss);
        p.metric('realScore', critic.realScore);
        p.metric('fakeScore', critic.fakeScore);
      }
      train(p, context, critic.loss, 'discriminator', ['discriminator'], { average: false, report: last });
    }
    const { make, score } = adversaries(p, context, config, trainingLabel(p, context, both, config.criticSteps - 1));
    const loss = adversarialLosses(config.loss, config.realLabel).generator(p.b, score(make('generator'), 'generator'));
    p.metric('generatorLoss', loss);
    train(p, context, loss, 'generator', ['generator']);
  });
}

function inferencePrograms(context: CompileContext, config: Config) {
  const generate = program(context, 'generate', (p) => {
    const latent = p.argument('z', 'float32', [batchDim, config.latentSize]);
    const label = labelArgument(p, context, ['generator']);
    const [made] = context.apply(p, 'generator', { latent, ...(label && { label }) }, { training: false });
    p.result('x', made);
  });
  const discriminate = program(context, 'discriminate', (p) => {
    const data = p.argument('x', 'float32', dataType(context.data).shape);
    const label = labelArgument(p, context, ['discriminator']);
    const [score] = context.apply(p, 'discriminator', { data, ...(label && { label }) }, { training: false });
    const axes = sampleAxes(score);
    p.result('score', axes.length > 0 ? p.b.reduceMean(score, axes) : score);
  });
  return new Map([
    ['generate', generate],
    ['discriminate', discriminate],
  ]);
}

function compile(context: CompileContext, config: Config): CompiledModel {
  const { data, plan } = context;
  const conditional = context.takes('generator', 'label');
  const penalty = { name: 'gradientPenalty', label: 'Gradient penalty λ', valueAt: () => config.gradientPenalty };
  return {
    registry: context.registry,
    train: trainingProgram(context, config),
    batchesPerStep: config.criticSteps,
    programs: inferencePrograms(context, config),
    scalars: [
      ...planScalars(plan, { generator: ['generator'], discriminator: ['discriminator'] }),
      ...(config.loss === 'wasserstein' ? [penalty] : []),
    ],
    outputs: [{ name: 'samples', label: 'Samples', kind: outputKind(data) }],
    sampleOptions: [temperatureOption, ...(conditional ? [labelOption(data)] : [])],
    insights: [{ kind: 'scores', label: 'Scores of the discriminator', populations: scored }],
    exports: both.map((name) => ({ name, program: name === 'generator' ? 'generate' : 'discriminate' })),
    latent: {
      shape: [config.latentSize],
      decode: async (session, codes, labels) => {
        const made = await decodeLatents(session, 'generate', codes, conditional ? labels : undefined);
        return generated(data, 'symmetric', made);
      },
    },
    sample: async (session, request) => {
      const labels = conditional ? requestedLabels(request, data.classes.length) : undefined;
      const samples = await fromLatents(session, 'generate', request, [config.latentSize], labels);
      return [generated(data, 'symmetric', samples, labels)];
    },
    evaluate: (session, split, limit) =>
      meansOver(session, split, limit, data.counts[split], (examples, start) =>
        measure(session, context, config, examples, start),
      ),
  };
}

/** The discriminator's score of held-out real samples and of as many made ones. */
async function measure(
  session: TaskSession,
  context: CompileContext,
  config: Config,
  examples: Examples,
  start: number,
) {
  const count = examples.x.shape[0];
  const label = (network: string) => trueLabel(context, [network], examples.y);
  const z = sampleNoise(start, 'evaluate', count, [config.latentSize]);
  const fake = (await session.run('generate', { z, ...label('generator') }))['x'];
  const real = await session.run('discriminate', { x: examples.x, ...label('discriminator') });
  const made = await session.run('discriminate', { x: fake, ...label('discriminator') });
  const [realScore, fakeScore] = [floatsOf(real['score']), floatsOf(made['score'])];
  session.note?.({ kind: 'scores', population: scored[0].name, values: realScore });
  session.note?.({ kind: 'scores', population: scored[1].name, values: fakeScore });
  return { realScore, fakeScore };
}

export const gan: TaskDefinition<Config> = {
  type: 'gan',
  label: 'Generative adversarial network',
  summary: 'A generator learns to make samples that a discriminator cannot tell from real ones.',
  group: 'generative',
  data: measured,
  schema,
  metrics: [
    { name: 'generatorLoss', label: 'Generator loss' },
    { name: 'discriminatorLoss', label: 'Discriminator loss' },
    { name: 'realScore', label: 'Mean score of real samples' },
    { name: 'fakeScore', label: 'Mean score of made samples' },
    { name: 'realScore', label: 'Mean score of unseen real samples', heldOut: true },
    { name: 'fakeScore', label: 'Mean score of made samples', heldOut: true },
  ],
  networks: {
    generator: {
      purpose: 'From a latent (and a label if conditional) to a sample; images in [−1, 1], so it usually ends in tanh.',
      inputs: { z: 'latent' },
    },
    discriminator: {
      purpose: 'From a sample (data, and a label if conditional) to a score, before any sigmoid.',
      inputs: { x: 'data' },
    },
  },
  range: () => 'symmetric',
  check,
  compile,
};
