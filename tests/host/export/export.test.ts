/** An exported folder alone, run by bare Node with onnxruntime-node, computes what the live model computes. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { decodeModel } from '../../../core/onnx/decode.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../core/tensor/safetensors.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';
import { exportJob } from '../../../main/host/runs/export-job.ts';
import { loadModel } from '../../../main/host/runs/load-model.ts';
import type { ModelSource } from '../../../main/host/runs/messages.ts';
import { documents, trainedSource, trainLive, workFolder, type Family } from './documents.ts';

const families = Object.keys(documents) as Family[];
const steps = 5;

interface Exported {
  readonly source: ModelSource;
  readonly folder: string;
  readonly out: string;
  readonly manifest: Manifest;
}

interface Manifest {
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  readonly networks: readonly {
    readonly file: string;
    readonly inputs: readonly { readonly name: string; readonly meaning: string }[];
  }[];
  readonly verification: {
    readonly files: Readonly<Record<string, { readonly steps?: number; readonly outputs: object }>>;
  };
}

const exports = new Map<Family, Promise<Exported>>();

/** The export of a family, made once: the tests only read it. */
function exported(family: Family): Promise<Exported> {
  const known = exports.get(family) ?? makeExport(family);
  exports.set(family, known);
  return known;
}

async function makeExport(family: Family): Promise<Exported> {
  const folder = workFolder();
  const source = await trainedSource(family, folder, steps);
  const out = join(folder, 'out');
  await exportJob({ kind: 'export', source, outFolder: out }, () => {});
  return { source, folder, out, manifest: JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Manifest };
}

/** Runs a script of the export in a process of its own. @returns the JSON lines it printed. */
async function runScript(out: string, script: string, ...args: readonly string[]): Promise<Record<string, unknown>[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(out, script), ...args], {
    cwd: join(out, '..'),
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const tensorsOf = (path: string): Map<string, Tensor> => decodeSafetensors(readFileSync(path)).tensors;

/** Largest difference of two tensors as a share of the largest expected number. */
function apart(expected: Tensor, found: Tensor | undefined): number {
  expect(found?.shape).toEqual(expected.shape);
  const [a, b] = [Array.from(expected.data, Number), Array.from(found!.data, Number)];
  return Math.max(0, ...a.map((value, i) => Math.abs(value - b[i]))) / Math.max(1e-6, ...a.map(Math.abs));
}

test.each(families)(
  '%s: every network runs in a bare script and agrees with the live model to 1e-5',
  async (family) => {
    const { source, folder, out } = await exported(family);
    const live = await loadModel(source, () => {});
    const examples = tensorsOf(join(out, 'inference_examples.safetensors'));
    for (const { name, program } of live.model.exports) {
      await runScript(out, 'inference.mjs', name, join(folder, 'results.safetensors'));
      const found = tensorsOf(join(folder, 'results.safetensors'));
      const inputs = [...examples].filter(([key]) => key.startsWith(`${name}/inputs/`));
      const args = Object.fromEntries(inputs.map(([key, value]) => [key.slice(`${name}/inputs/`.length), value]));
      const expected = await live.engine.run(program, args);
      expect([...found.keys()].toSorted()).toEqual(Object.keys(expected).toSorted());
      for (const [output, value] of Object.entries(expected))
        expect(apart(value, found.get(output))).toBeLessThanOrEqual(1e-5);
    }
    await live.engine.release();
  },
);

test.each(families)('%s: three steps outside equal three steps of the live model', async (family) => {
  const { source, folder, out } = await exported(family);
  const live = await loadModel(source, () => {});
  const curves = await trainLive(live, steps, 3);
  const lines = await runScript(out, 'continue-training.mjs', '--out', join(folder, 'next.safetensors'));
  expect(lines.map((line) => line['step'])).toEqual([steps, steps + 1, steps + 2]);
  lines.forEach((line, i) => {
    const metrics = line['metrics'] as Record<string, number>;
    expect(Object.keys(metrics).toSorted()).toEqual(Object.keys(curves[i]).toSorted());
    for (const [name, value] of Object.entries(curves[i])) {
      expect(Math.abs(metrics[name] - value)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(value)));
    }
  });
  const state = tensorsOf(join(folder, 'next.safetensors'));
  expect([...state.keys()].toSorted()).toEqual([...live.engine.state.keys()].toSorted());
  for (const [name, value] of live.engine.state)
    expect([name, apart(value, state.get(name)) <= 1e-5]).toEqual([name, true]);
  await live.engine.release();
});

test.each(families)('%s: with batches alone, noise and schedules come out as in the run', async (family) => {
  const { folder, out } = await exported(family);
  const all = tensorsOf(join(out, 'example_inputs.safetensors'));
  const batches = new Map([...all].filter(([name]) => name.includes('/batch.')));
  expect(batches.size).toBeLessThan(all.size);
  await writeFile(join(folder, 'batches.safetensors'), encodeSafetensors(batches));
  const given = await runScript(out, 'continue-training.mjs');
  const drawn = await runScript(out, 'continue-training.mjs', '--inputs', join(folder, 'batches.safetensors'));
  expect(drawn).toEqual(given);
});

