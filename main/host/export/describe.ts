/** Says in words what the inputs and outputs of exported models are. */
import type { DataInfo, DataRange } from '../../../core/data/data-info.ts';
import { sameShape, type Dim } from '../../../core/graph/graph.ts';
import type { Program, StateRole } from '../../../core/program/program.ts';
import { batchDim } from '../../../core/tasks/task.ts';
import type { DType } from '../../../core/tensor/tensor.ts';

export interface DescribedTensor {
  readonly name: string;
  readonly dtype: DType;
  /** `N` is the batch: any number of samples. */
  readonly shape: readonly Dim[];
  readonly meaning: string;
}

/** What a model's samples are, for describing its inputs. */
export interface SampleWords {
  readonly data: DataInfo;
  readonly range: DataRange;
}

/** One sample's values, in words: `pictures, channels first, values from −1 to 1`. */
export function sampleWords({ data, range }: SampleWords): string {
  switch (data.kind) {
    case 'image':
      return `pictures of ${data.shape.join(' × ')} (channels, height, width), values from ${range === 'unit' ? '0' : '−1'} to 1`;
    case 'points':
      return `points with ${data.shape[0]} coordinates, as stored`;
    case 'text':
      return `windows of ${data.shape[0]} tokens: ${data.vocabulary?.unit ?? 'character'}s, numbered as the vocabulary in manifest.json says`;
    case 'table':
      return (
        `rows of ${data.shape[0]} features in the order of the columns in manifest.json: numbers as (value − mean) / deviation, ` +
        'categories as one-hot'
      );
  }
}

/** Targets of the data, in words. */
export function targetWords({ data }: SampleWords): string {
  if (data.target !== 'class') return 'target numbers, as stored';
  return `class numbers from 0 to ${data.classes.length - 1}, in the order of the classes in manifest.json`;
}

export function isSample(shape: readonly Dim[], data: DataInfo): boolean {
  return shape[0] === batchDim && sameShape(shape.slice(1), data.shape);
}

/** The inputs that are given by hand to a program. */
export function describeArguments(program: Program, words: SampleWords): readonly DescribedTensor[] {
  const given = program.inputs.filter((input) => input.source.kind === 'argument');
  const timed = given.some((input) => input.name === 'time');
  return given.map(({ name, dtype, shape }) => ({
    name,
    dtype,
    shape,
    meaning: argumentMeaning(name, shape, words, timed),
  }));
}

function argumentMeaning(name: string, shape: readonly Dim[], words: SampleWords, timed: boolean): string {
  switch (name) {
    case 'label': {
      const nobody = timed ? `; ${words.data.classes.length} stands for no class (classifier-free guidance)` : '';
      return targetWords(words) + nobody;
    }
    case 'time':
      return 'each sample’s time, from 0 to 1, as in training';
    case 'z':
      return 'latent vectors, one a sample; draw standard normal numbers for new samples';
    case 'code':
      return 'codes as the encoder gives them, one a sample';
    case 'tokens':
      return 'tokens of a text, numbered as the vocabulary in manifest.json says';
    case 'noise':
      return 'standard normal numbers';
    default:
      break;
  }
  if (!isSample(shape, words.data)) return 'given by whoever runs the model';
  return timed ? `samples mixed with noise; without noise they are ${sampleWords(words)}` : sampleWords(words);
}

/** The outputs of a program that runs by itself. */
export function describeResults(program: Program, words: SampleWords): readonly DescribedTensor[] {
  return program.graph.outputs.map(({ name, value }) => ({
    name,
    dtype: value.type.dtype,
    shape: value.type.shape,
    meaning: resultMeaning(name, value.type.shape, words),
  }));
}

function resultMeaning(name: string, shape: readonly Dim[], words: SampleWords): string {
  switch (name) {
    case 'probabilities':
      return 'probability of each class, in the order of the classes in manifest.json';
    case 'x':
      return isSample(shape, words.data) ? sampleWords(words) : 'samples';
    case 'mean':
      return 'mean of each latent number';
    case 'logVariance':
      return 'natural logarithm of the variance of each latent number';
    case 'logits':
      return 'after each token, scores of every token that may come next, before softmax';
    case 'score':
      return 'score before any sigmoid, higher for samples that look real';
    case 'code':
      return 'the code of each sample';
    case 'prediction':
      return 'what the task predicts: see "task" in document.lathe.jsonc';
    default:
      return 'a result of the model';
  }
}

/** What kind of tensor of the state it is, in words. */
export function roleWords(role: StateRole): string {
  switch (role) {
    case 'parameter':
      return 'a trained weight';
    case 'buffer':
      return 'a moving figure kept by its layer';
    case 'optimizer':
      return 'kept by the optimizer';
    case 'ema':
      return 'the moving average of a weight';
  }
}
