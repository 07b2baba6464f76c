/** Samples as pixels: real-valued images to bytes. */
import type { Samples } from '../../../core/protocol/samples.ts';

export interface ImageSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Height and width of `[c, h, w]` or `[h, w]`. */
export function imageSize(shape: readonly number[]): ImageSize {
  const [width = 1, height = 1, channels = 1] = shape.toReversed();
  return { channels, height, width };
}

/** Values of one image to RGBA bytes: grey from one channel, colours from three; values outside the range are clipped. */
export function rgbaOf(values: Float32Array, size: ImageSize, range: Samples['range']): Uint8ClampedArray<ArrayBuffer> {
  const area = size.width * size.height;
  const out = new Uint8ClampedArray(area * 4);
  const scale = range === 'symmetric' ? 127.5 : 255;
  const shift = range === 'symmetric' ? 127.5 : 0;
  const green = size.channels >= 3 ? area : 0;
  const blue = size.channels >= 3 ? 2 * area : 0;
  for (let i = 0; i < area; i++) {
    out[4 * i] = values[i]! * scale + shift;
    out[4 * i + 1] = values[green + i]! * scale + shift;
    out[4 * i + 2] = values[blue + i]! * scale + shift;
    out[4 * i + 3] = 255;
  }
  return out;
}

/** How many samples of a shape there are in an array. */
export function sampleCount(data: Float32Array, shape: readonly number[]): number {
  return Math.floor(
    data.length /
      Math.max(
        1,
        shape.reduce((product, size) => product * size, 1),
      ),
  );
}

/** The values of one sample. */
export function sampleAt(data: Float32Array, shape: readonly number[], index: number): Float32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  return data.subarray(index * size, (index + 1) * size);
}

/** Pixels on screen for an image in a cell of about `target`: a whole multiple of its own where that fits, so that pixels stay square. */
export function cellSize(size: ImageSize, target: number): { readonly width: number; readonly height: number } {
  const largest = Math.max(size.width, size.height);
  const scale = largest <= target ? Math.max(1, Math.floor(target / largest)) : target / largest;
  return { width: Math.round(size.width * scale), height: Math.round(size.height * scale) };
}
