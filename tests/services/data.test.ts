/** Data sets as screens ask for them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createHost } from '../../main/host/host.ts';
import type { Job } from '../../main/host/runs/messages.ts';
import { spawnChildWorker, type SpawnWorker } from '../../main/host/runs/worker-process.ts';
import { DataService } from '../../main/services/data.ts';
import { openServices, temporaryFolder } from './support.ts';

const { ask, folder } = openServices();

it('lists what can be named', async () => {
  const sources = await ask('data.sources', {});
  expect(sources.map(({ source }) => source)).toContain('builtin:glyphs');
});

it('imports a table in a worker, describes it, and reads its samples as they are', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i},${i % 2 === 0 ? 'even' : 'odd'}`);
  writeFileSync(join(folder, 'numbers.csv'), ['value,kind', ...rows].join('\n'));
  const request = { source: 'table:numbers.csv', baseDir: folder, target: 'kind', split: { validation: 8, test: 0 } };
  const said: string[] = [];
  const info = await ask('data.info', request, { progress: (what) => said.push(what) });
  expect(info).toMatchObject({
    kind: 'table',
    classes: ['even', 'odd'],
    counts: { train: 32, validation: 8, test: 0 },
  });
  const summary = await ask('data.summary', request);
  expect(summary.info.contentHash).toBe(info.contentHash);
  const [even, odd] = summary.splits.train.perClass;
  expect(even + odd).toBe(32);
  const all = await ask('data.samples', { ...request, of: 'train', start: 0, count: 100 });
  expect(all.data).toHaveLength(32);
  const odds = await ask('data.samples', { ...request, of: 'train', start: 0, count: 100, class: 1 });
  expect([...odds.labels!]).toEqual(Array.from({ length: odd }, () => 1));
  // The values are those of the table, standardised: odd rows hold odd numbers.
  const [column] = info.columns!;
  const values = [...odds.data].map((value) => Math.round(value * column.deviation! + column.mean!));
  expect(values.every((value) => value % 2 === 1)).toBe(true);
  const second = await ask('data.samples', { ...request, of: 'train', start: 1, count: 1, class: 1 });
  expect(second.data[0]).toBe(odds.data[1]);
});

it('imports a data set once, however many ask for it at the same time', async () => {
  const jobs: Job[] = [];
  const home = temporaryFolder();
  const spawnWorker: SpawnWorker = () => {
    const worker = spawnChildWorker();
    return {
      ...worker,
      send: (message) => {
        if (message.type === 'job') jobs.push(message.job);
        worker.send(message);
      },
    };
  };
  const host = createHost({ home, spawnWorker });
  const data = new DataService(host);
  const request = data.request({ source: 'builtin:points/moons', baseDir: home });
  const context = { signal: new AbortController().signal, progress: () => {} };
  const [first, ...others] = await Promise.all([1, 2, 3].map(() => data.ready(request, context)));
  expect(others).toEqual([first, first]);
  expect(jobs.map(({ kind }) => kind)).toEqual(['data']);
  await host.close();
});

it('says in words what is not there', async () => {
  await expect(ask('data.info', { source: 'table:none.csv', baseDir: folder })).rejects.toMatchObject({
    code: 'missing',
  });
  await expect(ask('data.info', { source: 'builtin:glifs', baseDir: folder })).rejects.toMatchObject({
    hint: expect.stringContaining('glyphs'),
  });
  await expect(
    ask('data.samples', { source: 'builtin:points/moons', baseDir: folder, of: 'train', start: 0, count: 1, class: 7 }),
  ).rejects.toMatchObject({ code: 'bad-input' });
});
