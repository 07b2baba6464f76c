/** The imported record: the same everywhere, rebuilt when damaged, safe for two processes, readable without memory. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BatchOrder } from '../../../core/data/order.ts';
import { splits } from '../../../core/data/data-info.ts';
import { describeDataset } from '../../../main/host/data/describe.ts';
import { listSources } from '../../../main/host/data/open.ts';
import { all, failureOf, openIn, put, scratch } from './helpers.ts';

const cached = (folder: string): string => {
  const names = readdirSync(path.join(folder, '.cache'));
  expect(names.length).toBe(1);
  return path.join(folder, '.cache', names[0]);
};

describe('records', () => {
  it('give every listed built-in set, with the same hash when made again', async () => {
    const builtin = listSources().filter(({ source }) => source.startsWith('builtin:points'));
    expect(builtin.length).toBe(6);
    for (const { source } of builtin) {
      const made = [await openIn(scratch(), source), await openIn(scratch(), source, { seed: 9 })];
      expect(made[0].info.contentHash).toMatch(/^[0-9a-f]{64}$/);
      expect(made[1].info.contentHash).toBe(made[0].info.contentHash);
    }
  });

  it('hash exactly samples, targets and splits after a line that says how to read them', async () => {
    const folder = scratch();
    const set = await openIn(folder, 'builtin:points/moons');
    const hash = createHash('sha256').update('points float32 24000x[2] class 2\n');
    for (const name of ['samples.bin', 'targets.bin', 'splits.bin'])
      hash.update(readFileSync(path.join(cached(folder), name)));
    expect(hash.digest('hex')).toBe(set.info.contentHash);
  });

  it('import once: progress is told the first time only', async () => {
    const folder = scratch();
    const seen: [number, number | undefined][] = [];
    const onProgress = (done: number, total: number | undefined): number => seen.push([done, total]);
    await openIn(folder, 'builtin:points/moons', { onProgress });
    expect(seen.at(-1)).toEqual([24_000, 24_000]);
    const told = seen.length;
    await openIn(folder, 'builtin:points/moons', { onProgress });
    expect(seen.length).toBe(told);
  });

  it('divide into disjoint splits that cover everything, the same for a seed and another for another', async () => {
    const folder = scratch();
    put(folder, 't.csv', `v\n${Array.from({ length: 200 }, (_, i) => i).join('\n')}\n`);
    const rowsOf = async (seed: number): Promise<number[][]> => {
      const set = await openIn(folder, 'table:t.csv', { seed });
      const { mean = 0, deviation = 1 } = set.info.columns?.[0] ?? {};
      return splits.map((split) => all(set, split).map(({ x }) => Math.round(x[0] * deviation + mean)));
    };
    const [first, again, other] = [await rowsOf(1), await rowsOf(1), await rowsOf(2)];
    expect(first.map((rows) => rows.length)).toEqual([160, 20, 20]);
    expect(new Set(first.flat()).size).toBe(200);
    expect(again).toEqual(first);
    expect(other[2]).not.toEqual(first[2]);
  });

  it.each(['samples.bin', 'targets.bin', 'splits.bin', 'info.json'])(
    'are rebuilt when %s is cut, altered or gone',
    async (name) => {
      const folder = scratch();
      const { contentHash } = (await openIn(folder, 'builtin:points/8gaussians')).info;
      const file = path.join(cached(folder), name);
      const damage = [
        () => truncateSync(file, 100),
        () => {
          const data = readFileSync(file);
          data[data.length >> 1] ^= 1;
          writeFileSync(file, data);
        },
        () => rmSync(file),
      ];
      for (const hurt of damage) {
        hurt();
        const set = await openIn(folder, 'builtin:points/8gaussians');
        expect(set.info.contentHash).toBe(contentHash);
        expect(all(set, 'test').every(({ x }) => Math.abs(Math.hypot(...x) - 1.5) < 0.6)).toBe(true);
      }
      cached(folder);
    },
  );

  it('are made anew when a file changes', async () => {
    const folder = scratch();
    const file = put(folder, 't.csv', 'v\n1\n2\n3\n');
    const whole = { split: { validation: 0, test: 0 } };
    const before = await openIn(folder, 'table:t.csv', whole);
    writeFileSync(file, 'v\n1\n2\n9\n');
    utimesSync(file, new Date(), new Date(Date.now() + 5000));
    const after = await openIn(folder, 'table:t.csv', whole);
    expect([before.info.columns?.[0].mean, after.info.columns?.[0].mean]).toEqual([2, 4]);
  });

  it('read the same from disk as from memory, in any order', async () => {
    const folder = scratch();
    const source = 'builtin:points/25gaussians';
    const [memory, disk] = [await openIn(folder, source), await openIn(folder, source, { memoryLimit: 0 })];
    const order = new BatchOrder(memory.info.counts.train, 64, 4);
    for (const step of [0, 5, 400]) {
      const pair = [memory, disk].map((set) => {
        const [x, y] = [new Float32Array(128), new BigInt64Array(64)];
        set.read('train', order.indices(step), 'unit', x, y);
        return [[...x], [...y]];
      });
      expect(pair[1]).toEqual(pair[0]);
    }
    disk.close();
  });

  it('refuse indices, lengths and target arrays that do not fit', async () => {
    const set = await openIn(scratch(), 'builtin:points/moons');
    expect(() => set.read('test', [2000], 'unit', new Float32Array(2))).toThrow(
      'sample 2000 is outside the test split of 2000 samples',
    );
    expect(() => set.read('test', [-1], 'unit', new Float32Array(2))).toThrow(RangeError);
    expect(() => set.read('test', [0], 'unit', new Float32Array(3))).toThrow('need 2 places, x has 3');
    expect(() => set.read('test', [0], 'unit', new Float32Array(2), new Float32Array(1))).toThrow('BigInt64Array');
  });

  it('survive several processes importing the same set at once', async () => {
    const folder = scratch();
    const module = path.resolve('main/host/data/open.ts');
    const script = `
      import { openDataset } from ${JSON.stringify(module)};
      const set = await openDataset({ source: 'builtin:points/spirals', baseDir: '.', cacheDir: ${JSON.stringify(path.join(folder, '.cache'))} });
      process.stdout.write(set.info.contentHash);`;
    const run = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
        let [out, problems] = ['', ''];
        child.stdout.on('data', (text) => (out += text));
        child.stderr.on('data', (text) => (problems += text));
        child.on('close', (code) => (code === 0 ? resolve(out) : reject(new Error(problems))));
      });
    const hashes = await Promise.all([run(), run(), run()]);
    expect(new Set(hashes).size).toBe(1);
    expect((await openIn(folder, 'builtin:points/spirals')).info.contentHash).toBe(hashes[0]);
    cached(folder);
  });

  it('hold built-in pictures in the sizes asked for, counted by class', async () => {
    const set = await openIn(scratch(), 'builtin:glyphs', { split: { validation: 10, test: 100 } });
    expect(set.info).toMatchObject({ shape: [1, 28, 28], counts: { train: 14_890, validation: 10, test: 100 } });
    const { splits: found } = describeDataset(set);
    expect(found.test.perClass).toEqual(Array.from({ length: 10 }, () => 10));
    expect(found.train.perClass.reduce((sum, count) => sum + count)).toBe(14_890);
    expect([found.train.minimum, found.train.maximum <= 1, found.train.mean > 0.05, found.train.mean < 0.25]).toEqual([
      0,
      true,
      true,
      true,
    ]);
  });
});

describe('words that name no data', () => {
  it('say what is known or meant', async () => {
    const folder = scratch();
    const said = async (source: string, more = {}): Promise<string> => {
      const { code, message, hint } = await failureOf(folder, source, more);
      return `${code}: ${message}; ${hint}`;
    };
    expect(await said('builtin:glyph')).toBe(
      'source: there is no data set "builtin:glyph"; did you mean "builtin:glyphs"?',
    );
    expect(await said('builtin:points/moon')).toContain('did you mean "builtin:points/moons"?');
    expect(await said('image:photos')).toBe('source: "image:photos" is not a data source; did you mean "images"?');
    expect(await said('glyphs')).toContain('did you mean "builtin:glyphs"?');
    expect(await said('qqqqqqqqqqqqqqqqqqqq')).toContain('known are builtin:glyphs, ');
    expect(await said('idx:')).toContain('names no path; write it as idx:DIR');
    expect(await said('constructor:x')).toContain('is not a data source');
    expect(await said('builtin:glyphs', { target: 'x' })).toMatch(/^option: /);
    expect(await said('builtin:points/moons', { image: { width: 8 } })).toMatch(/^option: .*holds no pictures/);
    expect(await said('builtin:glyphs', { split: { validation: 14_000, test: 2000 } })).toMatch(
      /^option: .*none for training/,
    );
    expect(await said('builtin:glyphs', { split: { validation: 1.5 } })).toMatch(/^option: .*found 1.5/);
    expect(await said('table:none.csv')).toContain(`missing: ${path.join(folder, 'none.csv')}: does not exist`);
  });

  it('say when the cache cannot be written', async () => {
    const folder = scratch();
    const file = put(folder, 'occupied', 'a file');
    await expect(openIn(folder, 'builtin:points/moons', { cacheDir: path.join(file, 'cache') })).rejects.toMatchObject({
      code: 'cache',
    });
  });
});
