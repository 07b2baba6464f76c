/** Said when a part of a program would run on the CPU although another device was asked for and nobody allowed it. */
import { isExecutionProvider, type DeviceId } from '../../../core/protocol/devices.ts';
import { cpuFallbackRefusedCode, type Placement } from '../../../core/protocol/placement.ts';
import { TaskFailure } from '../runs/failure.ts';
import { strayWords } from './placement.ts';

export class CpuFallbackRefusal extends TaskFailure {
  readonly placement: Placement;

  constructor(placement: Placement) {
    const { device, program } = placement;
    super(
      cpuFallbackRefusedCode,
      `${device} lacks operators that ${program} needs, and they would run on the CPU: ${strayWords(placement)}`,
      'allow it with --allow-cpu-fallback (in the app: Settings, Training), change these layers, or use --device cpu',
    );
    this.placement = placement;
  }
}

/** Whether a device may leave a part to the CPU, and tells where every node ran: TensorFlow.js computes all or nothing. */
export const mayLeaveToCpu = (device: DeviceId): boolean => isExecutionProvider(device) && device !== 'cpu';
