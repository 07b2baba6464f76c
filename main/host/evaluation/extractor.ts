/** The feature extractor of a data set: trained once on its own training split, kept as a file, named by its hash. */
import type { DataInfo, DataRange } from '../../../core/data/data-info.ts';
import { applyNetwork } from '../../../core/nn/network.ts';
import { initialState } from '../../../core/program/initial-state.ts';
import { ProgramBuilder } from '../../../core/program/program-builder.ts';
import { compileDocument, type CompiledDocument } from '../../../core/spec/compile.ts';
import { dataType } from '../../../core/tasks/common.ts';
import { sizeOf, type Tensor } from '../../../core/tensor/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { makeFolder } from '../images/sample-artifacts.ts';
import { Engine } from '../runs/engine.ts';
import { featureCount, recipeFor, type Recipe } from './extractor-recipe.ts';
import { readStored, scaleName, writeStored, type StoredExtractor } from './extractor-store.ts';
import { runChunks, trainExtractor, type Extracted } from './extractor-training.ts';

export interface ExtractorInfo {
  /** `coordinates`: points and tables are their own features. */
  readonly kind: 'classifier' | 'autoencoder' | 'coordinates';
  /** sha256 of the file of weights; `coordinates` without one. Goes into the stamp of each score. */
  readonly hash: string;
  readonly features: number;
  /** Share of held-out pictures whose class it finds; null where there are no classes. */
  readonly accuracy: number | null;
  readonly trainingSteps: number;
}

export interface Extractor {
  readonly info: ExtractorInfo;
  /** How pictures are brought to the extractor's size, for the stamp: never at all, it is made for the data's own. */
  readonly resize: string;
  /** What makes its features doubtful, as sentences. */
  readonly warnings: readonly string[];
  /**
   * Features of samples of the data's own shape.
   * @param x [count, …sample], in `range` (pictures only)
   * @throws RangeError when the shape is another.
   */
  extract(x: Tensor<'float32'>, range: DataRange): Promise<Extracted>;
  release(): Promise<void>;
}

export interface ExtractorOptions {
  readonly dataset: Dataset;
  readonly cacheDir: string;
  /** Threads that extract; the training has its own fixed number. Always on the processor, so that hash and scores do not depend on the device. */
  readonly threads: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Below this share of held-out pictures recognised, the features say little about what the pictures show. */
const doubtfulAccuracy = 0.8;

/**
 * Loads the extractor of a data set from the cache, or trains it and keeps it there. Processes that train the same one at
 * the same time write the same bytes.
 * @throws TaskFailure when it cannot be trained, FileError when it cannot be kept.
 */
export async function loadExtractor(options: ExtractorOptions): Promise<Extractor> {
  const { info } = options.dataset;
  const recipe = recipeFor(info);
  if (!recipe) return coordinateExtractor(info);
  const model = withFeatures(compileDocument(recipe.document, info), recipe, info);
  const stored =
    (await readStored(options.cacheDir, info, model.registry.all)) ?? (await makeStored(options, model, recipe));
  return networkExtractor(info, recipe, model, stored, options.threads);
}

function coordinateExtractor(info: DataInfo): Extractor {
  const features = sizeOf(info.shape);
  return {
    info: { kind: 'coordinates', hash: 'coordinates', features, accuracy: null, trainingSteps: 0 },
    resize: 'none',
    warnings: [],
    extract: async (x) => {
      checkShape(x, info);
      return { features: { rows: x.shape[0], columns: features, data: x.data } };
    },
    release: async () => {},
  };
}

/** The model with one more program over the same weights, which gives the features (and the classes' probabilities). */
function withFeatures(model: CompiledDocument, recipe: Recipe, info: DataInfo): CompiledDocument {
  const network = model.networks.get(recipe.network);
  if (!network) throw new Error(`the feature extractor has no network '${recipe.network}'`);
  const p = new ProgramBuilder('features', model.registry);
  const x = p.argument('x', 'float32', dataType(info).shape);
  const [features, logits] = applyNetwork(p, { ...network, outputs: recipe.outputs }, new Map([['x', x]]), {
    training: false,
  });
  if (!features) throw new Error('the feature extractor has no features');
  p.result('features', features);
  if (logits) p.result('probabilities', p.b.softmax(logits));
  return { ...model, programs: new Map([...model.programs, ['features', p.build()]]) };
}

async function makeStored(
  { dataset, cacheDir, onProgress = () => {} }: ExtractorOptions,
  model: CompiledDocument,
  recipe: Recipe,
): Promise<StoredExtractor> {
  await makeFolder(cacheDir);
  const trained = await trainExtractor(dataset, model, recipe, onProgress);
  return writeStored(cacheDir, dataset.info, model.registry.all, trained, model.plan.steps);
}

function networkExtractor(
  info: DataInfo,
  recipe: Recipe,
  model: CompiledDocument,
  stored: StoredExtractor,
  threads: number,
): Extractor {
  const state = initialState(model.registry.all, model.plan.seed);
  for (const [name, value] of stored.tensors) if (state.has(name)) state.set(name, value as Tensor<'float32'>);
  const engine = new Engine(model, state, { threads, device: 'cpu' });
  const scale = Number(stored.tensors.get(scaleName)?.data[0] ?? 1);
  const { accuracy, steps } = stored.meta;
  const [, height, width] = info.shape;
  return {
    info: { kind: recipe.kind, hash: stored.sha256, features: featureCount, accuracy, trainingSteps: steps },
    resize: `none ${height}x${width}`,
    warnings: accuracy !== null && accuracy < doubtfulAccuracy ? [doubt(accuracy)] : [],
    extract: async (x, range) => {
      checkShape(x, info);
      const { features, ...rest } = await runChunks(engine, asStored(x, range));
      return { features: { ...features, data: features.data.map((value) => value / scale) }, ...rest };
    },
    release: () => engine.release(),
  };
}

function doubt(accuracy: number): string {
  return (
    `the feature extractor recognises only ${(100 * accuracy).toFixed(0)} % of held-out pictures (80 % is little enough): ` +
    'distances in its features, classes covered and class balance are to be read with care'
  );
}

function checkShape(x: Tensor, info: DataInfo): void {
  const fits = x.shape.length === info.shape.length + 1 && info.shape.every((size, axis) => size === x.shape[axis + 1]);
  if (!fits)
    throw new RangeError(
      `features are made of samples of shape [${info.shape.join(', ')}], found [${x.shape.slice(1).join(', ')}]`,
    );
}

/** Pictures as a file would hold them: in [0, 1], 256 shades. NaN stays, for the metrics to report. */
function asStored(x: Tensor<'float32'>, range: DataRange): Tensor<'float32'> {
  const bytes = (value: number): number => Math.round(range === 'unit' ? value * 255 : (value + 1) * 127.5);
  return { ...x, data: x.data.map((value) => Math.min(255, Math.max(0, bytes(value))) / 255) };
}
