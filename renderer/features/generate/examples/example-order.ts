/** Which judged examples are shown, and in which order. */
import type { Judged } from '../../../../core/protocol/insights.ts';

export const orders = ['mistakes', 'unsure', 'stored'] as const;
export type ExampleOrder = (typeof orders)[number];

export interface ExampleFilter {
  readonly order: ExampleOrder;
  /** Class numbers; null: any. */
  readonly actual: number | null;
  readonly predicted: number | null;
}

type Verdicts = Pick<Judged, 'actual' | 'predicted' | 'confidence'>;

/**
 * Rows of `judged` that the filter lets through. `mistakes` brings what was mistaken first, the surest mistake at the head;
 * `unsure` the least sure first; `stored` keeps the order evaluations use.
 */
export function shownExamples({ actual, predicted, confidence }: Verdicts, filter: ExampleFilter): readonly number[] {
  const rows = Array.from(actual.keys()).filter(
    (row) =>
      (filter.actual === null || actual[row] === filter.actual) &&
      (filter.predicted === null || predicted[row] === filter.predicted),
  );
  const isMistake = (row: number): number => Number(actual[row] !== predicted[row]);
  switch (filter.order) {
    case 'stored':
      return rows;
    case 'unsure':
      return rows.toSorted((a, b) => confidence[a]! - confidence[b]!);
    case 'mistakes':
      return rows.toSorted((a, b) => {
        const byMistake = isMistake(b) - isMistake(a);
        // Of right answers the unsure ones come next: they are nearest to being mistakes.
        if (byMistake !== 0) return byMistake;
        return isMistake(a) ? confidence[b]! - confidence[a]! : confidence[a]! - confidence[b]!;
      });
  }
}

export function mistakeCount({ actual, predicted }: Verdicts): number {
  return actual.reduce((sum, truth, row) => sum + Number(truth !== predicted[row]), 0);
}
