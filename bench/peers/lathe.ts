/**
 * Lathe as a contender: compiles a benchmark document, and trains and samples with the engine that real runs use.
 * `lathe.ts WORKLOAD --threads N [--device NAME] [--without NAME] [--memory MIB]` speaks the lines of bench/speed/protocol.ts.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { encodeModel } from '../../core/onnx/encode.ts';
import { optimisations, type OptimisationName } from '../../core/ops/optimisations.ts';
import { OpBuilder } from '../../core/ops/builder.ts';
import { graphFlops } from '../../core/ops/flops.ts';
import { initialState } from '../../core/program/initial-state.ts';
import type { ProgramInput } from '../../core/program/program.ts';
import { RandomStream } from '../../core/random/random.ts';
import { deviceIds, type DeviceId } from '../../core/protocol/devices.ts';
import type { Placement } from '../../core/protocol/placement.ts';
import type { DataInfo } from '../../core/data/data-info.ts';
import { vocabularySize } from '../../core/data/text.ts';
import { builtinDataInfo } from '../../core/spec/builtin-data.ts';
import { compileDocument, type CompiledDocument } from '../../core/spec/compile.ts';
import { parseDocument } from '../../core/spec/parse.ts';
import { sampleNoise } from '../../core/tasks/common.ts';
import { sizeOf, tensor, tensorOf, zeros, type Tensor } from '../../core/tensor/tensor.ts';
import type { FittedMemory } from '../../main/host/compute/compute-session.ts';
import { formsLacking } from '../../main/host/compute/create-session.ts';
import { cpuProvider } from '../../main/host/compute/placement.ts';
import { onnxRuntimeVersion, OrtSession } from '../../main/host/onnxruntime/session.ts';
import { Engine, isDivergence } from '../../main/host/runs/engine.ts';
import { parameterCount } from '../../main/host/runs/load-model.ts';
import { requestSchema, type Ready, type Request } from '../speed/protocol.ts';
import { quantile } from '../statistics.ts';

/** Batches in memory, handed out in turn: what is measured is training, not reading files. */
const poolSize = 8;
/** Steps whose losses are kept. */
const mostLosses = 100;
const seed = 1;

interface Batch {
  readonly x: Tensor<'float32'>;
  readonly y?: Tensor;
}

const say = (message: unknown): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** Random numbers in the family's range, classes or tokens, as the training step's input asks for. */
function randomInput({ dtype, shape }: ProgramInput, data: DataInfo, range: string, number: number): Tensor {
  const sizes = shape as readonly number[];
  const values = new Float32Array(sizeOf(sizes));
  new RandomStream(seed, 'batch', number).fillUniform(values);
  const below = (count: number) => values.map((value) => Math.floor(value * count));
  if (data.vocabulary) return tensor('float32', sizes, below(vocabularySize(data.vocabulary)));
  if (dtype === 'int64') return tensorOf('int64', sizes, below(data.classes.length));
  return tensor('float32', sizes, range === 'symmetric' ? values.map((value) => 2 * value - 1) : values);
}

class Training {
  readonly #model: CompiledDocument;
  readonly #engine: Engine;
  readonly #batches: readonly Batch[];
  /** Of the first steps, as many as may be asked for. */
  readonly #losses: Losses[] = [];
  #step = 0;
  /** Where the nodes of the training step ran, where the engine tells. */
  placed: Ready['placed'];
  /** Values made again in each step to stay within a limit of memory. */
  recomputed = 0;

