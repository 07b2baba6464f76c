/** The schemas that inputs of several requests are parsed by. */
import { z } from 'zod';
import { runStatuses } from './records.ts';

export const runId = z.string().min(1).max(64);
export const path = z.string().min(1).max(4096);
export const documentText = z.string().max(1_000_000);
const optionValues = z.record(z.string().max(64), z.union([z.number(), z.string().max(4000)]));
export const none = z.strictObject({});
export const oneRun = z.strictObject({ run: runId });
/** Whether a person lets the CPU compute what the device lacks; the setting and what the run was allowed before when left out. */
export const cpuConsent = { mayUseCpu: z.boolean().optional() };
export const oneRunAgain = z.strictObject({ run: runId, ...cpuConsent });
export const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
export const split = z.enum(['train', 'validation', 'test']);
/** Typed arrays over any kind of buffer. */
export const floats = z.custom<Float32Array>((value) => value instanceof Float32Array, 'expected a Float32Array');
export const rawBytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected a Uint8Array');

export const runFilter = z.strictObject({
  experiment: z.string().max(200).optional(),
  family: z.string().max(64).optional(),
  statuses: z.array(z.enum(runStatuses)).optional(),
  text: z.string().max(200).optional(),
  limit: z.int().min(1).max(100_000).optional(),
});

export const dataRequest = z.strictObject({
  source: z.string().min(1).max(4096),
  baseDir: path,
  target: z.string().max(200).optional(),
  context: z.int().min(2).max(65_536).optional(),
  image: z
    .strictObject({
      width: z.int().min(1).max(1024).optional(),
      height: z.int().min(1).max(1024).optional(),
      channels: z.union([z.literal(1), z.literal(3)]).optional(),
    })
    .optional(),
  split: z.strictObject({ validation: z.number().min(0).optional(), test: z.number().min(0).optional() }).optional(),
});

export const startRun = z.strictObject({
  text: documentText,
  baseDir: path,
  name: z.string().max(200).optional(),
  experiment: z.string().max(200).optional(),
  tags: z.array(z.string().max(64)).max(50).optional(),
  /** Threads of this run; what the document says, else the setting, when left out. */
  threads: z.int().min(1).max(256).optional(),
  ...cpuConsent,
});

export const drawRequest = z.strictObject({
  run: runId,
  step: z.int().min(0).optional(),
  count: z.int().min(1).max(1024),
  seed,
  options: optionValues.default({}),
});
