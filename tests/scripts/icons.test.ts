/** The application's icons, read back as the systems that show them would. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../resources/icons');
const read = (name: string): Buffer => readFileSync(join(folder, name));

async function sizeOf(png: Uint8Array): Promise<readonly [string | undefined, number, number]> {
  const { format, width, height } = await sharp(png).metadata();
  return [format, width, height];
}

/** The pictures of an .ico by its directory (Microsoft, "ICO file format"). */
function icoPictures(file: Buffer): readonly { readonly side: number; readonly png: Buffer }[] {
  expect([file.readUInt16LE(0), file.readUInt16LE(2)]).toEqual([0, 1]);
  return Array.from({ length: file.readUInt16LE(4) }, (_, index) => {
    const at = 6 + 16 * index;
    const offset = file.readUInt32LE(at + 12);
    return { side: file[at]! || 256, png: file.subarray(offset, offset + file.readUInt32LE(at + 8)) };
  });
}

/** The blocks of an .icns: four letters, a length with the head, the bytes. */
function icnsBlocks(file: Buffer): readonly { readonly type: string; readonly bytes: Buffer }[] {
  expect([file.toString('latin1', 0, 4), file.readUInt32BE(4)]).toEqual(['icns', file.length]);
  const blocks = [];
  for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4))
    blocks.push({
      type: file.toString('latin1', at, at + 4),
      bytes: file.subarray(at + 8, at + file.readUInt32BE(at + 4)),
    });
  return blocks;
}

/** Sides that macOS expects under each name; the last four are for screens of twice the density. */
const icnsSides: Readonly<Record<string, number>> = {
  icp4: 16,
  icp5: 32,
  ic07: 128,
  ic08: 256,
  ic09: 512,
  ic10: 1024,
  ic11: 32,
  ic12: 64,
  ic13: 256,
  ic14: 512,
};

describe('icons', () => {
  it('stand where electron-builder looks for them', () => {
    const config = readFileSync(join(folder, '../../electron-builder.yml'), 'utf8');
    expect(/^\s+buildResources: (.*)$/m.exec(config)?.[1]).toBe('resources/icons');
    for (const name of ['icon.png', 'icon.ico', 'icon.icns']) expect(existsSync(join(folder, name)), name).toBe(true);
  });

  it('are one picture of 1024 pixels, with nothing in its corners', async () => {
    expect(await sizeOf(read('icon.png'))).toEqual(['png', 1024, 1024]);
    const { data, info } = await sharp(read('icon.png')).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([data[3], data[(info.width - 1) * 4 + 3]]).toEqual([0, 0]);
    // The middle is the narrow code of the network.
    expect([...data.subarray(4 * (512 * 1024 + 512), 4 * (512 * 1024 + 512) + 4)]).toEqual([0xa9, 0xc5, 0xff, 255]);
  });

  it('of Windows hold a PNG of each size they name', async () => {
    const pictures = icoPictures(read('icon.ico'));
    expect(pictures.map(({ side }) => side)).toEqual([16, 24, 32, 48, 64, 128, 256]);
    for (const { side, png } of pictures) expect(await sizeOf(png)).toEqual(['png', side, side]);
  });

  it('of macOS hold a PNG of the size that each name stands for', async () => {
    const blocks = icnsBlocks(read('icon.icns'));
    expect(blocks.map(({ type }) => type).toSorted()).toEqual(Object.keys(icnsSides).toSorted());
    for (const { type, bytes } of blocks)
      expect(await sizeOf(bytes)).toEqual(['png', icnsSides[type], icnsSides[type]]);
  });
});
