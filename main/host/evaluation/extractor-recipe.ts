/** The small networks that features come from, as model documents: what is built depends on the data alone. */
import type { DataInfo } from '../../../core/data/data-info.ts';
import { parseDocument, type ModelDocument } from '../../../core/spec/parse.ts';

/** Raised when anything here changes: extractors of other versions are trained anew, and have another hash. */
export const recipeVersion = 1;

/** Features of one picture. */
export const featureCount = 64;

/** Threads the training uses, however many the machine has: a sum's order, so its bits, may depend on them. */
export const trainingThreads = 2;

export interface Recipe {
  readonly kind: 'classifier' | 'autoencoder';
  readonly document: ModelDocument;
  /** The network with the features, its input, and the layers whose outputs are wanted: features, then logits if it has any. */
  readonly network: string;
  readonly outputs: readonly string[];
}

const convolution = (type: string, filters: number, activation: string) => ({
  type,
  filters,
  kernelSize: type === 'conv2d' ? 3 : 4,
  strides: 2,
  padding: 'same',
  activation,
});

/** How a picture is brought down to a few pixels: averaged over squares until it has at most 64 a side, then halved to at most 4. */
interface Descent {
  readonly pool: number;
  readonly halvings: number;
}

function descentOf([, height, width]: readonly number[]): Descent {
  const side = Math.max(height, width);
  const pool = Math.ceil(side / 64);
  return { pool, halvings: Math.max(1, Math.ceil(Math.log2(side / pool / 4))) };
}

function trunk({ pool, halvings }: Descent): readonly object[] {
  const layers = Array.from({ length: halvings }, (_, i) => [
    convolution('conv2d', i === 0 ? 32 : 64, 'linear'),
    // Without it three epochs are not enough for pictures whose classes differ by shape alone.
    { type: 'batchNormalization' },
    { type: 'activation', activation: 'relu' },
  ]);
  const pooling = pool > 1 ? [{ type: 'averagePooling2d', poolSize: pool, strides: pool, padding: 'same' }] : [];
  return [...pooling, ...layers.flat(), { type: 'flatten' }];
}

/** The decoder that mirrors the trunk; it overshoots odd sizes, and cuts the surplus off. */
function mirror([channels, height, width]: readonly number[], { pool, halvings }: Descent): readonly object[] {
  const scale = pool * 2 ** halvings;
  const [rows, columns] = [Math.ceil(height / scale), Math.ceil(width / scale)];
  const steps = Array.from({ length: halvings }, (_, i) => {
    const last = i === halvings - 1;
    return convolution('conv2dTranspose', last ? channels : 32, last ? 'linear' : 'relu');
  });
  return [
    { type: 'dense', units: 32 * rows * columns, activation: 'relu' },
    { type: 'reshape', shape: [32, rows, columns] },
    ...steps,
    ...(pool > 1 ? [{ type: 'upsampling2d', size: pool }] : []),
    {
      type: 'cropping2d',
      cropping: [
        [0, rows * scale - height],
        [0, columns * scale - width],
      ],
    },
  ];
}

/** Steps of 64 pictures: three epochs, within what fits into a quarter of a minute on two cores; large pictures get fewer. */
function stepsFor(data: DataInfo): number {
  const [, height, width] = data.shape;
  const { pool } = descentOf(data.shape);
  const cost = Math.max(1, (height * width) / (pool * pool * 1024));
  const epochs = (3 * data.counts.train) / 64;
  return Math.round(Math.min(Math.max(epochs, 300), 900 / cost));
}

function documentOf(data: DataInfo, task: object, networks: object, learningRate: number): ModelDocument {
  const text = JSON.stringify({
    lathe: 1,
    name: 'Feature extractor',
    data: { source: data.source, batchSize: 64 },
    task,
    networks,
    training: {
      steps: stepsFor(data),
      seed: 1,
      optimizer: { type: 'adam', learningRate, schedule: { type: 'cosine' } },
    },
  });
  const { document, issues } = parseDocument(text);
  if (!document) throw new Error(`the feature extractor's document has a fault: ${issues[0]?.message}`);
  return document;
}

/** The recipe for pictures; undefined for points and tables, whose own coordinates are their features. */
export function recipeFor(data: DataInfo): Recipe | undefined {
  if (data.kind !== 'image') return undefined;
  const descent = descentOf(data.shape);
  const inputs = { x: 'image' };
  const features = { id: 'features', type: 'dense', units: featureCount };
  if (data.target === 'class' && data.classes.length > 1) {
    const logits = { id: 'logits', type: 'dense', units: data.classes.length };
    const layers = [...trunk(descent), { ...features, activation: 'relu' }, logits];
    const document = documentOf(data, { type: 'classifier' }, { classifier: { inputs, layers } }, 0.002);
    return { kind: 'classifier', document, network: 'classifier', outputs: ['features', 'logits'] };
  }
  const networks = {
    encoder: { inputs, layers: [...trunk(descent), features] },
    decoder: { inputs: { z: 'latent' }, layers: mirror(data.shape, descent) },
  };
  const task = { type: 'autoencoder', loss: 'binaryCrossEntropy' };
  return {
    kind: 'autoencoder',
    document: documentOf(data, task, networks, 0.002),
    network: 'encoder',
    outputs: ['features'],
  };
}
