/** Reads the options that benchmarks of training share. */
import { availableParallelism } from 'node:os';
import type { TurnOptions } from './pairs.ts';
import { workloadNames, type WorkloadName } from './workloads.ts';

export const turnOptions = {
  only: { type: 'string', default: workloadNames.join(',') },
  threads: { type: 'string', default: String(availableParallelism()) },
  turns: { type: 'string', default: '15' },
  'turn-ms': { type: 'string', default: '200' },
  budget: { type: 'string', default: '25' },
  python: { type: 'string' },
} as const;

type TurnValues = Readonly<Record<'only' | 'threads' | 'turns' | 'turn-ms' | 'budget', string>>;

/** What to train, for how long, on how many threads. @throws Error for what cannot be read */
export function readTurns(
  values: TurnValues,
): TurnOptions & { readonly names: readonly WorkloadName[]; readonly threads: number } {
  return {
    names: chosen(values.only, workloadNames, '--only'),
    threads: wholeNumber(values.threads, '--threads'),
    turns: wholeNumber(values.turns, '--turns'),
    turnMs: wholeNumber(values['turn-ms'], '--turn-ms'),
    budgetMs: 1000 * wholeNumber(values.budget, '--budget'),
  };
}

/** The names in a list, each one of those there are. @throws Error for another */
export function chosen<Name extends string>(list: string, known: readonly Name[], option: string): readonly Name[] {
  const wanted = list.split(',').filter((name) => name !== '' && name !== 'none');
  const strange = wanted.find((name) => !(known as readonly string[]).includes(name));
  if (strange !== undefined) throw new Error(`${option}: there is no '${strange}'; there are ${known.join(', ')}`);
  return known.filter((name) => wanted.includes(name));
}

function wholeNumber(text: string, option: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${option}: expected a whole number from 1 up, found ${text}`);
  return value;
}
