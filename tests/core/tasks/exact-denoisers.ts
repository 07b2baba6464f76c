/** The best possible denoisers of Gaussian data N(mean, deviation²) in every coordinate, in closed form, as networks. */
import type { Value } from '../../../core/graph/graph.ts';
import type { ProgramBuilder } from '../../../core/program/program-builder.ts';
import type { NoiseSchedule } from '../../../core/tasks/diffusion-schedule.ts';
import { tensorOf } from '../../../core/tensor/tensor.ts';
import { parameter, type Inputs, type MadeNetwork } from './family.ts';

/** Mean of the data by class; the last one stands for no label. Without labels the last one counts. */
export interface GaussianData {
  readonly means: readonly number[];
  readonly deviation: number;
  readonly conditional: boolean;
}

export type Prediction = 'noise' | 'sample' | 'velocity';

const table = (p: ProgramBuilder, values: ArrayLike<number>): Value =>
  p.b.constant(tensorOf('float32', [values.length], values));

const column = (p: ProgramBuilder, value: Value): Value => p.b.reshape(value, [-1, 1]);

function meanOf(p: ProgramBuilder, data: GaussianData, label: Value | undefined): Value {
  if (!data.conditional) return p.b.scalar(data.means.at(-1)!);
  return column(p, p.b.gather(table(p, data.means), label!));
}

function network(
  data: GaussianData,
  predict: (p: ProgramBuilder, x: Value, time: Value, mean: Value) => Value,
): MadeNetwork {
  return {
    takes: data.conditional ? ['data', 'time', 'label'] : ['data', 'time'],
    apply: (p: ProgramBuilder, { data: x, time, label }: Inputs) => [
      p.b.mul(predict(p, x!, time!, meanOf(p, data, label)), parameter(p, 'denoiser/gain', [1])),
    ],
  };
}

/**
 * What diffusion models should predict. With x_t = a·x0 + c·ε, x_t ~ N(a·m, a²s² + c²), and so
 * E[ε | x_t] = c (x_t − a·m) / (a²s² + c²), E[x0 | x_t] = m + a·s² (x_t − a·m) / (a²s² + c²), v = a·ε − c·x0.
 */
export function exactDiffusion(schedule: NoiseSchedule, prediction: Prediction, data: GaussianData): MadeNetwork {
  return network(data, (p, x, time, mean) => {
    const { b } = p;
    const t = b.cast(b.add(b.mul(time, schedule.signal.length), 0.5), 'int64');
    const a = column(p, b.gather(table(p, schedule.signal), t));
    const c = column(p, b.gather(table(p, schedule.noise), t));
    const spread = data.deviation ** 2;
    const share = b.div(b.sub(x, b.mul(a, mean)), b.add(b.mul(b.square(a), spread), b.square(c)));
    const epsilon = b.mul(c, share);
    const clean = b.add(mean, b.mul(b.mul(a, share), spread));
    if (prediction === 'velocity') return b.sub(b.mul(a, epsilon), b.mul(c, clean));
    return prediction === 'noise' ? epsilon : clean;
  });
}

/**
 * The velocity of flow matching. With x_t = t·x1 + (1 − t)·ε, x_t ~ N(t·m, t²s² + (1 − t)²), and so
 * E[x1 − ε | x_t] = m + (t·s² − (1 − t)) (x_t − t·m) / (t²s² + (1 − t)²); its flow takes ε to m + s·ε.
 */
export function exactFlow(data: GaussianData): MadeNetwork {
  return network(data, (p, x, time, mean) => {
    const { b } = p;
    const t = column(p, time);
    const rest = b.sub(1, t);
    const spread = data.deviation ** 2;
    const variance = b.add(b.mul(b.square(t), spread), b.square(rest));
    const slope = b.div(b.sub(b.mul(t, spread), rest), variance);
    return b.add(mean, b.mul(slope, b.sub(x, b.mul(t, mean))));
  });
}
