/** Class balance: how the samples' class frequencies differ from the data's. */
import { bootstrap } from './bootstrap.ts';
import type { BootstrapOptions, Estimate } from './bootstrap.ts';
import { classCounts } from './modes.ts';

export interface ClassBalance {
  /** Σ p ln(p / q), samples p against data q, in nats; infinite when samples hold a class that the data lack. */
  readonly klDivergence: number;
  /** ½ Σ |p − q|: the share of samples that would have to change class; 0 to 1. */
  readonly totalVariation: number;
  /** −Σ p ln p of the samples, in nats; at most ln(classes). */
  readonly entropy: number;
  readonly sampleShares: Float64Array;
  readonly dataShares: Float64Array;
}

function shares(counts: ArrayLike<number>, name: string): Float64Array {
  const values = Float64Array.from(counts);
  const total = values.reduce((a, b) => a + b, 0);
  if (!(total > 0)) throw new RangeError(`class balance: the ${name} hold no row in any class`);
  return values.map((value) => value / total);
}

/** Compares counts per class of samples and data; a class with no samples adds 0 to the divergence and the entropy. */
export function classBalance(sampleCounts: ArrayLike<number>, dataCounts: ArrayLike<number>): ClassBalance {
  if (sampleCounts.length !== dataCounts.length) {
    throw new RangeError(
      `class balance: ${sampleCounts.length} classes of samples against ${dataCounts.length} of data`,
    );
  }
  const sampleShares = shares(sampleCounts, 'samples');
  const dataShares = shares(dataCounts, 'data');
  let divergence = 0;
  let variation = 0;
  let entropy = 0;
  sampleShares.forEach((p, i) => {
    const q = dataShares[i];
    variation += Math.abs(p - q) / 2;
    if (p === 0) return;
    divergence += p * Math.log(p / q);
    entropy -= p * Math.log(p);
  });
  // Rounding may leave equal shares a hair below zero.
  return { klDivergence: Math.max(0, divergence), totalVariation: variation, entropy, sampleShares, dataShares };
}

/**
 * The divergence with its interval, the samples' predicted classes resampled. The interval is recentred, since resampling
 * alone adds about (classes − 1) ÷ (2 × samples), and never goes below 0.
 */
export function classBalanceEstimate(
  sampleLabels: ArrayLike<number>,
  dataCounts: ArrayLike<number>,
  options: BootstrapOptions,
): Estimate {
  const statistic = (rows: Uint32Array): number => {
    const labels = Float64Array.from(rows, (row) => sampleLabels[row]);
    return classBalance(classCounts(labels, dataCounts.length), dataCounts).klDivergence;
  };
  const estimate = bootstrap(statistic, sampleLabels.length, { ...options, recentred: true });
  return { ...estimate, low: Math.max(0, estimate.low), high: Math.max(0, estimate.high) };
}
