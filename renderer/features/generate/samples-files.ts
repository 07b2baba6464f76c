/** Samples as files a person takes away: NumPy arrays, tables, pictures. */
import type { DataColumn } from '../../../core/data/data-info.ts';
import type { Samples } from '../../../core/protocol/samples.ts';
import { drawGrid, gridLayout } from '../../components/samples/draw-images.ts';
import { imageSize, sampleAt, sampleCount } from '../../components/samples/pixels.ts';
import { bestIndex, columnNames } from '../../components/samples/table-values.ts';

/**
 * All values as a NumPy file, [count, …shape] of 32-bit floats: format version 1.0, header padded to a multiple of 64
 * (numpy.lib.format).
 */
export function npyFile(samples: Pick<Samples, 'data' | 'shape'>): Uint8Array<ArrayBuffer> {
  const shape = [sampleCount(samples.data, samples.shape), ...samples.shape];
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const words = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const header = `${words.padEnd(Math.ceil((words.length + 11) / 64) * 64 - 11)}\n`;
  const out = new Uint8Array(10 + header.length + samples.data.byteLength);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  out.set(new TextEncoder().encode(header), 10);
  const view = new DataView(out.buffer);
  samples.data.forEach((value, i) => view.setFloat32(10 + header.length + 4 * i, value, true));
  return out;
}

const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** One row in its own units at full precision; of one-hot categories the most likely. */
function plainCells(columns: readonly DataColumn[] | undefined, row: Float32Array): readonly string[] {
  if (!columns) return Array.from(row, String);
  let at = 0;
  return columns.map((column) => {
    if (column.kind === 'number') return String(row[at++]! * (column.deviation ?? 1) + (column.mean ?? 0));
    const names = column.categories ?? [];
    const scores = row.subarray(at, (at += names.length));
    return names[bestIndex(scores)] ?? '';
  });
}

/** Rows as comma-separated values (RFC 4180). */
export function csvFile(samples: Pick<Samples, 'data' | 'shape'>, columns: readonly DataColumn[] | undefined): string {
  const names = columnNames(columns, samples.shape[0] ?? 1);
  const rows = Array.from({ length: sampleCount(samples.data, samples.shape) }, (_, i) =>
    plainCells(columns, sampleAt(samples.data, samples.shape, i)),
  );
  return [names, ...rows].map((cells) => cells.map(quoted).join(',')).join('\r\n');
}

/** Pictures in a grid of about equal sides at their own size, with what they were made from above each. */
export async function pngFile(samples: Samples): Promise<Blob> {
  const count = sampleCount(samples.data, samples.shape);
  const size = imageSize(samples.shape);
  const columns = Math.ceil(Math.sqrt(count));
  const isPaired = samples.reference !== null && (samples.referenceShape?.length ?? 0) >= 2;
  const layout = gridLayout(count, columns * (size.width + 3), size, isPaired, columns);
  const canvas = document.createElement('canvas');
  drawGrid(canvas, samples, count, layout);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
  if (!blob) throw new Error('the picture is too large for this window: draw fewer samples');
  return blob;
}
