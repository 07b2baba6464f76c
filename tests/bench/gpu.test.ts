/** The GPU benchmark says what it was asked, what it looked for, and what the stored results say. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseDevices } from '../../bench/gpu/devices.ts';
import { largestDifference, type StepLosses } from '../../bench/gpu/losses.ts';
import { readGpuOptions } from '../../bench/gpu/options.ts';
import { gpuResultsSchema } from '../../bench/gpu/results.ts';
import { gpuResultsText } from '../../bench/gpu/table.ts';
import { withResults } from '../../bench/speed/table.ts';
import { workloadNames } from '../../bench/speed/workloads.ts';
import type { Device } from '../../main/host/compute/devices.ts';

const root = resolve(import.meta.dirname, '../..');

describe('its options', () => {
  test('by default: every workload, the accelerators there are', () => {
    expect(readGpuOptions([])).toMatchObject({ names: workloadNames, devices: undefined, write: false, turnMs: 200 });
  });

  test('name devices and workloads, in the order of their lists', () => {
    const options = readGpuOptions(['--devices', 'webgpu,cpu', '--only', 'gpt,mlp', '--turns', '2']);
    expect(options).toMatchObject({ devices: ['cpu', 'webgpu'], names: ['mlp', 'gpt'], turns: 2 });
  });

  test.each([
    [['--devices', 'gpu'], /--devices: there is no 'gpu'; there are cpu, webgpu/],
    [['--devices', ''], /names no device/],
    [['--only', 'resnet'], /there is no 'resnet'/],
    [['--turns', '0'], /--turns: expected a whole number from 1 up, found 0/],
    [['--write', '--only', 'mlp'], /leave --only out/],
    [['--fast'], /--fast/],
  ])('%j is refused', (args, words) => {
    expect(() => readGpuOptions(args)).toThrow(words);
  });
});

describe('the devices it measures', () => {
  const device = (provider: Device['provider'], reason = ''): Device => ({
    provider,
    label: `the ${provider}`,
    bundled: true,
    proven: reason === '',
    reason,
  });
  const names = (found: readonly Device[]): readonly string[] => found.map(({ provider }) => provider);
  const machine = [device('webgpu'), device('cuda', 'no driver'), device('cpu'), device('tfjs-wasm')];

  test('are the proven accelerators, the CPU first; processor backends only when named', () => {
    expect(names(chooseDevices(machine))).toEqual(['cpu', 'webgpu']);
    expect(names(chooseDevices(machine, ['tfjs-wasm']))).toEqual(['cpu', 'tfjs-wasm']);
    expect(names(chooseDevices(machine, ['cpu']))).toEqual(['cpu']);
  });

  test('without a GPU it says what was looked for, and why it does not compute', () => {
    const bare = [device('webgpu', 'no adapter'), device('cuda', 'no driver'), device('cpu')];
    expect(() => chooseDevices(bare)).toThrow(
      expect.objectContaining({
        name: 'NothingToMeasure',
        message: [
          'No GPU computes here: there is nothing to measure. Looked for:',
          '  webgpu (the webgpu): no adapter',
          '  cuda (the cuda): no driver',
          '--devices cpu,webgpu measures just those, for instance WebGPU on a device in software.',
        ].join('\n'),
      }),
    );
  });

  test('one that was asked for and does not compute is named, also where the engine does not know it', () => {
    expect(() => chooseDevices(machine, ['cuda', 'dml'])).toThrow(
      /cuda \(the cuda\): no driver\n {2}dml \(dml\): not in the engine of this system/,
    );
  });
});

describe('the difference of losses', () => {
  test('is the largest of all steps and names, relative to the reference', () => {
    const reference: StepLosses = [{ loss: 2 }, { loss: 1, otherLoss: -4 }];
    expect(largestDifference([{ loss: 2.002 }, { loss: 1, otherLoss: -4.002 }], reference)).toBeCloseTo(0.001, 10);
    expect(largestDifference(reference, reference)).toBe(0);
  });

  test('is infinite when a step or a loss is missing', () => {
    expect(largestDifference([], [{ loss: 1 }])).toBe(Infinity);
    expect(largestDifference([{}], [{ loss: 1 }])).toBe(Infinity);
  });
});

const about = (median: number) => ({ median, low: median / 2, high: median * 2 });
const stored: unknown = {
  format: 1,
  date: '2026-01-02',
  machine: { processor: 'Abacus 3', cores: 4, memoryGiB: 8, system: 'linux x64', load: 0 },
  versions: { node: '24.0.0', onnxruntime: '1.30.0', pytorch: '2.9.0' },
  threads: 4,
  devices: [
    { name: 'cpu', label: 'Abacus 3' },
    { name: 'webgpu', label: 'GPU through WebGPU' },
  ],
  gpus: ['Etch A Sketch 9, driver 580.1'],
  workloads: [
    {
      name: 'mlp',
      what: 'two layers',
      batchSize: 128,
      devices: [
        { device: 'cpu', own: about(20), startMs: 500, peakBytes: 100 * 2 ** 20 },
        {
          device: 'webgpu',
          own: about(4),
          cpu: { own: about(4), peer: about(20), ratio: about(5), pairs: 15 },
          startMs: 1500,
          peakBytes: 200 * 2 ** 20,
          gpuPeakBytes: 300 * 2 ** 20,
          placed: { nodes: 60, onDevice: 57 },
          lossDifference: 0.0002,
          pytorch: { settings: 'foreach Adam', times: { own: about(4), peer: about(2), ratio: about(0.5), pairs: 15 } },
        },
      ],
      missing: [{ name: 'cuda', reason: 'failed: out of memory' }],
    },
  ],
};

describe('its table', () => {
  const results = gpuResultsSchema.parse(stored);
  const text = gpuResultsText(results);

  test('has what a device took, against the CPU and against PyTorch', () => {
    expect(text).toContain(
      // 128 samples in 4 ms are 32,000 a second; 57 of 60 nodes are 95 %.
      '| mlp | webgpu | 4.00 | **5.00×** (2.50–10.0) | 32,000 | 200 | 300 | 95 % of 60 | 2.0e-4 | 1.50 | 2.00 | **0.500×** (0.250–1.00) |',
    );
    expect(text).toContain('| mlp | cpu | 20.0 | – | 6,400 | 100 | – | – | – | 0.500 | – | – |');
    expect(text).toContain('| mlp | cuda | failed: out of memory | – |');
    expect(text).toContain('PyTorch 2.9.0');
    expect(text).toContain('Etch A Sketch 9, driver 580.1');
  });

  test('flags losses that are 0.001 or more away, and those that are missing', () => {
    const [workload] = results.workloads;
    const [, device] = workload.devices;
    const withDifference = (lossDifference: number | null): string =>
      gpuResultsText({ ...results, workloads: [{ ...workload, devices: [{ ...device, lossDifference }] }] });
    expect(withDifference(0.001)).toContain('| **1.0e-3: too much** |');
    expect(withDifference(null)).toContain('| **a loss is missing** |');
  });

  test('stands in docs/performance.md as it was last stored, which says plainly when nothing was', () => {
    const folder = join(root, 'bench/results/gpu');
    const newest = existsSync(folder) ? readdirSync(folder).toSorted().at(-1) : undefined;
    const found = newest && gpuResultsSchema.parse(JSON.parse(readFileSync(join(folder, newest), 'utf8')));
    const page = readFileSync(join(root, 'docs/performance.md'), 'utf8');
    expect(page).toBe(withResults(page, gpuResultsText(found || undefined), 'gpu results'));
    expect(gpuResultsText(undefined)).toMatch(/^No GPU has been measured yet/);
  });
});
