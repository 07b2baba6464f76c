import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { builtinDataInfo, builtinSourceNames, sourceKinds } from '../../../core/spec/builtin-data.ts';
import { listSources, openDataset } from '../../../main/host/data/open.ts';

const folder = mkdtempSync(join(tmpdir(), 'lathe-builtin-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each(['builtin:points/8gaussians', 'builtin:points/swissroll', 'builtin:glyphs'])(
  '%s looks as it does when it is opened',
  async (source) => {
    const section = { source, batchSize: 1, split: { validation: 0.05 } };
    const dataset = await openDataset({ source, split: section.split, cacheDir: folder, baseDir: folder });
    expect({ ...builtinDataInfo(section), contentHash: '' }).toEqual({ ...dataset.info, contentHash: '' });
    dataset.close();
  },
);

it('every source that can be opened is known to the document', () => {
  const listed = listSources().map(({ source }) => source);
  expect(listed.filter((source) => source.startsWith('builtin:')).toSorted()).toEqual(builtinSourceNames.toSorted());
  expect([...new Set(listed.map((source) => source.split(':')[0]))].toSorted()).toEqual(sourceKinds.toSorted());
});
