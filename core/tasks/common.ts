/** What the families share: types of their inputs, scalars of the plan, noise by sample, averages over a split. */
import type { DataInfo, DataKind, DataRange, Split } from '../data/data-info.ts';
import type { Dim, TensorType, Value } from '../graph/graph.ts';
import type { DataSizes } from '../nn/data-sizes.ts';
import { vocabularySize } from '../data/text.ts';
import { emaDecayScalar, learningRateScalar, minimise } from '../optim/minimise.ts';
import { scheduleFactor } from '../optim/schedule.ts';
import { ProgramBuilder } from '../program/program-builder.ts';
import type { Program } from '../program/program.ts';
import { RandomStream } from '../random/random.ts';
import { sizeOf, tensor, tensorOf, type Tensor } from '../tensor/tensor.ts';
import {
  batchDim,
  type CompileContext,
  type Examples,
  type OutputKind,
  type SampleOption,
  type SampleOutput,
  type SampleRequest,
  type ScalarSpec,
  type TaskSession,
  type TrainingPlan,
} from './task.ts';

/** Kinds of data whose samples are real numbers: all families but those of tokens learn from them. */
export const measured: readonly DataKind[] = ['image', 'points', 'table'];

/** Samples run through a program at once, outside training. */
const chunkSize = 64;

/** Sizes that layers may leave to the data. */
export function dataSizes({ classes, vocabulary }: DataInfo): DataSizes {
  return { classes: classes.length, tokens: vocabulary ? vocabularySize(vocabulary) : 0 };
}

/** A batch of samples: float32 [batch, …sample]. */
export function dataType(data: DataInfo, batch: Dim = batchDim): TensorType {
  return { dtype: 'float32', shape: [batch, ...data.shape] };
}

/** A batch of class numbers: int64 [batch]. */
export function labelType(batch: Dim = batchDim): TensorType {
  return { dtype: 'int64', shape: [batch] };
}

/** A batch of times: float32 [batch]. */
export function timeType(batch: Dim = batchDim): TensorType {
  return { dtype: 'float32', shape: [batch] };
}

/** A batch of latent vectors: float32 [batch, size]. */
export function latentType(size: number, batch: Dim = batchDim): TensorType {
  return { dtype: 'float32', shape: [batch, size] };
}

/** Builds one program. */
export function program(context: CompileContext, name: string, body: (p: ProgramBuilder) => void): Program {
  const builder = new ProgramBuilder(name, context.registry, context.without);
  body(builder);
  return builder.build();
}

/** Label input of a program: the batch's targets while training. Undefined when none of the networks takes one. */
export function trainingLabel(
  p: ProgramBuilder,
  context: CompileContext,
  networks: readonly string[],
  index = 0,
): Value | undefined {
  const takes = networks.some((name) => context.takes(name, 'label'));
  return takes ? p.batch('y', labelType(context.plan.batchSize), index) : undefined;
}

/** Label input of a program run by hand. */
export function labelArgument(
  p: ProgramBuilder,
  context: CompileContext,
  networks: readonly string[],
): Value | undefined {
  return networks.some((name) => context.takes(name, 'label')) ? p.argument('label', 'int64', [batchDim]) : undefined;
}

/**
 * The groups in which networks trained by one loss are optimised: a single one called `name` where they share their
 * optimizer, else one for each network, called like it.
 */
export function groupsOf(
  plan: TrainingPlan,
  name: string,
  networks: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const [first, ...others] = networks.map((network) => plan.optimizerOf(network));
  if (others.every((optimizer) => optimizer === first)) return { [name]: networks };
  return Object.fromEntries(networks.map((network) => [network, [network]]));
}

/**
 * Adds the optimizer step of networks trained by one loss to the training program, grouped by `groupsOf`.
 * @param options `average` (true): keep the moving average of the weights if the plan asks for one; `report` (true): draw
 * the gradient norm as a curve.
 * @throws Error when the networks of a group have no parameters.
 */
