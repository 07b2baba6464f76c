/**
 * Every family of the core trains on WebGPU as it does on the CPU: three steps on a device in software, losses within 1e-3 of
 * each other, with every node on WebGPU and the state there from step to step; then the state is read back and samples drawn.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskTable } from '../../../core/tasks/task-table.ts';
import { documentText, families, type FamilyCase, type Json } from '../../core/tasks/documents.ts';
import { lastingFolder } from '../runs/fixtures.ts';
import { trainSteps, type Trained } from './children/train-steps.ts';
import { hasSoftwareVulkan, softwareTimeoutMs, softwareVulkan } from './software-vulkan.ts';

const steps = 3;
const tolerance = 1e-3;

/** Pooling with overlap, which WebGPU does without indices, and six channels, which its convolution gets wrong. */
const convolutional: FamilyCase = {
  name: 'convolutional classifier',
  task: { type: 'classifier' },
  networks: {
    classifier: {
      inputs: { x: 'image' },
      layers: [
        { type: 'conv2d', filters: 6, kernelSize: 3, activation: 'relu' },
        { type: 'maxPooling2d', poolSize: 3, strides: 2, padding: 'same' },
        { type: 'conv2d', filters: 4, kernelSize: 3, activation: 'selu' },
        { type: 'flatten' },
        { type: 'dense', units: 10 },
      ],
    },
  },
};
/** One block of a transformer over characters. */
const language: FamilyCase = {
  name: 'language model',
  task: { type: 'languageModel' },
  networks: {
    languageModel: {
      inputs: { x: 'text' },
      layers: [
        { id: 'characters', type: 'embedding', outputDim: 8 },
        { id: 'places', type: 'positionEmbedding' },
        { id: 'norm', type: 'layerNormalization' },
        { id: 'attention', type: 'multiHeadAttention', heads: 2, causal: true },
        { id: 'attended', type: 'add', inputs: ['places', 'attention'] },
        { id: 'wide', type: 'dense', units: 8, activation: 'gelu' },
        { id: 'scores', type: 'tokenScores' },
      ],
    },
  },
};
const small: Readonly<Record<string, Json>> = {
  training: { steps, seed: 1, optimizer: { type: 'adam', learningRate: 0.005 }, ema: { decay: 0.9 } },
};
const pictures: Json = {
  source: 'builtin:glyphs',
  batchSize: 4,
  image: { width: 8, height: 8 },
  split: { validation: 100, test: 14_700 },
};
const text: Json = { source: 'builtin:text', batchSize: 2, context: 8 };
const texts = new Map([
  ...families.map((family) => [family.name, documentText(family, small)] as const),
  [convolutional.name, documentText(convolutional, { ...small, data: pictures })] as const,
  [language.name, documentText(language, { ...small, data: text })] as const,
]);

let folder: string;
let child: ChildProcess;
let complaints = '';

beforeAll(() => {
  folder = lastingFolder();
  if (!hasSoftwareVulkan) return;
  child = fork(join(import.meta.dirname, 'children/train-steps.ts'), ['webgpu', folder, String(steps)], {
    env: { ...process.env, ...softwareVulkan },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.stderr?.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-4000)));
});
afterAll(() => {
  child?.kill('SIGKILL');
});

/** What the child makes of a document. @throws with what it wrote to stderr, which says why Vulkan would not start */
function onWebGpu(text: string): Promise<Trained> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`WebGPU on a device in software: ${why}\n${complaints}`));
    const onExit = (code: number | null, signal: string | null): void => fail(`its process ended (${signal ?? code})`);
    if (child.exitCode !== null || child.signalCode !== null) return onExit(child.exitCode, child.signalCode);
    child.once('exit', onExit);
    child.once('message', ({ trained, error }: { readonly trained?: Trained; readonly error?: string }) => {
      child.off('exit', onExit);
      if (trained) resolve(trained);
      else fail(error ?? 'no answer');
    });
    child.send(text);
  });
}

const relative = (found: number, expected: number): number =>
  Math.abs(found - expected) / Math.max(1, Math.abs(expected));

describe.skipIf(!hasSoftwareVulkan)('WebGPU on a device in software', () => {
  it('no family goes without a case', () => {
    const covered = new Set([...families, language].map(({ task }) => task.type));
    expect(Object.keys(taskTable).filter((type) => !covered.has(type))).toEqual([]);
  });

  it.each([...texts])('%s trains as on the CPU', { timeout: softwareTimeoutMs }, async (_, text) => {
    const expected = await trainSteps(text, 'cpu', folder, steps);
    const found = await onWebGpu(text);
    expect(found.steps).toHaveLength(steps);
    expected.steps.forEach((curves, step) => {
      for (const [name, value] of Object.entries(curves))
        expect(relative(found.steps[step][name], value), `${name} of step ${step + 1}`).toBeLessThan(tolerance);
    });
    expect(Object.keys(found.watched).length).toBeGreaterThan(0);
    for (const [name, square] of Object.entries(expected.watched))
      expect(relative(found.watched[name], square), `the gradient of ${name}`).toBeLessThan(tolerance);
    expect(relative(found.stateSum, expected.stateSum)).toBeLessThan(tolerance);
    expect(found.sampled).toHaveLength(expected.sampled.length);
    expect(found.onCpu).toEqual([]);
    expect(found.heldTensors).toBeGreaterThan(0);
  });
});
