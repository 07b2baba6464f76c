/** Gathers what a report needs from the records and the run's files. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  Artifact,
  JsonValue,
  Param,
  Run,
  RunDetail,
  Score,
  MetricSeries,
} from '../../../core/protocol/records.ts';
import { checkDocument } from '../../../core/spec/check.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import { taskTable } from '../../../core/tasks/task-table.ts';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { orderCurves, runColours, type ReportCurve, type ReportPicture, type ReportRun } from './report-data.ts';

/** What of the host a report reads. */
export interface ReportSource {
  run(reference: string): RunDetail;
  metricKeys(reference: string): string[];
  metrics(reference: string, key: string): MetricSeries;
  scores(reference: string): Score[];
  artifacts(reference: string): Artifact[];
  params(reference: string): Param[];
  artifactPath(reference: string, artifact: Pick<Artifact, 'path'>): string;
  dataInfo(reference: string): Promise<DataInfo>;
  sample(
    reference: string,
    outFolder: string,
    draw: { count: number; seed: number; options: Readonly<Record<string, number | string>> },
  ): Promise<JsonValue>;
}

export interface GatherOptions {
  readonly count: number;
  readonly seed: number;
  /** Where freshly drawn samples are put. */
  readonly sampleFolder: string;
}

/** Characters of texts that a report shows of one run. */
const mostText = 4000;

/** Most moments of a run's way that are shown. */
const mostMoments = 6;

export async function gatherRun(
  source: ReportSource,
  reference: string,
  index: number,
  options: GatherOptions,
): Promise<ReportRun> {
  const run = source.run(reference);
  const { document } = parseDocument(run.document);
  const summary = checkDocument(run.document, await source.dataInfo(reference)).summary;
  const task = taskTable[run.family];
  const curves = curvesOf(source, run);
  const times = curves.flatMap((curve) => curve.series.elapsedMs.at(-1) ?? []);
  return {
    run,
    family: task?.label ?? run.family,
    colour: safeColour(run.colour) ?? runColours[index % runColours.length],
    parameters: summary?.parameters ?? 0,
    multiplyAdds: summary?.multiplyAdds ?? 0,
    batchSize: document?.data.batchSize ?? 0,
    trainingSeconds: Math.max(0, ...times) / 1000,
    curves,
    scores: newestScores(source.scores(reference)),
    samples: await freshSamples(source, run, options),
    history: await historyOf(source, run),
    params: new Map(source.params(reference).map(({ key, value }) => [key, String(value)])),
  };
}

function curvesOf(source: ReportSource, run: Run): readonly ReportCurve[] {
  const keys = source.metricKeys(run.id);
  return orderCurves(keys, run.family).map((curve) => ({ ...curve, series: source.metrics(run.id, curve.key) }));
}

/** Scores of the newest step that was evaluated; held-out figures of the family are curves already and left out. */
function newestScores(scores: readonly Score[]): readonly Score[] {
  const stamped = scores.filter((score) => score.extractorHash !== null);
  const newest = Math.max(...stamped.map((score) => score.step));
  // Evaluated several times, the last time counts.
  return stamped.filter((score) => score.step === newest).toSorted((a, b) => b.createdMs - a.createdMs);
}

/** A colour of a person's choice goes into the page's styles, so only plain ones are let in: a word, or # and digits. */
function safeColour(colour: string | null): string | undefined {
  return colour !== null && /^(#[0-9a-f]{3,8}|[a-z]{3,30})$/i.test(colour) ? colour : undefined;
}

/** Samples at the report's seed; undefined for a run that has no checkpoint yet or whose family has nothing to show. */
async function freshSamples(
  source: ReportSource,
  run: Run,
  { count, seed, sampleFolder }: GatherOptions,
): Promise<ReportPicture | undefined> {
  const folder = join(sampleFolder, run.id);
  if (!source.artifacts(run.id).some((artifact) => artifact.kind === 'checkpoint')) return undefined;
  const drawn = (await source.sample(run.id, folder, { count, seed, options: {} })) as {
    artifacts?: readonly { path: string }[];
  } | null;
  if (!drawn?.artifacts?.some((artifact) => artifact.path === 'samples.png')) return undefined;
  const label = `${count} samples of ${run.name}, seed ${seed}`;
  const png = await readFile(join(folder, 'samples.png'));
  if (!drawn.artifacts.some((artifact) => artifact.path === 'samples.txt')) return { label, png };
  return { label, png, text: (await readFile(join(folder, 'samples.txt'), 'utf8')).slice(0, mostText) };
}

/** Pictures the run drew on its way: the first kind of output, evenly chosen. */
async function historyOf(source: ReportSource, run: Run): Promise<readonly ReportPicture[]> {
  const pictures = source
    .artifacts(run.id)
    .filter((artifact) => artifact.kind === 'samples' && artifact.path.endsWith('.png'));
  const first = (pictures[0]?.meta as { output?: string } | undefined)?.output;
  const same = pictures.filter((picture) => (picture.meta as { output?: string } | null)?.output === first);
  const chosen = evenly(same, mostMoments);
  return Promise.all(
    chosen.map(async (artifact) => ({
      label: `step ${(artifact.step ?? 0).toLocaleString('en-US')}`,
      png: await readFile(source.artifactPath(run.id, artifact)),
    })),
  );
}

/** At most `count` of them, the first and the last among them. */
export function evenly<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))]);
}
