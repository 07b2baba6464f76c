/** Pictures as bytes and grids: what sharp reads back is what was written, pixel by pixel. */
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { tensorOf } from '../../../core/tensor/tensor.ts';
import { columnsFor, encodeImageGrid, gutter, writeImageGrid } from '../../../main/host/images/image-grid.ts';
import { byteOf, pictureBytes } from '../../../main/host/images/pixel-bytes.ts';
import { encodeScatter, encodeShades, plotHalfSide } from '../../../main/host/images/plots.ts';
import { join } from 'node:path';
import { temporaryFolder } from '../files/fixtures.ts';

async function pixels(png: Uint8Array | string) {
  // Left to itself sharp hands grey files over in colour.
  const { channels } = await sharp(png).metadata();
  const picture = channels === 1 ? sharp(png).toColourspace('b-w') : sharp(png);
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return {
    info,
    at: (x: number, y: number) => [
      ...data.subarray((y * info.width + x) * info.channels, (y * info.width + x + 1) * info.channels),
    ],
  };
}

test('every byte survives the way to a real number of either range and back', () => {
  for (let byte = 0; byte < 256; byte++) {
    expect(byteOf(Math.fround(byte / 255), 'unit')).toBe(byte);
    expect(byteOf(Math.fround((2 * byte) / 255 - 1), 'symmetric')).toBe(byte);
  }
});

test('values are rounded to the nearest byte, cut at the ends, and NaN is black', () => {
  expect([0.4999 / 255, 0.5001 / 255, -3, 7, NaN].map((value) => byteOf(value, 'unit'))).toEqual([0, 1, 0, 255, 0]);
  expect([-1, 0, 1, -1.5, 1.5].map((value) => byteOf(value, 'symmetric'))).toEqual([0, 128, 255, 0, 255]);
});

test('planes become interleaved pixels', () => {
  const planes = Float32Array.from([0, 1, 0.2, 0.4, 1, 0]);
  expect([...pictureBytes(planes, [3, 1, 2], 'unit')]).toEqual([0, 51, 255, 255, 102, 0]);
});

test('a grey grid holds each picture enlarged in its place, with white gutters, in a grey file', async () => {
  const values = Array.from({ length: 3 * 4 }, (_, i) => i / 11);
  const { png, grid } = await encodeImageGrid(tensorOf('float32', [3, 1, 2, 2], values), {
    range: 'unit',
    columns: 2,
    zoom: 3,
  });
  expect(grid).toEqual({ columns: 2, rows: 2, cell: [6, 6], zoom: 3, shown: 3 });
  const { info, at } = await pixels(png);
  expect([info.width, info.height, info.channels]).toEqual([gutter + 2 * 8, gutter + 2 * 8, 1]);
  for (let i = 0; i < 3; i++) {
    const [left, top] = [gutter + (i % 2) * 8, gutter + Math.floor(i / 2) * 8];
    for (let y = 0; y < 6; y++) {
      for (let x = 0; x < 6; x++) {
        const value = values[i * 4 + Math.floor(y / 3) * 2 + Math.floor(x / 3)];
        expect(at(left + x, top + y)).toEqual([Math.round(value * 255)]);
      }
    }
    expect(at(left - 1, top)).toEqual([255]);
  }
  expect(at(12, 12)).toEqual([255]);
});

test('a colour grid keeps its channels apart, and references stand above what was made from them', async () => {
  const picture = [1, -1, 0.2]; // one pixel: red 255, green 0, blue 153
  const original = [-1, 1, -1];
  const reference = tensorOf('float32', [1, 3, 1, 1], original);
  const folder = temporaryFolder();
  const file = join(folder, 'grid.png');
  const written = await writeImageGrid(file, tensorOf('float32', [1, 3, 1, 1], picture), {
    range: 'symmetric',
    zoom: 1,
    reference,
  });
  const { info, at } = await pixels(file);
  expect([info.width, info.height, info.channels]).toEqual([5, 8, 3]);
  expect(at(2, 2)).toEqual([0, 255, 0]);
  expect(at(2, 5)).toEqual([255, 0, 153]);
  expect(written.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('grids are filled where a number of columns near the square allows it, and huge sets are cut', async () => {
  expect([1, 4, 16, 12, 10, 64].map(columnsFor)).toEqual([1, 2, 4, 4, 5, 8]);
  const many = tensorOf('float32', [3000, 1, 1, 1], new Float32Array(3000));
  const { grid } = await encodeImageGrid(many, { range: 'unit' });
  expect(grid.shown).toBeLessThanOrEqual(1024);
  await expect(encodeImageGrid(tensorOf('float32', [0, 1, 1, 1], []), { range: 'unit' })).rejects.toThrow(
    /at least one picture/,
  );
});

test('a scatter plot has a dot where a point is, y upwards, and leaves out what is not finite', async () => {
  const points = tensorOf('float32', [3, 2], [1, 1, NaN, 0, Infinity, 5]);
  const modes = { centres: [[2, 0]], deviation: 0.1 };
  const half = plotHalfSide(points, modes);
  expect(half).toBe(2.5);
  const { info, at } = await pixels(await encodeScatter(points, { modes }));
  expect([info.width, info.height]).toEqual([480, 480]);
  const place = (value: number): number => Math.round((value + half) * (480 / (2 * half)));
  const [red, , blue] = at(place(1), 480 - place(1));
  expect(blue - red).toBeGreaterThan(40);
  expect(at(place(1), place(1))).toEqual([255, 255, 255]);
});

test('shades run from white at the low end to black at the high end', async () => {
  const { info, at } = await pixels(await encodeShades(tensorOf('float32', [1, 3], [0, 0.5, 1]), 0, 1));
  expect([info.width, info.height]).toEqual([48, 16]);
  expect([at(0, 0), at(20, 8), at(47, 15)]).toEqual([[255], [128], [0]]);
});
