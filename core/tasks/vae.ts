/** The variational autoencoder (Kingma and Welling 2014), with β (Higgins 2017), free bits (Kingma 2016) and conditions. */
import { z } from 'zod';
import type { DataRange } from '../data/data-info.ts';
import type { TensorType, Value } from '../graph/graph.ts';
import { binaryCrossEntropy, gaussianNegativeLogLikelihood, gaussianRate } from '../nn/losses.ts';
import type { OpBuilder } from '../ops/builder.ts';
import { sizeOf } from '../tensor/tensor.ts';
import {
  dataType,
  decodeLatents,
  floatsOf,
  fromLatents,
  generated,
  groupsOf,
  inChunks,
  labelArgument,
  labelOption,
  labelType,
  meansOver,
  outputKind,
  planScalars,
  program,
  requestedLabels,
  rows,
  sampleAxes,
  sampleNoise,
  temperatureOption,
  train,
  trainingLabel,
  trueLabel,
  withinRange,
  measured,
} from './common.ts';
import { expectClasses, expectShape, expectUnitValues } from './expectations.ts';
import {
  batchDim,
  type CompileContext,
  type CompiledModel,
  type Examples,
  type Probe,
  type SampleOutput,
  type TaskDefinition,
  type TaskSession,
} from './task.ts';

const schema = z
  .strictObject({
    type: z.literal('vae'),
    beta: z.number().min(0).default(1).describe('Weight of the rate (the divergence from the prior) in the loss.'),
    betaWarmupSteps: z.int().min(0).default(0).describe('Steps over which beta rises linearly from 0.'),
    freeBits: z.number().min(0).default(0).describe('Nats a latent dimension may carry before its rate is penalised.'),
    likelihood: z
      .enum(['bernoulli', 'gaussian'])
      .default('bernoulli')
      .describe('How the decoder’s output is read: logits of pixels in [0, 1], or means of a Gaussian.'),
    deviation: z.number().gt(0).default(0.1).describe('Standard deviation of the Gaussian likelihood.'),
  })
  .describe('Compresses samples into a few Gaussian numbers and learns to make them again.');
type Config = z.output<typeof schema>;

const both = ['encoder', 'decoder'] as const;

function check(probe: Probe, config: Config): void {
  expectClasses(probe, both);
  if (config.likelihood === 'bernoulli') expectUnitValues(probe, 'likelihood', config.likelihood, 'gaussian');
  const label = labelType();
  const moments = probe.apply('encoder', { data: dataType(probe.data), label });
  const encoder = probe.network('encoder');
  if (encoder && encoder.outputs.length !== 2) {
    const found = `found ${encoder.outputs.length}`;
    probe.issue(
      [...encoder.path],
      `network 'encoder' must have two outputs, the mean and the log-variance; ${found}`,
      'name them in "outputs"',
    );
  }
  const latent = moments[0] ?? moments[1];
  if (moments[0] && moments[1])
    expectShape(probe, 'encoder', moments[1], moments[0].shape, 'the log-variance must be shaped like the mean');
  if (!latent) return;
  const [made] = probe.apply('decoder', { latent, label });
  expectShape(
    probe,
    'decoder',
    made,
    [batchDim, ...probe.data.shape],
    'the decoder must give what the encoder was given',
  );
}

/** Negative log-likelihood of each sample under the decoder's output, summed over its elements: [N]. */
function distortion(b: OpBuilder, config: Config, decoded: Value, x: Value): Value {
  const each =
    config.likelihood === 'bernoulli'
      ? binaryCrossEntropy(b, decoded, x)
      : gaussianNegativeLogLikelihood(b, decoded, x, config.deviation);
  return b.reduceSum(each, sampleAxes(x));
}

/** Rate of each sample, over all its latent dimensions: [N]. */
function rateOf(b: OpBuilder, rates: Value): Value {
  return b.reduceSum(rates, sampleAxes(rates));
}

/** Mean rate over the batch; each latent dimension's mean counts at least `freeBits`. */
function penalisedRate(b: OpBuilder, config: Config, rates: Value): Value {
  if (config.freeBits === 0) return b.reduceMean(rateOf(b, rates));
  return b.reduceSum(b.max(b.reduceMean(rates, [0]), config.freeBits));
}

