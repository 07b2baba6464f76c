/** Trains a feature extractor on a data set's own training split, and runs it. */
import type { FeatureMatrix } from '../../../core/metrics/feature-matrix.ts';
import { predictedClasses } from '../../../core/metrics/classification.ts';
import { initialState } from '../../../core/program/initial-state.ts';
import type { CompiledDocument } from '../../../core/spec/compile.ts';
import { rows } from '../../../core/tasks/common.ts';
import { sizeOf, type Tensor } from '../../../core/tensor/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { Batches } from '../runs/batches.ts';
import { Engine, isDivergence, type State } from '../runs/engine.ts';
import { TaskFailure } from '../runs/failure.ts';
import { readExamples } from '../runs/task-session.ts';
import { trainingThreads, type Recipe } from './extractor-recipe.ts';
import { shuffled } from './shuffled.ts';

/** What the extractor makes of samples. */
export interface Extracted {
  readonly features: FeatureMatrix;
  /** One column a class, rows sum to 1; only of data with classes. */
  readonly classProbabilities?: FeatureMatrix;
}

/** Held-out pictures the accuracy is measured on, and training pictures the scale of the features. */
const measuredCount = 2000;
/** Numbers that pictures read, and pictures run through the network at once, hold at most. */
const [readSize, chunkSize] = [50_000_000, 500_000];

export interface TrainedExtractor {
  readonly state: State;
  /** Share of held-out pictures whose class it finds; null where there are no classes. */
  readonly accuracy: number | null;
  /** Root mean square of the features of training pictures. */
  readonly scale: number;
}

/**
 * Trains it: the same data gives the same weights, on one build of ONNX Runtime and kind of processor.
 * @throws TaskFailure when the training diverges.
 */
export async function trainExtractor(
  dataset: Dataset,
  model: CompiledDocument,
  recipe: Recipe,
  onProgress: (done: number, total: number) => void,
): Promise<TrainedExtractor> {
  const { plan, registry, scalars } = model;
  const engine = new Engine(model, initialState(registry.all, plan.seed), { threads: trainingThreads, device: 'cpu' });
  const batches = new Batches(dataset, 'unit', plan.batchSize, 1, plan.seed);
  try {
    for (let step = 0; step < plan.steps; step++) {
      const read = batches.read(step);
      const scalar = (name: string): number => scalars.find((spec) => spec.name === name)?.valueAt(step) ?? 0;
      const result = await engine.trainStep(step, plan.seed, { batch: (index) => read[index], scalar });
      if (isDivergence(result))
        throw new TaskFailure('extractor', `the feature extractor of ${dataset.info.source} diverged at step ${step}`);
      if (step % 10 === 9 || step === plan.steps - 1) onProgress(step + 1, plan.steps);
    }
    return { state: new Map(engine.state), ...(await measure(engine, shuffled(dataset), recipe)) };
  } finally {
    await engine.release();
  }
}

async function measure(engine: Engine, dataset: Dataset, recipe: Recipe): Promise<Omit<TrainedExtractor, 'state'>> {
  const count = Math.min(measuredCount, Math.ceil(readSize / sizeOf(dataset.info.shape)));
  const seen = await runChunks(engine, readExamples(dataset, 'unit', 'train', 0, count).x);
  let squares = 0;
  for (const value of seen.features.data) squares += value * value;
  const scale = Math.sqrt(squares / seen.features.data.length) || 1;
  if (recipe.kind === 'autoencoder') return { accuracy: null, scale };
  const { counts } = dataset.info;
  const split = counts.test > 0 ? 'test' : counts.validation > 0 ? 'validation' : 'train';
  const { x, y } = readExamples(dataset, 'unit', split, 0, count);
  const { classProbabilities } = await runChunks(engine, x);
  const truth = y?.data as BigInt64Array;
  const right = classProbabilities
    ? predictedClasses(classProbabilities).filter((found, i) => found === Number(truth[i]))
    : [];
  return { accuracy: right.length / x.shape[0], scale };
}

/** Runs pictures in [0, 1] through the network, features not yet scaled. */
export async function runChunks(engine: Engine, x: Tensor<'float32'>): Promise<Extracted> {
  const count = x.shape[0];
  const parts: Readonly<Record<string, Tensor>>[] = [];
  const chunk = Math.ceil(chunkSize / sizeOf(x.shape.slice(1)));
  for (let from = 0; from < count; from += chunk) {
    parts.push(await engine.run('features', { x: rows(x, from, Math.min(count, from + chunk)) }));
  }
  const features = joined(parts, 'features', count);
  return parts[0]?.['probabilities']
    ? { features, classProbabilities: joined(parts, 'probabilities', count) }
    : { features };
}

function joined(parts: readonly Readonly<Record<string, Tensor>>[], name: string, count: number): FeatureMatrix {
  const columns = parts[0]?.[name].shape[1] ?? 0;
  const data = new Float32Array(count * columns);
  let at = 0;
  for (const part of parts) {
    data.set(part[name].data as Float32Array, at);
    at += part[name].data.length;
  }
  return { rows: count, columns, data };
}
