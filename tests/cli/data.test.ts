/** Files of every kind train through the same path, and `lathe data` describes them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { lathe, only, tinyDocument, writeDocument } from '../../bench/lathe-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

const cwd = temporaryFolder();

/** A picture of side 8 that is bright on the left (class 0) or on the right (class 1). */
function picture(label: number, index: number): Uint8Array {
  return Uint8Array.from(
    { length: 64 },
    (_, at) => (at % 8 < 4 === (label === 0) ? 200 : 20) + ((at * 7 + index) % 30),
  );
}

function writeIdx(folder: string, count: number): void {
  mkdirSync(folder);
  const labels = Uint8Array.from({ length: count }, (_, at) => at % 2);
  const pixels = Buffer.concat([...labels].map(picture));
  for (const set of ['train', 't10k']) {
    writeFileSync(
      join(folder, `${set}-images-idx3-ubyte.gz`),
      gzipSync(Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 8, 0, 0, 0, 8]), pixels])),
    );
    writeFileSync(
      join(folder, `${set}-labels-idx1-ubyte`),
      Buffer.concat([Buffer.from([0, 0, 8, 1, 0, 0, 0, count]), labels]),
    );
  }
}

async function writeImages(folder: string, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const sub = join(folder, at % 2 === 0 ? 'left' : 'right');
    mkdirSync(sub, { recursive: true });
    await sharp(picture(at % 2, at), { raw: { width: 8, height: 8, channels: 1 } })
      .png()
      .toFile(join(sub, `${at}.png`));
  }
}

function writeTable(path: string, count: number): void {
  const rows = Array.from(
    { length: count },
    (_, at) => `${(at % 2) * 2 - 1 + Math.sin(at) * 0.1},${Math.cos(at)},${at % 2 === 0 ? 'no' : 'yes'}`,
  );
  writeFileSync(path, `a,b,kind\n${rows.join('\n')}\n`);
}

const pictures = (source: string): string =>
  tinyDocument({ steps: 40, source }).replace('"layers": [', '"layers": [\n        { "type": "flatten" },');

it.each([
  ['idx', async () => (writeIdx(join(cwd, 'idx'), 120), pictures('idx:idx'))],
  ['images', async () => (await writeImages(join(cwd, 'images'), 120), pictures('images:images'))],
  [
    'table',
    async () => (
      writeTable(join(cwd, 'rows.csv'), 120),
      tinyDocument({ steps: 40, source: 'table:rows.csv' }).replace('"batchSize"', '"target": "kind", "batchSize"')
    ),
  ],
])('%s', async (name, make) => {
  const file = writeDocument(cwd, await make(), `${name}.lathe.jsonc`);
  expect((await lathe(['check', file], { cwd })).stderr).toMatch(/no mistakes|warning/);
  const trained = await lathe(['train', file, '--json'], { cwd });
  expect(trained.stderr).toContain('finished at step 40/40');
  const shown = only(await lathe(['show', 'latest', '--json'], { cwd }), 'run') as unknown as {
    lastMetrics: { key: string; value: number }[];
  };
  // The classes are apart by construction: a few steps suffice.
  expect(shown.lastMetrics.find(({ key }) => key === 'accuracy')?.value).toBeGreaterThan(0.95);
});

it('describes a table', async () => {
  writeTable(join(cwd, 'described.csv'), 50);
  const described = only(
    await lathe(['data', 'table:described.csv', '--target', 'kind', '--json'], { cwd }),
    'data',
  ) as unknown as { info: { classes: string[]; counts: Record<string, number> } };
  expect(described.info.classes.toSorted()).toEqual(['no', 'yes']);
  expect(Object.values(described.info.counts).reduce((sum, count) => sum + count, 0)).toBe(50);
  const { stdout } = await lathe(['data', 'table:described.csv', '--target', 'kind'], { cwd });
  expect(stdout).toMatch(/^a +number/m);
});
