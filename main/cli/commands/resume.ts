/** `lathe resume`: goes on with a run where its latest checkpoint left it. */
import type { DeviceId } from '../../../core/protocol/devices.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { followRun } from '../follow-run.ts';
import { jsonOption } from '../shared-options.ts';

export const command: Command = {
  name: 'resume',
  summary: 'Go on with an interrupted, stopped, failed or diverged run',
  operands: 'RUN',
  operandCount: [1, 1],
  options: { ...jsonOption },
  details: [
    'Goes on from the latest checkpoint with the recorded document, seed, device and number of threads, so that the outcome is what it would have been without the interruption. A run without a checkpoint begins again.',
  ],
  examples: ['lathe resume latest', 'lathe resume 01k3'],
  run,
};

async function run(context: CommandContext): Promise<ExitCode> {
  const host = await context.openHost();
  const { id, device } = host.run(context.args.operands[0]);
  await host.requireDevice(device as DeviceId);
  return followRun(context, host, (onUpdate) => host.resume(id, { onUpdate }));
}
