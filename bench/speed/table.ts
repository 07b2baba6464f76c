/** Makes the tables of docs/performance.md, and those printed after a run, from stored results. */
import type { Spread } from '../statistics.ts';
import { isBusy } from './machine.ts';
import type { PeerResult, Results, WorkloadResult } from './results.ts';

/** Names as people write them. */
const names: Readonly<Record<string, string>> = {
  lathe: 'ONNX Runtime',
  onnxruntime: 'ONNX Runtime',
  pytorch: 'PyTorch',
  'tensorflow.js': 'TensorFlow.js',
  node: 'Node',
};
const nameOf = (key: string): string => names[key] ?? key;

/** Three digits that count: 4.13, 41.3, 413, 4,130. */
export function digits(value: number): string {
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.max(value, 0.01))));
  const rounded = decimals > 0 ? value : Number(value.toPrecision(3));
  return rounded.toLocaleString('en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

const range = ({ low, high }: Spread): string => `${digits(low)}–${digits(high)}`;
export const ratioText = (ratio: Spread): string => `**${digits(ratio.median)}×** (${range(ratio)})`;
export const mebibytes = (bytes: number | undefined): string => (bytes === undefined ? '–' : digits(bytes / 2 ** 20));

/** Rows of cells; the first is the head. */
type Rows = readonly (readonly string[])[];

/** Rows as a Markdown table. A column is set right where its first cell begins with a figure. */
export function markdownTable([head, ...body]: Rows): string {
  const rule = head.map((_, column) => (/^\W*\d/.test(body[0]?.[column] ?? '') ? '---:' : '---'));
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const peerOf = (workload: WorkloadResult, name: string): PeerResult | undefined =>
  workload.peers.find((peer) => peer.name === name);

/** Share of the rate of a large product that a training step reaches, in percent. */
function shareOfRate({ flops, own }: WorkloadResult, flopsPerSecond: number): number {
  return (100 * flops) / (own.median / 1000) / flopsPerSecond;
}

function trainingRows({ workloads, multiplyRates }: Results): Rows {
  const rate = multiplyRates['lathe']?.median;
  const rows = workloads.map((workload) => {
    const peer = peerOf(workload, 'pytorch');
    return [
      `**${workload.name}** ${workload.what}`,
      digits((peer?.times.own ?? workload.own).median),
      peer ? digits(peer.times.peer.median) : '–',
      peer ? ratioText(peer.times.ratio) : '–',
      rate === undefined ? '–' : `${Math.round(shareOfRate(workload, rate))} %`,
      mebibytes(workload.peakBytes),
      mebibytes(peer?.peakBytes),
      digits(workload.compileMs),
      digits(workload.firstStepMs),
    ];
  });
  const head = [
    'workload',
    'Lathe, ms',
    'PyTorch, ms',
    'PyTorch / Lathe',
    'of GEMM rate',
    'Lathe, MiB',
    'PyTorch, MiB',
    'compile, ms',
    'first step, ms',
  ];
  const ratios = workloads.flatMap((workload) => peerOf(workload, 'pytorch')?.times.ratio.median ?? []);
  return [head, ...rows, ...(ratios.length > 1 ? [meanRow(ratios, head.length)] : [])];
}

/** The geometric mean of the ratios, at the foot of a table. */
function meanRow(ratios: readonly number[], columns: number): readonly string[] {
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  const cells = Array.from({ length: columns }, () => '');
  return cells.with(0, 'geometric mean').with(3, `**${digits(mean)}×**`);
}

function tensorflowRows({ workloads }: Results): Rows {
  const rows = workloads.flatMap((workload) => {
    const peer = peerOf(workload, 'tensorflow.js');
    const absence = workload.missing.find(({ name }) => name === 'tensorflow.js');
    if (!peer) return absence ? [[workload.name, '–', '–', '–', '–', absence.reason]] : [];
    const { own, peer: theirs, ratio } = peer.times;
    const cells = [digits(own.median), digits(theirs.median), ratioText(ratio), mebibytes(peer.peakBytes)];
    return [[workload.name, ...cells, peer.settings]];
  });
  const head = ['workload', 'Lathe, ms', 'TensorFlow.js, ms', 'TensorFlow.js / Lathe', 'TensorFlow.js, MiB', 'backend'];
  return [head, ...rows];
}

function samplingRows({ workloads }: Results): Rows {
  const rows = workloads.flatMap(({ sampling }) => {
    if (!sampling) return [];
    const { against, own, units, unit } = sampling;
    const rate = ({ median }: Spread): string => digits(units / (median / 1000));
    const peer = against ? [rate(against.times.peer), ratioText(against.times.ratio)] : ['–', '–'];
    return [
      [`${sampling.what} (${units.toLocaleString('en-GB')} ${unit} at a time)`, `${rate(own)} ${unit}/s`, ...peer],
    ];
  });
  return [['what', 'Lathe', 'PyTorch', 'Lathe / PyTorch'], ...rows];
}

function settingsRows({ workloads }: Results): Rows {
  const rows = workloads.flatMap((workload) => {
    const tried = peerOf(workload, 'pytorch')?.tried;
    if (!tried) return [];
    const [best, ...others] = tried.map(({ words, ms }) => `${words}: ${digits(ms)}`);
    return [[workload.name, best, others.join('; ')]];
  });
  return [['workload', 'taken, ms', 'slower, ms'], ...rows];
}

/** When and on what something was measured. */
export function machineWords({
  date,
  machine,
  versions,
  threads,
}: Omit<Results, 'multiplyRates' | 'workloads'>): string {
  const versionWords = Object.entries(versions).map(([name, version]) => `${nameOf(name)} ${version}`);
  return [
    `Measured on ${date}: ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; ${threads} threads each.`,
    `${versionWords.join(', ')}.`,
  ].join('\n');
}

function about(results: Results): string {
  const { machine, multiplyRates } = results;
  const rates = Object.entries(multiplyRates).map(
    ([name, rate]) => `${digits(rate.median / 1e9)} GFLOP/s in ${nameOf(name)}`,
  );
  const busy = `Other programs were running (load average ${digits(machine.load)} before it began): times and ratios are a sketch.`;
  return [
    ...(isBusy(machine) ? [busy] : []),
    machineWords(results),
    `A product of matrices of 1024 × 1024 runs at ${rates.join(', ')}.`,
  ].join('\n');
}

/** Everything between the markers of docs/performance.md; a table with nothing to show is left out. */
export function resultsText(results: Results): string {
  const tables = [
    ['### Training', trainingRows(results)],
    ['### Training with TensorFlow.js', tensorflowRows(results)],
    ['### Sampling', samplingRows(results)],
    ["### PyTorch's settings", settingsRows(results)],
  ] as const;
  const shown = tables.filter(([, rows]) => rows.length > 1);
  return [about(results), ...shown.flatMap(([title, rows]) => [title, markdownTable(rows)])].join('\n\n');
}

/** The page with new results between its markers, or with none for an empty text. @throws Error when it has no markers */
export function withResults(page: string, text: string, markers = 'results'): string {
  const [opening, closing] = [`<!-- ${markers} -->`, `<!-- end of ${markers} -->`];
  const [start, end] = [page.indexOf(opening), page.indexOf(closing)];
  if (start < 0 || end < start) throw new Error(`the page has no lines '${opening}' and '${closing}'`);
  const shown = text === '' ? '' : `${text}\n\n`;
  return `${page.slice(0, start)}${opening}\n\n${shown}${page.slice(end)}`;
}
