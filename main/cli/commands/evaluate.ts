/** `lathe evaluate`: measures a run on held-out data and records its scores. */
import type { Evaluation } from '../../host/host.ts';
import type { Score } from '../../../core/metrics/score.ts';
import type { Command, CommandContext, ExitCode } from '../command.ts';
import { drawRequest } from '../draw.ts';
import { watchUpdates } from '../follow-run.ts';
import { formatNumber, formatTable } from '../format.ts';
import { deviceOptions, drawOptions, jsonOption } from '../shared-options.ts';

export const command: Command = {
  name: 'evaluate',
  summary: 'Score a run on held-out data and record the scores',
  operands: 'RUN',
  operandCount: [1, 1],
  options: { ...drawOptions, ...deviceOptions, ...jsonOption },
  details: [
    "Measures the family's own figures on the validation and test splits and, for families that draw samples, compares as many samples (1000 unless `--count` says otherwise) with real data by the features of a network trained once on that data. Each score has a bootstrap interval and remembers what it was measured with. Beside it stands what real data gets in the samples' place.",
    'With `--json` there is one `evaluated` event that holds all of it.',
  ],
  examples: ['lathe evaluate latest', 'lathe evaluate 01k3 --count 5000 --seed 7 --json'],
  run,
};

async function run(context: CommandContext): Promise<ExitCode> {
  const { args, output } = context;
  const draw = drawRequest(args, 1000);
  const host = await context.openHost();
  context.interrupts.handle(() => host.interrupt());
  const { id } = host.run(args.operands[0]);
  const evaluation = await host.evaluate(id, { ...draw, onUpdate: watchUpdates(context) });
  output.event('evaluated', { run: id, ...evaluation });
  for (const warning of evaluation.warnings) output.say(`warning: ${warning}`);
  if (!output.json) output.result(table(evaluation));
  output.say(`run ${id} evaluated at step ${evaluation.step}; the scores are recorded`);
  return 0;
}

function table({ heldOut, scores, reference }: Evaluation): string {
  const real = new Map(reference.map(({ name, value }) => [name, value]));
  const figures = heldOut.map(({ name, value, n, goal }) => [
    name,
    formatNumber(value),
    '',
    '',
    goalWords(goal),
    String(n),
  ]);
  const rows = scores.map((score) => [
    score.name,
    formatNumber(score.value),
    interval(score),
    real.has(score.name) ? formatNumber(real.get(score.name) ?? NaN) : '',
    goalWords(score.goal),
    String(score.n),
  ]);
  return formatTable(['score', '>value', '95 % interval', '>real data', 'better', '>samples'], [...figures, ...rows]);
}

function goalWords(goal: 'min' | 'max' | null): string {
  return goal === null ? '' : goal === 'min' ? 'lower' : 'higher';
}

function interval({ low, high, repeats }: Score): string {
  return repeats > 0 ? `${formatNumber(low)} to ${formatNumber(high)}` : '';
}
