/**
 * Whole workloads against PyTorch: the benchmark documents, compiled and run by the engine as a real run is, lose what
 * PyTorch loses in each of 20 steps, under every optimizer, to 1e-4 of the value (tests/golden/workloads.py).
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtinDataInfo } from '../../core/spec/builtin-data.ts';
import { checkDocument } from '../../core/spec/check.ts';
import { compileDocument, type CompiledDocument } from '../../core/spec/compile.ts';
import { parseDocument, type ModelDocument } from '../../core/spec/parse.ts';
import { optimizerSchema } from '../../core/optim/optimizers.ts';
import type { DataInfo, DataRange } from '../../core/data/data-info.ts';
import type { StateSpec } from '../../core/program/program.ts';
import { initialState } from '../../core/program/initial-state.ts';
import { RandomStream } from '../../core/random/random.ts';
import { sizeOf, tensor, tensorOf, type Shape, type Tensor } from '../../core/tensor/tensor.ts';
import { Engine } from '../../main/host/runs/engine.ts';

type Losses = Readonly<Record<string, readonly number[]>>;

interface Golden {
  readonly threads: number;
  readonly seed: number;
  readonly steps: number;
  /** Examples in a batch; of the U-Net and the GPT a quarter of the document's own, which gives the same program but for three of the U-Net's sums. */
  readonly batch: number;
  readonly runs: readonly {
    readonly name: string;
    readonly optimizer: unknown;
    readonly float32: Losses;
    readonly float64?: Losses;
  }[];
}

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const goldenOf = (workload: string) => JSON.parse(textOf(`../golden/workloads/${workload}.json`)) as Golden;
const documentText = (workload: string): string => textOf(`../../bench/workloads/${workload}.lathe.jsonc`);

function uniform(seed: number, stream: string, step: number, size: number): Float64Array {
  const values = new Float64Array(size);
  new RandomStream(seed, stream, step).fillUniform(values);
  return values;
}

/** `start` of workloads.py: kernels by their fans, gains around 1, biases around 0. What the optimizer keeps starts as ever. */
function startOf(spec: StateSpec, seed: number): Tensor<'float32'> {
  if (spec.role !== 'parameter') return initialState([spec], seed).get(spec.name) as Tensor<'float32'>;
  const values = uniform(seed, spec.name, 0, sizeOf(spec.shape)).map((value) => 2 * value - 1);
  const kind = spec.name.split('/').at(-1);
  const [first, second, ...window] = spec.shape;
  const bound = Math.sqrt(6 / ((first + second) * sizeOf(window)));
  const place = (value: number) => (kind === 'kernel' ? value * bound : (kind === 'gamma' ? 1 : 0) + 0.1 * value);
  return tensorOf('float32', spec.shape, values.map(place));
}

/** `Draw` of workloads.py: pictures of dark and bright blocks by class, and noise. */
function batchOf(
  seed: number,
  step: number,
  batch: number,
  shape: Shape,
  range: DataRange,
): { readonly x: Tensor<'float32'>; readonly y: Tensor } {
  const words = new RandomStream(seed, 'batch.y.0', step).bits(batch);
  const classes = Array.from(words, (word) => Math.floor(word * 2 ** -32 * 10));
  const [channels, height, width] = shape;
  const blocks = uniform(seed, 'pictures', 0, (10 * channels * height * width) / 16);
  const values = uniform(seed, 'batch.x.0', step, batch * sizeOf(shape));
  let at = 0;
  for (let i = 0; i < batch; i++) {
    for (let c = 0; c < channels; c++) {
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++, at++) {
          const block = ((classes[i] * channels + c) * (height >> 2) + (row >> 2)) * (width >> 2) + (column >> 2);
          const value = (blocks[block] > 0.5 ? 0.75 : 0) + 0.25 * values[at];
          values[at] = range === 'symmetric' ? 2 * value - 1 : value;
        }
      }
    }
  }
  return { x: tensor('float32', [batch, ...shape], Float32Array.from(values)), y: tensorOf('int64', [batch], classes) };
}

/** `tokens` of workloads.py: which 24 of 96 tokens come at a place goes round every four places. */
function textsOf(seed: number, step: number, batch: number, length: number): { readonly x: Tensor<'float32'> } {
  const values = uniform(seed, 'batch.x.0', step, batch * length);
  const tokens = values.map((value, at) => Math.floor(value * value * 24) + 24 * ((at % length) % 4));
  return { x: tensor('float32', [batch, length], Float32Array.from(tokens)) };
}

async function train(
  model: CompiledDocument,
  data: DataInfo,
  { seed, steps, threads }: Golden,
): Promise<Record<string, number[]>> {
  const state = new Map(model.registry.all.map((spec) => [spec.name, startOf(spec, seed)]));
  const engine = new Engine(model, state, { threads, device: 'cpu' });
  const losses: Record<string, number[]> = {};
  for (let step = 0; step < steps; step++) {
    const { batchSize } = model.plan;
    const batch =
      data.kind === 'text'
        ? textsOf(seed, step, batchSize, data.shape[0])
        : batchOf(seed, step, batchSize, data.shape, model.task.range(model.config));
    const scalar = (name: string): number =>
      model.scalars.find((spec) => spec.name === name)?.valueAt(step) ?? Number.NaN;
    const metrics = await engine.trainStep(step, seed, { batch: () => batch, scalar });
    for (const [name, value] of Object.entries(metrics)) (losses[name] ??= []).push(value);
  }
  await engine.release();
  return losses;
}

/** The document of a workload with another optimizer and batch; weights are drawn by name, so its own seed does not matter. */
function changed(workload: string, optimizer: unknown, batchSize: number): ModelDocument {
  const { document, issues } = parseDocument(documentText(workload));
  if (!document) throw new Error(issues.map((issue) => issue.message).join('; '));
  return {
    ...document,
    data: { ...document.data, batchSize },
    training: { ...document.training, optimizer: optimizerSchema.parse(optimizer) },
  };
}

/**
 * Largest |found − expected| as a share of the expected value, or of 100 times the range the values move in where that is
 * less: a loss that hardly moves must agree in more digits. A VAE's rate near 0 is the small difference of numbers near
 * 1, so it is held to a share of 1 nat.
 */
function worst(found: Losses, expected: Losses): number {
  const shares = Object.entries(expected).flatMap(([name, values]) => {
    const moved = 100 * (Math.max(...values) - Math.min(...values));
    const scale = (value: number): number => (name === 'rate' ? Math.max(1, value) : Math.min(Math.abs(value), moved));
    return values.map((value, step) => Math.abs(found[name][step] - value) / scale(value));
  });
  return Math.max(...shares.map((share) => (Number.isNaN(share) ? Number.POSITIVE_INFINITY : share)));
}

describe.each(['mlp', 'cnn', 'vae', 'dcgan', 'unet', 'gpt', 'lstm'])('%s', (workload) => {
  const golden = goldenOf(workload);

  it('is a document without faults', () => {
    expect(checkDocument(documentText(workload)).issues).toEqual([]);
  });

  it.each(golden.runs)(
    '$name loses what PyTorch loses in each step',
    async ({ optimizer, float32, float64 }) => {
      const document = changed(workload, optimizer, golden.batch);
      const data = builtinDataInfo(document.data) as DataInfo;
      const losses = await train(compileDocument(document, data), data, golden);
      expect(Object.values(float32)[0]).toHaveLength(20);
      const shares = [float32, ...(float64 ? [float64] : [])].map((expected) => worst(losses, expected));
      expect(Math.max(...shares), `shares ${shares.join(', ')}`).toBeLessThan(1e-4);
    },
    240_000,
  );
});
