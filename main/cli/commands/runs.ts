/** `lathe runs`: the recorded runs as a table. */
import { runStatuses, type Run } from '../../../core/protocol/records.ts';
import type { RunFilter } from '../../host/host.ts';
import type { Arguments } from '../arguments.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { UsageError } from '../options.ts';
import { formatDuration, formatTable, formatTime } from '../format.ts';
import { jsonOption } from '../shared-options.ts';

const sorts = ['created', 'name', 'status', 'family', 'ended', 'step'] as const;

export const command: Command = {
  name: 'runs',
  summary: 'List recorded runs',
  operands: '[TEXT]',
  operandCount: [0, 1],
  options: {
    status: { value: 'STATUS', multiple: true, help: `Only runs that are ${runStatuses.join(', ')}` },
    family: { value: 'FAMILY', help: 'Only runs of a family: vae, gan, diffusion, …' },
    experiment: { value: 'NAME', help: 'Only runs of this experiment' },
    tag: { value: 'TAG', help: 'Only runs with this tag' },
    sort: { value: 'COLUMN', help: `Sort by ${sorts.join(', ')} (created)` },
    ascending: { help: 'Smallest or oldest first' },
    limit: { value: 'N', help: 'At most N runs' },
    ...jsonOption,
  },
  details: [
    'TEXT keeps only runs with it in their id, name or notes. Reads only, so it works beside a process that trains on the same home. With `--json` there is one `run` event for each run.',
  ],
  examples: ['lathe runs', 'lathe runs --family vae --status finished --sort name --limit 10', 'lathe runs --json'],
  run,
};

async function run(context: CommandContext): Promise<ExitCode> {
  const { args, output } = context;
  const filter = filterOf(args);
  const found = await listRuns(context, filter);
  for (const each of found) output.event('run', { ...each });
  if (output.json) return 0;
  if (found.length === 0) output.say('no runs');
  else
    output.result(
      formatTable(
        ['run', 'name', 'family', 'status', '>step', 'experiment', 'tags', 'created', '>time'],
        found.map(row),
      ),
    );
  return 0;
}

function filterOf(args: Arguments): RunFilter {
  const statuses = args.list('status').map((status) => {
    const known = runStatuses.find((word) => word === status);
    if (known === undefined)
      throw new UsageError(`--status must be one of ${runStatuses.join(', ')}, found '${status}'`);
    return known;
  });
  const [family, experiment, tag] = [args.text('family'), args.text('experiment'), args.text('tag')];
  const [sort, limit] = [args.choice('sort', sorts), args.integer('limit', 1)];
  return {
    ...(args.operands.length > 0 && { text: args.operands[0] }),
    ...(statuses.length > 0 && { statuses }),
    ...(family !== undefined && { family }),
    ...(experiment !== undefined && { experiment }),
    ...(tag !== undefined && { tag }),
    ...(sort !== undefined && { sort }),
    ...(limit !== undefined && { limit }),
    descending: !args.flag('ascending'),
  };
}

/** An empty list where nothing has been recorded yet. */
async function listRuns(context: CommandContext, filter: RunFilter): Promise<readonly Run[]> {
  try {
    return (await context.openHost({ readOnly: true })).runs(filter);
  } catch (error) {
    const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
    if (name === 'StoreError' && code === 'missing') return [];
    throw error;
  }
}

function row(each: Run): readonly string[] {
  const { id, name, family, status, currentStep, totalSteps, experiment, tags, createdMs, startedMs, endedMs } = each;
  const time = endedMs === null ? '' : formatDuration(endedMs - (startedMs ?? createdMs));
  return [
    id,
    shortened(name),
    family,
    status,
    `${currentStep}/${totalSteps}`,
    experiment,
    tags.join(' '),
    formatTime(createdMs),
    time,
  ];
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);
