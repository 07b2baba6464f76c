/** Rows of a table, sorted and grouped. */

/** What rows are sorted by; null and NaN come last whichever way. */
export type SortValue = string | number | boolean | null | undefined;

export interface SortState {
  readonly column: string;
  readonly descending: boolean;
}

/** Numbers inside words count as numbers: `run 2` before `run 10`. */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const isMissing = (value: SortValue): boolean =>
  value === null || value === undefined || value === '' || Number.isNaN(value);

function compare(a: SortValue, b: SortValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}

/** A sorted copy; rows of equal value keep their order. */
export function sortedRows<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => SortValue,
  descending: boolean,
): readonly Row[] {
  const missing: Row[] = [];
  const present: { readonly row: Row; readonly value: SortValue }[] = [];
  for (const row of rows) {
    const value = valueOf(row);
    if (isMissing(value)) missing.push(row);
    else present.push({ row, value });
  }
  const sign = descending ? -1 : 1;
  present.sort((a, b) => sign * compare(a.value, b.value));
  return [...present.map(({ row }) => row), ...missing];
}

/** A line of the table: a row, or the head of a group. */
export type TableLine<Row> =
  | { readonly type: 'row'; readonly row: Row; readonly id: string }
  | { readonly type: 'group'; readonly name: string; readonly count: number; readonly isOpen: boolean };

/** Rows under the heads of their groups, in the order in which groups first appear; rows of closed groups are left out. */
export function tableLines<Row>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  groupOf: ((row: Row) => string) | undefined,
  closed: ReadonlySet<string>,
): readonly TableLine<Row>[] {
  const line = (row: Row): TableLine<Row> => ({ type: 'row', row, id: idOf(row) });
  if (!groupOf) return rows.map(line);
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = groupOf(row);
    const members = groups.get(name);
    if (members) members.push(row);
    else groups.set(name, [row]);
  }
  return [...groups].flatMap(([name, members]) => {
    const isOpen = !closed.has(name);
    return [{ type: 'group', name, count: members.length, isOpen } as const, ...(isOpen ? members.map(line) : [])];
  });
}

/** Ids of the rows between two lines, both included. */
export function idsBetween<Row>(lines: readonly TableLine<Row>[], a: number, b: number): readonly string[] {
  return lines.slice(Math.min(a, b), Math.max(a, b) + 1).flatMap((line) => (line.type === 'row' ? [line.id] : []));
}
