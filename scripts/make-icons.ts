/** `npm run icons`: the application's icons for every system, drawn from resources/icons/lathe.svg. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { icnsOf, icnsSizes, icoOf, type SizedPng } from './icons/containers.ts';

const folder = join(import.meta.dirname, '../resources/icons');
const icoSizes: readonly number[] = [16, 24, 32, 48, 64, 128, 256];

/** Draws at the size itself, so that edges are as sharp as they can be. */
async function drawn(size: number): Promise<SizedPng> {
  const density = (72 * size) / 512;
  const png = await sharp(join(folder, 'lathe.svg'), { density })
    .resize(size, size)
    .png({ compressionLevel: 9 })
    .toBuffer();
  return { size, png };
}

const largest = await drawn(1024);
writeFileSync(join(folder, 'icon.png'), largest.png);
writeFileSync(join(folder, 'icon.ico'), icoOf(await Promise.all(icoSizes.map(drawn))));
writeFileSync(join(folder, 'icon.icns'), icnsOf(await Promise.all(icnsSizes.map(drawn))));
