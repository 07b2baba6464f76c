/** Denoising diffusion models (Ho et al. 2020): noise, sample and velocity prediction, DDIM and DDPM sampling, guidance. */
import { z } from 'zod';
import type { Value } from '../graph/graph.ts';
import type { OpBuilder } from '../ops/builder.ts';
import type { ProgramBuilder } from '../program/program-builder.ts';
import type { Program } from '../program/program.ts';
import { RandomStream } from '../random/random.ts';
import { scalarTensor, sizeOf, tensor, tensorOf, type Tensor } from '../tensor/tensor.ts';
import { inChunks, program, rows, sampleNoise, measured } from './common.ts';
import {
  checkDenoiser,
  conditionArguments,
  conditioning,
  denoiserMetrics,
  denoiserModel,
  denoiserNetworks,
  denoiserTraining,
  errorProgram,
  guidedPrediction,
  labelDropoutField,
  perSample,
  stepArguments,
  type LessonOf,
  type SamplerChoice,
} from './denoiser.ts';
import { noiseSchedule, samplerSteps, type NoiseSchedule, type SamplerStep } from './diffusion-schedule.ts';
import type { CompileContext, CompiledModel, Probe, SampleRequest, TaskDefinition, TaskSession } from './task.ts';

const schema = z
  .strictObject({
    type: z.literal('diffusion'),
    prediction: z
      .enum(['noise', 'sample', 'velocity'])
      .default('noise')
      .describe(
        'What the network predicts: the noise ε, the clean sample x0, or v = √ᾱ·ε − √(1−ᾱ)·x0 (Salimans and Ho 2022).',
      ),
    schedule: z.enum(['linear', 'cosine']).default('linear').describe('How noise grows with time.'),
    timesteps: z.int().min(2).max(10_000).default(1000).describe('Number of noise levels T.'),
    labelDropout: labelDropoutField,
  })
  .describe('Learns to take noise away step by step, and makes samples out of pure noise.');
type Config = z.output<typeof schema>;

function check(probe: Probe, config: Config): void {
  checkDenoiser(probe, config);
  if (config.schedule !== 'cosine' || config.prediction !== 'noise' || probe.data.kind === 'image') return;
  // Images are cut to their range at each step; nothing else holds x̂₀ where the signal is nearly 0.
  const message =
    'the cosine schedule leaves almost no signal at its end, and errors of a predicted noise are multiplied there';
  probe.warn(['task', 'prediction'], message, 'use "prediction": "velocity" or "sample", or the linear schedule');
}

/** The mixture x_t = signal·x + noise·ε at each sample's own noise level t = ⌊T·uniform⌋, told to the network as t / T. */
function lessonOf(config: Config, schedule: NoiseSchedule): LessonOf {
  return (p, x, epsilon, uniform) => {
    const { b } = p;
    const t = b.cast(b.mul(uniform, config.timesteps), 'int64');
    const [signal, noise] = [schedule.signal, schedule.noise].map((values) => levels(p, values, t, x));
    const mixed = b.add(b.mul(signal, x), b.mul(noise, epsilon));
    const time = b.div(b.cast(t, 'float32'), config.timesteps);
    return { x: mixed, time, target: target(b, config, x, epsilon, signal, noise) };
  };
}

function levels(p: ProgramBuilder, values: Float64Array, t: Value, x: Value): Value {
  return perSample(p, p.b.gather(p.b.constant(tensorOf('float32', [values.length], values)), t), x);
}

function target(b: OpBuilder, config: Config, x: Value, epsilon: Value, signal: Value, noise: Value): Value {
  switch (config.prediction) {
    case 'noise':
      return epsilon;
    case 'sample':
      return x;
    case 'velocity':
      return b.sub(b.mul(signal, epsilon), b.mul(noise, x));
  }
}

/** The clean sample x̂₀ that a prediction at x stands for. */
function cleaned(b: OpBuilder, config: Config, predicted: Value, x: Value, signal: Value, noise: Value) {
  switch (config.prediction) {
    case 'noise':
      return b.div(b.sub(x, b.mul(noise, predicted)), signal);
    case 'sample':
      return predicted;
    case 'velocity':
      return b.sub(b.mul(signal, x), b.mul(noise, predicted));
  }
}

