import { describe, expect, test } from 'vitest';
import { idsBetween, sortedRows, tableLines } from '../../../renderer/components/table/table-rows.ts';

describe('sorting', () => {
  test('numbers by size, words by their numbers', () => {
    expect(sortedRows([10, 9, -1, 2.5], (row) => row, false)).toEqual([-1, 2.5, 9, 10]);
    expect(sortedRows(['run 10', 'Run 2', 'run 1'], (row) => row, false)).toEqual(['run 1', 'Run 2', 'run 10']);
  });

  test('what is missing comes last whichever way', () => {
    const rows = [NaN, 2, null, 1, undefined];
    expect(sortedRows(rows, (row) => row, false)).toEqual([1, 2, NaN, null, undefined]);
    expect(sortedRows(rows, (row) => row, true)).toEqual([2, 1, NaN, null, undefined]);
  });

  test('rows of equal value keep their order, also descending', () => {
    const rows = [1, 2, 3, 4].map((id) => ({ id, value: id % 2 }));
    expect(sortedRows(rows, (row) => row.value, true).map(({ id }) => id)).toEqual([1, 3, 2, 4]);
  });

  test('10,000 rows within 200 ms', () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => `digits-${(i * 7919) % 10_000}`);
    const start = performance.now();
    const sorted = sortedRows(rows, (row) => row, false);
    expect(performance.now() - start).toBeLessThan(200);
    expect(sorted[9999]).toBe('digits-9999');
  });
});

describe('groups', () => {
  const rows = ['b1', 'a1', 'b2'];
  const lines = tableLines(
    rows,
    (row) => row,
    (row) => row[0]!,
    new Set(['a']),
  );

  test('stand in the order they appear, without the rows of closed ones', () => {
    expect(
      lines.map((line) => (line.type === 'group' ? `${line.name} ${line.count} ${line.isOpen}` : line.id)),
    ).toEqual(['b 2 true', 'b1', 'b2', 'a 1 false']);
  });

  test('heads are no rows to choose', () => {
    expect(idsBetween(lines, 3, 0)).toEqual(['b1', 'b2']);
  });
});
