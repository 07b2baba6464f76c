/** `lathe train`: records a run of a document and trains it to its end. */
import { checkDocument } from '../../../core/spec/check.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import type { Arguments } from '../arguments.ts';
import { deviceChoice } from '../device.ts';
import { countIssues, editOptions, readDocument, tellIssues, type EditedDocument } from '../documents.ts';
import { followRun } from '../follow-run.ts';
import { memoryChoice } from '../memory.ts';
import { jsonOption, recordOptions } from '../shared-options.ts';
import type { TrainOptions } from '../../host/host.ts';

export const command: Command = {
  name: 'train',
  summary: 'Train a model and record the run',
  operands: 'FILE',
  operandCount: [1, 1],
  options: { ...editOptions, ...recordOptions, ...jsonOption },
  details: [
    'Checks the document first: with a mistake in it nothing is recorded and the exit code is 2. Then the run is recorded in the home and trained; progress goes to stderr. The recorded document is the changed one when fields were set by options.',
    'Ctrl+C (or SIGTERM) ends the run with a checkpoint, exit 130; `lathe resume` goes on as if it had never stopped. A second Ctrl+C ends at once: the run then resumes from its last checkpoint. A run whose figures are no longer finite ends as `diverged`, exit 1, and says which node made the first bad value.',
    'On another device than the CPU the state stays there from step to step, and where every node ran is read back and told. An operator that the device lacks is refused by name, unless `--allow-cpu-fallback` lets it run on the CPU; see docs/devices.md.',
    'A training step that needs more memory than there is lets go of values between its forward and its backward part and makes them again: the same numbers for more work, and the run says how many. `--memory` sets the limit; what needs more even so is refused, exit 1. See docs/memory.md.',
    'The same document, seed and number of threads on the same machine give the same checkpoint, byte for byte; its sha256 is in the `ended` event.',
  ],
  examples: [
    'lathe train vae.lathe.jsonc',
    'lathe train vae.lathe.jsonc --steps 300 --seed 7 --threads 2 --json',
    'lathe train vae.lathe.jsonc --set task.beta=4 --name "beta 4" --experiment beta --tag sweep',
  ],
  run,
};

async function run(context: CommandContext): Promise<ExitCode> {
  const { args, output } = context;
  const document = await readDocument(args.operands[0], args);
  const options = trainOptions(args);
  const { issues } = checkDocument(document.text);
  if (tellIssues(output, document, issues)) {
    output.say(`${document.label}: ${countIssues(issues)}; nothing was recorded`);
    return 2;
  }
  const host = await context.openHost();
  return explained(context, document, () =>
    followRun(context, host, (onUpdate) => host.train(document.text, document.baseDir, { ...options, onUpdate })),
  );
}

/** Options of a run's record. @throws UsageError */
export function trainOptions(args: Arguments): TrainOptions {
  const threads = args.integer('threads', 1, 256);
  const [name, experiment, notes] = [args.text('name'), args.text('experiment'), args.text('notes')];
  const tags = args.list('tag');
  return {
    ...(name !== undefined && { name }),
    ...(experiment !== undefined && { experiment }),
    ...(notes !== undefined && { notes }),
    ...(tags.length > 0 && { tags }),
    ...(threads !== undefined && { threads }),
    ...memoryChoice(args),
    ...deviceChoice(args),
  };
}

/** Runs `work`; mistakes that show only beside the data are told at their places. */
export async function explained(
  { output }: CommandContext,
  document: EditedDocument,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  const { DocumentError } = await import('../../host/host.ts');
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    tellIssues(output, document, error.issues);
    output.say(`${document.label}: ${countIssues(error.issues)}; nothing was recorded`);
    return 2;
  }
}