/** One sampler step in one graph: predict, read off x̂₀ (clipped for images) and ε̂, and move to the next time. */
function stepProgram(context: CompileContext, config: Config, guided: boolean): Program {
  return program(context, guided ? 'guidedStep' : 'step', (p) => {
    const { b } = p;
    const { x, time } = stepArguments(p, context);
    const number = (name: string) => p.argument(name, 'float32', []);
    const signal = number('signal');
    const noise = number('noise');
    const estimate = cleaned(b, config, guidedPrediction(p, context, x, time, guided), x, signal, noise);
    const clean = context.data.kind === 'image' ? b.clip(estimate, -1, 1) : estimate;
    const epsilon = b.div(b.sub(x, b.mul(signal, clean)), noise);
    const fresh = b.mul(p.argument('z', 'float32', x.type.shape), number('fresh'));
    p.result('next', b.add(b.add(b.mul(clean, number('nextSignal')), b.mul(epsilon, number('nextNoise'))), fresh));
  });
}

function compile(context: CompileContext, config: Config): CompiledModel {
  const schedule = noiseSchedule(config.schedule, config.timesteps);
  const lesson = lessonOf(config, schedule);
  const guidance = conditioning(context).conditional ? [false, true] : [false];
  return denoiserModel(context, config, {
    train: denoiserTraining(context, config, lesson),
    programs: [errorProgram(context, lesson), ...guidance.map((guided) => stepProgram(context, config, guided))],
    samplers: ['ddim', 'ddpm'],
    defaultSteps: 50,
    draw: (session, request, choice) => draw(session, context, schedule, request, choice),
  });
}

/** Runs the whole chain for each chunk of samples. */
function draw(
  session: TaskSession,
  context: CompileContext,
  schedule: NoiseSchedule,
  request: SampleRequest,
  choice: SamplerChoice,
): Promise<Tensor<'float32'>> {
  const { shape } = context.data;
  const steps = samplerSteps(schedule, choice.steps, choice.sampler === 'ddpm' ? 1 : 0);
  const start = sampleNoise(request.seed, 'sample', request.count, shape);
  return inChunks(session, request.count, async (from, to) => {
    const condition = conditionArguments(choice, from, to);
    const name = 'guidance' in condition ? 'guidedStep' : 'step';
    let x: Tensor<'float32'> = rows(start, from, to);
    request.onState?.(x, from, 0, steps.length);
    for (const [index, step] of steps.entries()) {
      const z = freshNoise(request.seed, step, from, to, shape);
      x = (await session.run(name, { x, z, ...condition, ...stepNumbers(step, schedule) }))[
        'next'
      ] as Tensor<'float32'>;
      request.onState?.(x, from, index + 1, steps.length);
    }
    return x;
  });
}

function stepNumbers(
  { t, signal, noise, nextSignal, nextNoise, fresh }: SamplerStep,
  schedule: NoiseSchedule,
): Record<string, Tensor> {
  const numbers = Object.entries({ signal, noise, nextSignal, nextNoise, fresh });
  const time = tensorOf('float32', [1], [t / schedule.signal.length]);
  return { time, ...Object.fromEntries(numbers.map(([name, value]) => [name, scalarTensor('float32', value)])) };
}

/** Fresh noise of one step for samples `from` to `to`: each sample's own stream at each time. */
function freshNoise(
  seed: number,
  step: SamplerStep,
  from: number,
  to: number,
  shape: readonly number[],
): Tensor<'float32'> {
  const each = sizeOf(shape);
  const data = new Float32Array((to - from) * each);
  if (step.fresh > 0) {
    for (let i = from; i < to; i++) {
      new RandomStream(seed, `sample/step${step.t}`, i).fillNormal(
        data.subarray((i - from) * each, (i - from + 1) * each),
      );
    }
  }
  return tensor('float32', [to - from, ...shape], data);
}

export const diffusion: TaskDefinition<Config> = {
  type: 'diffusion',
  label: 'Diffusion model',
  summary: 'Learns to take noise away step by step, and makes samples out of pure noise.',
  group: 'generative',
  data: measured,
  schema,
  metrics: denoiserMetrics,
  networks: denoiserNetworks,
  range: () => 'symmetric',
  check,
  compile,
};
