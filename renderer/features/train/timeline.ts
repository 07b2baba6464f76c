/** The moments at which samples were drawn. */
import type { SampleMoment } from '../../../core/protocol/samples.ts';

/** The moment nearest to a step; undefined when there is none. */
export function nearestMoment(moments: readonly SampleMoment[], step: number): SampleMoment | undefined {
  let best: SampleMoment | undefined;
  for (const moment of moments) if (!best || Math.abs(moment.step - step) < Math.abs(best.step - step)) best = moment;
  return best;
}
