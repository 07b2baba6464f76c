/** What diffusion and flow matching share: a network over (sample, time, label) and classifier-free guidance. */
import { z } from 'zod';
import type { Dim, Value } from '../graph/graph.ts';
import { squaredError } from '../nn/losses.ts';
import type { ProgramBuilder } from '../program/program-builder.ts';
import type { Program } from '../program/program.ts';
import { scalarTensor, tensor, type Tensor } from '../tensor/tensor.ts';
import {
  dataType,
  floatsOf,
  generated,
  labelArgument,
  labelOption,
  labelTensor,
  labelType,
  meansOver,
  outputKind,
  planScalars,
  program,
  requestedLabels,
  sampleAxes,
  sampleNoise,
  timeType,
  train,
  trueLabel,
} from './common.ts';
import { expectClasses, expectShape } from './expectations.ts';
import {
  batchDim,
  type CompileContext,
  type CompiledModel,
  type Examples,
  type MetricSpec,
  type NetworkRole,
  type Probe,
  type SampleOption,
  type SampleRequest,
  type TaskSession,
} from './task.ts';

const denoiserName = 'denoiser';

export const labelDropoutField = z
  .number()
  .min(0)
  .max(1)
  .default(0.1)
  .describe(
    'Share of training labels hidden, so that the model also learns without them (classifier-free guidance, Ho and Salimans 2022).',
  );

export const denoiserNetworks: Readonly<Record<string, NetworkRole>> = {
  [denoiserName]: {
    purpose:
      'From a noisy sample (data), a time in [0, 1] (time) and a label if conditional, to what the task predicts.',
    inputs: { x: 'data', t: 'time' },
  },
};

export const denoiserMetrics: readonly MetricSpec[] = [
  { name: 'loss', label: 'Squared error', goal: 'min' },
  { name: 'loss', label: 'Squared error', goal: 'min', heldOut: true },
];

export interface DenoiserConfig {
  readonly labelDropout: number;
}

export function checkDenoiser(probe: Probe, config: DenoiserConfig): void {
  expectClasses(probe, [denoiserName], config.labelDropout > 0);
  const [predicted] = probe.apply(denoiserName, { data: dataType(probe.data), time: timeType(), label: labelType() });
  expectShape(
    probe,
    denoiserName,
    predicted,
    [batchDim, ...probe.data.shape],
    'the prediction must be shaped like the data',
  );
}

/** [batch] reshaped so that it multiplies [batch, …sample]. */
export function perSample(p: ProgramBuilder, value: Value, like: Value): Value {
  return p.b.reshape(value, [-1, ...like.type.shape.slice(1).map(() => 1)]);
}

interface Conditioning {
  readonly conditional: boolean;
  /** The class number that stands for no label. */
  readonly nullLabel: number;
}

export function conditioning(context: CompileContext): Conditioning {
  return { conditional: context.takes(denoiserName, 'label'), nullLabel: context.data.classes.length };
}

/** Applies the denoiser to x at the given times, with labels where the network takes them. */
function predict(
  p: ProgramBuilder,
  context: CompileContext,
  training: boolean,
  x: Value,
  time: Value,
  label: Value | undefined,
): Value {
  return context.apply(p, denoiserName, { data: x, time, ...(label && { label }) }, { training })[0];
}

/** The batch's labels with a share of them replaced by the null label. */
function droppedLabels(p: ProgramBuilder, context: CompileContext, share: number): Value | undefined {
  const { conditional, nullLabel } = conditioning(context);
  if (!conditional) return undefined;
  const batch = context.plan.batchSize;
  const label = p.batch('y', labelType(batch));
  if (share === 0) return label;
  const hidden = p.b.less(p.noise('labelDropout', 'uniform', [batch]), share);
  return p.b.where(hidden, p.b.scalar(nullLabel, 'int64'), label);
}

/**
 * The prediction a sampler uses: plain, or ŷ = f(∅) + w·(f(label) − f(∅)) with guidance weight w.
 * Adds the arguments `label` and `guidance` to the program when `guided`.
 */
