/** Writes a comparison of runs: `report.html`, `compare.png` and `summary.json` in one folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packageInfo from '../../../package.json' with { type: 'json' };
import { writeFileAtomic } from '../files/atomic.ts';
import { makeFolder } from '../images/sample-artifacts.ts';
import { comparePicture } from './compare-picture.ts';
import { gatherRun, type ReportSource } from './gather.ts';
import { reportPage } from './page.ts';
import type { ReportRun } from './report-data.ts';
import { summaryOf } from './summary.ts';

export interface ReportOptions {
  readonly title: string;
  /** Seed and number of the samples drawn from every run. */
  readonly seed: number;
  readonly count: number;
  /** Wall time of all that led to the report, in seconds, when it is worth saying. */
  readonly seconds?: number;
}

export interface ReportFiles {
  readonly html: string;
  /** Absent when no run has samples. */
  readonly picture: string | undefined;
  readonly summary: string;
  readonly runs: readonly ReportRun[];
}

/** @throws FileError when a file cannot be written; whatever drawing samples throws. */
export async function writeReport(
  source: ReportSource,
  references: readonly string[],
  outFolder: string,
  options: ReportOptions,
): Promise<ReportFiles> {
  const sampleFolder = await mkdtemp(join(tmpdir(), 'lathe-report-'));
  try {
    const runs: ReportRun[] = [];
    for (const [index, reference] of references.entries()) {
      runs.push(await gatherRun(source, reference, index, { count: options.count, seed: options.seed, sampleFolder }));
    }
    return await writeFiles(runs, outFolder, options);
  } finally {
    await rm(sampleFolder, { recursive: true, force: true });
  }
}

async function writeFiles(runs: readonly ReportRun[], outFolder: string, options: ReportOptions): Promise<ReportFiles> {
  const { title, seed, seconds } = options;
  const { version } = packageInfo;
  await makeFolder(outFolder);
  const files = {
    html: join(outFolder, 'report.html'),
    picture: join(outFolder, 'compare.png'),
    summary: join(outFolder, 'summary.json'),
  };
  const picture = await comparePicture(runs);
  if (picture) await writeFileAtomic(files.picture, [picture]);
  await writeFileAtomic(files.html, [reportPage(runs, { title, seed, version, createdMs: Date.now() })]);
  const summary = summaryOf(runs, { seed, version, ...(seconds !== undefined && { seconds }) });
  await writeFileAtomic(files.summary, [`${JSON.stringify(summary, undefined, 2)}\n`]);
  return { ...files, picture: picture && files.picture, runs };
}
