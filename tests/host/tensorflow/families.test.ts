/** Every family trained on TensorFlow.js: the losses of ONNX Runtime, and the gradients TensorFlow.js itself finds. */
import { describe, expect, it } from 'vitest';
import type { DataInfo } from '../../../core/data/data-info.ts';
import type { Graph } from '../../../core/graph/graph.ts';
import { initialState } from '../../../core/program/initial-state.ts';
import type { ProgramInput } from '../../../core/program/program.ts';
import type { DeviceId } from '../../../core/protocol/devices.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { builtinDataInfo } from '../../../core/spec/builtin-data.ts';
import { compileDocument, type CompiledDocument } from '../../../core/spec/compile.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import { taskTable } from '../../../core/tasks/task-table.ts';
import { numbersOf, tensorOf, zeros, type Tensor } from '../../../core/tensor/tensor.ts';
import { Engine, isDivergence } from '../../../main/host/runs/engine.ts';
import { fillNoise } from '../../../main/host/runs/noise.ts';
import { TfSession } from '../../../main/host/tensorflow/session.ts';
import { documentText, families, type Json } from '../../core/tasks/documents.ts';
import { gradientsOf, scalarOf } from './differentiation.ts';

interface Case {
  readonly name: string;
  readonly document: { readonly [section: string]: Json };
}
type Section = { readonly [key: string]: Json };

const section = (document: Case['document'], name: string): Section => (document[name] ?? {}) as Section;

const transformer: readonly Json[] = [
  { id: 'words', type: 'embedding', inputDim: 96, outputDim: 12 },
  { type: 'positionEmbedding' },
  { id: 'norm', type: 'layerNormalization' },
  { id: 'attention', type: 'multiHeadAttention', heads: 3, causal: true },
  { id: 'sum', type: 'add', inputs: ['norm', 'attention'] },
  { type: 'gru', units: 9 },
  { type: 'dense', units: 96 },
];
/** Without relu before the pooling: of equal zeros TensorFlow.js gives the slope to all, ONNX's indices to the first. */
const convolutions = (...units: Json[]): readonly Json[] => [
  { type: 'conv2d', filters: 4, kernelSize: 3, strides: 2, activation: 'tanh' },
  { type: 'batchNormalization' },
  { type: 'maxPooling2d' },
  { type: 'flatten' },
  ...units.map((count) => ({ type: 'dense', units: count })),
];
const painter: readonly Json[] = [
  { type: 'dense', units: 32 },
  { type: 'reshape', shape: [2, 4, 4] },
  { type: 'groupNormalization', groups: 1 },
  { type: 'conv2dTranspose', filters: 1, kernelSize: 4, strides: 2, activation: 'tanh' },
];

/** Texts, and pictures through convolutions both ways. */
const others: readonly Case[] = [
  {
    name: 'language model',
    document: {
      data: { source: 'builtin:text', context: 4 },
      task: { type: 'languageModel' },
      networks: { languageModel: { inputs: { x: 'text' }, layers: transformer } },
    },
  },
  {
    name: 'convolutional classifier',
    document: {
      data: { source: 'builtin:glyphs', image: { height: 12, width: 12 } },
      task: { type: 'classifier' },
      networks: { classifier: { inputs: { x: 'image' }, layers: convolutions(10) } },
    },
  },
  {
    name: 'convolutional gan',
    document: {
      data: { source: 'builtin:glyphs', image: { height: 8, width: 8 } },
      task: { type: 'gan', latentSize: 3 },
      networks: {
        generator: { inputs: { z: 'latent' }, layers: painter },
        discriminator: { inputs: { x: 'image' }, layers: convolutions(1) },
      },
    },
  },
];
const training = { steps: 4, seed: 1, optimizer: { type: 'adam', learningRate: 0.005 } };

const cases: readonly Case[] = [
  ...families.map((family) => ({ name: family.name, document: JSON.parse(documentText(family)) as Section })),
  ...others.map(({ name, document }) => ({ name, document: { lathe: 1, name, training, ...document } })),
].map(({ name, document }) => {
  const data = section(document, 'data');
  const batchSize = data['source'] === 'builtin:text' ? 3 : 16;
  return { name, document: { ...document, data: { ...data, batchSize } } };
});

interface Model extends CompiledDocument {
  readonly data: DataInfo;
}

function compiled({ document }: Pick<Case, 'document'>): Model {
  const parsed = parseDocument(JSON.stringify(document)).document!;
  const info = builtinDataInfo(parsed.data)!;
  return { ...compileDocument(parsed, info), data: info };
}

/** Random numbers in the place of samples, whole ones for texts, and random classes. */
function batchOf(
  { data, plan }: Model,
  number: number,
): { readonly x: Tensor<'float32'>; readonly y: Tensor<'int64'> } {
  const random = new RandomStream(7, 'batches', number);
  const x = zeros('float32', [plan.batchSize, ...data.shape]);
  random.fillUniform(x.data);
  const words = data.vocabulary?.characters.length;
  if (words !== undefined) x.data.forEach((value, at) => (x.data[at] = Math.floor(value * words)));
  const drawn = new Float32Array(plan.batchSize);
  random.fillUniform(drawn);
  return {
    x,
    y: tensorOf(
      'int64',
      [plan.batchSize],
      drawn.map((value) => Math.floor(value * data.classes.length)),
    ),
  };
}

