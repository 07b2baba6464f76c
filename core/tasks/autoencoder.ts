/** The autoencoder, plain and denoising (Vincent et al. 2008): a sample squeezed through a code and made again. */
import { z } from 'zod';
import { binaryCrossEntropy } from '../nn/losses.ts';
import type { Value } from '../graph/graph.ts';
import type { OpBuilder } from '../ops/builder.ts';
import {
  dataType,
  floatsOf,
  groupsOf,
  inChunks,
  meansOver,
  outputKind,
  planScalars,
  program,
  rows,
  sampleAxes,
  train,
  withinRange,
  measured,
} from './common.ts';
import { expectShape, expectUnitValues } from './expectations.ts';
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
    type: z.literal('autoencoder'),
    loss: z
      .enum(['meanSquaredError', 'binaryCrossEntropy'])
      .default('meanSquaredError')
      .describe('How far the copy is from the original; binaryCrossEntropy reads the decoder’s output as logits.'),
    noise: z
      .number()
      .min(0)
      .default(0)
      .describe('Deviation of normal noise added to the input while training; the target stays clean.'),
  })
  .describe('Squeezes samples through a small code and makes them again.');
type Config = z.output<typeof schema>;

const both = ['encoder', 'decoder'] as const;

function check(probe: Probe, config: Config): void {
  if (config.loss === 'binaryCrossEntropy') expectUnitValues(probe, 'loss', config.loss, 'meanSquaredError');
  const [code] = probe.apply('encoder', { data: dataType(probe.data) });
  if (!code) return;
  const [copy] = probe.apply('decoder', { latent: code });
  expectShape(
    probe,
    'decoder',
    copy,
    [batchDim, ...probe.data.shape],
    'the decoder must give what the encoder was given',
  );
}

/** Mean loss of each sample over its elements: [N]. */
function error(b: OpBuilder, config: Config, decoded: Value, x: Value): Value {
  const each = config.loss === 'meanSquaredError' ? b.square(b.sub(decoded, x)) : binaryCrossEntropy(b, decoded, x);
  return b.reduceMean(each, sampleAxes(x));
}

const copyOf = (b: OpBuilder, config: Config, decoded: Value): Value =>
  config.loss === 'meanSquaredError' ? decoded : b.sigmoid(decoded);

function trainingProgram(context: CompileContext, config: Config) {
  return program(context, 'train', (p) => {
    const { b } = p;
    const x = p.batch('x', dataType(context.data, context.plan.batchSize));
    const seen = config.noise > 0 ? b.add(x, b.mul(p.noise('corruption', 'normal', x.type.shape), config.noise)) : x;
    const [code] = context.apply(p, 'encoder', { data: seen }, { training: true });
    const [decoded] = context.apply(p, 'decoder', { latent: code }, { training: true });
    const loss = b.reduceMean(error(b, config, decoded, x));
    p.metric('loss', loss);
    train(p, context, loss, 'autoencoder', both);
  });
}

function inferencePrograms(context: CompileContext, config: Config) {
  const encode = program(context, 'encode', (p) => {
    const x = p.argument('x', 'float32', dataType(context.data).shape);
    p.result('code', context.apply(p, 'encoder', { data: x }, { training: false })[0]);
  });
  const codeShape = encode.graph.outputs[0].value.type.shape;
  const decode = program(context, 'decode', (p) => {
    const code = p.argument('code', 'float32', codeShape);
    p.result('x', copyOf(p.b, config, context.apply(p, 'decoder', { latent: code }, { training: false })[0]));
  });
  const copy = program(context, 'copy', (p) => {
    const x = p.argument('x', 'float32', dataType(context.data).shape);
    const [code] = context.apply(p, 'encoder', { data: x }, { training: false });
    const [decoded] = context.apply(p, 'decoder', { latent: code }, { training: false });
    p.result('copy', copyOf(p.b, config, decoded));
    p.result('loss', error(p.b, config, decoded, x));
  });
  return new Map([encode, decode, copy].map((made) => [made.name, made]));
}

function compile(context: CompileContext, config: Config): CompiledModel {
  const { data, plan } = context;
  const kind = outputKind(data);
  const training = trainingProgram(context, config);
  const programs = inferencePrograms(context, config);
  const codeShape = programs.get('encode')!.graph.outputs[0].value.type.shape.slice(1) as number[];
  return {
    registry: context.registry,
    train: training,
    batchesPerStep: 1,
    programs,
    scalars: planScalars(plan, groupsOf(plan, 'autoencoder', both)),
    outputs: [{ name: 'reconstructions', label: 'Reconstructions', kind }],
    sampleOptions: [],
    exports: [
      { name: 'encoder', program: 'encode' },
      { name: 'decoder', program: 'decode' },
    ],
    latent: {
      shape: codeShape,
      encode: (session, { x }) =>
        inChunks(
          session,
          x.shape[0],
          async (from, to) => (await session.run('encode', { x: rows(x, from, to) }))['code'],
        ),
      decode: async (session, codes) => {
        const made = await inChunks(
          session,
          codes.shape[0],
          async (from, to) => (await session.run('decode', { code: rows(codes, from, to) }))['x'],
        );
        return { name: 'samples', label: 'Samples', kind, data: made, range: 'unit' };
      },
    },
    sample: async (session, request) => {
      const { x } = session.examples('test', 0, request.count);
      const copies = await inChunks(
        session,
        x.shape[0],
        async (from, to) => (await session.run('copy', { x: rows(x, from, to) }))['copy'],
      );
      return [
        {
          name: 'reconstructions',
          label: 'Reconstructions',
          kind,
          data: withinRange(data, 'unit', copies),
          range: 'unit',
          reference: x,
        },
      ];
    },
    evaluate: (session, split, limit) =>
      meansOver(session, split, limit, data.counts[split], (examples) => measure(session, examples)),
  };
}

async function measure(session: TaskSession, examples: Examples) {
  return { loss: floatsOf((await session.run('copy', { x: examples.x }))['loss']) };
}

export const autoencoder: TaskDefinition<Config> = {
  type: 'autoencoder',
  label: 'Autoencoder',
  summary: 'Squeezes samples through a small code and makes them again.',
  group: 'predictive',
  data: measured,
  schema,
  metrics: [
    { name: 'loss', label: 'Reconstruction loss', goal: 'min' },
    { name: 'loss', label: 'Reconstruction loss', goal: 'min', heldOut: true },
  ],
  networks: {
    encoder: { purpose: 'From a sample (data) to its code.', inputs: { x: 'data' } },
    decoder: { purpose: 'From a code (latent) to the sample again.', inputs: { z: 'latent' } },
  },
  range: () => 'unit',
  check,
  compile,
};