export function train(
  p: ProgramBuilder,
  context: CompileContext,
  loss: Value,
  name: string,
  networks: readonly string[],
  options: { readonly average?: boolean; readonly report?: boolean } = {},
): void {
  const ema = context.plan.emaDecay !== undefined && (options.average ?? true);
  for (const [group, members] of Object.entries(groupsOf(context.plan, name, networks))) {
    const parameters = members.flatMap((member) => context.parametersOf(member));
    const words = members.map((member) => `'${member}'`).join(' and ');
    if (parameters.length === 0)
      throw new Error(`network ${words} has no parameters, so there is nothing to train: add a layer that has some`);
    const optimizer = context.plan.optimizerOf(members[0]);
    minimise(p, loss, parameters, { group, optimizer, ema, report: options.report ?? true });
  }
}

/** The learning rate of each group, and the moving average's decay: min(decay, (1 + t) / (10 + t)) so that it warms up. */
export function planScalars(plan: TrainingPlan, groups: Readonly<Record<string, readonly string[]>>): ScalarSpec[] {
  const rates = Object.entries(groups).map(([group, networks]): ScalarSpec => {
    const { learningRate, schedule } = plan.optimizerOf(networks[0]);
    return {
      name: learningRateScalar(group),
      label: `Learning rate (${group})`,
      valueAt: (step) => learningRate * scheduleFactor(schedule, step, plan.steps),
    };
  });
  const decay = plan.emaDecay;
  if (decay === undefined) return rates;
  return [
    ...rates,
    {
      name: emaDecayScalar,
      label: 'Weight average decay',
      valueAt: (step) => Math.min(decay, (1 + step) / (10 + step)),
    },
  ];
}

/** The axes of one sample: every axis but the batch. */
export function sampleAxes(batch: Value): number[] {
  return batch.type.shape.slice(1).map((_, axis) => axis + 1);
}

/** The true labels of examples as the argument `label`, where one of the networks takes it. */
export function trueLabel(
  context: CompileContext,
  networks: readonly string[],
  y: Tensor | undefined,
): Readonly<Record<string, Tensor>> {
  return y && networks.some((name) => context.takes(name, 'label')) ? { label: y } : {};
}

/** A float32 tensor's values. */
export function floatsOf(value: Tensor): Float32Array {
  return value.data as Float32Array;
}

/** The kind of output that looks like the data itself. */
export function outputKind(data: DataInfo): OutputKind {
  return data.kind;
}

/**
 * Normal noise [count, …shape]: row i comes from RandomStream(seed, stream, i), so that it stays the same however many
 * samples are drawn and whichever family draws them.
 */
export function sampleNoise(
  seed: number,
  stream: string,
  count: number,
  shape: readonly number[],
  scale = 1,
): Tensor<'float32'> {
  const each = sizeOf(shape);
  const data = new Float32Array(count * each);
  for (let i = 0; i < count; i++) new RandomStream(seed, stream, i).fillNormal(data.subarray(i * each, (i + 1) * each));
  if (scale !== 1) for (let i = 0; i < data.length; i++) data[i] *= scale;
  return tensor('float32', [count, ...shape], data);
}

/** Rows `from` to `to` of a tensor, without a copy. */
export function rows<T extends Tensor>(source: T, from: number, to: number): T {
  const each = sizeOf(source.shape.slice(1));
  return {
    ...source,
    shape: [to - from, ...source.shape.slice(1)],
    data: source.data.subarray(from * each, to * each),
  };
}

/** Runs `make` over chunks of `count` rows and joins the results in order. */
export async function inChunks(
  session: TaskSession,
  count: number,
  make: (from: number, to: number) => Promise<Tensor>,
): Promise<Tensor<'float32'>> {
  let joined: Float32Array | undefined;
  let shape: readonly number[] = [];
  for (let from = 0; from < count; from += chunkSize) {
    const to = Math.min(count, from + chunkSize);
    const part = await make(from, to);
    shape = part.shape.slice(1);
    joined ??= new Float32Array(count * sizeOf(shape));
    joined.set(floatsOf(part), from * sizeOf(shape));
    session.progress(to, count);
  }
  return tensor('float32', [count, ...shape], joined ?? new Float32Array(0));
}

