/** Draws samples into canvases: many into the cells of one, or one alone. */
import type { Samples } from '../../../core/protocol/samples.ts';
import { type ImageSize, imageSize, rgbaOf, sampleAt } from './pixels.ts';

export interface GridLayout {
  readonly columns: number;
  readonly rows: number;
  /** Of one picture, in CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Of a cell: the picture, its reference above it, and room between cells. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Of all cells together. */
  readonly totalWidth: number;
  readonly totalHeight: number;
  /** Between rows. */
  readonly rowGap: number;
  readonly isPaired: boolean;
}

const cellGap = 3;
const pairGap = 1;
/** Pairs stand further apart than their halves. */
const betweenPairs = 10;

/** How many columns fit, and where each cell is. */
export function gridLayout(
  count: number,
  width: number,
  picture: { readonly width: number; readonly height: number },
  isPaired: boolean,
  wanted?: number,
): GridLayout {
  const cellWidth = picture.width + cellGap;
  const fitting = Math.max(1, Math.floor((width + cellGap) / cellWidth));
  const columns = Math.max(1, Math.min(wanted ?? fitting, fitting, Math.max(1, count)));
  const rowGap = isPaired ? betweenPairs : cellGap;
  const cellHeight = picture.height * (isPaired ? 2 : 1) + (isPaired ? pairGap : 0) + rowGap;
  const rows = Math.ceil(count / columns);
  const totalWidth = columns * cellWidth - cellGap;
  const totalHeight = Math.max(0, rows * cellHeight - rowGap);
  return { columns, rows, ...picture, cellWidth, cellHeight, totalWidth, totalHeight, rowGap, isPaired };
}

function scratchCanvas(size: ImageSize): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = size.width;
  canvas.height = size.height;
  return canvas.getContext('2d', { willReadFrequently: true })!;
}

/** Draws every sample into its cell. Enlarged pictures keep their pixels square; smaller ones are smoothed. */
export function drawGrid(canvas: HTMLCanvasElement, samples: Samples, count: number, layout: GridLayout): void {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(layout.totalWidth * ratio);
  canvas.height = Math.round(layout.totalHeight * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  const size = imageSize(samples.shape);
  context.imageSmoothingEnabled = layout.width < size.width;
  context.imageSmoothingQuality = 'high';
  const scratch = scratchCanvas(size);
  const reference = layout.isPaired ? samples.reference : null;
  const referenceShape = samples.referenceShape ?? samples.shape;
  const referenceScratch = reference ? scratchCanvas(imageSize(referenceShape)) : null;
  for (let index = 0; index < count; index++) {
    const x = (index % layout.columns) * layout.cellWidth;
    const y = Math.floor(index / layout.columns) * layout.cellHeight;
    const put = (target: CanvasRenderingContext2D, data: Float32Array, shape: readonly number[], top: number): void => {
      const own = imageSize(shape);
      target.putImageData(
        new ImageData(rgbaOf(sampleAt(data, shape, index), own, samples.range), own.width, own.height),
        0,
        0,
      );
      context.drawImage(target.canvas, x, top, layout.width, layout.height);
    };
    if (reference && referenceScratch) put(referenceScratch, reference, referenceShape, y);
    put(scratch, samples.data, samples.shape, reference ? y + layout.height + pairGap : y);
  }
}

/** Draws one sample at its own size; the page enlarges it. */
export function drawOne(
  canvas: HTMLCanvasElement,
  data: Float32Array,
  shape: readonly number[],
  index: number,
  range: Samples['range'],
): void {
  const size = imageSize(shape);
  canvas.width = size.width;
  canvas.height = size.height;
  canvas
    .getContext('2d')!
    .putImageData(new ImageData(rgbaOf(sampleAt(data, shape, index), size, range), size.width, size.height), 0, 0);
}