test('training outside can stop, keep its state and go on', async () => {
  const { folder, out } = await exported('vae');
  const all = tensorsOf(join(out, 'example_inputs.safetensors'));
  const [first, next, last] = [
    join(folder, 'first.safetensors'),
    join(folder, 'next.safetensors'),
    join(folder, 'last.safetensors'),
  ];
  const only = (...wanted: number[]) => new Map([...all].filter(([name]) => wanted.includes(Number.parseInt(name))));
  await writeFile(first, encodeSafetensors(only(steps)));
  await writeFile(next, encodeSafetensors(only(steps + 1, steps + 2)));
  await runScript(out, 'continue-training.mjs', '--inputs', first, '--out', last);
  const lines = await runScript(out, 'continue-training.mjs', '--inputs', next, '--state', last);
  const whole = await runScript(out, 'continue-training.mjs');
  expect(lines).toEqual(whole.slice(1));
});

test('the helper draws the numbers of RandomStream for odd counts, long seeds and both distributions', async () => {
  const { out } = await exported('vae');
  const { drawNoise } = (await import(pathToFileURL(join(out, 'lathe.mjs')).href)) as {
    drawNoise: (
      seed: number,
      from: { stream: string; distribution: string },
      step: number,
      count: number,
    ) => Float32Array;
  };
  for (const [seed, step, count] of [
    [0, 0, 1],
    [2 ** 53 - 1, 4_000_000_000, 7],
    [2 ** 31, 12, 64],
  ]) {
    const expected = [new Float32Array(count), new Float32Array(count)];
    new RandomStream(seed, 'noise/größe', step).fillNormal(expected[0]);
    new RandomStream(seed, 'noise/größe', step).fillUniform(expected[1]);
    expect(drawNoise(seed, { stream: 'noise/größe', distribution: 'normal' }, step, count)).toEqual(expected[0]);
    expect(drawNoise(seed, { stream: 'noise/größe', distribution: 'uniform' }, step, count)).toEqual(expected[1]);
  }
});

test('batch normalisation is exported in its evaluation form, with the moving figures of training', async () => {
  const { source, out } = await exported('classifier');
  const { graph } = decodeModel(readFileSync(join(out, 'classifier.onnx')));
  const norm = graph.nodes.find((node) => node.op === 'BatchNormalization');
  const state = tensorsOf(source.checkpoint!.path);
  const [mean, variance] = norm!.inputs.slice(3).map((value) => graph.initializers.get(value!)!);
  expect(mean.data).toEqual(state.get('classifier/norm/movingMean')!.data);
  expect(variance.data).toEqual(state.get('classifier/norm/movingVariance')!.data);
  // Training has moved them away from where they start.
  expect(Array.from(mean.data, Number).some((value) => Math.abs(value) > 0.01)).toBe(true);
  expect(graph.nodes.some((node) => node.op === 'ReduceMean')).toBe(false);
});

test('a sample’s result does not depend on the samples beside it', async () => {
  const { source, out } = await exported('classifier');
  const live = await loadModel(source, () => {});
  const example = tensorsOf(join(out, 'inference_examples.safetensors'));
  const x = example.get('classifier/inputs/x')!;
  const together = example.get('classifier/outputs/probabilities')!;
  for (let i = 0; i < 4; i++) {
    const one: Tensor = {
      dtype: 'float32',
      shape: [1, 1, 6, 6],
      data: x.data.slice(i * 36, (i + 1) * 36) as Float32Array,
    };
    const { probabilities } = await live.engine.run('predict', { x: one });
    const row: Tensor = {
      dtype: 'float32',
      shape: [1, 3],
      data: together.data.slice(i * 3, (i + 1) * 3) as Float32Array,
    };
    expect(apart(row, probabilities)).toBeLessThanOrEqual(1e-5);
  }
  await live.engine.release();
});

test('networks carry averaged weights where the run keeps averages, under the weights’ own names', async () => {
  const { source, out } = await exported('vae');
  const { graph, metadata } = decodeModel(readFileSync(join(out, 'decoder.onnx')));
  expect(graph.inputs.map(({ name, type }) => [name, type.shape])).toEqual([['z', ['N', 2]]]);
  expect(graph.outputs.map(({ name }) => name)).toEqual(['x']);
  const state = tensorsOf(source.checkpoint!.path);
  const weights = [...graph.initializers].filter(([value]) => value.name.startsWith('decoder/'));
  expect(weights.length).toBe(4);
  for (const [value, tensor] of weights) {
    expect(tensor.data).toEqual(state.get(`ema/${value.name}`)!.data);
    expect(tensor.data).not.toEqual(state.get(value.name)!.data);
  }
  expect(metadata).toMatchObject({ 'lathe.name': 'Small vae', 'lathe.task': 'vae', step: '5' });
  expect(metadata['input.z']).toMatch(/^float32\[N, 2\]: /);
  const names = [...tensorsOf(join(out, 'weights.safetensors')).keys()];
  expect(names).toContain('ema/decoder/dense_1/kernel');
  expect(names.some((name) => name.startsWith('adam'))).toBe(false);
});

