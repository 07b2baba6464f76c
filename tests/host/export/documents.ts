/** Small documents of every family, and checkpoints of them a few steps into training. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';
import { inParts } from '../../../core/program/state-parts.ts';
import { writeCheckpoint } from '../../../main/host/files/checkpoint.ts';
import { Batches } from '../../../main/host/runs/batches.ts';
import { isDivergence } from '../../../main/host/runs/engine.ts';
import { loadModel, type CheckpointMeta, type LoadedModel } from '../../../main/host/runs/load-model.ts';
import type { ModelSource } from '../../../main/host/runs/messages.ts';

const dense = (units: number, extra: object = {}) => ({ type: 'dense', units, ...extra });
const pictures = { source: 'npy:pictures.npy', batchSize: 8, image: { channels: 1 } };
const training = { steps: 40, seed: 11, optimizer: { type: 'adam', learningRate: 0.01 } };

export const documents = {
  classifier: {
    data: pictures,
    task: { type: 'classifier' },
    networks: {
      classifier: {
        inputs: { x: 'image' },
        layers: [
          { type: 'conv2d', filters: 4, kernelSize: 3, padding: 'same' },
          { id: 'norm', type: 'batchNormalization', momentum: 0.5 },
          { type: 'activation', activation: 'relu' },
          { type: 'flatten' },
          { type: 'dropout', rate: 0.5 },
          dense(3),
        ],
      },
    },
    training: {
      ...training,
      optimizer: { type: 'sgd', learningRate: 0.05, momentum: 0.9, schedule: { type: 'cosine', warmupSteps: 3 } },
    },
  },
  vae: {
    data: { source: 'builtin:points/moons', batchSize: 16 },
    task: { type: 'vae', likelihood: 'gaussian', betaWarmupSteps: 20 },
    networks: {
      encoder: {
        inputs: { x: 'points' },
        layers: [
          dense(8, { id: 'hidden', activation: 'tanh' }),
          dense(2, { id: 'mean' }),
          dense(2, { id: 'logVariance', inputs: ['hidden'] }),
        ],
        outputs: ['mean', 'logVariance'],
      },
      decoder: { inputs: { z: 'latent' }, layers: [dense(8, { activation: 'tanh' }), dense(2)] },
    },
    training: { ...training, ema: { decay: 0.9 } },
  },
  gan: {
    data: { source: 'builtin:points/8gaussians', batchSize: 16 },
    task: { type: 'gan', loss: 'wasserstein', latentSize: 4, criticSteps: 2 },
    networks: {
      generator: {
        inputs: { z: 'latent', label: 'label' },
        layers: [
          { id: 'kind', type: 'classEmbedding', outputDim: 3, inputs: ['label'] },
          { type: 'concatenate', inputs: ['z', 'kind'] },
          dense(16, { activation: 'relu' }),
          dense(2),
        ],
      },
      discriminator: { inputs: { x: 'points' }, layers: [dense(16, { activation: 'leakyRelu' }), dense(1)] },
    },
    training,
  },
  diffusion: {
    data: { source: 'builtin:points/8gaussians', batchSize: 16 },
    task: { type: 'diffusion', timesteps: 50, prediction: 'velocity' },
    networks: {
      denoiser: {
        inputs: { x: 'points', t: 'time', label: 'label' },
        layers: [
          { id: 'when', type: 'timeEmbedding', dimension: 8, inputs: ['t'] },
          { id: 'kind', type: 'classEmbedding', outputDim: 3, inputs: ['label'] },
          { type: 'concatenate', inputs: ['x', 'when', 'kind'] },
          dense(16, { activation: 'silu' }),
          { type: 'layerNormalization' },
          dense(2),
        ],
      },
    },
    training: { ...training, ema: { decay: 0.95 } },
  },
} as const;
export type Family = keyof typeof documents;

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A folder under which programs find the project's packages, removed when the file's tests are done. */
export function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lathe-export-'));
  made.push(folder);
  symlinkSync(resolve(import.meta.dirname, '../../../node_modules'), join(folder, 'node_modules'), 'junction');
  return folder;
}

/** 60 pictures of 6 × 6 in 3 classes, each brighter in a part of its own, with their labels: deterministic. */
function writePictures(folder: string): void {
  const pixels = Uint8Array.from({ length: 60 * 36 }, (_, i) => {
    const [picture, pixel] = [Math.floor(i / 36), i % 36];
    return ((i * 7919) % 97) + (Math.floor(pixel / 12) === picture % 3 ? 150 : 0);
  });
  writeFileSync(join(folder, 'pictures.npy'), npy('|u1', '(60, 6, 6)', pixels));
  const labels = Uint8Array.from({ length: 60 }, (_, i) => i % 3);
  writeFileSync(join(folder, 'pictures.labels.npy'), npy('|u1', '(60,)', labels));
}

function npy(type: string, shape: string, data: Uint8Array): Buffer {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`;
  const padded = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + '\n';
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(padded.length, 8);
  return Buffer.concat([head, Buffer.from(padded, 'latin1'), data]);
}

export function sourceOf(family: Family, folder: string): ModelSource {
  const document = `// A small ${family}.\n${JSON.stringify({ lathe: 1, name: `Small ${family}`, ...documents[family] }, null, 2)}\n`;
  const common = { baseDir: folder, dataCache: join(folder, 'data'), extractorCache: join(folder, 'extractors') };
  return { document, ...common, threads: 1, device: 'cpu' };
}

/** Runs steps on the live model as a run does. @returns the curves of each. */
export async function trainLive(
  loaded: LoadedModel,
  first: number,
  steps: number,
): Promise<readonly Readonly<Record<string, number>>[]> {
  const { model, dataset, engine } = loaded;
  const batches = new Batches(
    dataset,
    model.task.range(model.config),
    model.plan.batchSize,
    model.batchesPerStep,
    model.plan.seed,
  );
  const curves: Readonly<Record<string, number>>[] = [];
  for (let step = first; step < first + steps; step++) {
    const read = batches.read(step);
    const scalar = (name: string) => model.scalars.find((spec) => spec.name === name)!.valueAt(step);
    const result = await engine.trainStep(step, model.plan.seed, { batch: (index) => read[index], scalar });
    if (isDivergence(result)) throw new Error(`step ${step} diverged`);
    curves.push(result);
  }
  return curves;
}

/** The source of a model trained for `steps` steps, its checkpoint on the disk. */
export async function trainedSource(
  family: Family,
  folder: string,
  steps: number,
  turns: CheckpointMeta['turns'] = [],
): Promise<ModelSource> {
  mkdirSync(join(folder, 'data'), { recursive: true });
  if (family === 'classifier') writePictures(folder);
  const source = sourceOf(family, folder);
  const loaded = await loadModel(source, () => {});
  await trainLive(loaded, 0, steps);
  const meta = { step: steps, turns: turns.map((turn) => ({ ...turn })) };
  const written = await writeCheckpoint(folder, `${family}.safetensors`, {
    tensors: inParts(loaded.model.registry.all, loaded.engine.state),
    meta,
  });
  await loaded.engine.release();
  loaded.dataset.close();
  return { ...source, checkpoint: { path: written.path, sha256: written.sha256 } };
}
