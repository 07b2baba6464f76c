/** Lays pictures out in a grid and writes it as a PNG file. */
import sharp from 'sharp';
import type { DataRange } from '../../../core/data/data-info.ts';
import { sizeOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { writeFileAtomic, type WrittenFile } from '../files/atomic.ts';
import { pictureBytes, pictureSize, type PictureSize } from './pixel-bytes.ts';

export interface GridOptions {
  readonly range: DataRange;
  /** Pictures in a row; near a square when left out. */
  readonly columns?: number;
  /** Side of a source pixel in the grid; chosen so that pictures are at least about 56 pixels large when left out. */
  readonly zoom?: number;
  /** What each picture was made from: shown in a row of its own above each row. */
  readonly reference?: Tensor<'float32'>;
}

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** Pixels a picture takes, gutters not counted: `[height, width]`. */
  readonly cell: readonly [number, number];
  readonly zoom: number;
  /** Pictures shown: large sets are cut. */
  readonly shown: number;
}

/** Pixels between two pictures, and around them all. */
export const gutter = 2;
const gutterByte = 255;
/** A grid shows no more pictures than this, and no side is longer than this many pixels. */
const mostPictures = 1024;
const longestSide = 8192;

/** Columns of a grid of `count` pictures: from a square to twice as wide as high, with the fewest empty places. */
export function columnsFor(count: number): number {
  const square = Math.max(1, Math.ceil(Math.sqrt(count)));
  let best = square;
  const empty = (columns: number): number => Math.ceil(count / columns) * columns - count;
  for (let columns = square; columns <= square * 1.5; columns++) if (empty(columns) < empty(best)) best = columns;
  return best;
}

function layout(count: number, size: PictureSize, options: GridOptions): Grid {
  const wanted = Math.min(count, mostPictures);
  const zoom = options.zoom ?? Math.max(1, Math.min(16, Math.round(64 / Math.max(size.height, size.width))));
  const cell = [size.height * zoom, size.width * zoom] as const;
  const fitting = (side: number): number => Math.max(1, Math.floor((longestSide - gutter) / (side + gutter)));
  const columns = Math.min(options.columns ?? columnsFor(wanted), fitting(cell[1]), Math.max(1, wanted));
  const layers = options.reference ? 2 : 1;
  const rows = Math.min(Math.ceil(wanted / columns), Math.max(1, Math.floor(fitting(cell[0]) / layers)));
  return { columns, rows, cell, zoom, shown: Math.min(wanted, rows * columns) };
}

/** Copies a picture into the canvas, each pixel `zoom` × `zoom` large. */
function paint(
  canvas: Uint8Array,
  canvasWidth: number,
  picture: Uint8Array,
  size: PictureSize,
  zoom: number,
  top: number,
  left: number,
): void {
  const { width, height, channels } = size;
  for (let y = 0; y < height * zoom; y++) {
    const from = Math.floor(y / zoom) * width;
    const to = (top + y) * canvasWidth + left;
    for (let x = 0; x < width * zoom; x++) {
      for (let c = 0; c < channels; c++)
        canvas[(to + x) * channels + c] = picture[(from + Math.floor(x / zoom)) * channels + c];
    }
  }
}

/**
 * A grid of pictures as PNG bytes: small ones enlarged without smoothing, 2 white pixels between them.
 * @param pictures [count, channels, height, width] in `options.range`
 */
export async function encodeImageGrid(
  pictures: Tensor<'float32'>,
  options: GridOptions,
): Promise<{ readonly png: Uint8Array; readonly grid: Grid }> {
  const [count, ...shape] = pictures.shape;
  if (count < 1) throw new RangeError('a grid needs at least one picture');
  const size = pictureSize(shape);
  const grid = layout(count, size, options);
  const layers = options.reference ? [options.reference, pictures] : [pictures];
  const width = gutter + grid.columns * (grid.cell[1] + gutter);
  const height = gutter + grid.rows * layers.length * (grid.cell[0] + gutter);
  const canvas = new Uint8Array(width * height * size.channels).fill(gutterByte);
  const each = sizeOf(shape);
  layers.forEach((layer, at) => {
    for (let i = 0; i < grid.shown; i++) {
      const bytes = pictureBytes(layer.data.subarray(i * each, (i + 1) * each), shape, options.range);
      const row = Math.floor(i / grid.columns) * layers.length + at;
      const [top, left] = [
        gutter + row * (grid.cell[0] + gutter),
        gutter + (i % grid.columns) * (grid.cell[1] + gutter),
      ];
      paint(canvas, width, bytes, size, grid.zoom, top, left);
    }
  });
  return { png: await encodePng(canvas, { width, height, channels: size.channels }), grid };
}

/** Bytes (channels interleaved) as a PNG file's bytes: grey for 1 channel, colour for 3. */
export async function encodePng(bytes: Uint8Array, size: PictureSize): Promise<Uint8Array> {
  const picture = sharp(bytes, { raw: { width: size.width, height: size.height, channels: size.channels } });
  return (size.channels === 1 ? picture.toColourspace('b-w') : picture).png({ compressionLevel: 9 }).toBuffer();
}

/** Writes a grid, all or nothing. @throws FileError when it cannot be written. */
export async function writeImageGrid(
  file: string,
  pictures: Tensor<'float32'>,
  options: GridOptions,
): Promise<WrittenFile & { readonly grid: Grid }> {
  const { png, grid } = await encodeImageGrid(pictures, options);
  return { ...(await writeFileAtomic(file, [png])), grid };
}