/** Class for sample i: the one asked for, or every class in turn (option `label` = −1). */
export function requestedLabels(request: SampleRequest, classes: number): number[] {
  const wanted = Number(request.options['label'] ?? -1);
  return Array.from({ length: request.count }, (_, i) => (wanted >= 0 ? wanted : i % classes));
}

export function labelTensor(labels: readonly number[]): Tensor<'int64'> {
  return tensorOf('int64', [labels.length], labels);
}

/** The option that picks a class, for conditional models. */
export function labelOption(data: DataInfo): SampleOption {
  return {
    name: 'label',
    label: 'Class (−1: each in turn)',
    kind: 'integer',
    fallback: -1,
    min: -1,
    max: data.classes.length - 1,
  };
}

/** The option that scales the noise samples are made from. */
export const temperatureOption: SampleOption = {
  name: 'temperature',
  label: 'Temperature',
  kind: 'number',
  fallback: 1,
  min: 0,
  max: 2,
};

/**
 * Samples a program makes from normal latents `z` [N, …size], scaled by the option `temperature`; its result is `x`.
 * @param labels one class a sample, when the program takes the argument `label`.
 */
export function fromLatents(
  session: TaskSession,
  programName: string,
  request: SampleRequest,
  size: readonly number[],
  labels: readonly number[] | undefined,
): Promise<Tensor<'float32'>> {
  const z = sampleNoise(request.seed, 'sample', request.count, size, Number(request.options['temperature'] ?? 1));
  return decodeLatents(session, programName, z, labels);
}

/** Runs the program over given latents [count, …], with labels where there are any. */
export function decodeLatents(
  session: TaskSession,
  programName: string,
  z: Tensor<'float32'>,
  labels: readonly number[] | undefined,
): Promise<Tensor<'float32'>> {
  return inChunks(session, z.shape[0], async (from, to) => {
    const label = labels && { label: labelTensor(labels.slice(from, to)) };
    return (await session.run(programName, { z: rows(z, from, to), ...label }))['x'];
  });
}

/** Drawn samples of the data's own kind, images limited to their range. */
export function generated(
  data: DataInfo,
  range: DataRange,
  samples: Tensor<'float32'>,
  labels?: readonly number[],
): SampleOutput {
  const shown = withinRange(data, range, samples);
  return { name: 'samples', label: 'Samples', kind: outputKind(data), range, data: shown, ...(labels && { labels }) };
}

/** Limits images to their range; points and table rows pass as they are. */
export function withinRange(data: DataInfo, range: DataRange, samples: Tensor<'float32'>): Tensor<'float32'> {
  if (data.kind !== 'image') return samples;
  const low = range === 'unit' ? 0 : -1;
  return { ...samples, data: samples.data.map((value) => Math.min(1, Math.max(low, value))) };
}

/**
 * Means, over up to `limit` examples of a split, of figures computed chunk by chunk.
 * @param measure gives one array per figure, with one number an example.
 */
export async function meansOver(
  session: TaskSession,
  split: Split,
  limit: number,
  available: number,
  measure: (examples: Examples, start: number) => Promise<Readonly<Record<string, ArrayLike<number>>>>,
): Promise<Record<string, number>> {
  const total = Math.min(limit, available);
  const sums: Record<string, number> = {};
  for (let start = 0; start < total; start += chunkSize) {
    const examples = session.examples(split, start, Math.min(chunkSize, total - start));
    for (const [name, values] of Object.entries(await measure(examples, start))) {
      sums[name] ??= 0;
      for (let i = 0; i < values.length; i++) sums[name] += values[i];
    }
    session.progress(Math.min(total, start + chunkSize), total);
  }
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / total]));
}
