/**
 * TensorFlow.js as a contender: trains a workload with its layers, compiled to WebAssembly.
 * `tensorflow.ts WORKLOAD` speaks the lines of bench/speed/protocol.ts. Its WebAssembly runs on one thread in Node.
 */
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { requestSchema, type Request } from '../speed/protocol.ts';
import type { TensorflowWorkload } from '../speed/workloads.ts';

/** Batches in memory, handed out in turn: what is measured is training, not reading files. */
const poolSize = 8;
const vocabulary = 96;

interface Batch {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
}

interface Trained {
  readonly model: tf.LayersModel;
  readonly batch: () => Batch;
}

const oneHot = (count: number, classes: number): tf.Tensor =>
  tf.oneHot(tf.randomUniform([count], 0, classes, 'int32'), classes).toFloat();

const characters = (batch: number, length: number): tf.Tensor =>
  oneHot(batch * length, vocabulary).reshape([batch, length, vocabulary]);

const { dense, lstm } = tf.layers;

function compiled(layers: tf.layers.Layer[]): tf.LayersModel {
  const model = tf.sequential({ layers });
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy' });
  return model;
}

const makers: Readonly<Record<TensorflowWorkload, () => Trained>> = {
  mlp: () => ({
    model: compiled([
      dense({ units: 512, activation: 'relu', inputShape: [784] }),
      dense({ units: 256, activation: 'relu' }),
      dense({ units: 10, activation: 'softmax' }),
    ]),
    batch: () => ({ x: tf.randomUniform([128, 784]), y: oneHot(128, 10) }),
  }),
  lstm: () => ({
    // An embedding by a product: WebAssembly has no kernel for the gradient of looking rows up.
    model: compiled([
      dense({ units: 128, useBias: false, inputShape: [64, vocabulary] }),
      // Its orthogonal start takes minutes.
      lstm({ units: 256, returnSequences: true, recurrentInitializer: 'glorotNormal' }),
      dense({ units: vocabulary, activation: 'softmax' }),
    ]),
    batch: () => ({ x: characters(32, 64), y: characters(32, 64) }),
  }),
};

async function answer(request: Request, { model }: Trained, batches: readonly Batch[]): Promise<unknown> {
  if (request.kind !== 'steps') throw new Error(`TensorFlow.js is not asked for '${request.kind}'`);
  const ms: number[] = [];
  for (let i = 0; i < request.count; i++) {
    const { x, y } = batches[i % poolSize];
    const startedMs = performance.now();
    await model.trainOnBatch(x, y);
    ms.push(performance.now() - startedMs);
  }
  return { ms };
}

async function main(workload: TensorflowWorkload): Promise<void> {
  // The .wasm files stand beside the package's entry.
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  // Silences advice to install another backend; results are the same.
  tf.enableProdMode();
  await tf.setBackend('wasm');
  await tf.ready();
  const trained = makers[workload]();
  const batches = Array.from({ length: poolSize }, trained.batch);
  const parameters = trained.model.countParams();
  process.stdout.write(
    `${JSON.stringify({ ready: true, version: tf.version.tfjs, parameters, samples: false, multiplies: false })}\n`,
  );
  for await (const line of createInterface(process.stdin))
    process.stdout.write(`${JSON.stringify(await answer(requestSchema.parse(JSON.parse(line)), trained, batches))}\n`);
}

await main(process.argv[2] as TensorflowWorkload);
