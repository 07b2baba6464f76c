/** Rates like those of one core of an ordinary processor, for tests. */
import type { Rates } from '../../../core/ops/predicted-time.ts';

export const ordinaryRates: Rates = {
  productFlops: 1e11,
  blockedFlops: 1.2e11,
  convolutionFlops: 9e10,
  groupedFlops: 2e10,
  slidingFlops: 8e10,
  transposedFlops: 6e10,
  columnBytes: 1.4e10,
  elementBytes: 3e10,
  movedBytes: 1.5e10,
  pooledBytes: 4e9,
  resultBytes: 2e10,
  nodeSeconds: 3e-7,
  tensorSeconds: 2e-6,
};
