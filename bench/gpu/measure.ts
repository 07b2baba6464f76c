/** Trains one workload on every chosen device, each in alternation with the CPU, and with PyTorch where that has CUDA. */
import { isAccelerator, type DeviceId } from '../../core/protocol/devices.ts';
import { Contender } from '../speed/contender.ts';
import { measureAlone, measurePairs, type TurnOptions } from '../speed/pairs.ts';
import { choosePytorch, latheCommand } from '../speed/peers.ts';
import { lossesAnswer } from '../speed/protocol.ts';
import { steps, type Started } from '../speed/measure.ts';
import { workloads, type WorkloadName } from '../speed/workloads.ts';
import { comparedSteps, largestDifference, type StepLosses } from './losses.ts';
import { GpuMemoryWatch } from './memory.ts';
import type { GpuWorkload, OnDevice } from './results.ts';

export interface GpuMeasureOptions extends TurnOptions {
  readonly threads: number;
  /** A Python whose PyTorch computes on CUDA. */
  readonly python: string | undefined;
  /** Without the CPU, which everything is held against. */
  readonly devices: readonly DeviceId[];
  readonly log: (line: string) => void;
}

/** The CPU as everything is held against it. */
interface Reference {
  readonly workload: WorkloadName;
  readonly cpu: Started;
  readonly losses: StepLosses;
  readonly options: GpuMeasureOptions;
}

export interface GpuMeasured {
  readonly result: GpuWorkload;
  readonly versions: Readonly<Record<string, string>>;
}

/** A device that fails costs its own figures only: it is listed with what it said, and the run ends with 1. */
export async function measureOnDevices(workload: WorkloadName, options: GpuMeasureOptions): Promise<GpuMeasured> {
  const { lathe: cpu, startMs } = await startOn('cpu', workload, options);
  const versions: Record<string, string> = { onnxruntime: cpu.ready.version };
  try {
    const reference = { workload, cpu, losses: await lossesOf(cpu), options };
    const found: OnDevice[] = [];
    const missing: GpuWorkload['missing'] = [];
    for (const device of options.devices) {
      options.log(`${workload}: ${device} against the CPU`);
      try {
        const { pytorchVersion, ...row } = await measureOne(device, reference);
        found.push(row);
        if (pytorchVersion !== undefined) versions['pytorch'] = pytorchVersion;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        options.log(`${workload}: ${device} failed: ${reason}`);
        process.exitCode = 1;
        missing.push({ name: device, reason: `failed: ${reason.trim().split('\n').at(-1)}` });
      }
    }
    const own = found[0]?.cpu?.peer ?? (await measureAlone(steps(cpu), options));
    const onCpu: OnDevice = { device: 'cpu', own, startMs, ...peakOf(cpu) };
    const { batchSize = 0 } = cpu.ready;
    const { what } = workloads[workload];
    return { result: { name: workload, what, batchSize, devices: [onCpu, ...found], missing }, versions };
  } finally {
    await cpu.contender.end();
  }
}

async function startOn(device: DeviceId, workload: WorkloadName, { threads }: GpuMeasureOptions) {
  const startedMs = performance.now();
  const lathe = await Contender.start(latheCommand(workload, threads, ['--device', device]), threads);
  return { lathe, startMs: performance.now() - startedMs };
}

const lossesOf = async ({ contender }: Started): Promise<StepLosses> =>
  (await contender.ask({ kind: 'losses', count: comparedSteps }, lossesAnswer)).losses;

function peakOf({ contender }: Started): Pick<OnDevice, 'peakBytes'> {
  const peakBytes = contender.peakBytes();
  return peakBytes === undefined ? {} : { peakBytes };
}

async function measureOne(
  device: DeviceId,
  { workload, cpu, losses, options }: Reference,
): Promise<OnDevice & { readonly pytorchVersion?: string }> {
  const memory = await GpuMemoryWatch.start();
  const { lathe, startMs } = await startOn(device, workload, options).catch((error: unknown) => {
    memory.end();
    throw error;
  });
  try {
    const difference = largestDifference(await lossesOf(lathe), losses);
    const times = await measurePairs(steps(lathe), steps(cpu), options);
    // Before PyTorch takes memory of its own.
    const gpuPeakBytes = memory.end();
    const { placed } = lathe.ready;
    return {
      device,
      own: times.own,
      cpu: times,
      startMs,
      ...peakOf(lathe),
      ...(gpuPeakBytes !== undefined && { gpuPeakBytes }),
      ...(placed && { placed }),
      lossDifference: Number.isFinite(difference) ? difference : null,
      ...(isAccelerator(device) && (await againstPytorch(workload, lathe, options))),
    };
  } finally {
    memory.end();
    await lathe.contender.end();
  }
}

/** PyTorch on CUDA in turn with Lathe on its device; nothing where there is no such PyTorch. */
async function againstPytorch(
  workload: WorkloadName,
  lathe: Started,
  options: GpuMeasureOptions,
): Promise<Pick<OnDevice, 'pytorch'> & { readonly pytorchVersion?: string }> {
  if (options.python === undefined) return {};
  const peer = await choosePytorch(options.python, workload, options.threads, 'cuda');
  if ('reason' in peer) return {};
  options.log(`${workload}: against PyTorch, ${peer.settings}`);
  const pytorch = await Contender.start(peer.command, options.threads);
  try {
    const times = await measurePairs(steps(lathe), steps(pytorch), options);
    return { pytorch: { settings: peer.settings, times }, pytorchVersion: pytorch.ready.version };
  } finally {
    await pytorch.contender.end();
  }
}
