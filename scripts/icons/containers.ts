/** Files that hold one picture in several sizes: .ico for Windows, .icns for macOS, both of PNGs. */

/** A square picture. */
export interface SizedPng {
  /** Pixels of a side. */
  readonly size: number;
  readonly png: Uint8Array;
}

const icoHead = 6;
const icoEntry = 16;

/** An .ico file; a side has at most 256 pixels, which its byte writes as 0. */
export function icoOf(pictures: readonly SizedPng[]): Uint8Array {
  const head = Buffer.alloc(icoHead + icoEntry * pictures.length);
  head.writeUInt16LE(1, 2); // icons, not cursors
  head.writeUInt16LE(pictures.length, 4);
  let offset = head.length;
  pictures.forEach(({ size, png }, index) => {
    const at = icoHead + icoEntry * index;
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4); // colour planes
    head.writeUInt16LE(32, at + 6); // bits a pixel
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...pictures.map(({ png }) => png)]);
}

/** What macOS calls PNGs of a size, plain and for screens of twice the density. */
const icnsTypes: Readonly<Record<number, readonly string[]>> = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10'],
};
export const icnsSizes: readonly number[] = Object.keys(icnsTypes).map(Number);

/** An .icns file of pictures of `icnsSizes`. */
export function icnsOf(pictures: readonly SizedPng[]): Uint8Array {
  const blocks = pictures.flatMap(({ size, png }) => (icnsTypes[size] ?? []).map((type) => block(type, png)));
  return block('icns', Buffer.concat(blocks));
}

/** Four letters, the length of all in big endian, the bytes. */
function block(type: string, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(8 + bytes.length, 4);
  return Buffer.concat([head, bytes]);
}
