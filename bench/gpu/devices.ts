/** Chooses the devices to measure, or says plainly why there is nothing to measure. */
import { isAccelerator, type DeviceId } from '../../core/protocol/devices.ts';
import type { Device } from '../../main/host/compute/devices.ts';

/** Not a failure: this machine has nothing to measure. */
export class NothingToMeasure extends Error {
  override readonly name = 'NothingToMeasure';
}

/**
 * Those asked for, else every accelerator that was proven; the CPU, which they are held against, comes first. The processor's
 * backends of TensorFlow.js are measured when they are named.
 * @throws NothingToMeasure naming what was looked for, and why it does not compute
 */
export function chooseDevices(devices: readonly Device[], wanted?: readonly DeviceId[]): readonly Device[] {
  const sought = devices.filter(({ provider }) => (wanted ? wanted.includes(provider) : isAccelerator(provider)));
  const unproven = sought.filter(({ proven }) => !proven);
  const refused = wanted ? [...unproven, ...unknownHere(devices, wanted)] : unproven;
  if (wanted && refused.length > 0)
    throw new NothingToMeasure(`Not measured, for what was asked for does not compute here:\n${reasons(refused)}`);
  const measured = sought.filter(({ proven, provider }) => proven && provider !== 'cpu');
  if (!wanted && measured.length === 0)
    throw new NothingToMeasure(
      `No GPU computes here: there is nothing to measure. Looked for:\n${reasons(refused)}\n` +
        '--devices cpu,webgpu measures just those, for instance WebGPU on a device in software.',
    );
  return [...devices.filter(({ provider }) => provider === 'cpu'), ...measured];
}

type Refused = Pick<Device, 'provider' | 'label' | 'reason'>;

/** Devices of other systems, which this build of the engine does not have. */
function unknownHere(devices: readonly Device[], wanted: readonly DeviceId[]): readonly Refused[] {
  return wanted
    .filter((name) => devices.every(({ provider }) => provider !== name))
    .map((provider) => ({ provider, label: provider, reason: 'not in the engine of this system' }));
}

function reasons(devices: readonly Refused[]): string {
  return devices.map(({ provider, label, reason }) => `  ${provider} (${label}): ${reason}`).join('\n');
}
