/** Where the run computes, how fast, and what it holds in memory. */
import { placementOf, type Placement as NodePlacement } from '../../../core/protocol/placement.ts';
import type { Artifact, Run, RunEvent } from '../../../core/protocol/records.ts';
import type { RunEnergy } from '../../../core/protocol/run-updates.ts';
import { type DeviceInfo, isAccelerator } from '../../../core/protocol/devices.ts';
import { useCall } from '../../client/host-context.tsx';
import { bytesFigure, durationFigure, figure } from '../../components/figures.ts';
import { Tag } from '../../components/tag.tsx';
import type { LiveRun } from './live-run.ts';
import styles from './train.module.css';

export function MachinePanel({
  run,
  live,
  elapsedMs,
  events,
}: {
  readonly run: Run;
  readonly live: LiveRun;
  readonly elapsedMs: number | undefined;
  readonly events: readonly RunEvent[];
}) {
  const { data: devices } = useCall('app.devices', {});
  const device = devices?.find((each) => each.provider === run.device);
  const isRunning = run.status === 'running';
  const { data: artifacts } = useCall('runs.artifacts', live.energy ? null : { run: run.id });
  const recorded = recordedEnergy(artifacts);
  const facts: readonly (readonly [string, string])[] = [
    ...placementFacts(placementOf(events)),
    ['Threads', String(run.threads)],
    ['Engine', live.ready?.engineBuild || run.engineBuild || 'not started yet'],
    ['Parameters', live.ready ? figure(live.ready.parameters) : '—'],
    ['Compiled in', live.ready ? durationFigure(live.ready.compileMs) : '—'],
    ['Memory of its process', isRunning && live.rssBytes !== null ? bytesFigure(live.rssBytes) : '—'],
    ['Energy', energyWords(live.energy ?? recorded.energy, 'the processor')],
    ...gpuEnergyFact(run, live.gpuEnergy ?? recorded.gpuEnergy),
    ['Time in steps', elapsedMs === undefined ? '—' : durationFigure(elapsedMs)],
    ['Data', run.dataSource],
    ['Data hash', run.dataHash.slice(0, 12)],
    ['Document hash', run.documentHash.slice(0, 12)],
    ['Seed', String(run.seed)],
  ];
  return (
    <dl className={styles['facts']}>
      <dt>Device</dt>
      <dd>
        {device?.label ?? run.device} <Placement device={device} />
      </dd>
      {facts.map(([name, value]) => (
        <div key={name} className={styles['fact']}>
          <dt>{name}</dt>
          <dd title={value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What the newest checkpoint says of it, where it was measured. */
function recordedEnergy(artifacts: readonly Artifact[] | undefined): Pick<LiveRun, 'energy' | 'gpuEnergy'> {
  const newest = artifacts?.findLast(({ kind }) => kind === 'checkpoint');
  const { energy = null, gpuEnergy = null } = (newest?.meta ?? {}) as Partial<Pick<LiveRun, 'energy' | 'gpuEnergy'>>;
  return { energy, gpuEnergy };
}

/** On a graphics processor only; elsewhere there is nothing to ask. */
function gpuEnergyFact({ device }: Run, energy: RunEnergy | null): readonly (readonly [string, string])[] {
  return isAccelerator(device) ? [['Energy of the GPU', energyWords(energy, "NVIDIA's GPUs")]] : [];
}

/** @param of what was measured. */
function energyWords(energy: RunEnergy | null, of: string): string {
  if (!energy) return 'not measured';
  if ('reason' in energy) return `not measurable here: ${energy.reason}`;
  const each = energy.steps > 0 ? `, ${figure(energy.joules / energy.steps, 3)} J a step` : '';
  return `${figure(energy.joules, 3)} J${each} (${of} with all that runs on it)`;
}

/** Where the nodes of the training step ran, as the engine wrote down; nothing on the CPU, where there is nothing to ask. */
function placementFacts(placement: NodePlacement | undefined): readonly (readonly [string, string])[] {
  if (!placement) return [];
  const { providers, onCpu } = placement;
  const nodes = providers.map(({ provider, nodes: count }) => [`Nodes on ${provider}`, figure(count)] as const);
  const stray = onCpu.map(({ op, part }) => (part ? `${op} in ${part}` : op)).join(', ');
  return stray ? [...nodes, ['On the CPU, as allowed', stray]] : nodes;
}

/** Whether a probe has proven that the device computes what it should. */
function Placement({ device }: { readonly device: DeviceInfo | undefined }) {
  if (!device) return <Tag>not asked yet</Tag>;
  return device.proven ? (
    <Tag tone="ok">verified by a probe</Tag>
  ) : (
    <Tag tone="warning">{device.reason || 'not verified'}</Tag>
  );
}