test('the manifest lists every file as it is on the disk, and what was compared', async () => {
  const { out, source, manifest } = await exported('gan');
  for (const { name, bytes, sha256 } of manifest.files) {
    const content = readFileSync(join(out, name));
    const found = { name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    expect(found).toEqual({ name, bytes, sha256 });
  }
  expect(Object.keys(manifest.verification.files)).toEqual(['generator.onnx', 'discriminator.onnx', 'train_step.onnx']);
  expect(manifest.verification.files['train_step.onnx'].steps).toBe(3);
  expect(readFileSync(join(out, 'document.lathe.jsonc'), 'utf8')).toBe(source.document);
});

test('the description of the training step says where every input comes from and every output goes', async () => {
  const { out } = await exported('gan');
  const { graph } = decodeModel(readFileSync(join(out, 'train_step.onnx')));
  interface Described {
    readonly name: string;
    readonly from?: { readonly kind: string; readonly stream?: string };
    readonly to?: { readonly kind: string; readonly tensor?: string };
  }
  const description = JSON.parse(readFileSync(join(out, 'train_step.json'), 'utf8')) as {
    readonly inputs: readonly Described[];
    readonly outputs: readonly Described[];
  };
  expect(description.inputs.map(({ name }) => name)).toEqual(graph.inputs.map(({ name }) => name));
  expect(description.outputs.map(({ name }) => name)).toEqual(graph.outputs.map(({ name }) => name));
  expect(new Set(description.inputs.map(({ from }) => from!.kind))).toEqual(
    new Set(['state', 'batch', 'noise', 'scalar']),
  );
  const states = new Set(description.inputs.map(({ name }) => name));
  const next = description.outputs.filter(({ to }) => to!.kind === 'state');
  expect(next.length).toBeGreaterThan(0);
  for (const { to } of next) expect(states).toContain(to!.tensor);
});

test('scalars turned by hand keep their value until they are given back to the schedule', async () => {
  const folder = workFolder();
  const turns = [
    { step: 1, name: 'beta', value: 0.75 },
    { step: 2, name: 'learningRate.vae', value: 0.125 },
    { step: 3, name: 'learningRate.vae', value: null },
  ];
  const source = await trainedSource('vae', folder, steps, turns);
  const out = join(folder, 'out');
  await exportJob({ kind: 'export', source, outFolder: out }, () => {});
  const given = tensorsOf(join(out, 'example_inputs.safetensors'));
  expect(given.get('5/scalar.beta')!.data).toEqual(Float32Array.of(0.75));
  expect(given.get('7/scalar.learningRate.vae')!.data).toEqual(Float32Array.of(0.01));
  const description = JSON.parse(readFileSync(join(out, 'train_step.json'), 'utf8')) as {
    readonly inputs: readonly { readonly name: string; readonly from: object }[];
  };
  const beta = description.inputs.find(({ name }) => name === 'scalar.beta');
  expect(beta!.from).toMatchObject({ setByHand: 0.75, schedule: { steps: [5], values: [0.75], exact: true } });
});

test('a model whose next steps diverge is exported all the same, and checked as far as it goes', async () => {
  const folder = workFolder();
  const trained = await trainedSource('vae', folder, steps);
  const source = { ...trained, document: trained.document.replace('"learningRate": 0.01', '"learningRate": 1e30') };
  const out = join(folder, 'out');
  await exportJob({ kind: 'export', source, outFolder: out }, () => {});
  const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Manifest;
  expect(manifest.verification.files['train_step.onnx'].steps).toBe(1);
});

test('a network whose convolutions run in blocks of channels is exported too, its step the same to the bit', async () => {
  const folder = workFolder();
  const { checkpoint: _, ...source } = await trainedSource('classifier', folder, 1);
  const conv = { type: 'conv2d', filters: 16, kernelSize: 3, activation: 'relu' };
  const layers = [conv, conv, { type: 'flatten' }, { type: 'dense', units: 3 }];
  const document = JSON.stringify({
    lathe: 1,
    name: 'In blocks',
    ...documents.classifier,
    networks: { classifier: { inputs: { x: 'image' }, layers } },
    training: documents.gan.training,
  });
  const out = join(folder, 'out');
  await exportJob({ kind: 'export', source: { ...source, document }, outFolder: out }, () => {});
  const { verification } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Manifest;
  const differences = Object.values(
    verification.files['train_step.onnx'].outputs as Record<string, { absolute: number }>,
  );
  expect(differences.length).toBeGreaterThan(10);
  expect(differences.filter(({ absolute }) => absolute !== 0)).toEqual([]);
});
