/** What a person sets once for the whole application. */
import { z } from 'zod';
import { deviceIds } from './devices.ts';

const settingsFields = {
  theme: z.enum(['system', 'light', 'dark']),
  smoothing: z.number().min(0).max(0.999),
  reducedMotion: z.boolean(),
  /** Runs that train at once. */
  slots: z.int().min(1).max(8),
  /** Threads of each run; 0 lets the machine's cores be shared among the slots. */
  threadsPerRun: z.int().min(0).max(256),
  /** GiB that the process of each new run may take on the CPU; 0 is what is free as it starts. */
  memoryPerRun: z.union([z.literal(0), z.number().min(0.25).max(4096)]),
  /** Cores for all runs together; 0 is all the machine has. */
  cores: z.int().min(0).max(1024),
  /** Runs that compute on the graphics processor at once. */
  gpuRuns: z.int().min(1).max(8),
  /** What new runs compute on; it must be proven when they start. */
  device: z.enum(deviceIds),
  /** Consent to compute on the CPU what the device lacks; without it such a run is refused. */
  cpuFallback: z.boolean(),
  /** Whether a waiting run that fits may start before an earlier one that does not. */
  passing: z.boolean(),
  /** Keys by command, where a person changed them. */
  shortcuts: z.record(z.string().max(64), z.string().max(64)),
  /** What the Runs table shows. */
  runColumns: z.array(z.string().max(200)).max(200),
};

/** Settings whole, with defaults for what is not said. A change has no defaults: what it leaves out stays as it is. */
export const settingsSchema = z.strictObject({
  theme: settingsFields.theme.default('system'),
  smoothing: settingsFields.smoothing.default(0.9),
  reducedMotion: settingsFields.reducedMotion.default(false),
  slots: settingsFields.slots.default(1),
  threadsPerRun: settingsFields.threadsPerRun.default(0),
  memoryPerRun: settingsFields.memoryPerRun.default(0),
  cores: settingsFields.cores.default(0),
  gpuRuns: settingsFields.gpuRuns.default(1),
  device: settingsFields.device.default('cpu'),
  cpuFallback: settingsFields.cpuFallback.default(false),
  passing: settingsFields.passing.default(false),
  shortcuts: settingsFields.shortcuts.default({}),
  runColumns: settingsFields.runColumns.default([]),
});
export type Settings = z.output<typeof settingsSchema>;

/** Some of the settings, to be changed. */
export const settingsChange = z.strictObject(settingsFields).partial();
