/** `lathe check`: every mistake of a document at its place, and what its networks come to. */
import { checkDocument } from '../../../core/spec/check.ts';
import { formatPath } from '../../../core/spec/issue.ts';
import type { NetworkSummary, Summary } from '../../../core/spec/summary.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { countIssues, editOptions, readDocument, tellIssues } from '../documents.ts';
import { formatCount, formatShape, formatTable } from '../format.ts';
import { Progress } from '../progress.ts';
import { jsonOption } from '../shared-options.ts';

export const command: Command = {
  name: 'check',
  summary: 'Check a model document and list its layers',
  operands: 'FILE',
  operandCount: [1, 1],
  options: { ...editOptions, ...jsonOption },
  details: [
    'Reads the document, opens its data (which is imported into the cache the first time), fits the layers to each other and to the data, and tells every mistake as `FILE:LINE:COLUMN: error: …`. For each network it lists the layers with their output shape (`N` is the batch), trained parameters, multiply-adds and numbers in the output for one sample.',
    'With `--json` there is one `issue` event for each mistake, then one `checked` event that holds the whole summary. Exit 2 when there are errors.',
  ],
  examples: ['lathe check vae.lathe.jsonc', 'lathe check vae.lathe.jsonc --set task.beta=4 --json'],
  run,
};

async function run({ args, output }: CommandContext): Promise<ExitCode> {
  const document = await readDocument(args.operands[0], args);
  const first = checkDocument(document.text);
  const broken = first.issues.some((issue) => issue.severity === 'error') && !first.summary;
  const result = broken
    ? first
    : await checkAgainstData(args.text('home'), document.text, document.baseDir, new Progress(output));
  const failed = tellIssues(output, document, result.issues);
  const count = (severity: string): number => result.issues.filter((issue) => issue.severity === severity).length;
  output.event('checked', {
    file: document.label,
    errors: count('error'),
    warnings: count('warning'),
    ...withPaths(result.summary),
  });
  if (!output.json && result.summary && !failed) output.result(summaryText(result.summary));
  output.say(`${document.label}: ${countIssues(result.issues)}`);
  return failed ? 2 : 0;
}

async function checkAgainstData(home: string | undefined, text: string, baseDir: string, progress: Progress) {
  const { checkWithData, openHome } = await import('../../host/without-records.ts');
  return checkWithData(text, baseDir, openHome(home).dataCache, (done, total, what) =>
    progress.work(what, done, total),
  );
}

/** The summary with paths as one text each. */
function withPaths(summary: Summary | undefined) {
  if (!summary) return {};
  const networks = summary.networks.map((network) => {
    return { ...network, layers: network.layers.map((layer) => ({ ...layer, path: formatPath(layer.path) })) };
  });
  return { summary: { ...summary, networks } };
}

function summaryText(summary: Summary): string {
  const { parameters, multiplyAdds, activationElements, networks } = summary;
  const totals = `total: ${formatCount(parameters)} parameters, ${formatCount(multiplyAdds)} multiply-adds and ${formatCount(activationElements)} activations a sample`;
  return [...networks.map(networkText), totals].join('\n\n');
}

function networkText({ name, inputs, layers, outputShapes, ...sums }: NetworkSummary): string {
  const from = inputs.map((input) => `${input.name}: ${input.kind} ${formatShape(input.shape)}`).join(', ');
  const rows = layers.map((layer) => [
    layer.id,
    layer.bypass ? `${layer.type} (bypassed)` : layer.type,
    formatShape(layer.outputShape),
    formatCount(layer.parameters),
    formatCount(layer.multiplyAdds),
    formatCount(layer.activationElements),
  ]);
  const sum = [
    '',
    '',
    '',
    formatCount(sums.parameters),
    formatCount(sums.multiplyAdds),
    formatCount(sums.activationElements),
  ];
  const table = formatTable(
    ['layer', 'type', 'output', '>parameters', '>multiply-adds', '>activations'],
    [...rows, sum],
  );
  return `${name}  (${from}) → ${outputShapes.map(formatShape).join(', ')}\n${table}`;
}
