/** What a run of `npm run bench:gpu` found, as it is stored in bench/results/gpu. */
import { z } from 'zod';
import { pairedSchema, resultsSchema, spreadSchema } from '../speed/results.ts';

const bytes = z.number().min(0);

const onDeviceSchema = z.strictObject({
  device: z.string(),
  own: spreadSchema.describe('Milliseconds of a step.'),
  /** Against the CPU, in alternation; absent for the CPU itself. */
  cpu: pairedSchema.optional(),
  startMs: z.number().describe('From the start of its process to the end of its first step.'),
  peakBytes: bytes.optional(),
  /** Beyond what the graphics processors held before; where nvidia-smi tells. */
  gpuPeakBytes: bytes.optional(),
  /** Nodes of the training step, and those that ran on the device; where the engine tells. */
  placed: z.strictObject({ nodes: z.int(), onDevice: z.int() }).optional(),
  /** Largest relative difference of a loss to the CPU's in the first steps; null: a loss was missing. */
  lossDifference: z.number().nullable().optional(),
  /** PyTorch eager on the same kind of device, in alternation. */
  pytorch: z.strictObject({ settings: z.string(), times: pairedSchema }).optional(),
});
export type OnDevice = z.output<typeof onDeviceSchema>;

const gpuWorkloadSchema = z.strictObject({
  name: z.string(),
  what: z.string(),
  batchSize: z.int(),
  devices: z.array(onDeviceSchema),
  missing: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
});
export type GpuWorkload = z.output<typeof gpuWorkloadSchema>;

export const gpuResultsSchema = resultsSchema
  .pick({ format: true, date: true, machine: true, versions: true, threads: true })
  .extend({
    devices: z.array(z.strictObject({ name: z.string(), label: z.string() })),
    /** What nvidia-smi calls them. */
    gpus: z.array(z.string()),
    workloads: z.array(gpuWorkloadSchema),
  });
export type GpuResults = z.output<typeof gpuResultsSchema>;
