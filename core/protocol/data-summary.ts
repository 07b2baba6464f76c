/** What the data of a document comes to, split by split. */
import type { DataInfo, Split } from '../data/data-info.ts';

export interface DataSummary {
  readonly info: DataInfo;
  readonly splits: Readonly<
    Record<
      Split,
      {
        readonly count: number;
        readonly perClass: readonly number[];
        readonly minimum: number;
        readonly mean: number;
        readonly maximum: number;
      }
    >
  >;
}