function sampled(b: OpBuilder, mean: Value, logVariance: Value, noise: Value): Value {
  return b.add(mean, b.mul(b.exp(b.mul(logVariance, 0.5)), noise));
}

/** What the decoder says a sample looks like: probabilities, or means. */
function expectation(b: OpBuilder, config: Config, decoded: Value): Value {
  return config.likelihood === 'bernoulli' ? b.sigmoid(decoded) : decoded;
}

function trainingProgram(context: CompileContext, config: Config) {
  return program(context, 'train', (p) => {
    const { b } = p;
    const x = p.batch('x', dataType(context.data, context.plan.batchSize));
    const label = trainingLabel(p, context, both);
    const [mean, logVariance] = context.apply(p, 'encoder', { data: x, ...(label && { label }) }, { training: true });
    const z = sampled(b, mean, logVariance, p.noise('latent', 'normal', mean.type.shape));
    const [decoded] = context.apply(p, 'decoder', { latent: z, ...(label && { label }) }, { training: true });
    const rates = gaussianRate(b, mean, logVariance);
    const meanDistortion = b.reduceMean(distortion(b, config, decoded, x));
    const rate = b.reduceMean(rateOf(b, rates));
    const loss = b.add(meanDistortion, b.mul(penalisedRate(b, config, rates), p.scalar('beta')));
    p.metric('loss', loss);
    p.metric('distortion', meanDistortion);
    p.metric('rate', rate);
    train(p, context, loss, 'vae', both);
  });
}

interface Latent {
  readonly type: TensorType;
  readonly size: readonly number[];
}

function inferencePrograms(context: CompileContext, config: Config, latent: Latent) {
  const encode = program(context, 'encode', (p) => {
    const x = p.argument('x', 'float32', dataType(context.data).shape);
    const label = labelArgument(p, context, ['encoder']);
    const [mean, logVariance] = context.apply(p, 'encoder', { data: x, ...(label && { label }) }, { training: false });
    p.result('mean', mean);
    p.result('logVariance', logVariance);
  });
  const decode = program(context, 'decode', (p) => {
    const z = p.argument('z', 'float32', latent.type.shape);
    const label = labelArgument(p, context, ['decoder']);
    const [decoded] = context.apply(p, 'decoder', { latent: z, ...(label && { label }) }, { training: false });
    p.result('x', expectation(p.b, config, decoded));
  });
  const evaluate = program(context, 'evaluate', (p) => {
    const { b } = p;
    const x = p.argument('x', 'float32', dataType(context.data).shape);
    const noise = p.argument('noise', 'float32', latent.type.shape);
    const label = labelArgument(p, context, both);
    const [mean, logVariance] = context.apply(p, 'encoder', { data: x, ...(label && { label }) }, { training: false });
    const z = sampled(b, mean, logVariance, noise);
    const [decoded] = context.apply(p, 'decoder', { latent: z, ...(label && { label }) }, { training: false });
    p.result('distortion', distortion(b, config, decoded, x));
    p.result('rate', rateOf(b, gaussianRate(b, mean, logVariance)));
  });
  return new Map([
    ['encode', encode],
    ['decode', decode],
    ['evaluate', evaluate],
  ]);
}

function compile(context: CompileContext, config: Config): CompiledModel {
  const { data, plan } = context;
  const training = trainingProgram(context, config);
  const noise = training.inputs.find((input) => input.name === 'noise.latent');
  const size = (noise?.shape.slice(1) ?? []) as number[];
  const latent: Latent = { type: { dtype: 'float32', shape: [batchDim, ...size] }, size };
  const conditional = context.takes('decoder', 'label');
  const range = config.likelihood === 'bernoulli' ? 'unit' : 'symmetric';
  const kind = outputKind(data);
  const beta = (step: number) =>
    config.beta * Math.min(1, config.betaWarmupSteps === 0 ? 1 : step / config.betaWarmupSteps);
  return {
    registry: context.registry,
    train: training,
    batchesPerStep: 1,
    programs: inferencePrograms(context, config, latent),
    scalars: [
      ...planScalars(plan, groupsOf(plan, 'vae', both)),
      { name: 'beta', label: 'Rate weight β', valueAt: beta },
    ],
    outputs: [
      { name: 'samples', label: 'Samples', kind },
      { name: 'reconstructions', label: 'Reconstructions', kind },
    ],
    sampleOptions: [temperatureOption, ...(conditional ? [labelOption(data)] : [])],
    exports: [
      { name: 'encoder', program: 'encode' },
      { name: 'decoder', program: 'decode' },
    ],
    latent: {
      shape: latent.size,
      encode: (session, examples) => encodeMeans(session, context, examples),
      decode: async (session, codes, labels) =>
        generated(
          data,
          range,
          await decodeLatents(session, 'decode', codes, context.takes('decoder', 'label') ? labels : undefined),
        ),
    },
    sample: async (session, request) => {
      const labels = conditional ? requestedLabels(request, data.classes.length) : undefined;
      const samples = await fromLatents(session, 'decode', request, latent.size, labels);
      return [generated(data, range, samples, labels), await reconstructions(session, context, range, request.count)];
    },
    evaluate: (session, split, limit) =>
      meansOver(session, split, limit, data.counts[split], (examples, start) =>
        measure(session, context, latent, examples, start),
      ),
  };
}

