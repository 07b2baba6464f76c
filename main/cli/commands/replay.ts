/** `lathe replay`: runs a run again from its seed and says whether the outcome is the same. */
import type { ReplayResult } from '../../host/host.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { deviceChoice } from '../device.ts';
import { watchUpdates } from '../follow-run.ts';
import { formatNumber } from '../format.ts';
import { deviceOptions, jsonOption } from '../shared-options.ts';

const mostDifferences = 5;

export const command: Command = {
  name: 'replay',
  summary: 'Run a run again and say whether the outcome is identical',
  operands: 'RUN',
  operandCount: [1, 1],
  options: { ...deviceOptions, ...jsonOption },
  details: [
    'On the device of the run unless `--device` names another; only the CPU promises identical bits.',
    'Trains the recorded document again with the recorded seed, data, number of threads and hand-turned scalars up to the step of the latest checkpoint, records that as a run of its own, and compares the two states. Says `identical`, or which tensors differ by how much; exit 1 when they differ. With `--json` there is one `replayed` event.',
  ],
  examples: ['lathe replay latest', 'lathe replay latest --device cpu'],
  run,
};

async function run(context: CommandContext): Promise<ExitCode> {
  const { args, output } = context;
  const host = await context.openHost();
  context.interrupts.handle(() => host.interrupt());
  const result = await host.replay(args.operands[0], { ...deviceChoice(args), onUpdate: watchUpdates(context) });
  output.event('replayed', { ...result });
  if (!output.json) output.result(words(result));
  return result.identical ? 0 : 1;
}

function words({ run: first, replay, step, identical, sha256, differences, sameEngine }: ReplayResult): string {
  if (identical)
    return `identical: run ${first} and its replay ${replay} have the same state at step ${step}, sha256 ${sha256[0]}`;
  const lines = differences
    .slice(0, mostDifferences)
    .map(
      ({ tensor, largest, relative }) =>
        `  ${tensor}: ${formatNumber(largest)} (${formatNumber(relative)} of its largest value)`,
    );
  const engine = sameEngine ? '' : '; they were computed by different engine builds';
  return [
    `different: run ${first} and its replay ${replay} differ at step ${step} in ${differences.length} tensors${engine}`,
    ...lines,
  ].join('\n');
}
