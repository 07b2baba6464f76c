/** What is said of a device that was asked for and does not compute here. */
import type { DeviceId } from '../../../core/protocol/devices.ts';
import { TaskFailure } from '../runs/failure.ts';
import type { Device } from './devices.ts';

/** @param reason what its probe said. */
export function unproven(device: DeviceId, reason: string, devices: readonly Device[]): TaskFailure {
  const proven = devices.filter((each) => each.proven).map(({ provider }) => provider);
  return new TaskFailure(
    'device',
    `the device '${device}' does not compute here: ${reason}. What does: ${proven.join(', ')}`,
    adviceFor(device),
  );
}

function adviceFor(device: DeviceId): string {
  switch (device) {
    case 'webgpu':
      return 'WebGPU needs a GPU with a Vulkan driver (Linux), Direct3D 12 (Windows) or Metal (macOS); --device cpu computes everywhere';
    case 'cuda':
    case 'tensorrt':
      return 'on Linux x64, npm run setup:cuda fetches its libraries for an NVIDIA GPU with its driver; --device cpu computes everywhere';
    default:
      return 'lathe devices lists what there is; --device cpu computes everywhere';
  }
}
