/** Claims about reports of real runs: every kind of output, mixed families, runs without a checkpoint or samples. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { classifier, everythingGan } from '../runs/documents.ts';
import { freshHost, lastingFolder, trained } from '../runs/fixtures.ts';

const host = freshHost();

it('points, class scores and a run that never got anywhere stand side by side', async () => {
  const gan = await trained(host, everythingGan({ steps: 12, sampleEvery: 4, scoreEvery: 6 }));
  const sorter = await trained(host, classifier({ steps: 12, sampleEvery: 6 }));
  const dead = await host.train(classifier({ steps: 100_000 }), '.', { threads: 1 });
  dead.kill();
  await dead.done;
  await host.evaluate(gan.id, { count: 200, seed: 1, options: {} });
  const out = join(lastingFolder(), 'report');
  const files = await host.report([gan.id, sorter.id, dead.id], out, { title: 'Mixed', seed: 4, count: 16 });
  const page = readFileSync(files.html, 'utf8');
  for (const words of ['Everything', 'Points', 'interrupted', 'Fréchet distance']) expect(page).toContain(words);
  expect(files.runs[2].samples).toBeUndefined();
  const summary = JSON.parse(readFileSync(files.summary, 'utf8')) as {
    runs: readonly { id: string; steps: number; scores: Record<string, unknown> }[];
  };
  expect(summary.runs.map(({ id, steps }) => [id, steps])).toEqual([
    [gan.id, 12],
    [sorter.id, 12],
    [dead.id, 0],
  ]);
  expect(Object.keys(summary.runs[0].scores)).toContain('frechetDistance');
  expect((await sharp(files.picture).metadata()).width).toBe(2 * 360 + 3 * 24);
});
