/**
 * Which input values a class's score hangs on: the gradient of the score with respect to the input, and two ways to read
 * it (Simonyan, Vedaldi and Zisserman 2013; Shrikumar et al. 2016; Smilkov et al. 2017).
 */
import { differentiate } from '../autodiff/differentiate.ts';
import type { DataRange } from '../data/data-info.ts';
import { gradients as gradientRules } from '../ops/gradient.ts';
import type { Program } from '../program/program.ts';
import { RandomStream } from '../random/random.ts';
import { sizeOf, tensor, type Tensor } from '../tensor/tensor.ts';
import { dataType, floatsOf, inChunks, labelTensor, program, rows } from './common.ts';
import { batchDim, type CompileContext, type TaskSession } from './task.ts';

/** `gradient`: ∂score/∂input; `gradientTimesInput`: times the input; `smoothGradient`: mean gradient of noisy copies. */
export const saliencyMethods = [
  { name: 'gradient', label: 'Gradient' },
  { name: 'gradientTimesInput', label: 'Gradient × input' },
  { name: 'smoothGradient', label: 'SmoothGrad' },
] as const;
export type SaliencyMethod = (typeof saliencyMethods)[number]['name'];

export interface SaliencyRequest {
  readonly x: Tensor<'float32'>;
  /** The class whose score is explained, one for each sample. */
  readonly classes: readonly number[];
  readonly method: SaliencyMethod;
}

export const saliencyProgramName = 'saliency';

/** Noisy copies that `smoothGradient` averages over, and their deviation as a share of the input's width. */
const smoothCopies = 16;
const smoothShare = 0.15;

/**
 * Arguments `x` [N, …] and `class` int64 [N]; result `gradient`, shaped like `x`: ∂ logit(class) / ∂ x of each sample. The
 * score is the one before softmax, so that it is not the other classes that are explained (Simonyan et al. 2013, 3). The
 * network is applied as in inference, where no sample reaches another's score.
 */
export function saliencyProgram(context: CompileContext, network: string): Program {
  return program(context, saliencyProgramName, (p) => {
    const x = p.argument('x', 'float32', dataType(context.data).shape);
    const chosen = p.argument('class', 'int64', [batchDim]);
    const [logits] = context.apply(p, network, { data: x }, { training: false });
    const seed = p.b.oneHot(chosen, context.data.classes.length);
    const [gradient] = differentiate(p.b, gradientRules, logits, [x], seed);
    p.result('gradient', gradient);
  });
}

/** What each input value weighs, signed, shaped like `x`. @param range the range `x` is in, which sets the noise */
export async function saliencyOf(
  session: TaskSession,
  range: DataRange,
  { x, classes, method }: SaliencyRequest,
): Promise<Tensor<'float32'>> {
  if (method === 'smoothGradient') return smoothGradient(session, range, x, classes);
  const gradient = await gradientAt(session, x, classes);
  if (method === 'gradient') return gradient;
  const values = floatsOf(x);
  return { ...gradient, data: gradient.data.map((value, i) => value * values[i]) };
}

function gradientAt(
  session: TaskSession,
  x: Tensor<'float32'>,
  classes: readonly number[],
): Promise<Tensor<'float32'>> {
  return inChunks(session, x.shape[0], async (from, to) => {
    const chosen = labelTensor(classes.slice(from, to));
    return (await session.run(saliencyProgramName, { x: rows(x, from, to), class: chosen }))['gradient'];
  });
}

async function smoothGradient(
  session: TaskSession,
  range: DataRange,
  x: Tensor<'float32'>,
  classes: readonly number[],
): Promise<Tensor<'float32'>> {
  const sum = new Float32Array(x.data.length);
  const deviation = smoothShare * (range === 'symmetric' ? 2 : 1);
  const each = sizeOf(x.shape.slice(1));
  for (let copy = 0; copy < smoothCopies; copy++) {
    // The same noise for every sample: what is said of one depends on it alone.
    const noise = new Float32Array(each);
    new RandomStream(0, 'smoothGradient', copy).fillNormal(noise);
    const noisy = x.data.map((value, i) => value + deviation * noise[i % each]);
    const gradient = await gradientAt(session, tensor('float32', x.shape, noisy), classes);
    for (let i = 0; i < sum.length; i++) sum[i] += gradient.data[i] / smoothCopies;
  }
  return tensor('float32', x.shape, sum);
}
