/** Claims: the CPU is proven by computing, a provider that cannot work says why, and nothing takes the process down. */
import { arch, availableParallelism, platform } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import packageInfo from '../../../package.json' with { type: 'json' };
import { cpuClass, engineBuildId } from '../../../main/host/compute/build-id.ts';
import { devices, requireDevice } from '../../../main/host/without-records.ts';
import { spawnChildWorker, type SpawnWorker } from '../../../main/host/runs/worker-process.ts';
import { listDevices, proveDevice } from '../../../main/host/compute/devices.ts';
import { hasSoftwareVulkan, softwareTimeoutMs, softwareVulkan } from './software-vulkan.ts';

/** Every device is probed in a process of its own, one after the other: seconds of a busy machine. */
const probingMs = 180_000;

test(
  'the CPU is proven; every other provider is proven or says why not',
  async () => {
    const { cpu, devices } = await listDevices();
    expect(cpu.cores).toBe(availableParallelism());
    expect(cpu.memoryBytes).toBeGreaterThan(2 ** 28);
    expect(devices.find(({ provider }) => provider === 'cpu')).toMatchObject({
      proven: true,
      reason: '',
      bundled: true,
    });
    expect(devices.map(({ provider }) => provider)).toContain('webgpu');
    const backends = devices.filter(({ provider }) => provider.startsWith('tfjs-'));
    expect(backends.map(({ provider }) => provider)).toEqual([
      'tfjs-node-gpu',
      'tfjs-node',
      'tfjs-webgpu',
      'tfjs-wasm',
      'tfjs-cpu',
    ]);
    for (const { proven, bundled } of backends.slice(-2))
      expect({ proven, bundled }).toEqual({ proven: true, bundled: true });
    for (const { proven, reason } of devices) expect(proven).toBe(reason === '');
  },
  probingMs,
);

test.skipIf(!hasSoftwareVulkan)(
  'WebGPU is proven where a Vulkan device is found, if only one in software',
  { timeout: softwareTimeoutMs },
  async () => {
    for (const [name, value] of Object.entries(softwareVulkan)) vi.stubEnv(name, value);
    expect(await proveDevice('webgpu')).toEqual({ proven: true, reason: '' });
  },
);

test(
  'a device that does not compute here is refused with why, what does, and what to do',
  { timeout: 180_000 },
  async () => {
    vi.stubEnv('VK_ICD_FILENAMES', '/nowhere.json');
    vi.stubEnv('LD_LIBRARY_PATH', '');
    const refusal = requireDevice('cuda');
    await expect(refusal).rejects.toMatchObject({ code: 'device', hint: expect.stringContaining('setup:cuda') });
    await expect(refusal).rejects.toThrow(/the device 'cuda' does not compute here: .+ What does: cpu/);
    await expect(requireDevice('cpu')).resolves.toBeUndefined();
  },
);

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a probe that takes too long is ended and reported', async () => {
  const { devices } = await listDevices(undefined, 1);
  const others = devices.filter(({ provider }) => provider !== 'cpu');
  for (const { proven, reason } of others) {
    expect(proven).toBe(false);
    expect(reason).toMatch(/no answer within 0.001 s/);
  }
});

test('the build id names the versions of Lathe and of the engine, and the processor', () => {
  const { version, dependencies } = packageInfo;
  const machine = `${platform()}-${arch()}`;
  expect(engineBuildId('cpu')).toContain(
    `lathe-${version} onnxruntime-${dependencies['onnxruntime-node']} ${machine} `,
  );
  const tensorflow = `lathe-${version} tensorflowjs-${dependencies['@tensorflow/tfjs-core']} ${machine} `;
  expect(engineBuildId('tfjs-wasm')).toContain(tensorflow);
});

test('processors are told apart by the instructions kernels are chosen by', () => {
  const avx512 = ['avx', 'avx2', 'fma', 'avx512f', 'avx512bw', 'avx512dq', 'avx512vl'];
  expect(cpuClass(new Set(avx512))).toBe('avx512');
  expect(cpuClass(new Set(avx512.slice(0, 4)))).toBe('avx2');
  expect(cpuClass(new Set(['avx', 'avx2']))).toBe('avx');
  expect(cpuClass(new Set())).toBe('sse2');
  expect(cpuClass(new Set(['asimd', 'sve']))).toBe('neon+sve');
});

test(
  'is asked of a worker where there are no Node processes to start, and a worker that cannot be had is a reason',
  async () => {
    const elsewhere = await devices(spawnChildWorker);
    const here = await listDevices();
    expect(elsewhere.devices.map(({ provider, proven }) => [provider, proven])).toEqual(
      here.devices.map(({ provider, proven }) => [provider, proven]),
    );
    const dying: SpawnWorker = () => {
      const worker = spawnChildWorker();
      worker.kill();
      return worker;
    };
    const { devices: unproven } = await devices(dying);
    const others = unproven.filter(({ provider }) => provider !== 'cpu');
    expect(others.map(({ proven }) => proven)).toEqual(others.map(() => false));
    for (const { reason } of others) expect(reason).toContain('the worker process ended');
  },
  probingMs,
);
