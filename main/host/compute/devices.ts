/** Lists what can compute here: each execution provider of ONNX Runtime and backend of TensorFlow.js, proven or not. */
import { fork } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { extname, join } from 'node:path';
import {
  isAccelerator,
  isExecutionProvider,
  tensorflowBackends,
  type DeviceId,
} from '../../../core/protocol/devices.ts';
import { probeProvider, type ProbeResult } from './probe.ts';
import { supportedProviders } from '../onnxruntime/session.ts';
import { giveWay } from '../runs/priority.ts';

export interface Device {
  readonly provider: DeviceId;
  /** The processor's model for the CPU, the provider's own name for others. */
  readonly label: string;
  /** Whether the provider comes with the package, rather than by a download of its own. */
  readonly bundled: boolean;
  /** Whether a probe graph ran on it and gave the right numbers. */
  readonly proven: boolean;
  /** Why it was not proven; empty when it was. */
  readonly reason: string;
}

export interface Devices {
  readonly cpu: { readonly model: string; readonly cores: number; readonly memoryBytes: number };
  readonly devices: readonly Device[];
  /** What is found beside the processor, in a sentence; says plainly when there is nothing. */
  readonly verdict: string;
}

const labels: Readonly<Record<Exclude<DeviceId, 'cpu'>, string>> = {
  webgpu: 'GPU through WebGPU',
  cuda: 'NVIDIA GPU through CUDA',
  tensorrt: 'NVIDIA GPU through TensorRT',
  coreml: 'Apple Core ML',
  dml: 'GPU through DirectML',
  'tfjs-node-gpu': 'TensorFlow.js on an NVIDIA GPU',
  'tfjs-node': "TensorFlow.js with TensorFlow's library on the CPU",
  'tfjs-webgpu': 'TensorFlow.js on a GPU through WebGPU',
  'tfjs-wasm': 'TensorFlow.js in WebAssembly on the CPU',
  'tfjs-cpu': 'TensorFlow.js in JavaScript on the CPU',
};

/** Everything this build knows to compute on, best first within each engine. */
function knownDevices(): readonly { readonly provider: DeviceId; readonly bundled: boolean }[] {
  const providers = supportedProviders().flatMap(({ name, bundled }) =>
    isExecutionProvider(name) ? [{ provider: name, bundled }] : [],
  );
  const backends = tensorflowBackends.map((provider) => ({ provider, bundled: !provider.startsWith('tfjs-node') }));
  return [...providers, ...backends];
}

/** A probe's first shaders take under a second on a GPU, but a device in software on a busy machine takes many. */
const probeLimitMs = 90_000;

/** Proves a provider in a process of its own; never rejects: a crash or a hang is a result like any other. */
export type ProbeElsewhere = (provider: DeviceId, timeLimitMs: number) => Promise<ProbeResult>;

/**
 * Probes every device, all but the CPU in a process of its own, for native code may abort when a driver is missing.
 * @param probeElsewhere how such a process is had; a Node child process when absent.
 * @param timeLimitMs how long one probe may take (drivers compile shaders at first use).
 */
export async function listDevices(
  probeElsewhere: ProbeElsewhere = probeInChild,
  timeLimitMs = probeLimitMs,
): Promise<Devices> {
  const cpu = { model: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), memoryBytes: totalmem() };
  const devices: Device[] = [];
  for (const { provider, bundled } of knownDevices()) {
    const result = provider === 'cpu' ? await probeProvider('cpu') : await probeElsewhere(provider, timeLimitMs);
    devices.push({ provider, label: provider === 'cpu' ? cpu.model : labels[provider], bundled, ...result });
  }
  return { cpu, devices, verdict: verdictOf(devices) };
}

function verdictOf(devices: readonly Device[]): string {
  const proven = devices.filter(({ provider, proven: works }) => works && isAccelerator(provider));
  if (proven.length === 0) return 'No GPU computes here: runs are computed on the processor.';
  return `Beside the processor, ${proven.map(({ provider }) => provider).join(', ')} ${proven.length === 1 ? 'computes' : 'compute'} here: --device NAME asks for it.`;
}

/** Proves one device, as `listDevices` proves each. */
export function proveDevice(device: DeviceId, probeElsewhere: ProbeElsewhere = probeInChild): Promise<ProbeResult> {
  return device === 'cpu' ? probeProvider('cpu') : probeElsewhere(device, probeLimitMs);
}

/** Probes in a child process; a crash or a hang of it is a result like any other. */
function probeInChild(provider: DeviceId, timeLimitMs: number): Promise<ProbeResult> {
  // Beside this file, under its extension: the application runs from sources and from a bundle.
  const program = join(import.meta.dirname, `probe${extname(import.meta.filename)}`);
  return new Promise((resolve) => {
    const child = fork(program, [provider], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    // All devices are probed while a window opens: the window goes first.
    if (child.pid !== undefined) giveWay(child.pid);
    let complaint = '';
    const fail = (reason: string): void => resolve({ proven: false, reason });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`no answer within ${timeLimitMs / 1000} s`);
    }, timeLimitMs);
    child.stderr?.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-500)));
    child.on('message', (result) => resolve(result as ProbeResult));
    child.on('error', (error) => fail(`its process did not start: ${error.message}`));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      fail(`its process ended (${signal ?? `exit ${code}`}) ${complaint.trim()}`.trim());
    });
  });
}
