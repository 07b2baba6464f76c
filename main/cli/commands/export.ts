/** `lathe export`: the networks of a run, its training step and its weights, as files for use elsewhere. */
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { requiredOut } from '../draw.ts';
import { watchUpdates } from '../follow-run.ts';
import { jsonOption } from '../shared-options.ts';

export const command: Command = {
  name: 'export',
  summary: 'Export a run as ONNX and safetensors files',
  operands: 'RUN',
  operandCount: [1, 1],
  options: {
    out: { value: 'DIR', help: 'Folder for the files; made when missing (required)' },
    at: { value: 'STEP', help: 'Export the checkpoint of this step (the latest)' },
    ...jsonOption,
  },
  details: [
    'Writes each network as ONNX for inference, `train_step.onnx` with its initial state and a description of its inputs and outputs, and the weights as safetensors. Every file is run and compared with the live model; the largest differences are in the description. With `--json` there is one `exported` event.',
  ],
  examples: ['lathe export latest --out exported'],
  run,
};

async function run(context: CommandContext): Promise<ExitCode> {
  const { args, output } = context;
  const out = requiredOut(args);
  const step = args.integer('at', 0);
  const host = await context.openHost({ readOnly: true });
  context.interrupts.handle(() => host.interrupt());
  const { id } = host.run(args.operands[0]);
  const result = await host.export(id, resolve(out), {
    ...(step !== undefined && { step }),
    onUpdate: watchUpdates(context),
  });
  output.event('exported', { run: id, folder: resolve(out), result });
  output.say(`exported run ${id} into ${out}:`);
  for (const file of (await readdir(out)).toSorted()) output.say(`  ${file}`);
  return 0;
}
