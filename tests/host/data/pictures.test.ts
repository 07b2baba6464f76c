/** Picture sources give back exactly the bytes that were written, from plain, packed and damaged files. */
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp, { type Color, type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { all, bytes, failureOf, idx, openIn, put, scratch } from './helpers.ts';

const close = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6;

function writeMnist(folder: string, pack: (data: Buffer) => Uint8Array = (data) => data, suffix = ''): void {
  put(folder, `train-images-idx3-ubyte${suffix}`, pack(idx([20, 3, 4], bytes(240))));
  put(
    folder,
    `train-labels-idx1-ubyte${suffix}`,
    pack(
      idx(
        [20],
        Uint8Array.from({ length: 20 }, (_, i) => i % 5),
      ),
    ),
  );
  put(folder, `t10k-images-idx3-ubyte${suffix}`, pack(idx([5, 3, 4], bytes(60, 9))));
  put(folder, `t10k-labels-idx1-ubyte${suffix}`, pack(idx([5], Uint8Array.from([4, 3, 2, 1, 0]))));
}

describe('idx', () => {
  it('reads pictures and labels, keeps the test files as the test split, carves validation from training', async () => {
    const folder = scratch();
    writeMnist(folder);
    const set = await openIn(folder, 'idx:.');
    expect(set.info).toMatchObject({
      kind: 'image',
      shape: [1, 3, 4],
      target: 'class',
      classes: ['0', '1', '2', '3', '4'],
    });
    expect(set.info.counts).toEqual({ train: 18, validation: 2, test: 5 });
    const test = all(set, 'test');
    expect(test.map(({ y }) => y)).toEqual([4, 3, 2, 1, 0]);
    expect(test.flatMap(({ x }) => x).every((value, i) => close(value, bytes(60, 9)[i] / 255))).toBe(true);
    const written = Array.from({ length: 20 }, (_, i) => [...bytes(240).subarray(i * 12, i * 12 + 12)].join());
    const read = [...all(set, 'train'), ...all(set, 'validation')].map(({ x, y }) => ({
      key: x.map((value) => Math.round(value * 255)).join(),
      y,
    }));
    expect(read.map(({ key }) => key).sort()).toEqual([...written].sort());
    for (const { key, y } of read) expect(written.indexOf(key) % 5).toBe(y);
  });

  it('maps to [−1, 1] when asked', async () => {
    const folder = scratch();
    writeMnist(folder);
    const set = await openIn(folder, 'idx:.');
    const [unit, symmetric] = [all(set, 'test', 'unit')[2].x, all(set, 'test', 'symmetric')[2].x];
    expect(unit.every((value, i) => close(symmetric[i], 2 * value - 1))).toBe(true);
  });

  it('reads gzip files to the same content hash, whatever they are called', async () => {
    const [plain, packed, renamed] = [scratch(), scratch(), scratch()];
    writeMnist(plain);
    writeMnist(packed, gzipSync, '.gz');
    writeMnist(renamed, (data) => data, '.gz');
    const hashes = await Promise.all(
      [plain, packed, renamed].map(async (folder) => (await openIn(folder, 'idx:.')).info.contentHash),
    );
    expect(new Set(hashes).size).toBe(1);
  });

  it('scales pictures to a requested size and channels', async () => {
    const folder = scratch();
    put(folder, 'train-images-idx3-ubyte', idx([4, 8, 8], new Uint8Array(256).fill(51)));
    put(folder, 'train-labels-idx1-ubyte', idx([4], Uint8Array.from([0, 1, 0, 1])));
    const set = await openIn(folder, 'idx:.', {
      image: { width: 6, height: 5, channels: 3 },
      split: { validation: 0, test: 0 },
    });
    expect(set.info.shape).toEqual([3, 5, 6]);
    expect(all(set, 'train').every(({ x }) => x.length === 90 && x.every((value) => close(value, 0.2)))).toBe(true);
  });

  it('says what is wrong with damaged files', async () => {
    const damage = async (change: (folder: string) => void): Promise<string> => {
      const folder = scratch();
      writeMnist(folder);
      change(folder);
      const { code, message } = await failureOf(folder, 'idx:.');
      return `${code} ${message.replace(folder + path.sep, '').replace(folder, 'DIR')}`;
    };
    const images = idx([20, 3, 4], bytes(240));
    expect(await damage((dir) => put(dir, 'train-images-idx3-ubyte', images.subarray(0, 200)))).toBe(
      'truncated train-images-idx3-ubyte: expected 256 bytes, found 200',
    );
    expect(await damage((dir) => put(dir, 'train-images-idx3-ubyte', ''))).toBe(
      'empty train-images-idx3-ubyte: is empty',
    );
    expect(await damage((dir) => put(dir, 'train-images-idx3-ubyte', Buffer.concat([images, Buffer.from('x')])))).toBe(
      'format train-images-idx3-ubyte: expected 256 bytes, found 257',
    );
    expect(await damage((dir) => put(dir, 'train-images-idx3-ubyte', '<!DOCTYPE html><html></html>'))).toMatch(
      /^format train-images-idx3-ubyte: .*expected magic number 0x00000803, found 0x3c21444f$/,
    );
    expect(await damage((dir) => put(dir, 'train-images-idx3-ubyte', gzipSync(images).subarray(0, 60)))).toMatch(
      /^truncated train-images/,
    );
    expect(await damage((dir) => put(dir, 'train-images-idx3-ubyte', gzipSync(images.subarray(0, 100))))).toMatch(
      /^truncated train-images-idx3-ubyte: ends inside picture .*expected 256 bytes, found 100$/,
    );
    const broken = gzipSync(images);
    broken[20] ^= 0xff;
    expect(await damage((dir) => put(dir, 'train-images-idx3-ubyte', broken))).toMatch(
      /^(corrupt|truncated|format) train-images/,
    );
    expect(await damage((dir) => put(dir, 'train-labels-idx1-ubyte', idx([19], bytes(19))))).toBe(
      'format train-images-idx3-ubyte: holds 20 pictures but train-labels-idx1-ubyte holds 19 labels',
    );
    expect(
      await damage((dir) => put(dir, 't10k-labels-idx1-ubyte', idx([5], Uint8Array.from([0, 1, 2, 3, 9])))),
    ).toMatch(/^content t10k-labels-idx1-ubyte: holds the label 9/);
  });

  it('says what a folder lacks', async () => {
    const folder = scratch();
    expect((await failureOf(folder, 'idx:.')).message).toContain('has no file train-images-idx3-ubyte');
    put(folder, 'train-images-idx3-ubyte', idx([1, 1, 1], bytes(1)));
    expect((await failureOf(folder, 'idx:.')).message).toContain('lacks train-labels-idx1-ubyte');
    expect((await failureOf(folder, 'idx:nowhere')).message).toBe(`${path.join(folder, 'nowhere')}: does not exist`);
  });
});

describe('cifar', () => {
  const row = (labels: readonly number[], first: number): Buffer =>
    Buffer.concat([Buffer.from(labels), bytes(3072, first)]);

  it('reads CIFAR-10 with its class names and test batch', async () => {
    const folder = scratch();
    for (let batch = 1; batch <= 5; batch++) {
      put(
        folder,
        `data_batch_${batch}.bin`,
        Buffer.concat(Array.from({ length: 4 }, (_, i) => row([batch], batch * 10 + i))),
      );
    }
    put(folder, 'test_batch.bin', Buffer.concat([row([9], 100), row([0], 101)]));
    put(
      folder,
      'batches.meta.txt',
      `${['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'].join('\n')}\n\n`,
    );
    const set = await openIn(folder, 'cifar:.');
    expect(set.info.counts).toEqual({ train: 18, validation: 2, test: 2 });
    expect([set.info.shape, set.info.classes[9]]).toEqual([[3, 32, 32], 'truck']);
    const test = all(set, 'test');
    expect(test.map(({ y }) => y)).toEqual([9, 0]);
    expect(test[1].x.every((value, i) => close(value, bytes(3072, 101)[i] / 255))).toBe(true);
  });

  it('reads CIFAR-100 by fine or coarse label, also from the folder the archive unpacks to', async () => {
    const folder = scratch();
    put(folder, 'cifar-100-binary/train.bin', Buffer.concat([row([3, 77], 1), row([19, 5], 2)]));
    const options = { split: { validation: 0, test: 0 } };
    const fine = await openIn(folder, 'cifar:.', options);
    expect([fine.info.classes.length, all(fine, 'train').map(({ y }) => y)]).toEqual([100, [77, 5]]);
    const coarse = await openIn(folder, 'cifar:.', { ...options, target: 'coarse' });
    expect([coarse.info.classes.length, all(coarse, 'train').map(({ y }) => y)]).toEqual([20, [3, 19]]);
    expect((await failureOf(scratch(), 'cifar:.', { target: 'coarse' })).code).toBe('missing');
  });

  it('says what is wrong', async () => {
    const folder = scratch();
    for (let batch = 1; batch <= 4; batch++) put(folder, `data_batch_${batch}.bin`, row([1], 0));
    expect((await failureOf(folder, 'cifar:.')).message).toContain('lacks data_batch_5.bin');
    const file = put(folder, 'data_batch_5.bin', row([1], 0).subarray(0, 3000));
    expect((await failureOf(folder, 'cifar:.')).message).toBe(
      `${file}: expected a multiple of 3073 bytes a picture, found 3000 bytes (0 whole pictures and a rest)`,
    );
    put(folder, 'data_batch_5.bin', row([10], 0));
    expect((await failureOf(folder, 'cifar:.')).message).toBe(`${file}: picture 1 has the label 10, expected 0 to 9`);
  });
});

describe('images', () => {
  const picture = (colour: Color, width = 40, height = 30): Sharp =>
    sharp({ create: { width, height, channels: 3, background: colour } });

  async function writeClasses(folder: string): Promise<void> {
    for (let i = 0; i < 6; i++) {
      put(folder, `red/${i}.png`, await picture({ r: 255, g: 0, b: 0 }).png().toBuffer());
      put(folder, `green/${i}.webp`, await picture({ r: 0, g: 255, b: 0 }).webp({ lossless: true }).toBuffer());
    }
  }

  it('takes sub-folders as classes and the colours survive', async () => {
    const folder = scratch();
    await writeClasses(folder);
    put(folder, 'red/notes.txt', 'not a picture');
    const set = await openIn(folder, 'images:.', { image: { width: 8, height: 8 }, split: { validation: 2, test: 2 } });
    expect(set.info).toMatchObject({
      kind: 'image',
      shape: [3, 8, 8],
      classes: ['green', 'red'],
      counts: { train: 8, validation: 2, test: 2 },
    });
    for (const split of ['train', 'validation', 'test'] as const) {
      for (const { x, y } of all(set, split)) {
        const expected = y === 1 ? [1, 0, 0] : [0, 1, 0];
        expect(x.every((value, i) => close(value, expected[Math.floor(i / 64)]))).toBe(true);
      }
    }
  });

  it('turns pictures upright as EXIF says and cuts them evenly', async () => {
    const folder = scratch();
    // Left half black, right half white, marked as turned by 90° clockwise: upright, the top is black.
    const raw = Buffer.from(Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => ((i / 3) % 64 < 32 ? 0 : 255)));
    const file = await sharp(raw, { raw: { width: 64, height: 64, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 95 })
      .toBuffer();
    put(folder, 'a.jpg', file);
    const set = await openIn(folder, 'images:.', {
      image: { width: 16, height: 16, channels: 1 },
      split: { validation: 0, test: 0 },
    });
    expect(set.info).toMatchObject({ target: 'none', classes: [], shape: [1, 16, 16] });
    const [{ x }] = all(set, 'train');
    expect([x[2 * 16 + 8] < 0.1, x[13 * 16 + 8] > 0.9]).toEqual([true, true]);
  });

  it('antialiases when shrinking: a one-pixel checkerboard becomes even grey', async () => {
    const folder = scratch();
    const raw = Buffer.from(
      Uint8Array.from({ length: 64 * 64 }, (_, i) => (((i % 64) + Math.floor(i / 64)) % 2 === 0 ? 0 : 255)),
    );
    put(
      folder,
      'a.png',
      await sharp(raw, { raw: { width: 64, height: 64, channels: 1 } })
        .png()
        .toBuffer(),
    );
    const set = await openIn(folder, 'images:.', {
      image: { width: 8, height: 8, channels: 1 },
      split: { validation: 0, test: 0 },
    });
    expect(all(set, 'train')[0].x.every((value) => Math.abs(value - 0.5) < 0.03)).toBe(true);
  });

  it('reads grey, palette and transparent files as colour on white', async () => {
    const folder = scratch();
    put(folder, 'a-grey.png', await picture('#808080').toColourspace('b-w').png().toBuffer());
    put(folder, 'b-palette.png', await picture('#ff0000').png({ palette: true }).toBuffer());
    put(
      folder,
      'c-clear.png',
      await sharp({ create: { width: 9, height: 9, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
        .png()
        .toBuffer(),
    );
    const set = await openIn(folder, 'images:.', { image: { width: 4 }, split: { validation: 0, test: 0 } });
    const middle = all(set, 'train').map(({ x }) => [x[5], x[21], x[37]].map((value) => Math.round(value * 255)));
    expect(middle).toEqual([
      [128, 128, 128],
      [255, 0, 0],
      [255, 255, 255],
    ]);
  });

  it('honours train, validation and test folders', async () => {
    const folder = scratch();
    for (const [part, name, count] of [
      ['train', 'a', 3],
      ['train', 'b', 2],
      ['val', 'a', 1],
      ['test', 'b', 2],
    ] as const) {
      for (let i = 0; i < count; i++)
        put(folder, `${part}/${name}/${i}.png`, await picture('#123456', 8, 8).png().toBuffer());
    }
    const set = await openIn(folder, 'images:.', { image: { width: 4 } });
    expect([set.info.counts, set.info.classes]).toEqual([{ train: 5, validation: 1, test: 2 }, ['a', 'b']]);
    expect(all(set, 'test').map(({ y }) => y)).toEqual([1, 1]);
    put(folder, 'test/c/0.png', await picture('#123456', 8, 8).png().toBuffer());
    await expect(openIn(folder, 'images:.')).rejects.toThrow('0.png: is of a class no training picture has');
  });

  it('names the picture that cannot be decoded', async () => {
    const folder = scratch();
    await writeClasses(folder);
    const whole = await sharp(Buffer.from(bytes(64 * 64 * 3)), { raw: { width: 64, height: 64, channels: 3 } })
      .png()
      .toBuffer();
    for (const bad of [whole.subarray(0, whole.length / 2), Buffer.from('GIF89a nonsense'), Buffer.alloc(0)]) {
      const file = put(folder, 'red/3.png', bad);
      const error = await failureOf(folder, 'images:.');
      expect([error.code, error.file]).toEqual(['corrupt', file]);
      expect(error.message).toContain(`${file}: is a picture that cannot be decoded (`);
    }
  });

  it('says when there is nothing to read or the layout is mixed', async () => {
    const folder = scratch();
    expect((await failureOf(folder, 'images:.')).message).toContain('has no PNG, JPEG or WebP picture');
    expect((await failureOf(folder, 'images:gone')).code).toBe('missing');
    await writeClasses(folder);
    put(folder, 'loose.png', 'x');
    expect((await failureOf(folder, 'images:.')).message).toContain('loose.png beside green');
    expect((await failureOf(folder, 'images:.', { image: { width: 0 } })).code).toBe('option');
  });
});
