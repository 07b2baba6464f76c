/** A confusion as a table of counts, its rows' shares, and its mistakes by how often they were made. */
import type { ConfusionInsight } from '../../../core/metrics/insight.ts';
import { figure } from '../figures.ts';

/** More classes than these do not fit a table that can be read: then only the list of mistakes is shown. */
export const mostTabled = 40;

export interface Pair {
  readonly actual: number;
  readonly predicted: number;
  readonly count: number;
  /** Of the actual class's examples, 0 to 1. */
  readonly share: number;
}

/** Examples of each actual class. */
function rowTotals({ classes, cells }: ConfusionInsight): readonly number[] {
  const totals = classes.map(() => 0);
  for (const [actual, , count] of cells) totals[actual]! += count;
  return totals;
}

/** Counts and shares by actual and predicted class. */
export function confusionTable(insight: ConfusionInsight): readonly (readonly Pair[])[] {
  const { classes, cells } = insight;
  const totals = rowTotals(insight);
  const counts = classes.map(() => classes.map(() => 0));
  for (const [actual, predicted, count] of cells) counts[actual]![predicted] = count;
  return counts.map((row, actual) =>
    row.map((count, predicted) => ({ actual, predicted, count, share: count / Math.max(1, totals[actual]!) })),
  );
}

/** Pairs of different classes, those taken for each other most often first. */
export function mistakes(insight: ConfusionInsight): readonly Pair[] {
  const totals = rowTotals(insight);
  return insight.cells
    .filter(([actual, predicted]) => actual !== predicted)
    .map(([actual, predicted, count]) => ({ actual, predicted, count, share: count / Math.max(1, totals[actual]!) }))
    .toSorted((a, b) => b.count - a.count || b.share - a.share);
}

/** Share of examples whose class was found. */
export function accuracyOf({ n, cells }: ConfusionInsight): number {
  const right = cells.reduce((sum, [actual, predicted, count]) => sum + (actual === predicted ? count : 0), 0);
  return right / Math.max(1, n);
}

/** `93 %`, `0.4 %`; a share is never rounded to none or to all. */
export function percentFigure(share: number): string {
  const percent = 100 * share;
  if (percent > 99.9 && share < 1) return '>99.9 %';
  if (percent < 0.1 && share > 0) return '<0.1 %';
  return `${figure(percent, percent < 10 ? 2 : 3)} %`;
}

/** A cell in words: `12 of actual cat taken for dog, 4 % of its row`. */
export function pairWords({ actual, predicted, count, share }: Pair, classes: readonly string[]): string {
  const [from, to] = [classes[actual] ?? actual, classes[predicted] ?? predicted];
  const what = actual === predicted ? `actual ${from} recognised` : `actual ${from} taken for ${to}`;
  return `${count.toLocaleString('en-GB')} of ${what}, ${percentFigure(share)} of its row`;
}
