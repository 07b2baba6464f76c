/** `lathe data`: what data can be named in a document, and what one source holds. */
import process from 'node:process';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { splits } from '../../../core/data/data-info.ts';
import type { DatasetDescription } from '../../host/without-records.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { formatCount, formatNumber, formatShape, formatTable } from '../format.ts';
import { Progress } from '../progress.ts';
import { jsonOption } from '../shared-options.ts';

const mostClasses = 20;

export const command: Command = {
  name: 'data',
  summary: 'List data sources, or describe one',
  operands: '[SOURCE]',
  operandCount: [0, 1],
  options: {
    target: { value: 'COLUMN', help: "A table's target column; for CIFAR-100 fine or coarse" },
    ...jsonOption,
  },
  details: [
    'Without SOURCE it lists the built-in data sets and the forms in which files are named. With one it opens the data, imports it into the cache, and tells shape, splits, classes, columns and statistics; relative paths are taken from this folder. With `--json` there is one `source` event for each source, or one `data` event.',
  ],
  examples: ['lathe data', 'lathe data builtin:glyphs', 'lathe data table:flowers.csv --target kind --json'],
  run,
};

async function run({ args, output }: CommandContext): Promise<ExitCode> {
  const { dataSources, describeData, openHome } = await import('../../host/without-records.ts');
  const [source] = args.operands;
  if (source === undefined) {
    for (const each of dataSources()) output.event('source', { ...each });
    const rows = dataSources().map((each) => [each.source, each.kind, each.title]);
    if (!output.json) output.result(formatTable(['source', 'kind', 'what it is'], rows));
    return 0;
  }
  const progress = new Progress(output);
  const target = args.text('target');
  const { info, description } = await describeData(source, {
    baseDir: process.cwd(),
    dataCache: openHome(args.text('home')).dataCache,
    ...(target !== undefined && { target }),
    onProgress: (done, total, what) => progress.work(what, done, total),
  });
  output.event('data', { info, splits: description.splits });
  if (!output.json)
    output.result(
      [about(info), splitTable(description), ...classTable(description), ...columnTable(info)].join('\n\n'),
    );
  return 0;
}

function about({ source, kind, shape, target, classes, contentHash }: DataInfo): string {
  const aims = { class: `${classes.length} classes`, number: 'a number to predict', none: 'no target' } as const;
  return `${source}: ${kind} of shape ${formatShape(shape)}, ${aims[target]}\nsha256 ${contentHash}`;
}

function splitTable({ splits: found }: DatasetDescription): string {
  const rows = splits.map((split) => {
    const { count, minimum, mean, maximum } = found[split];
    return [split, formatCount(count), ...(count === 0 ? [] : [minimum, mean, maximum].map(formatNumber))];
  });
  return formatTable(['split', '>samples', '>least', '>mean', '>most'], rows);
}

function classTable({ info, splits: found }: DatasetDescription): readonly string[] {
  if (info.target !== 'class') return [];
  const rows = info.classes
    .slice(0, mostClasses)
    .map((name, at) => [name, ...splits.map((split) => formatCount(found[split].perClass[at]))]);
  const more = info.classes.length > mostClasses ? [`and ${info.classes.length - mostClasses} more classes`] : [];
  return [[formatTable(['class', ...splits.map((split) => `>${split}`)], rows), ...more].join('\n')];
}

function columnTable({ columns }: DataInfo): readonly string[] {
  if (!columns) return [];
  const rows = columns.map(({ name, kind, mean, deviation, categories, missing }) => {
    const values = categories
      ? categories.join(', ')
      : `mean ${formatNumber(mean ?? NaN)}, deviation ${formatNumber(deviation ?? NaN)}`;
    return [name, kind, missing ? String(missing) : '', values];
  });
  return [formatTable(['column', 'kind', '>missing', 'values'], rows)];
}
