/** Makes the GPU section of docs/performance.md, and what is printed after a run, from stored results. */
import { isBusy } from '../speed/machine.ts';
import { digits, machineWords, markdownTable, mebibytes, ratioText } from '../speed/table.ts';
import { comparedSteps, toleratedDifference } from './losses.ts';
import type { GpuResults, GpuWorkload, OnDevice } from './results.ts';

/** What the page says while nothing was measured. */
const noGpuResults =
  'No GPU has been measured yet: Lathe was built on machines that have none. What is said about GPUs elsewhere in these pages rests on WebGPU in software.';

const head = [
  'workload',
  'device',
  'step, ms',
  'CPU / device',
  'samples/s',
  'MiB',
  'GPU MiB',
  'nodes on it',
  'losses differ by',
  'to the first step, s',
  'PyTorch, ms',
  'PyTorch / Lathe',
];

/** @param results none: says that none were measured */
export function gpuResultsText(results: GpuResults | undefined): string {
  if (!results) return noGpuResults;
  const rows = results.workloads.flatMap((workload) => [
    ...workload.devices.map((device) => rowOf(workload, device)),
    ...workload.missing.map(({ name, reason }) => [workload.name, name, reason, ...head.slice(3).map(() => '–')]),
  ]);
  return [about(results), markdownTable([head, ...rows])].join('\n\n');
}

function rowOf({ name, batchSize }: GpuWorkload, found: OnDevice): readonly string[] {
  const { device, own, cpu, pytorch, placed, lossDifference } = found;
  return [
    name,
    device,
    digits(own.median),
    cpu ? ratioText(cpu.ratio) : '–',
    digits((1000 * batchSize) / own.median),
    mebibytes(found.peakBytes),
    mebibytes(found.gpuPeakBytes),
    placed ? `${Math.floor((100 * placed.onDevice) / placed.nodes)} % of ${placed.nodes}` : '–',
    differenceText(lossDifference),
    digits(found.startMs / 1000),
    pytorch ? digits(pytorch.times.peer.median) : '–',
    pytorch ? ratioText(pytorch.times.ratio) : '–',
  ];
}

/** Flags what is too far from the CPU's. */
function differenceText(difference: number | null | undefined): string {
  if (difference === undefined) return '–';
  if (difference === null) return '**a loss is missing**';
  const words = difference.toExponential(1);
  return difference < toleratedDifference ? words : `**${words}: too much**`;
}

function about(results: GpuResults): string {
  const { devices, gpus, machine } = results;
  const busy = 'Other programs were running: times and ratios are a sketch.';
  const names = devices.map(({ name, label }) => `${name}: ${label}`).join('; ');
  return [
    ...(isBusy(machine) ? [busy] : []),
    machineWords(results),
    `Devices: ${names}.${gpus.length > 0 ? ` nvidia-smi tells of ${gpus.join('; ')}.` : ''}`,
    `Losses are compared over the first ${comparedSteps} steps; ${toleratedDifference} and more is flagged.`,
  ].join('\n');
}
