/** Flow matching (Lipman et al. 2023; rectified flow, Liu et al. 2023): a straight path from noise to data. */
import { z } from 'zod';
import type { Program } from '../program/program.ts';
import { tensorOf, type Tensor } from '../tensor/tensor.ts';
import { floatsOf, inChunks, program, rows, sampleNoise, measured } from './common.ts';
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
import type { CompileContext, CompiledModel, SampleRequest, TaskDefinition, TaskSession } from './task.ts';

const schema = z
  .strictObject({ type: z.literal('flowMatching'), labelDropout: labelDropoutField })
  .describe(
    'Learns the velocity of a straight path from noise (time 0) to data (time 1), and follows it to make samples.',
  );
type Config = z.output<typeof schema>;

/** The point x_t = (1 − t)·noise + t·x of the straight path, and its velocity x − noise. */
const lesson: LessonOf = (p, x, noise, time) => {
  const velocity = p.b.sub(x, noise);
  return { x: p.b.add(noise, p.b.mul(perSample(p, time, x), velocity)), time, target: velocity };
};

function velocityProgram(context: CompileContext, guided: boolean): Program {
  return program(context, guided ? 'guidedVelocity' : 'velocity', (p) => {
    const { x, time } = stepArguments(p, context);
    p.result('velocity', guidedPrediction(p, context, x, time, guided));
  });
}

function compile(context: CompileContext, config: Config): CompiledModel {
  const guidance = conditioning(context).conditional ? [false, true] : [false];
  return denoiserModel(context, config, {
    train: denoiserTraining(context, config, lesson),
    programs: [errorProgram(context, lesson), ...guidance.map((guided) => velocityProgram(context, guided))],
    samplers: ['euler', 'heun'],
    defaultSteps: 30,
    draw: (session, request, choice) => follow(session, context, request, choice),
  });
}

/** Integrates dx/dt = v(x, t) from 0 to 1: Euler's steps, or Heun's with two evaluations each. */
function follow(
  session: TaskSession,
  context: CompileContext,
  request: SampleRequest,
  choice: SamplerChoice,
): Promise<Tensor<'float32'>> {
  const start = sampleNoise(request.seed, 'sample', request.count, context.data.shape);
  const dt = 1 / choice.steps;
  return inChunks(session, request.count, async (from, to) => {
    const condition = conditionArguments(choice, from, to);
    const name = 'guidance' in condition ? 'guidedVelocity' : 'velocity';
    const velocityAt = async (x: Tensor<'float32'>, time: number): Promise<Float32Array> =>
      floatsOf((await session.run(name, { x, time: tensorOf('float32', [1], [time]), ...condition }))['velocity']);
    let x: Tensor<'float32'> = rows(start, from, to);
    request.onState?.(x, from, 0, choice.steps);
    for (let step = 0; step < choice.steps; step++) {
      const first = await velocityAt(x, step * dt);
      const ahead = moved(x, first, dt);
      x = choice.sampler === 'heun' ? moved(x, mean(first, await velocityAt(ahead, (step + 1) * dt)), dt) : ahead;
      request.onState?.(x, from, step + 1, choice.steps);
    }
    return x;
  });
}

function moved(x: Tensor<'float32'>, velocity: Float32Array, dt: number): Tensor<'float32'> {
  return { ...x, data: x.data.map((value, i) => value + dt * velocity[i]) };
}

function mean(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, i) => (value + b[i]) / 2);
}

export const flowMatching: TaskDefinition<Config> = {
  type: 'flowMatching',
  label: 'Flow matching',
  summary: 'Learns the velocity of a straight path from noise to data, and follows it to make samples.',
  group: 'generative',
  data: measured,
  schema,
  metrics: denoiserMetrics,
  networks: denoiserNetworks,
  range: () => 'symmetric',
  check: checkDenoiser,
  compile,
};
