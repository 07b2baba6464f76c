/** Pictures of what is no picture: points scattered in a plane, and rows of numbers as shades. */
import sharp from 'sharp';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { sizeOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { encodePng } from './image-grid.ts';

const plotSide = 480;
const mostPoints = 10_000;
/** Half sides that a plot may have: a few fixed ones, so that plots of one run can be laid over each other. */
const halfSides = [0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100];

/** The square [−half, half]² that shows the data: around the known centres, else around all but the most outlying points. */
export function plotHalfSide(points: Tensor<'float32'>, modes: DataInfo['modes']): number {
  if (modes) return niceHalfSide(Math.max(...modes.centres.flat().map(Math.abs)) + 5 * modes.deviation);
  const sizes = points.data.map(Math.abs).filter(Number.isFinite).sort();
  return niceHalfSide(1.15 * (sizes[Math.floor(sizes.length * 0.99)] ?? 1));
}

function niceHalfSide(needed: number): number {
  return halfSides.find((side) => side >= needed) ?? needed;
}

/**
 * Points as a PNG file's bytes: the first two coordinates in a square plane, y upwards, with rings of 3 deviations around
 * known centres. Points outside the square and points that are not finite are left out.
 * @param points [count, dimensions]
 */
export function encodeScatter(points: Tensor<'float32'>, data: Pick<DataInfo, 'modes'>): Promise<Uint8Array> {
  const half = plotHalfSide(points, data.modes);
  const scale = plotSide / (2 * half);
  const place = (x: number, y: number): string =>
    `cx="${((x + half) * scale).toFixed(1)}" cy="${((half - y) * scale).toFixed(1)}"`;
  const rings = (data.modes?.centres ?? []).map(
    ([x, y = 0]) => `<circle ${place(x, y)} r="${(3 * (data.modes?.deviation ?? 0) * scale).toFixed(1)}"/>`,
  );
  const axes = `<path d="M0 ${plotSide / 2}H${plotSide}M${plotSide / 2} 0V${plotSide}" stroke="#d8d8d8"/>`;
  const dimensions = sizeOf(points.shape.slice(1));
  const dots: string[] = [];
  for (let i = 0; i < Math.min(points.shape[0], mostPoints); i++) {
    const x = points.data[i * dimensions];
    const y = dimensions > 1 ? points.data[i * dimensions + 1] : 0;
    if (Math.abs(x) <= half && Math.abs(y) <= half) dots.push(`<circle ${place(x, y)} r="2"/>`);
  }
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${plotSide}" height="${plotSide}"><rect width="100%" height="100%" fill="#fff"/>${axes}` +
    `<g fill="none" stroke="#b0b0b0">${rings.join('')}</g><g fill="#1f5fa8" fill-opacity="0.5">${dots.join('')}</g></svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: '#ffffff' }).png().toBuffer();
}

/**
 * Rows of numbers as a PNG file's bytes, one block of pixels a number: white at `low` or below, black at `high` or above.
 * @param rows [count, columns]
 */
export function encodeShades(rows: Tensor<'float32'>, low: number, high: number): Promise<Uint8Array> {
  const columns = sizeOf(rows.shape.slice(1));
  const count = Math.min(rows.shape[0], 256);
  const block = Math.max(1, Math.min(16, Math.floor(1024 / Math.max(columns, count))));
  const [width, height] = [columns * block, count * block];
  const bytes = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = rows.data[Math.floor(y / block) * columns + Math.floor(x / block)];
      const dark = (value - low) / (high - low);
      bytes[y * width + x] = Math.round(255 * (1 - Math.min(1, Math.max(0, dark || 0))));
    }
  }
  return encodePng(bytes, { width, height, channels: 1 });
}