export function guidedPrediction(
  p: ProgramBuilder,
  context: CompileContext,
  x: Value,
  time: Value,
  guided: boolean,
): Value {
  const label = labelArgument(p, context, [denoiserName]);
  const plain = predict(p, context, false, x, time, label);
  if (!guided || !label) return plain;
  const { b } = p;
  const nobody = b.expand(b.scalar(conditioning(context).nullLabel, 'int64'), b.shapeOf(label));
  const free = predict(p, context, false, x, time, nobody);
  return b.add(free, b.mul(p.argument('guidance', 'float32', []), b.sub(plain, free)));
}

export interface StepArguments {
  readonly x: Value;
  readonly time: Value;
}

/** Arguments of a sampler's step: the current state and its time (one number for the whole batch). */
export function stepArguments(p: ProgramBuilder, context: CompileContext): StepArguments {
  const shape: readonly Dim[] = [batchDim, ...context.data.shape];
  const x = p.argument('x', 'float32', shape);
  const batch = p.b.slice(p.b.shapeOf(x), [0], [1], [0]);
  return { x, time: p.b.expand(p.argument('time', 'float32', [1]), batch) };
}

/** What tells the families apart once a denoiser is trained. */
export interface DenoiserParts {
  readonly train: Program;
  /** Programs by which samples are drawn, and `evaluate` (see `errorProgram`). */
  readonly programs: readonly Program[];
  readonly samplers: readonly string[];
  readonly defaultSteps: number;
  /** Draws samples in the data's shape. */
  readonly draw: (session: TaskSession, request: SampleRequest, choice: SamplerChoice) => Promise<Tensor<'float32'>>;
}

/** A compiled model of a family with a denoiser. */
export function denoiserModel(context: CompileContext, config: DenoiserConfig, parts: DenoiserParts): CompiledModel {
  const { data, plan } = context;
  return {
    registry: context.registry,
    train: parts.train,
    batchesPerStep: 1,
    programs: new Map([...parts.programs, denoiseProgram(context)].map((made) => [made.name, made])),
    scalars: planScalars(plan, { [denoiserName]: [denoiserName] }),
    outputs: [{ name: 'samples', label: 'Samples', kind: outputKind(data) }],
    sampleOptions: samplerOptions(context, config, parts),
    exports: [{ name: denoiserName, program: 'denoise' }],
    sample: async (session, request) => {
      const choice = samplerChoice(context, request, parts);
      return [generated(data, 'symmetric', await parts.draw(session, request, choice), choice.labels)];
    },
    evaluate: (session, split, limit) =>
      meansOver(session, split, limit, data.counts[split], (examples, start) =>
        measure(session, context, examples, start),
      ),
  };
}

/** The network by itself: what is exported for inference. */
function denoiseProgram(context: CompileContext): Program {
  return program(context, 'denoise', (p) => {
    const x = p.argument('x', 'float32', dataType(context.data).shape);
    const time = p.argument('time', 'float32', timeType().shape);
    p.result('prediction', predict(p, context, false, x, time, labelArgument(p, context, [denoiserName])));
  });
}

/** What a network is shown and what it should say, for samples x, standard normal noise and uniform times in [0, 1). */
export interface Lesson {
  readonly x: Value;
  /** The time the network is told: [batch]. */
  readonly time: Value;
  readonly target: Value;
}
export type LessonOf = (p: ProgramBuilder, x: Value, noise: Value, uniform: Value) => Lesson;

/** One step of training towards `lessonOf`'s target by the mean squared error. */
export function denoiserTraining(context: CompileContext, config: DenoiserConfig, lessonOf: LessonOf): Program {
  return program(context, 'train', (p) => {
    const batch = context.plan.batchSize;
    const x = p.batch('x', dataType(context.data, batch));
    const lesson = lessonOf(p, x, p.noise('noise', 'normal', x.type.shape), p.noise('time', 'uniform', [batch]));
    const predicted = predict(p, context, true, lesson.x, lesson.time, droppedLabels(p, context, config.labelDropout));
    const loss = p.b.reduceMean(squaredError(p.b, predicted, lesson.target));
    p.metric('loss', loss);
    train(p, context, loss, denoiserName, [denoiserName]);
  });
}