  constructor(model: CompiledDocument, data: DataInfo, threads: number, device: DeviceId, limitBytes?: number) {
    this.#model = model;
    const onFitted = ({ values }: FittedMemory): void => void (this.recomputed = values);
    const memory = limitBytes === undefined ? {} : { memory: { limitBytes, isAsked: false, onFitted } };
    const options = { threads, device, mayUseCpu: true, ...memory };
    this.#engine = new Engine(model, initialState(model.registry.all, seed), options);
    this.#engine.watchPlacement((placement) => {
      if (placement.program === model.train.name) this.placed = countPlaced(placement);
    });
    const range = model.task.range(model.config);
    const inputs = model.train.inputs.filter(({ source }) => source.kind === 'batch');
    this.#batches = Array.from({ length: poolSize }, (_, number) => {
      const fields = inputs.map((input, index) => [
        (input.source as { readonly field: string }).field,
        randomInput(input, data, range, number * inputs.length + index),
      ]);
      return Object.fromEntries(fields) as Batch;
    });
  }

  async step(): Promise<void> {
    const batch = this.#batches[this.#step % poolSize];
    const { scalars } = this.#model;
    const result = await this.#engine.trainStep(this.#step, seed, {
      batch: () => batch,
      scalar: (name) => scalars.find((scalar) => scalar.name === name)?.valueAt(this.#step) ?? Number.NaN,
    });
    if (isDivergence(result)) throw new Error(`step ${this.#step} diverged`);
    if (this.#step < mostLosses) this.#losses.push(lossesOf(result));
    this.#step++;
  }

  async losses(count: number): Promise<readonly Losses[]> {
    while (this.#losses.length < count) await this.step();
    return this.#losses.slice(0, count);
  }

  async sample({ count, options }: Extract<Request, { readonly kind: 'sample' }>): Promise<void> {
    const session = {
      run: (name: string, args: Readonly<Record<string, Tensor>>) => this.#engine.run(name, args),
      examples: () => {
        throw new Error('drawing samples needs no examples');
      },
      progress: () => {},
    };
    const { latent } = this.#model;
    // What a family shows beside its samples (reconstructions, for one) is not asked for.
    if (latent) await latent.decode(session, sampleNoise(this.#step, 'sample', count, latent.shape), []);
    else await this.#model.sample(session, { count, seed: this.#step, options });
  }
}

/** Floating-point operations a second of a product of matrices of 1024 × 1024: the median of 20. */
async function multiplyRate(threads: number): Promise<number> {
  const size = 1024;
  const b = new OpBuilder('gemm');
  const [left, right] = ['a', 'b'].map((name) => b.input(name, 'float32', [size, size]));
  b.output('product', b.matMul(left, right));
  const session = await OrtSession.create(encodeModel(b.build()), { program: 'gemm', threads, device: 'cpu' });
  const values = new Float32Array(size * size);
  new RandomStream(seed, 'gemm', 0).fillNormal(values);
  const matrix = tensor('float32', [size, size], values);
  const run = () => session.run({ a: matrix, b: matrix }, { product });
  const product = zeros('float32', [size, size]);
  for (let i = 0; i < 3; i++) await run();
  const times: number[] = [];
  for (let i = 0; i < 20; i++) times.push(await timed(run));
  await session.release();
  return (2 * size ** 3) / (quantile(times, 0.5) / 1000);
}

async function answer(request: Request, training: Training, threads: number): Promise<unknown> {
  switch (request.kind) {
    case 'steps': {
      const ms: number[] = [];
      for (let i = 0; i < request.count; i++) ms.push(await timed(() => training.step()));
      return { ms };
    }
    case 'losses':
      return { losses: await training.losses(request.count) };
    case 'sample':
      return { ms: await timed(() => training.sample(request)) };
    case 'gemm':
      return { flopsPerSecond: await multiplyRate(threads) };
  }
}

type Losses = Readonly<Record<string, number>>;

/** Accuracies and the like jump by whole samples: they say nothing about a device. */
const lossesOf = (metrics: Losses): Losses =>
  Object.fromEntries(Object.entries(metrics).filter(([name]) => /loss$/i.test(name)));

function countPlaced({ providers }: Placement): Ready['placed'] {
  const count = (some: Placement['providers']): number => some.reduce((sum, { nodes }) => sum + nodes, 0);
  return { nodes: count(providers), onDevice: count(providers.filter(({ provider }) => provider !== cpuProvider)) };
}

function compile(
  workload: string,
  without: readonly OptimisationName[],
): { readonly model: CompiledDocument; readonly data: DataInfo } {
  const text = readFileSync(join(import.meta.dirname, '../workloads', `${workload}.lathe.jsonc`), 'utf8');
  const { document, issues } = parseDocument(text);
  if (!document) throw new Error(`${workload}: ${issues[0]?.message ?? 'the document cannot be read'}`);
  const data = builtinDataInfo(document.data);
  if (!data) throw new Error(`${workload}: ${document.data.source} is not built in`);
  return { model: compileDocument(document, data, { without }), data };
}

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      threads: { type: 'string' },
      device: { type: 'string', default: 'cpu' },
      without: { type: 'string', multiple: true, default: [] },
      memory: { type: 'string' },
    },
  });
  const threads = Number(values.threads);
  const without = z.array(z.enum(Object.keys(optimisations) as OptimisationName[])).parse(values.without);
  const device = z.enum(deviceIds).parse(values.device);
  const limitBytes = values.memory === undefined ? undefined : Number(values.memory) * 2 ** 20;
  const startedMs = performance.now();
  const { model, data } = compile(positionals[0], [...without, ...formsLacking(device)]);
  const compileMs = performance.now() - startedMs;
  const training = new Training(model, data, threads, device, limitBytes);
  const firstStepMs = await timed(() => training.step());
  const { flops } = graphFlops(model.train.graph);
  const parameters = parameterCount(model.registry.all);
  const settings = without.filter((name) => optimisations[name].kind === 'session').join();
  const graph = createHash('sha256').update(encodeModel(model.train.graph)).update(settings).digest('hex');
  const { placed, recomputed } = training;
  const cost = {
    graph,
    parameters,
    flops,
    compileMs,
    firstStepMs,
    batchSize: model.plan.batchSize,
    placed,
    recomputed,
  };
  say({ ready: true, version: onnxRuntimeVersion(), samples: true, multiplies: true, ...cost });
  for await (const line of createInterface(process.stdin))
    say(await answer(requestSchema.parse(JSON.parse(line)), training, threads));
}

await main();
