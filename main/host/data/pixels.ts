/** Decodes and scales pictures with sharp into rows of bytes, channels first. */
import sharp, { type Sharp } from 'sharp';
import { DataError } from './data-error.ts';
import type { Chunk, ImageOptions, PreparedSource } from './source.ts';

export interface PixelSize {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

const largestSide = 1024;

/** @throws DataError when a requested size is not a whole number from 1 to 1024, or channels are not 1 or 3. */
export function checkImageOptions({ width, height, channels }: ImageOptions, file: string): void {
  for (const [name, side] of Object.entries({ width, height })) {
    if (side !== undefined && !(Number.isInteger(side) && side >= 1 && side <= largestSide)) {
      throw new DataError(
        'option',
        file,
        `the picture ${name} must be a whole number from 1 to ${largestSide}, found ${side}`,
      );
    }
  }
  if (channels !== undefined && channels !== 1 && channels !== 3) {
    throw new DataError('option', file, `pictures have 1 channel (grey) or 3 (colour), found ${String(channels)}`);
  }
}

/** Interleaved pixels to planes. */
function toPlanes(pixels: Uint8Array, channels: number, out: Uint8Array): void {
  const plane = pixels.length / channels;
  for (let at = 0; at < plane; at++) for (let c = 0; c < channels; c++) out[c * plane + at] = pixels[at * channels + c];
}

/**
 * Fills the target size: scaled (Lanczos with antialiasing) until it covers it, the overhang cut off evenly; laid on
 * white where transparent; grey by luminance when one channel is asked for.
 */
async function renderInto(picture: Sharp, size: PixelSize, out: Uint8Array): Promise<void> {
  const { width, height, channels } = size;
  const flat = picture.flatten({ background: '#ffffff' }).resize(width, height, { fit: 'cover', kernel: 'lanczos3' });
  const coloured = channels === 1 ? flat.toColourspace('b-w') : flat.toColourspace('srgb');
  const { data, info } = await coloured.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  if (info.channels === channels) return toPlanes(data, channels, out);
  const plane = width * height;
  for (let at = 0; at < plane; at++)
    for (let c = 0; c < channels; c++) out[c * plane + at] = data[at * info.channels + (info.channels < 3 ? 0 : c)];
}

/**
 * Decodes a picture file into `out` (`channels × height × width` bytes), turned upright as its EXIF orientation says.
 * @throws DataError when it cannot be decoded.
 */
export async function decodePicture(file: string, size: PixelSize, out: Uint8Array): Promise<void> {
  try {
    await renderInto(sharp(file, { failOn: 'warning' }).rotate(), size, out);
  } catch (error) {
    const reason =
      error instanceof Error ? (error.message.split('\n')[0] ?? '').replace(/^Input file /, '').trim() : String(error);
    const problem = `is a picture that cannot be decoded (${reason.replace(file, '').replace(/^[:\s]+/, '')})`;
    throw new DataError('corrupt', file, problem, 'remove or replace the file');
  }
}

/** The same source with its pictures scaled to the requested size; unchanged when the size is the same. */
export function scaled(source: PreparedSource, options: ImageOptions): PreparedSource {
  const { description, storage } = source;
  const [fromChannels, fromHeight, fromWidth] = description.shape;
  const width = options.width ?? options.height ?? fromWidth;
  const height = options.height ?? options.width ?? fromHeight;
  const size: PixelSize = { width, height, channels: options.channels ?? (fromChannels === 1 ? 1 : 3) };
  if (size.channels === fromChannels && height === fromHeight && width === fromWidth) return source;
  if (storage !== 'uint8')
    throw new DataError(
      'option',
      description.source,
      'pictures stored as real numbers cannot be resized',
      'store them as uint8',
    );
  const from = { width: fromWidth, height: fromHeight, channels: fromChannels as 1 | 3 };
  const rowSize = size.channels * height * width;
  async function* chunks(): AsyncGenerator<Chunk> {
    for await (const { count, samples, targets } of source.chunks()) {
      const out = new Uint8Array(count * rowSize);
      const old = samples.length / count;
      const rows = Array.from({ length: count }, (_, row) =>
        scaleRow(
          samples.subarray(row * old, (row + 1) * old) as Uint8Array,
          from,
          size,
          out.subarray(row * rowSize, (row + 1) * rowSize),
        ),
      );
      await Promise.all(rows);
      yield { count, samples: out, targets };
    }
  }
  return { ...source, description: { ...description, shape: [size.channels, height, width] }, chunks };
}

async function scaleRow(planes: Uint8Array, from: PixelSize, to: PixelSize, out: Uint8Array): Promise<void> {
  const { width, height, channels } = from;
  const plane = width * height;
  const pixels = new Uint8Array(planes.length);
  for (let at = 0; at < plane; at++)
    for (let c = 0; c < channels; c++) pixels[at * channels + c] = planes[c * plane + at];
  await renderInto(sharp(pixels, { raw: { width, height, channels } }), to, out);
}
