/** Euclidean distances between feature rows, by direct differences so that equal rows are at exactly 0. */
import { checkedValues, checkSameColumns } from './feature-matrix.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

function squaredDistance(a: Float64Array, startA: number, b: Float64Array, startB: number, columns: number): number {
  let sum = 0;
  for (let c = 0; c < columns; c++) {
    const difference = a[startA + c] - b[startB + c];
    sum += difference * difference;
  }
  return sum;
}

/** Squared distances, a.rows × b.rows, row-major. */
export function squaredDistancesBetween(
  a: FeatureMatrix,
  b: FeatureMatrix,
  nameA: string,
  nameB: string,
): Float64Array {
  checkSameColumns(a, b, nameA, nameB);
  const { columns } = a;
  const x = checkedValues(a, nameA);
  const y = checkedValues(b, nameB);
  const out = new Float64Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      out[i * b.rows + j] = squaredDistance(x, i * columns, y, j * columns, columns);
    }
  }
  return out;
}

/** The `k` smallest values met so far, ascending. */
class Smallest {
  readonly values: Float64Array;

  constructor(k: number) {
    this.values = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
  }

  add(value: number): void {
    const { values } = this;
    let at = values.length - 1;
    if (value >= values[at]) return;
    while (at > 0 && values[at - 1] > value) {
      values[at] = values[at - 1];
      at--;
    }
    values[at] = value;
  }
}

/**
 * For each row, the squared distances to its `k` nearest other rows, ascending: rows × k, row-major.
 * @throws RangeError when there are not more than `k` rows.
 */
export function nearestSquaredDistances(features: FeatureMatrix, k: number, name: string): Float64Array {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`k is an integer of 1 or more, got ${k}`);
  const { rows, columns } = features;
  const values = checkedValues(features, name, k + 1);
  const nearest = Array.from({ length: rows }, () => new Smallest(k));
  for (let i = 1; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      const distance = squaredDistance(values, i * columns, values, j * columns, columns);
      nearest[i].add(distance);
      nearest[j].add(distance);
    }
  }
  const out = new Float64Array(rows * k);
  nearest.forEach((smallest, i) => out.set(smallest.values, i * k));
  return out;
}

/** The row of `candidates` nearest to one row, and its squared distance. */
function nearestRow(
  row: Float64Array,
  candidates: Float64Array,
  columns: number,
): { readonly index: number; readonly squared: number } {
  let best = Number.POSITIVE_INFINITY;
  let index = 0;
  for (let start = 0; start < candidates.length; start += columns) {
    let sum = 0;
    // Most candidates are already too far after a few features: stop there. Only a smaller distance replaces the first.
    for (let c = 0; c < columns && sum < best;) {
      const end = Math.min(c + 16, columns);
      for (; c < end; c++) {
        const difference = row[c] - candidates[start + c];
        sum += difference * difference;
      }
    }
    if (sum < best) {
      best = sum;
      index = start / columns;
    }
  }
  return { index, squared: best };
}

export interface Nearest {
  /** Row number of the nearest candidate for each row; the first among equals. */
  readonly indices: Uint32Array;
  /** Euclidean distance to it. */
  readonly distances: Float64Array;
}

/** For each row of `rows`, the nearest row of `candidates`. Memory grows with the rows only. */
export function nearestRows(
  rows: FeatureMatrix,
  candidates: FeatureMatrix,
  name: string,
  candidateName: string,
): Nearest {
  checkSameColumns(rows, candidates, name, candidateName);
  const { columns } = rows;
  const values = checkedValues(rows, name);
  const others = checkedValues(candidates, candidateName);
  const indices = new Uint32Array(rows.rows);
  const distances = new Float64Array(rows.rows);
  for (let i = 0; i < rows.rows; i++) {
    const found = nearestRow(values.subarray(i * columns, (i + 1) * columns), others, columns);
    indices[i] = found.index;
    distances[i] = Math.sqrt(found.squared);
  }
  return { indices, distances };
}
