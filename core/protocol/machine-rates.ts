/** How fast a machine computes, as it was measured there. */
import { z } from 'zod';
import type { Rates } from '../ops/predicted-time.ts';

const rate = z.number().positive();

export const ratesSchema = z.strictObject({
  productFlops: rate,
  blockedFlops: rate,
  convolutionFlops: rate,
  groupedFlops: rate,
  slidingFlops: rate,
  transposedFlops: rate,
  columnBytes: rate,
  elementBytes: rate,
  movedBytes: rate,
  pooledBytes: rate,
  resultBytes: rate,
  nodeSeconds: rate,
  tensorSeconds: rate,
}) satisfies z.ZodType<Rates>;

export const measurementSchema = z.strictObject({
  rates: ratesSchema,
  /** Whether nothing else took the processor meanwhile; where it did, the rates are too low. */
  isSteady: z.boolean(),
});
export type Measurement = z.output<typeof measurementSchema>;

export interface MachineRates extends Measurement {
  /** Threads they were measured with. */
  readonly threads: number;
}
