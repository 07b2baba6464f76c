/** Rows of a table as a person reads them: numbers in their own units, categories by name. */
import type { DataColumn } from '../../../core/data/data-info.ts';
import { figure } from '../figures.ts';

/** Names of the columns: the table's own, or `x1`, `x2`, … */
export function columnNames(columns: readonly DataColumn[] | undefined, features: number): readonly string[] {
  return columns ? columns.map((column) => column.name) : Array.from({ length: features }, (_, i) => `x${i + 1}`);
}

/** One row's cells: standardised numbers turned back, of one-hot categories the most likely. */
export function rowCells(columns: readonly DataColumn[] | undefined, row: Float32Array): readonly string[] {
  if (!columns) return Array.from(row, (value) => figure(value));
  let at = 0;
  return columns.map((column) => {
    if (column.kind === 'number') return figure(ownUnits(column, row[at++]!));
    const names = column.categories ?? [];
    const scores = row.subarray(at, (at += names.length));
    return names[bestIndex(scores)] ?? '';
  });
}

/** A standardised number in its own units; what is nothing but rounding is zero. */
function ownUnits({ deviation = 1, mean = 0 }: DataColumn, value: number): number {
  const number = value * deviation + mean;
  return Math.abs(number) < 1e-6 * deviation ? 0 : number;
}

/** The index of the largest value; −1 of none. */
export function bestIndex(scores: ArrayLike<number>): number {
  let best = scores.length > 0 ? 0 : -1;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
  return best;
}

/** The `count` largest scores, largest first. */
export function bestScores(
  scores: ArrayLike<number>,
  count: number,
): readonly { readonly index: number; readonly score: number }[] {
  return Array.from(scores, (score, index) => ({ index, score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, count);
}
