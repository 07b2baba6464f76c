/** `lathe sample`: draws samples of a run into a folder. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { WrittenArtifact } from '../../../core/protocol/run-updates.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { drawRequest, requiredOut } from '../draw.ts';
import { watchUpdates } from '../follow-run.ts';
import { deviceOptions, drawOptions, jsonOption } from '../shared-options.ts';

interface Samples {
  readonly step: number;
  readonly artifacts: readonly WrittenArtifact[];
}

export const command: Command = {
  name: 'sample',
  summary: 'Draw samples of a run into files',
  operands: 'RUN',
  operandCount: [1, 1],
  options: {
    out: { value: 'DIR', help: 'Folder for the files; made when missing (required)' },
    ...drawOptions,
    ...deviceOptions,
    separate: { help: 'Also write every picture to a file of its own' },
    ...jsonOption,
  },
  details: [
    'Writes a picture (`samples.png`), the numbers (`samples.safetensors`) and, unless the samples are pictures, `samples.csv`. Texts come as `samples.txt` and `samples.json` instead, and the first of them are shown. The defaults are 64 samples and seed 1. Works beside a process that trains on the same home.',
    'With `--json` there is one `artifact` event for each file, then `sampled`.',
  ],
  examples: [
    'lathe sample latest --out samples',
    'lathe sample 01k3 --out samples --count 16 --seed 5 --option sampler=ddim --option steps=20',
    'lathe sample latest --out samples --count 3 --option "prompt=The cats" --option temperature=0.7',
  ],
  run,
};

/** Characters of the texts shown in the terminal; the file has all of them. */
const mostShown = 4000;

/** Texts are to be read, not opened: the first of them go to the standard output. */
async function showTexts({ output }: CommandContext, file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const shown = text.slice(0, mostShown);
  if (!output.json) output.result(shown.length < text.length ? `${shown}…` : shown);
}

async function run(context: CommandContext): Promise<ExitCode> {
  const { args, output } = context;
  const out = requiredOut(args);
  const draw = drawRequest(args, 64);
  const options = args.flag('separate') ? { ...draw.options, separateFiles: 1 } : draw.options;
  const host = await context.openHost({ readOnly: true });
  context.interrupts.handle(() => host.interrupt());
  const result = (await host.sample(args.operands[0], resolve(out), {
    ...draw,
    options,
    onUpdate: watchUpdates(context),
  })) as unknown as Samples;
  for (const artifact of result.artifacts) output.event('artifact', { ...artifact });
  output.event('sampled', {
    run: host.run(args.operands[0]).id,
    step: result.step,
    count: draw.count,
    seed: draw.seed,
    folder: resolve(out),
  });
  output.say(`drew ${draw.count} samples at step ${result.step}, seed ${draw.seed}, into ${out}:`);
  for (const { path, bytes } of result.artifacts) output.say(`  ${path}  ${bytes} bytes`);
  for (const { path } of result.artifacts) if (path.endsWith('.txt')) await showTexts(context, resolve(out, path));
  return 0;
}