const scalarAt = (model: Model, name: string, step: number): number =>
  model.scalars.find((spec) => spec.name === name)!.valueAt(step);

/** The curves of some training steps on a device. */
async function curvesOn(device: DeviceId, model: Model, steps: number): Promise<Record<string, number>[]> {
  const engine = new Engine(model, initialState(model.registry.all, 1), { threads: 1, device });
  const curves: Record<string, number>[] = [];
  for (let step = 0; step < steps; step++) {
    const batch = (index: number) => batchOf(model, step * model.batchesPerStep + index);
    const metrics = await engine.trainStep(step, 1, { batch, scalar: (name) => scalarAt(model, name, step) });
    if (isDivergence(metrics)) throw new Error(`diverged at step ${step}`);
    curves.push({ ...metrics });
  }
  await engine.release();
  return curves;
}

/** What the first training step is fed. */
function firstFeeds(model: Model): Map<string, Tensor> {
  const state = initialState(model.registry.all, 1);
  const valueOf = (input: ProgramInput): Tensor => {
    const { source } = input;
    if (source.kind === 'state') return state.get(source.state)!;
    if (source.kind === 'batch') return batchOf(model, source.index)[source.field];
    if (source.kind === 'scalar') return tensorOf('float32', [], [scalarAt(model, source.scalar, 0)]);
    const noise = zeros('float32', input.shape as readonly number[]);
    fillNoise(input, noise, 1, 0);
    return noise;
  };
  return new Map(model.train.inputs.map((input) => [input.name, valueOf(input)]));
}

/** The curve whose slope trains a network. */
const lossOf = (model: Model, network: string): string =>
  model.train.outputs.some(({ name }) => name === 'metric.loss') ? 'metric.loss' : `metric.${network}Loss`;

/** The graph with the given outputs as inputs: what made them is out of sight, as behind our gradient barriers. */
function cutAt(graph: Graph, names: ReadonlySet<string>): Graph {
  const values = graph.outputs.filter(({ name }) => names.has(name)).map(({ value }) => value);
  return {
    ...graph,
    inputs: [...graph.inputs, ...values],
    nodes: graph.nodes.filter((node) => !node.outputs.some((output) => values.includes(output))),
  };
}

/** The parameters of one network whose gradients differ: ours from a step of plain descent at rate 1, theirs by `tf.grads`. */
async function differences(model: Model, network: string): Promise<string[]> {
  const { graph } = model.train;
  const feeds = firstFeeds(model);
  const session = await TfSession.create(graph, { program: 'train', device: 'tfjs-cpu' });
  const step = await session.run(Object.fromEntries(feeds));
  await session.release();
  const own = (name: string): boolean => name.startsWith(`${network}/`);
  const parameters = model.registry.all.filter(({ role, name }) => role === 'parameter' && own(name));
  const updated = graph.outputs.filter(({ name }) => name.startsWith('next.') && !own(name.slice('next.'.length)));
  const cut = cutAt(graph, new Set(updated.map(({ name }) => name)));
  for (const { name, value } of updated) feeds.set(value.name, step[name]);
  const names = parameters.map(({ name }) => name);
  const theirs = gradientsOf(
    scalarOf(cut, lossOf(model, network), feeds, names),
    names.map((name) => feeds.get(name)!),
  );
  if (theirs.flat().every((slope) => slope === 0)) return [`no slope in any parameter of ${network}`];
  return names.flatMap((name, index) => {
    const next = numbersOf(step[`next.${name}`]);
    const ours = numbersOf(feeds.get(name)!).map((value, at) => value - next[at]);
    const error = largestDifference(ours, theirs[index]);
    return error < 1e-5 ? [] : [`${name} is off by ${error}`];
  });
}

/** Relative to the largest of the numbers where that is above 1. */
function largestDifference(found: readonly number[], wanted: readonly number[]): number {
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return wanted.reduce((most, value, at) => Math.max(most, Math.abs(value - found[at])), 0) / scale;
}

/** One critic update a step, by plain descent. */
function plainStep({ document }: Case): Case['document'] {
  const task = section(document, 'task');
  return {
    ...document,
    task: { ...task, ...(task['criticSteps'] !== undefined && { criticSteps: 1 }) },
    training: { steps: 1, seed: 1, optimizer: { type: 'sgd', learningRate: 1 } },
  };
}

it('every family is here', () => {
  const trained = new Set(cases.map(({ document }) => section(document, 'task')['type']));
  expect(Object.keys(taskTable).filter((type) => !trained.has(type))).toEqual([]);
});

describe.each(cases)('$name', (one) => {
  it.each(['tfjs-cpu', 'tfjs-wasm'] as const)(
    'trains on %s with the losses of ONNX Runtime within 1e-3',
    async (device) => {
      const model = compiled(one);
      const [expected, found] = [await curvesOn('cpu', model, 2), await curvesOn(device, model, 2)];
      found.forEach((metrics, step) => {
        expect(Object.keys(metrics)).toEqual(Object.keys(expected[step]));
        for (const [name, value] of Object.entries(metrics))
          expect(Math.abs(value - expected[step][name]), `${name} of step ${step}`).toBeLessThan(1e-3);
      });
    },
  );

  it("has the gradients of TensorFlow.js's own differentiation", async () => {
    const document = plainStep(one);
    const model = compiled({ document });
    for (const network of Object.keys(section(document, 'networks')))
      expect(await differences(model, network)).toEqual([]);
  });
});
