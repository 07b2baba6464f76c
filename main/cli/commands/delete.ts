/** `lathe delete`: forgets a run and removes its files. */
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { UsageError } from '../options.ts';
import { jsonOption } from '../shared-options.ts';

export const command: Command = {
  name: 'delete',
  summary: 'Delete a run with its files',
  operands: 'RUN',
  operandCount: [1, 1],
  options: { yes: { short: 'y', help: 'Do not ask' }, ...jsonOption },
  details: ['Asks first in a terminal; elsewhere `--yes` is needed. With `--json` there is one `deleted` event.'],
  examples: ['lathe delete 01k3 --yes'],
  run,
};

async function run({ args, output, openHost }: CommandContext): Promise<ExitCode> {
  const host = await openHost();
  const { id, name } = host.run(args.operands[0]);
  if (!args.flag('yes') && !(await confirmed(`delete run ${id} (${name}) with all its files? [y/N] `))) {
    output.say('nothing was deleted');
    return 0;
  }
  await host.deleteRun(id);
  output.event('deleted', { run: id });
  output.say(`deleted run ${id} (${name})`);
  return 0;
}

async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('a run is deleted only with --yes when no one can be asked');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await prompt.question(question)).trim());
  } finally {
    prompt.close();
  }
}
