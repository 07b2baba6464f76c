/** What a benchmark run found, as it is stored in bench/results: enough to make every table again. */
import { z } from 'zod';

export const spreadSchema = z.strictObject({ median: z.number(), low: z.number(), high: z.number() });

export const pairedSchema = z.strictObject({
  own: spreadSchema.describe('Lathe, in milliseconds.'),
  peer: spreadSchema.describe('The peer, in milliseconds.'),
  ratio: spreadSchema.describe("The peer's time over Lathe's, by pair of turns."),
  pairs: z.int(),
});

const peerSchema = z.strictObject({
  name: z.string(),
  /** How the peer ran: the fastest setting it has, or its backend. */
  settings: z.string(),
  times: pairedSchema,
  peakBytes: z.number().optional(),
  parameters: z.int(),
  /** The settings that were tried, with the milliseconds of a step. */
  tried: z.array(z.strictObject({ words: z.string(), ms: z.number() })).optional(),
});
export type PeerResult = z.output<typeof peerSchema>;

const samplingSchema = z.strictObject({
  what: z.string(),
  unit: z.string(),
  units: z.int().describe('Units in one request.'),
  own: spreadSchema.describe('Milliseconds of one request.'),
  against: z.strictObject({ name: z.string(), times: pairedSchema }).optional(),
});
export type SamplingResult = z.output<typeof samplingSchema>;

const workloadSchema = z.strictObject({
  name: z.string(),
  what: z.string(),
  parameters: z.int(),
  flops: z.number().describe('Of one training step, as the compiled graph has it.'),
  compileMs: z.number().describe('From the text of the document to the graph.'),
  firstStepMs: z.number().describe('The first step, with loading the graph into ONNX Runtime.'),
  own: spreadSchema.describe('Milliseconds of a step.'),
  peakBytes: z.number().optional(),
  peers: z.array(peerSchema),
  missing: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
  sampling: samplingSchema.optional(),
});
export type WorkloadResult = z.output<typeof workloadSchema>;

export const resultsSchema = z.strictObject({
  format: z.literal(1),
  date: z.string(),
  machine: z.strictObject({
    processor: z.string(),
    cores: z.int(),
    memoryGiB: z.number(),
    system: z.string(),
    /** Processes that wanted a core in the minute before. */
    load: z.number(),
  }),
  versions: z.record(z.string(), z.string()),
  threads: z.int(),
  /** Floating-point operations a second of a product of matrices of 1024 × 1024, by engine. */
  multiplyRates: z.record(z.string(), spreadSchema),
  workloads: z.array(workloadSchema),
});
export type Results = z.output<typeof resultsSchema>;
