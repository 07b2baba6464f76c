/** Samples as CSV text, in the units of the data: columns by name, numbers un-standardised, categories as words. */
import type { DataColumn, DataInfo } from '../../../core/data/data-info.ts';
import type { SampleOutput } from '../../../core/tasks/task.ts';
import { sizeOf } from '../../../core/tensor/tensor.ts';

/** A field, quoted where RFC 4180 asks for it. */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The shortest text that reads back as the same float32. */
export function float32Text(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === Math.fround(value)) return text;
  }
  return String(Number(value.toPrecision(9)));
}

/** Index of the largest of `count` values from `start` on; the first among equals. */
function largestAt(values: Float32Array, start: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[start + i] > values[start + best]) best = i;
  return best;
}

/** The cells of a table row from its features: `(x × deviation) + mean`, and each category's largest place. */
function decodeTableRow(features: Float32Array, columns: readonly DataColumn[]): string[] {
  let at = 0;
  return columns.map((column) => {
    const width = column.categories?.length ?? 1;
    const start = at;
    at += width;
    if (column.kind === 'category') return column.categories?.[largestAt(features, start, width)] ?? '';
    return float32Text(features[start] * (column.deviation ?? 1) + (column.mean ?? 0));
  });
}

function coordinateNames(size: number): readonly string[] {
  return size <= 3 ? ['x', 'y', 'z'].slice(0, size) : Array.from({ length: size }, (_, i) => `x${i}`);
}

/** Header and one function that gives a row's cells, for each kind of output that is numbers. */
function shapeOf(
  output: SampleOutput,
  data: DataInfo,
): { readonly header: readonly string[]; readonly cells: (row: Float32Array) => readonly string[] } | undefined {
  const plain = (row: Float32Array): readonly string[] => Array.from(row, float32Text);
  switch (output.kind) {
    case 'image':
    case 'text':
      return undefined;
    case 'points':
      return { header: coordinateNames(sizeOf(output.data.shape.slice(1))), cells: plain };
    case 'table':
      return {
        header: (data.columns ?? []).map((column) => column.name),
        cells: (row) => decodeTableRow(row, data.columns ?? []),
      };
    case 'classScores':
      return {
        header: ['predicted', ...data.classes],
        cells: (row) => [data.classes[largestAt(row, 0, row.length)] ?? '', ...plain(row)],
      };
  }
}

/**
 * One line a sample after a header; undefined for pictures and texts. A last column holds each sample's class (`class`; a table's
 * own name for it; `actual` beside class scores) where it is known.
 */
export function samplesCsv(output: SampleOutput, data: DataInfo): string | undefined {
  const shape = shapeOf(output, data);
  if (!shape) return undefined;
  const { labels } = output;
  const labelName = output.kind === 'classScores' ? 'actual' : (data.targetColumn?.name ?? 'class');
  const size = sizeOf(output.data.shape.slice(1));
  const lines = [[...shape.header, ...(labels ? [labelName] : [])]];
  for (let i = 0; i < output.data.shape[0]; i++) {
    const cells = shape.cells(output.data.data.subarray(i * size, (i + 1) * size));
    lines.push([...cells, ...(labels ? [data.classes[labels[i]] ?? String(labels[i])] : [])]);
  }
  return lines.map((cells) => `${cells.map(field).join(',')}\n`).join('');
}
