/** Turns pictures as models make them (real numbers, channels first) into bytes as picture files hold them. */
import type { DataRange } from '../../../core/data/data-info.ts';
import { sizeOf } from '../../../core/tensor/tensor.ts';

/** Height, width and channels of one picture; files hold 1 channel (grey) or 3 (colour). */
export interface PictureSize {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/** Size of the picture of a sample of this shape: `[channels, height, width]`. Any number of channels but 3 shows its first, in grey. */
export function pictureSize(shape: readonly number[]): PictureSize {
  if (shape.length !== 3)
    throw new RangeError(`a picture has the shape [channels, height, width], found [${shape.join(', ')}]`);
  const [channels, height, width] = shape;
  return { height, width, channels: channels === 3 ? 3 : 1 };
}

/** The byte of a value: rounded to the nearest of 0 … 255; values outside the range are cut, NaN is 0. */
export function byteOf(value: number, range: DataRange): number {
  const scaled = range === 'unit' ? value * 255 : (value + 1) * 127.5;
  return Math.min(255, Math.max(0, Math.round(scaled) || 0));
}

/**
 * Bytes of one picture, channels interleaved row by row.
 * @param planes `shape[0]` planes of height × width values
 */
export function pictureBytes(planes: Float32Array, shape: readonly number[], range: DataRange): Uint8Array {
  const { height, width, channels } = pictureSize(shape);
  if (planes.length !== sizeOf(shape))
    throw new RangeError(
      `a picture of shape [${shape.join(', ')}] has ${sizeOf(shape)} values, found ${planes.length}`,
    );
  const plane = height * width;
  const bytes = new Uint8Array(plane * channels);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < plane; i++) bytes[i * channels + c] = byteOf(planes[c * plane + i], range);
  return bytes;
}
