/** What was promised: the demo writes its three files, whole and readable; here with hardly any training. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { freshHost, lastingFolder } from '../host/runs/fixtures.ts';

interface Summary {
  readonly seed: number;
  readonly runs: readonly {
    readonly family: string;
    readonly steps: number;
    readonly scores: Readonly<Record<string, { readonly value: number; readonly extractor: string }>>;
    readonly curves: Readonly<Record<string, unknown>>;
  }[];
}

it('the demo trains three families and writes report.html, compare.png and summary.json', async () => {
  const host = freshHost();
  const out = join(lastingFolder(), 'report');
  const stages: string[] = [];
  const started: string[] = [];
  const files = await host.demo({
    outFolder: out,
    seed: 3,
    threads: 2,
    overrides: ['training.steps=10', 'training.scoreEvery=5', 'training.scoreCount=100', 'training.sampleEvery=10'],
    onStage: (stage) => stages.push(stage),
    onUpdate: () => {},
    onRun: (run) => started.push(run.id),
  });
  console.log(`demo of ten steps each: ${Math.round(files.seconds)} s`);
  expect(stages.length).toBe(7);
  expect(
    host
      .runs({ experiment: 'Demo', statuses: ['finished'] })
      .map((run) => run.id)
      .toSorted(),
  ).toEqual(started.toSorted());
  const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')) as Summary;
  expect(summary.seed).toBe(3);
  expect(summary.runs.map(({ family, steps }) => [family, steps])).toEqual([
    ['vae', 10],
    ['gan', 10],
    ['diffusion', 10],
  ]);
  for (const { scores, curves } of summary.runs) {
    expect(Object.keys(scores)).toEqual(
      expect.arrayContaining(['frechetDistance', 'classesCovered', 'precision', 'recall']),
    );
    expect(Object.keys(curves).length).toBeGreaterThan(0);
  }
  // One extractor for all, or their scores could not be compared.
  expect(new Set(summary.runs.map(({ scores }) => scores.frechetDistance.extractor)).size).toBe(1);
  const page = readFileSync(join(out, 'report.html'), 'utf8');
  expect(page.match(/<img /g)?.length).toBeGreaterThanOrEqual(3);
  expect(page.endsWith('</html>')).toBe(true);
  expect((await sharp(join(out, 'compare.png')).stats()).channels.length).toBeGreaterThanOrEqual(3);
}, 300_000);
