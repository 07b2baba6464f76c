/** How samples are drawn, as the command line says. */
import type { DrawOptions } from '../host/host.ts';
import type { Arguments } from './arguments.ts';
import { deviceChoice } from './device.ts';
import { UsageError } from './options.ts';

/** @throws UsageError */
export function drawRequest(args: Arguments, count: number): DrawOptions {
  const step = args.integer('at', 0);
  return {
    count: args.integer('count', 1, 1_000_000) ?? count,
    seed: args.integer('seed', 0) ?? 1,
    options: args.pairs('option'),
    ...(step !== undefined && { step }),
    ...deviceChoice(args),
  };
}

/** The folder named by `--out`. @throws UsageError when it is left out */
export function requiredOut(args: Arguments): string {
  const out = args.text('out');
  if (out === undefined) throw new UsageError('--out DIR is missing', 'it says where the files go');
  return out;
}