/** The program `evaluate`: the mean squared error of each example, at given noise and times. */
export function errorProgram(context: CompileContext, lessonOf: LessonOf): Program {
  return program(context, 'evaluate', (p) => {
    const x = p.argument('x', 'float32', dataType(context.data).shape);
    const noise = p.argument('noise', 'float32', x.type.shape);
    const lesson = lessonOf(p, x, noise, p.argument('time', 'float32', timeType().shape));
    const predicted = predict(p, context, false, lesson.x, lesson.time, labelArgument(p, context, [denoiserName]));
    p.result('loss', p.b.reduceMean(squaredError(p.b, predicted, lesson.target), sampleAxes(x)));
  });
}

/** Squared error of each held-out example at one time each, with noise from a fixed stream. */
async function measure(session: TaskSession, context: CompileContext, examples: Examples, start: number) {
  const count = examples.x.shape[0];
  const noise = sampleNoise(start, 'evaluate', count, context.data.shape);
  const time = tensor('float32', [count], evenTimes(start, count));
  const { loss } = await session.run('evaluate', {
    x: examples.x,
    noise,
    time,
    ...trueLabel(context, [denoiserName], examples.y),
  });
  return { loss: floatsOf(loss) };
}

/** Times spread evenly over [0, 1) by the golden ratio, so that every chunk of a split sees all of them. */
export function evenTimes(start: number, count: number): Float32Array {
  const ratio = (Math.sqrt(5) - 1) / 2;
  return Float32Array.from({ length: count }, (_, i) => ((start + i + 0.5) * ratio) % 1);
}

type Samplers = Pick<DenoiserParts, 'samplers' | 'defaultSteps'>;

/** Options every sampler of these families has. Guidance needs a network that has seen samples without their labels. */
function samplerOptions(
  context: CompileContext,
  config: DenoiserConfig,
  { samplers, defaultSteps }: Samplers,
): SampleOption[] {
  const always: SampleOption[] = [
    { name: 'sampler', label: 'Sampler', kind: 'choice', fallback: samplers[0], choices: samplers },
    { name: 'steps', label: 'Steps', kind: 'integer', fallback: defaultSteps, min: 1, max: 1000 },
  ];
  if (!conditioning(context).conditional) return always;
  const guidance: SampleOption = { name: 'guidance', label: 'Guidance', kind: 'number', fallback: 1, min: 0, max: 20 };
  return [...always, ...(config.labelDropout > 0 ? [guidance] : []), labelOption(context.data)];
}

export interface SamplerChoice {
  readonly sampler: string;
  readonly steps: number;
  readonly guidance: number;
  readonly labels: readonly number[] | undefined;
}

/** The options of a request, with their defaults. */
function samplerChoice(
  context: CompileContext,
  request: SampleRequest,
  { samplers, defaultSteps }: Samplers,
): SamplerChoice {
  const { conditional } = conditioning(context);
  return {
    sampler: String(request.options['sampler'] ?? samplers[0]),
    steps: Math.max(1, Math.round(Number(request.options['steps'] ?? defaultSteps))),
    guidance: Number(request.options['guidance'] ?? 1),
    labels: conditional ? requestedLabels(request, context.data.classes.length) : undefined,
  };
}

/** Label and guidance arguments for rows `from` to `to`. */
export function conditionArguments(choice: SamplerChoice, from: number, to: number): Record<string, Tensor> {
  if (!choice.labels) return {};
  const label = labelTensor(choice.labels.slice(from, to));
  return choice.guidance === 1 ? { label } : { label, guidance: scalarTensor('float32', choice.guidance) };
}
