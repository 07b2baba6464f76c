/** A column of a table: its title, what it shows and what it sorts by. */
import type { ReactNode } from 'react';
import type { SortValue } from './table-rows.ts';

export interface TableColumn<Row> {
  readonly id: string;
  readonly title: string;
  /** What the figures mean, where the title cannot say it. */
  readonly help?: string;
  /** Pixels to begin with; 140 unless told. */
  readonly width?: number;
  readonly align?: 'start' | 'end';
  /** What the column is sorted by, and shown unless there is `cell`. Absent: not sortable. */
  readonly value?: (row: Row) => SortValue;
  /** Controls in it want `excludeFromTabOrder`: the table is one stop of the Tab key. */
  readonly cell?: (row: Row) => ReactNode;
}
