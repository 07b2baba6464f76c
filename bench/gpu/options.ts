/** Reads the options of `npm run bench:gpu`. */
import { parseArgs } from 'node:util';
import { deviceIds, type DeviceId } from '../../core/protocol/devices.ts';
import { chosen, readTurns, turnOptions } from '../speed/options.ts';
import { workloadNames } from '../speed/workloads.ts';

const options = {
  ...turnOptions,
  devices: { type: 'string' },
  write: { type: 'boolean', default: false },
  table: { type: 'string' },
} as const;

export interface GpuOptions extends ReturnType<typeof readTurns> {
  /** Those asked for; undefined: the CPU and every accelerator there is. */
  readonly devices: readonly DeviceId[] | undefined;
  readonly python: string | undefined;
  readonly write: boolean;
  /** Stored results whose table is to be written, instead of measuring. */
  readonly table: string | undefined;
}

/** @throws Error for what cannot be read, in words for people */
export function readGpuOptions(args: readonly string[]): GpuOptions {
  const { values } = parseArgs({ args: [...args], options });
  const turns = readTurns(values);
  if (values.write && turns.names.length < workloadNames.length)
    throw new Error('--write stores whole runs: leave --only out');
  const devices = values.devices === undefined ? undefined : chosen(values.devices, deviceIds, '--devices');
  if (devices?.length === 0) throw new Error('--devices names no device');
  return { ...turns, devices, python: values.python, write: values.write, table: values.table };
}
