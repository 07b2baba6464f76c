/** `lathe resume`: goes on with a run where its latest checkpoint left it. */
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { deviceChoice } from '../device.ts';
import { followRun } from '../follow-run.ts';
import { memoryChoice } from '../memory.ts';
import { deviceOptions, jsonOption, memoryOption } from '../shared-options.ts';

export const command: Command = {
  name: 'resume',
  summary: 'Go on with an interrupted, stopped, failed or diverged run',
  operands: 'RUN',
  operandCount: [1, 1],
  options: { ...memoryOption, ...deviceOptions, ...jsonOption },
  details: [
    'Goes on from the latest checkpoint with the recorded document, seed, device and number of threads, so that the outcome is what it would have been without the interruption. A run without a checkpoint begins again.',
    'With `--device` it goes on there, and stays there: that is recorded, and the outcome is no longer the same to the last bit. A device that does not compute here, or would leave a part to the CPU, is refused before anything is changed.',
    'With `--memory` it may take that much from here on, instead of what it was recorded with: the outcome is the same.',
  ],
  examples: ['lathe resume latest', 'lathe resume 01k3 --device cpu'],
  run,
};

async function run(context: CommandContext): Promise<ExitCode> {
  const { args } = context;
  const choice = { ...memoryChoice(args), ...deviceChoice(args) };
  const host = await context.openHost();
  return followRun(context, host, (onUpdate) => host.resume(args.operands[0], { ...choice, onUpdate }));
}
