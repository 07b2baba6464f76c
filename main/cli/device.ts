/** Where to compute, as the command line says. */
import { deviceIds, type DeviceId } from '../../core/protocol/devices.ts';
import type { Arguments } from './arguments.ts';

/** @throws UsageError */
export function deviceChoice(args: Arguments): { readonly device?: DeviceId; readonly mayUseCpu?: boolean } {
  const device = args.choice('device', deviceIds);
  return {
    ...(device !== undefined && { device }),
    ...(args.flag('allow-cpu-fallback') && { mayUseCpu: true }),
  };
}
