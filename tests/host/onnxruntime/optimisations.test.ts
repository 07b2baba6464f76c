/**
 * Every optimisation keeps what a training step computes: the benchmark documents of pictures, with a batch of 4, a small
 * transformer and a small recurrent network give the same losses and gradients with it and without it on the real ONNX
 * Runtime, to 1e-5 of the largest element.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import { optimisations, type OptimisationName } from '../../../core/ops/optimisations.ts';
import { optimizerSchema } from '../../../core/optim/optimizers.ts';
import { initialState } from '../../../core/program/initial-state.ts';
import type { ProgramInput, ProgramOutput, StateSpec } from '../../../core/program/program.ts';
import { inParts } from '../../../core/program/state-parts.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { builtinDataInfo } from '../../../core/spec/builtin-data.ts';
import { compileDocument, type CompiledDocument } from '../../../core/spec/compile.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import { sizeOf, tensorOf, zeros, type Tensor } from '../../../core/tensor/tensor.ts';
import { createSession } from '../../../main/host/compute/create-session.ts';

const tolerance = 1e-5;
const benchmark = (workload: string): string =>
  readFileSync(new URL(`../../../bench/workloads/${workload}.lathe.jsonc`, import.meta.url), 'utf8');

/** The parts of the benchmark `gpt`, narrow: two blocks, two heads, eight characters. */
const transformer = textModel(
  [
    { type: 'embedding', inputDim: 96, outputDim: 8 },
    { type: 'positionEmbedding' },
    { type: 'block', use: 'transformer' },
    { type: 'block', use: 'transformer' },
    { type: 'layerNormalization' },
    { type: 'dense', units: 96 },
  ],
  {
    transformer: {
      layers: [
        { type: 'layerNormalization' },
        { id: 'attention', type: 'multiHeadAttention', heads: 2, causal: true },
        { id: 'attended', type: 'add', inputs: ['input', 'attention'] },
        { type: 'layerNormalization' },
        { type: 'dense', units: 32, activation: 'gelu' },
        { id: 'narrow', type: 'dense', units: 8 },
        { type: 'add', inputs: ['attended', 'narrow'] },
      ],
    },
  },
);

const recurrent = textModel([
  { type: 'embedding', inputDim: 96, outputDim: 8 },
  { type: 'lstm', units: 12 },
  { type: 'gru', units: 10 },
  { type: 'dense', units: 96 },
]);

function textModel(layers: readonly object[], blocks: object = {}): string {
  return JSON.stringify({
    lathe: 1,
    name: 'text',
    data: { source: 'builtin:text', context: 8 },
    task: { type: 'languageModel' },
    blocks,
    networks: { languageModel: { inputs: { x: 'text' }, layers } },
    training: { steps: 1 },
  });
}

/** Documents by name. */
const models: Readonly<Record<string, string>> = {
  mlp: benchmark('mlp'),
  cnn: benchmark('cnn'),
  vae: benchmark('vae'),
  dcgan: benchmark('dcgan'),
  unet: benchmark('unet'),
  transformer,
  recurrent,
};
const names = Object.keys(optimisations) as OptimisationName[];

function compiled(model: string, without: readonly OptimisationName[] = []): CompiledDocument {
  const { document, issues } = parseDocument(models[model]);
  if (!document) throw new Error(`${model} does not parse: ${issues.map(({ message }) => message).join('; ')}`);
  // Adam's first step is nearly the sign of the gradient, which would show the second network of a GAN the last bit's noise.
  const optimizer = optimizerSchema.parse({ type: 'sgd', learningRate: 1e-3, momentum: 0.9 });
  const small = {
    ...document,
    data: { ...document.data, batchSize: 4 },
    training: { ...document.training, optimizer },
  };
  return compileDocument(small, builtinDataInfo(small.data) as DataInfo, { without });
}

/** The same numbers for the same input, whatever the program around it. */
function drawn(input: ProgramInput): Tensor {
  const { name, dtype, shape, source } = input;
  const values = new Float64Array(sizeOf(shape as readonly number[]));
  const stream = new RandomStream(11, name, 0);
  if (source.kind === 'noise' && source.distribution === 'normal') stream.fillNormal(values);
  else stream.fillUniform(values);
  const whole = wholeNumbersBelow(input);
  return tensorOf(
    dtype,
    shape as readonly number[],
    whole === undefined ? values : values.map((value) => Math.floor(value * whole)),
  );
}

