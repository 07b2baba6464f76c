/** `lathe compare`: runs side by side: what differs in their documents, their last figures and their scores. */
import { resolve } from 'node:path';
import type { RunDetail, Score } from '../../../core/protocol/records.ts';
import type { Host } from '../../host/host.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { UsageError } from '../options.ts';
import { formatDuration, formatNumber, formatTable } from '../format.ts';
import { jsonOption } from '../shared-options.ts';

export const command: Command = {
  name: 'compare',
  summary: 'Compare runs: params that differ, figures, scores',
  operands: 'RUN RUN…',
  operandCount: [2, 50],
  options: {
    out: { value: 'DIR', help: 'Also write report.html, compare.png and summary.json into this folder' },
    count: { value: 'N', help: 'Samples drawn from each run for the report (64)' },
    seed: { value: 'N', help: 'Their seed (1)' },
    title: { value: 'TEXT', help: 'Title of the report' },
    ...jsonOption,
  },
  details: [
    'Lists the params in which the runs differ, the last value of each metric, and the newest scores with their intervals. Scores that were measured in different ways (another feature extractor, resize, data or number of samples) are not comparable, and a line says why.',
    'With `--json` there is one `comparison` event.',
  ],
  examples: ['lathe compare 01k3 01k4', 'lathe compare 01k3 01k4 01k5 --out report --title "VAE, GAN, diffusion"'],
  run,
};

type Cell = string | number | boolean | null;

/** One line of a comparison: a value for each run, null where a run has none. */
interface Line {
  readonly key: string;
  readonly values: readonly Cell[];
}

interface ScoreLine {
  readonly metric: string;
  readonly scores: readonly (Score | null)[];
  /** Why the scores may not be ranked; null when they may. */
  readonly notComparable: string | null;
}

async function run(context: CommandContext): Promise<ExitCode> {
  const { args, output } = context;
  const [count, seed, out] = [args.integer('count', 1, 1024) ?? 64, args.integer('seed', 0) ?? 1, args.text('out')];
  const host = await context.openHost({ readOnly: true });
  const runs = args.operands.map((reference) => host.run(reference));
  const ids = runs.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw new UsageError(`run ${twice} is named twice`);
  const params = differing(host, ids);
  const metrics = lastMetrics(host, ids);
  const scores = scoreLines(host, ids);
  output.event('comparison', { runs: runs.map(({ document: _document, ...rest }) => rest), params, metrics, scores });
  if (!output.json) output.result(text(runs, params, metrics, scores));
  if (out === undefined) return 0;
  context.interrupts.handle(() => host.interrupt());
  const files = await host.report(ids, resolve(out), {
    title: args.text('title') ?? 'Comparison of runs',
    seed,
    count,
  });
  output.event('report', { html: files.html, picture: files.picture ?? null, summary: files.summary });
  output.say(`wrote ${files.html}`);
  return 0;
}

/** One line a key, in the order in which keys are first met. */
function lines(maps: readonly ReadonlyMap<string, Cell>[]): readonly Line[] {
  const keys = new Set(maps.flatMap((map) => [...map.keys()]));
  return [...keys].map((key) => ({ key, values: maps.map((map) => map.get(key) ?? null) }));
}

function differing(host: Host, ids: readonly string[]): readonly Line[] {
  const maps = ids.map((id) => new Map<string, Cell>(host.params(id).map(({ key, value }) => [key, value])));
  return lines(maps).filter(({ values }) => new Set(values).size > 1);
}

function lastMetrics(host: Host, ids: readonly string[]): readonly Line[] {
  return lines(ids.map((id) => new Map<string, Cell>(host.lastMetrics(id).map(({ key, value }) => [key, value]))));
}

function scoreLines(host: Host, ids: readonly string[]): readonly ScoreLine[] {
  // Scores come oldest first: the newest of each metric stays.
  const maps = ids.map((id) => new Map(host.scores(id).map((score) => [score.metric, score])));
  const metrics = new Set(maps.flatMap((map) => [...map.keys()]));
  return [...metrics].map((metric) => {
    const scores = maps.map((map) => map.get(metric) ?? null);
    return { metric, scores, notComparable: whyNotComparable(scores.filter((score) => score !== null)) };
  });
}

/** The first way in which scores of one metric were measured differently. */
function whyNotComparable(scores: readonly Score[]): string | null {
  const ways: readonly (readonly [string, (score: Score) => unknown])[] = [
    // Before the data, whose stamp counts the real samples too.
    ['sample counts', (score) => score.n],
    ['feature extractors', (score) => score.extractorHash],
    ['resizing', (score) => score.resize],
    ['data', (score) => (score.extra as { readonly data?: unknown } | null)?.data],
  ];
  const found = ways.find(([, of]) => new Set(scores.map(of)).size > 1);
  return found ? `not comparable: different ${found[0]}` : null;
}

function text(
  runs: readonly RunDetail[],
  params: readonly Line[],
  metrics: readonly Line[],
  scores: readonly ScoreLine[],
): string {
  const about: readonly Line[] = [
    { key: 'name', values: runs.map(({ name }) => name) },
    { key: 'family', values: runs.map(({ family }) => family) },
    { key: 'status', values: runs.map(({ status }) => status) },
    { key: 'step', values: runs.map(({ currentStep, totalSteps }) => `${currentStep}/${totalSteps}`) },
    { key: 'seed', values: runs.map(({ seed }) => seed) },
    {
      key: 'time',
      values: runs.map(({ startedMs, createdMs, endedMs }) =>
        endedMs === null ? null : formatDuration(endedMs - (startedMs ?? createdMs)),
      ),
    },
  ];
  const ids = runs.map(({ id }) => id);
  const tables = (
    [
      ['run', about],
      ['params that differ', params],
      ['last metrics', metrics],
    ] as const
  )
    .filter(([, rows]) => rows.length > 0)
    .map(([title, rows]) =>
      formatTable(
        [title, ...ids],
        rows.map(({ key, values }) => [key, ...values.map(cell)]),
      ),
    );
  return [...tables, ...scoreTable(ids, scores)].join('\n\n');
}

function scoreTable(ids: readonly string[], scores: readonly ScoreLine[]): readonly string[] {
  if (scores.length === 0) return [];
  const rows = scores.map((line) => [line.metric, ...line.scores.map(scoreCell), line.notComparable ?? '']);
  return [formatTable(['scores', ...ids, ''], rows)];
}

function scoreCell(score: Score | null): string {
  if (!score) return '–';
  const { value, low, high } = score;
  return low === null || high === null
    ? formatNumber(value)
    : `${formatNumber(value)} (${formatNumber(low)} to ${formatNumber(high)})`;
}

function cell(value: Cell): string {
  if (value === null) return '–';
  return typeof value === 'number' ? formatNumber(value) : String(value);
}
