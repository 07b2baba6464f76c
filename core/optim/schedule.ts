/** Learning-rate schedules: pure functions from the step to a factor of the base rate. */
import { z } from 'zod';

const warmupSteps = z
  .int()
  .min(0)
  .default(0)
  .describe('Steps over which the factor rises linearly from 0 before the schedule begins.');
const finalFactor = z.number().min(0).default(0).describe('Factor of the base learning rate reached at the last step.');

export const scheduleSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('constant'), warmupSteps }).describe('The base rate throughout.'),
    z
      .strictObject({ type: z.literal('cosine'), warmupSteps, finalFactor })
      .describe('Falls along half a cosine to finalFactor at the last step (Loshchilov and Hutter 2017).'),
    z
      .strictObject({ type: z.literal('linear'), warmupSteps, finalFactor })
      .describe('Falls in a straight line to finalFactor.'),
    z
      .strictObject({
        type: z.literal('step'),
        warmupSteps,
        every: z.int().min(1).describe('Steps between two drops.'),
        factor: z.number().gt(0).max(1).default(0.1).describe('What the rate is multiplied by at each drop.'),
      })
      .describe('Drops by a factor every so many steps.'),
    z
      .strictObject({
        type: z.literal('oneCycle'),
        peakAt: z.number().gt(0).lt(1).default(0.3).describe('Share of the steps after which the peak is reached.'),
        startFactor: z.number().gt(0).max(1).default(0.04).describe('Factor at the first step.'),
        finalFactor: z.number().min(0).default(0.0004).describe('Factor at the last step.'),
      })
      .describe('Rises to the base rate and falls again, both along cosines (Smith and Topin 2018).'),
  ])
  .describe('How the learning rate changes over the run.');

export type Schedule = z.output<typeof scheduleSchema>;

const halfCosine = (from: number, to: number, share: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;

/**
 * Factor of the base rate at `step` (0 is the first) of `totalSteps`.
 * Warm-up gives (step + 1) / warmupSteps, so that the first step already learns; the last step reaches the final factor.
 */
export function scheduleFactor(schedule: Schedule, step: number, totalSteps: number): number {
  const warmup = schedule.type === 'oneCycle' ? 0 : schedule.warmupSteps;
  if (step < warmup) return (step + 1) / warmup;
  const share = Math.min(1, (step - warmup) / Math.max(1, totalSteps - 1 - warmup));
  switch (schedule.type) {
    case 'constant':
      return 1;
    case 'cosine':
      return halfCosine(1, schedule.finalFactor, share);
    case 'linear':
      return 1 + (schedule.finalFactor - 1) * share;
    case 'step':
      return schedule.factor ** Math.floor((step - warmup) / schedule.every);
    case 'oneCycle':
      return share < schedule.peakAt
        ? halfCosine(schedule.startFactor, 1, share / schedule.peakAt)
        : halfCosine(1, schedule.finalFactor, (share - schedule.peakAt) / (1 - schedule.peakAt));
  }
}
