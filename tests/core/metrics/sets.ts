/** Feature sets that several metric tests share: normal rows by seed, and the pair whose NumPy numbers are stored. */
import { readFileSync } from 'node:fs';
import type { FeatureMatrix } from '../../../core/metrics/feature-matrix.ts';
import { RandomStream } from '../../../core/random/random.ts';

export interface GoldenMetrics {
  readonly columns: number;
  readonly real: readonly number[];
  readonly samples: readonly number[];
  readonly frechet: number;
  readonly kernelDistance: number;
  readonly manifold: Readonly<Record<'precision' | 'recall' | 'density' | 'coverage', number>>;
  readonly nearestIndices: readonly number[];
  readonly nearestDistances: readonly number[];
}

/** Rows of independent standard normal features. */
export function normalRows(
  rows: number,
  columns: number,
  seed: number,
): FeatureMatrix & { readonly data: Float64Array<ArrayBuffer> } {
  const data = new Float64Array(rows * columns);
  new RandomStream(seed, 'metric tests').fillNormal(data);
  return { rows, columns, data };
}

/** The stored pair and its numbers (tests/golden/metrics.py). */
export function goldenMetrics(): { real: FeatureMatrix; samples: FeatureMatrix; golden: GoldenMetrics } {
  const text = readFileSync(new URL('../../golden/metrics.json', import.meta.url), 'utf8');
  const golden = JSON.parse(text) as GoldenMetrics;
  const matrix = (values: readonly number[]): FeatureMatrix => {
    return { rows: values.length / golden.columns, columns: golden.columns, data: Float64Array.from(values) };
  };
  return { real: matrix(golden.real), samples: matrix(golden.samples), golden };
}
