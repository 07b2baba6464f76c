/** `lathe show`: one run in full, or the points of one of its curves. */
import { placementOf } from '../../../core/protocol/placement.ts';
import type { RunDetail } from '../../../core/protocol/records.ts';
import { didYouMean } from '../../../core/nn/nearest-name.ts';
import type { Host } from '../../host/host.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { UsageError } from '../options.ts';
import { formatBytes, formatDuration, formatNumber, formatTable, formatTime, sparkline } from '../format.ts';
import { jsonOption } from '../shared-options.ts';

export const command: Command = {
  name: 'show',
  summary: 'Show a run: params, curves, checkpoints, scores, events',
  operands: 'RUN',
  operandCount: [1, 1],
  options: {
    metric: { value: 'KEY', help: 'Write the points of this curve: step, value, milliseconds of training' },
    document: { help: "Write the run's document as it was recorded" },
    ...jsonOption,
  },
  details: [
    'With `--json` there is one `run` event with everything but the points, or with `--metric` one `metric` event with the points as three lists.',
  ],
  examples: ['lathe show latest', 'lathe show latest --metric loss > loss.tsv', 'lathe show 01k3 --document'],
  run,
};

async function run({ args, output, openHost }: CommandContext): Promise<ExitCode> {
  const host = await openHost({ readOnly: true });
  const found = host.run(args.operands[0]);
  const key = args.text('metric');
  if (key !== undefined) showMetric({ output }, host, found.id, key);
  else if (args.flag('document')) output.result(found.document.trimEnd());
  else if (output.json) output.event('run', everything(host, found));
  else output.result(text(host, found));
  return 0;
}

function showMetric({ output }: Pick<CommandContext, 'output'>, host: Host, id: string, key: string): void {
  const keys = host.metricKeys(id);
  if (!keys.includes(key)) {
    throw new UsageError(
      `run ${id} has no metric '${key}'`,
      didYouMean(key, keys) ?? `it has ${keys.join(', ') || 'none'}`,
    );
  }
  const { steps, values, elapsedMs } = host.metrics(id, key);
  output.event('metric', { run: id, key, steps, values, elapsedMs });
  if (output.json) return;
  output.result(
    ['step\tvalue\telapsedMs', ...Array.from(steps, (step, at) => `${step}\t${values[at]}\t${elapsedMs[at]}`)].join(
      '\n',
    ),
  );
}

function everything(host: Host, run: RunDetail) {
  const { id } = run;
  return {
    ...run,
    params: Object.fromEntries(host.params(id).map(({ key, value }) => [key, value])),
    lastMetrics: host.lastMetrics(id),
    artifacts: host.artifacts(id).map((artifact) => ({ ...artifact, file: host.artifactPath(id, artifact) })),
    scores: host.scores(id),
    events: host.events(id),
  };
}

function text(host: Host, run: RunDetail): string {
  const sections: readonly (readonly [string, string])[] = [
    ['', head(run)],
    ['where it ran', placed(host, run.id)],
    [
      'params',
      host
        .params(run.id)
        .map(({ key, value }) => `  ${key} = ${String(value)}`)
        .join('\n'),
    ],
    ['metrics', metrics(host, run.id)],
    ['checkpoints', files(host, run.id, true)],
    ['scores', scores(host, run.id)],
    ['files', files(host, run.id, false)],
    [
      'events',
      host
        .events(run.id)
        .map(
          ({ timeMs, level, code, message }) =>
            `  ${formatTime(timeMs)}  ${level === 'info' ? '' : `${level}: `}${code}: ${message}`,
        )
        .join('\n'),
    ],
  ];
  return sections
    .flatMap(([title, body]) => (body === '' ? [] : [title === '' ? body : `${title}\n${body}`]))
    .join('\n\n');
}

function head(run: RunDetail): string {
  const {
    id,
    name,
    family,
    status,
    currentStep,
    totalSteps,
    startedMs,
    createdMs,
    endedMs,
    parent,
    error,
    tags,
    notes,
  } = run;
  const time = endedMs === null ? '' : `, ${formatDuration(endedMs - (startedMs ?? createdMs))}`;
  const lines: readonly (string | undefined)[] = [
    `run ${id}: ${name}`,
    `  ${status} at step ${currentStep}/${totalSteps}; ${family}, experiment ${run.experiment}; ${formatTime(createdMs)}${time}`,
    error ? `  ${error.message}${error.hint ? ` (${error.hint})` : ''}` : undefined,
    error?.node ? `  first bad node: ${error.node}` : undefined,
    parent ? `  forked from ${parent.run} at step ${parent.step}` : undefined,
    tags.length > 0 ? `  tags: ${tags.join(', ')}` : undefined,
    notes === '' ? undefined : `  notes: ${notes}`,
    `  seed ${run.seed}, ${run.threads} threads, ${run.device}, ${run.engineBuild || 'no engine yet'}`,
    `  document ${run.documentHash.slice(0, 12)}, data ${run.dataSource} ${run.dataHash.slice(0, 12)}`,
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

/** Where the nodes of the training step ran; nothing on the CPU, where there is nothing to ask. */
function placed(host: Host, id: string): string {
  const placement = placementOf(host.events(id));
  if (!placement) return '';
  const rows = placement.parts.map(({ part, provider, nodes }) => [
    `  ${part || '(the rest)'}`,
    provider,
    String(nodes),
  ]);
  return formatTable(['  part', 'provider', '>nodes'], rows);
}

function metrics(host: Host, id: string): string {
  const rows = host.lastMetrics(id).map(({ key, step, value }) => {
    return [`  ${key}`, formatNumber(value), String(step), sparkline(host.metrics(id, key).values)];
  });
  return rows.length === 0 ? '' : formatTable(['  metric', '>last', '>step', 'curve'], rows);
}

function files(host: Host, id: string, checkpoints: boolean): string {
  const found = host.artifacts(id).filter((artifact) => (artifact.kind === 'checkpoint') === checkpoints);
  const rows = found.map((artifact) => [
    `  ${artifact.step ?? ''}`,
    formatBytes(artifact.bytes),
    artifact.sha256.slice(0, checkpoints ? 64 : 12),
    artifact.path,
  ]);
  return rows.length === 0 ? '' : formatTable(['  step', '>size', 'sha256', 'path'], rows);
}

function scores(host: Host, id: string): string {
  const rows = host.scores(id).map(({ step, metric, value, low, high, n, seed }) => {
    const interval =
      low === null || high === null || low === high ? '' : `${formatNumber(low)} to ${formatNumber(high)}`;
    return [`  ${metric}`, formatNumber(value), interval, String(n), String(seed), String(step)];
  });
  return rows.length === 0
    ? ''
    : formatTable(['  score', '>value', '95 % interval', '>samples', '>seed', '>step'], rows);
}