/** A class is one of 10, and a batch that is no picture holds texts: characters of 96. */
function wholeNumbersBelow({ dtype, shape, source }: ProgramInput): number | undefined {
  if (dtype === 'int64') return 10;
  return source.kind === 'batch' && source.field === 'x' && shape.length === 2 ? 96 : undefined;
}

/** Weights as they start, but near 0 for those that start at 0: every gradient before such a layer would be 0. */
function stateOf(specs: readonly StateSpec[]): ReadonlyMap<string, Tensor> {
  const state = initialState(specs, 1);
  for (const { name, role } of specs) {
    const start = state.get(name);
    if (role !== 'parameter' || !start || start.data.some((value) => Number(value) !== 0)) continue;
    const values = new Float64Array(start.data.length);
    new RandomStream(12, name, 0).fillNormal(values);
    const near = values.map((value) => 0.02 * value);
    state.set(name, tensorOf(start.dtype, start.shape, near));
  }
  return state;
}

/** A bias of keys adds the same to all scores that a softmax is taken of: its gradient is 0 but for rounding. */
const isNoise = (state: string): boolean => state.endsWith('/key/bias');

/** What a step gives: its curves, the weights, and the momenta, which after one step are 0.9 times the gradients. */
async function step({ train, registry, without }: CompiledDocument): Promise<Record<string, Tensor>> {
  const state = stateOf(registry.all);
  const feeds = train.inputs.map((input): [string, Tensor] => {
    const { source } = input;
    return [input.name, (source.kind === 'state' ? state.get(source.state) : undefined) ?? drawn(input)];
  });
  const isWanted = ({ target }: ProgramOutput): boolean =>
    target.kind === 'metric' ||
    (target.kind === 'state' && ['parameter', 'optimizer'].includes(registry.get(target.state)?.role ?? ''));
  const wanted = train.outputs.filter(isWanted);
  const fetches = train.graph.outputs
    .filter(({ name }) => wanted.some((output) => output.name === name))
    .map(({ name, value: { type } }) => [name, zeros(type.dtype, type.shape as readonly number[])] as const);
  const session = await createSession(train.graph, {
    program: 'step',
    threads: 1,
    device: 'cpu',
    buffered: true,
    ...(without && { without }),
  });
  try {
    const names = wanted.map(({ name }) => name);
    const results = await session.run(Object.fromEntries(feeds), Object.fromEntries(fetches), names);
    const found = wanted.map(
      ({ name, target }) => [target.kind === 'state' ? target.state : name, results[name]] as const,
    );
    return Object.fromEntries([...inParts(registry.all, new Map(found))].filter(([name]) => !isNoise(name)));
  } finally {
    await session.release();
  }
}

/** The largest difference as a share of the largest element. */
function difference(found: Tensor, wanted: Tensor): number {
  let [largest, farthest] = [1e-6, 0];
  for (let at = 0; at < wanted.data.length; at++) {
    const value = Number(wanted.data[at]);
    largest = Math.max(largest, Math.abs(value));
    farthest = Math.max(farthest, Math.abs(Number(found.data[at]) - value));
  }
  return farthest / largest;
}

const graphOf = (model: CompiledDocument): string => Buffer.from(encodeModel(model.train.graph)).toString('base64');

const changedSomething = new Set<OptimisationName>();

describe.each(Object.keys(models))('a training step of %s', (model) => {
  const whole = compiled(model);
  const steps = new Map<string, Promise<Record<string, Tensor>>>();

  it.each(names)('is the same without %s', async (name) => {
    const other = compiled(model, [name]);
    if (optimisations[name].kind !== 'session' && graphOf(other) === graphOf(whole)) return;
    changedSomething.add(name);
    const first = steps.get('whole') ?? step(whole);
    steps.set('whole', first);
    const [wanted, found] = [await step(other), await first];
    expect(Object.keys(found).toSorted()).toEqual(Object.keys(wanted).toSorted());
    expect(Object.keys(found).some((each) => each.startsWith('sgd.carriedMomentum/'))).toBe(true);
    const far = Object.keys(wanted).filter((output) => !(difference(found[output], wanted[output]) < tolerance));
    expect(far).toEqual([]);
  });
});

it('leaves no optimisation that changes no model but the one for overlapping windows', () => {
  expect(names.filter((name) => !changedSomething.has(name))).toEqual(['max-pool-indices']);
});
