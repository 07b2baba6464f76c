/** What the probes' times say of a machine: the rates by which just these times are predicted. */
import { describe, expect, it } from 'vitest';
import { graphSeconds, type Rates } from '../../../core/ops/predicted-time.ts';
import { ordinaryRates } from '../../core/ops/ordinary-rates.ts';
import { probeGraphs, probeNames, ratesOf, type ProbeName } from '../../../main/host/compute/rate-probes.ts';

/** Two machines, the second with everything slow that is fast on the first. */
const machines: Readonly<Record<string, Rates>> = {
  'an ordinary one': ordinaryRates,
  'one with fast memory': {
    productFlops: 2e9,
    blockedFlops: 3e9,
    convolutionFlops: 1e9,
    groupedFlops: 1e9,
    slidingFlops: 2e9,
    transposedFlops: 4e9,
    columnBytes: 2e8,
    elementBytes: 1e11,
    movedBytes: 1e11,
    pooledBytes: 1e11,
    resultBytes: 1e10,
    nodeSeconds: 1e-7,
    tensorSeconds: 1e-6,
  },
};

const timesOf = (rates: Rates): Record<ProbeName, number> =>
  Object.fromEntries(probeNames.map((name) => [name, graphSeconds(probeGraphs[name], rates)])) as Record<
    ProbeName,
    number
  >;

describe('the rates of a machine', () => {
  it.each(Object.entries(machines))('follow from the times of the probes: %s', (_name, rates) => {
    const found = ratesOf(timesOf(rates));
    // A probe also gives a result and has a few nodes, which its rate leaves out.
    for (const [name, rate] of Object.entries(rates))
      expect(found[name as keyof Rates] / rate, name).toSatisfy((ratio: number) => ratio > 0.8 && ratio < 1.2);
  });

  it('are above 0 even where a part is measured to take longer than the whole', () => {
    const times = { ...timesOf(ordinaryRates), nodes: 1, elements: 1, convolution: 1 };
    for (const rate of Object.values(ratesOf(times))) expect(rate).toBeGreaterThan(0);
  });
});
