/** `lathe fork`: a new run that starts from a checkpoint of another one, with changes. */
import { checkDocument } from '../../../core/spec/check.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { countIssues, editOptions, editText, tellIssues } from '../documents.ts';
import { followRun } from '../follow-run.ts';
import { jsonOption, recordOptions } from '../shared-options.ts';
import { explained, trainOptions } from './train.ts';

export const command: Command = {
  name: 'fork',
  summary: 'Start a new run from a checkpoint of another one, with changes',
  operands: 'RUN',
  operandCount: [1, 1],
  options: {
    at: { value: 'STEP', help: 'Fork at the checkpoint of this step (the latest)' },
    ...editOptions,
    ...recordOptions,
    ...jsonOption,
  },
  details: [
    'The new run takes over weights, optimizer state and step, and sees the same batches and noise from there on; what the changed document lets no longer fit is drawn anew, and said. Which checkpoints a run keeps is decided by `training.keepEvery`; `lathe show RUN` lists them.',
  ],
  examples: [
    'lathe fork latest --set training.optimizer.learningRate=1e-4',
    'lathe fork 01k3 --at 1000 --steps 5000 --name longer',
  ],
  run,
};

async function run(context: CommandContext): Promise<ExitCode> {
  const { args, output } = context;
  const step = args.integer('at', 0);
  const options = trainOptions(args);
  const host = await context.openHost();
  const parent = host.run(args.operands[0]);
  const document = {
    label: `document of run ${parent.id}`,
    written: parent.document,
    text: editText(parent.document, args),
    baseDir: parent.baseDir,
  };
  const { issues } = checkDocument(document.text);
  if (tellIssues(output, document, issues)) {
    output.say(`${document.label}: ${countIssues(issues)}; nothing was recorded`);
    return 2;
  }
  return explained(context, document, () =>
    followRun(context, host, (onUpdate) =>
      host.fork(parent.id, document.text, { ...options, ...(step !== undefined && { step }), onUpdate }),
    ),
  );
}
