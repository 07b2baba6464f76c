/** `lathe devices`: what there is to compute on, each proven by a probe. */
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { formatBytes, formatTable } from '../format.ts';
import { jsonOption } from '../shared-options.ts';

export const command: Command = {
  name: 'devices',
  summary: 'List what can compute here, each proven by a probe',
  operands: '',
  operandCount: [0, 0],
  options: { ...jsonOption },
  details: [
    'Runs a small graph on every device that ONNX Runtime and TensorFlow.js know here, and says which gave the right numbers and why others did not. With `--json` there is one `devices` event.',
  ],
  examples: ['lathe devices'],
  run,
};

async function run({ output }: CommandContext): Promise<ExitCode> {
  const { devices } = await import('../../host/without-records.ts');
  const found = await devices();
  output.event('devices', { ...found });
  if (output.json) return 0;
  const { model, cores, memoryBytes } = found.cpu;
  const rows = found.devices.map(({ provider, label, proven, reason }) => [
    provider,
    label,
    proven ? 'works' : 'no',
    reason,
  ]);
  output.result(
    `${model}, ${cores} cores, ${formatBytes(memoryBytes)} memory\n\n${formatTable(['device', 'what it is', 'works', 'why not'], rows)}\n\n${found.verdict}`,
  );
  return 0;
}
