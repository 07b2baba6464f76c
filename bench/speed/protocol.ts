/** What the benchmark and its contenders say to each other: JSON, one object a line. */
import { z } from 'zod';

export const requestSchema = z.discriminatedUnion('kind', [
  /** Train so many steps. */
  z.strictObject({ kind: z.literal('steps'), count: z.int().min(1) }),
  /** Draw so many samples. */
  z.strictObject({
    kind: z.literal('sample'),
    count: z.int().min(1),
    options: z.record(z.string(), z.union([z.number(), z.string()])),
  }),
  /** Lathe only: the losses of its first steps, which are trained as far as they were not. */
  z.strictObject({ kind: z.literal('losses'), count: z.int().min(1).max(100) }),
  /** Multiply two matrices of 1024 × 1024 numbers. */
  z.strictObject({ kind: z.literal('gemm') }),
]);
export type Request = z.output<typeof requestSchema>;

/** What a contender says first, once it can train. */
export const readySchema = z.object({
  ready: z.literal(true),
  version: z.string(),
  parameters: z.int(),
  /** Whether it answers `sample` and `gemm`. */
  samples: z.boolean(),
  multiplies: z.boolean(),
  /** Lathe only: what tells its training graph from others. */
  graph: z.string().optional(),
  /** Lathe only: of its training graph. */
  flops: z.number().optional(),
  /** Lathe only: from the document's text to the graph. */
  compileMs: z.number().optional(),
  /** Lathe only: the first step, with loading the graph. */
  firstStepMs: z.number().optional(),
  /** Lathe only: samples in a step's batch. */
  batchSize: z.int().optional(),
  /** Lathe only: nodes of the training step, and those that ran on its device, where the engine tells. */
  placed: z.strictObject({ nodes: z.int(), onDevice: z.int() }).optional(),
  /** Lathe only: values made again in each step, to stay within a limit of memory. */
  recomputed: z.int().optional(),
});
export type Ready = z.output<typeof readySchema>;

/** Milliseconds of each step. */
export const stepsAnswer = z.object({ ms: z.array(z.number()) });
/** By step, each loss by its name. */
export const lossesAnswer = z.object({ losses: z.array(z.record(z.string(), z.number())) });
/** Milliseconds it took to draw all samples. */
export const sampleAnswer = z.object({ ms: z.number() });
export const gemmAnswer = z.object({ flopsPerSecond: z.number() });

/** What PyTorch's `--choose` says: each setting with the time of a step, the fastest first. */
export const chooseAnswer = z.object({
  tried: z.array(z.object({ words: z.string(), settings: z.record(z.string(), z.boolean()), ms: z.number() })).min(1),
});
