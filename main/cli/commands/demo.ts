/** `lathe demo`: trains a VAE, a GAN and a diffusion model on bundled digits and lays them side by side. */
import { resolve } from 'node:path';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { deviceChoice } from '../device.ts';
import { followDemoRun, watchUpdates } from '../follow-run.ts';
import { formatDuration } from '../format.ts';
import { deviceOptions, jsonOption } from '../shared-options.ts';

export const command: Command = {
  name: 'demo',
  summary: 'Train a VAE, a GAN and a diffusion model and compare them',
  operands: '',
  operandCount: [0, 0],
  options: {
    out: { value: 'DIR', help: 'Folder for report.html, compare.png and summary.json (lathe-demo)' },
    seed: { value: 'N', help: 'Seed of all three runs and of the samples shown (1)' },
    threads: { value: 'N', help: 'Processor threads (as many as there are cores)' },
    set: {
      value: 'PATH=VALUE',
      multiple: true,
      help: 'Set a field of all three documents, for example training.steps=300',
    },
    ...deviceOptions,
    ...jsonOption,
  },
  details: [
    'The three documents are in `resources/demo`. Their runs are recorded in the experiment `Demo` like any others, each scored on 1000 samples; three to five minutes on two cores, by their speed. The page, the picture and the JSON file need nothing else to be read.',
    'With `--json` there are the events of each run, `stage` before each part, and one `report` event with the files.',
  ],
  examples: ['lathe demo', 'lathe demo --out comparison --seed 7'],
  run,
};

async function run(context: CommandContext): Promise<ExitCode> {
  const { args, output } = context;
  const threads = args.integer('threads', 1, 256);
  const outFolder = resolve(args.text('out') ?? 'lathe-demo');
  const seed = args.integer('seed', 0) ?? 1;
  const overrides = args.list('set');
  const host = await context.openHost();
  context.interrupts.handle(() => host.interrupt());
  const result = await host.demo({
    outFolder,
    seed,
    overrides,
    ...(threads !== undefined && { threads }),
    ...deviceChoice(args),
    onStage: (stage, index, total) => {
      output.event('stage', { stage, index, total });
      output.say(`[${index + 1}/${total}] ${stage}`);
    },
    onUpdate: watchUpdates(context),
    onRun: (handle) => followDemoRun(context, host, handle),
  });
  const { html, picture, summary, seconds } = result;
  output.event('report', { html, picture: picture ?? null, summary, seconds });
  output.say(`done in ${formatDuration(1000 * seconds)}`);
  for (const file of [html, picture, summary]) if (file) output.say(`wrote ${file}`);
  return 0;
}