/** Latent means of examples. */
function encodeMeans(session: TaskSession, context: CompileContext, { x, y }: Examples) {
  return inChunks(session, x.shape[0], async (from, to) => {
    const label = trueLabel(context, ['encoder'], y && rows(y, from, to));
    return (await session.run('encode', { x: rows(x, from, to), ...label }))['mean'];
  });
}

async function reconstructions(
  session: TaskSession,
  context: CompileContext,
  range: DataRange,
  count: number,
): Promise<SampleOutput> {
  const { x, y } = session.examples('test', 0, count);
  const copies = await inChunks(session, x.shape[0], async (from, to) => {
    const label = (network: string) => trueLabel(context, [network], y && rows(y, from, to));
    const { mean } = await session.run('encode', { x: rows(x, from, to), ...label('encoder') });
    return (await session.run('decode', { z: mean, ...label('decoder') }))['x'];
  });
  const data = withinRange(context.data, range, copies);
  return {
    name: 'reconstructions',
    label: 'Reconstructions',
    kind: outputKind(context.data),
    range,
    data,
    reference: x,
  };
}

/** Distortion, rate and their sum (the negative ELBO) of each example, with one draw of the latent from a fixed stream. */
async function measure(
  session: TaskSession,
  context: CompileContext,
  latent: Latent,
  examples: Examples,
  start: number,
) {
  const count = examples.x.shape[0];
  const noise = sampleNoise(start, 'evaluate', count, latent.size);
  const result = await session.run('evaluate', { x: examples.x, noise, ...trueLabel(context, both, examples.y) });
  const distortion = floatsOf(result['distortion']);
  const rate = floatsOf(result['rate']);
  const loss = distortion.map((value, i) => value + rate[i]);
  const dimensions = sizeOf(context.data.shape);
  return { distortion, rate, loss, bitsPerDim: loss.map((value) => value / (dimensions * Math.LN2)) };
}

export const vae: TaskDefinition<Config> = {
  type: 'vae',
  label: 'Variational autoencoder',
  summary: 'Compresses samples into a few Gaussian numbers and learns to make them again.',
  group: 'generative',
  data: measured,
  schema,
  metrics: [
    { name: 'loss', label: 'Loss', goal: 'min' },
    { name: 'distortion', label: 'Distortion (nats)', goal: 'min' },
    { name: 'rate', label: 'Rate (nats)' },
    { name: 'loss', label: 'Negative ELBO (nats)', goal: 'min', heldOut: true },
    { name: 'distortion', label: 'Distortion (nats)', goal: 'min', heldOut: true },
    { name: 'rate', label: 'Rate (nats)', heldOut: true },
    { name: 'bitsPerDim', label: 'Bits per dimension (bound)', goal: 'min', heldOut: true },
  ],
  networks: {
    encoder: {
      purpose:
        'From a sample (data, and a label if conditional) to two outputs: the mean and the log-variance of its latent.',
      inputs: { x: 'data' },
    },
    decoder: {
      purpose:
        'From a latent (and a label if conditional) to a sample: logits for the Bernoulli likelihood, means for the Gaussian.',
      inputs: { z: 'latent' },
    },
  },
  range: (config) => (config.likelihood === 'bernoulli' ? 'unit' : 'symmetric'),
  check,
  compile,
};
