/** Contenders measured in alternation, so that both see the same machine in the same state. */
import { setTimeout as rest } from 'node:timers/promises';
import { quantile, spreadOf, type Spread } from '../statistics.ts';

/** Threads of the one that has just worked may spin for some 30 ms; the other is not to suffer from it. */
const restMs = 50;
/** Work before anything is measured, in milliseconds. */
const warmUpMs = 1000;

/** Does `count` units of work and gives the milliseconds of each. */
export type Work = (count: number) => Promise<readonly number[]>;

export interface TurnOptions {
  /** Turns of each contender, where the budget allows; at least three. */
  readonly turns: number;
  /** A turn lasts about so long, in milliseconds, and at least one unit of work. */
  readonly turnMs: number;
  /** About how long a comparison may take after warming up, in milliseconds. */
  readonly budgetMs: number;
}

export interface Paired {
  /** Milliseconds of a unit of work. */
  readonly own: Spread;
  readonly peer: Spread;
  /** The peer's time over our own, by pair of turns: above 1 we are faster. */
  readonly ratio: Spread;
  readonly pairs: number;
}

type Turns = readonly (readonly number[])[];

const fewestTurns = 3;
const mostUnits = 500;

export interface TurnPlan {
  /** Units of work in a turn, by contender. */
  readonly counts: readonly number[];
  readonly turns: number;
}

/** How much each contender does in a turn, and how many turns there is time for. @param unitMs of each contender's work */
export function planTurns(unitMs: readonly number[], { turns, turnMs, budgetMs }: TurnOptions): TurnPlan {
  const counts = unitMs.map((ms) => Math.max(1, Math.min(mostUnits, Math.ceil(turnMs / ms))));
  const roundMs = counts.reduce((sum, count, at) => sum + restMs + unitMs[at] * (count + uncounted(count)), 0);
  return { counts, turns: Math.max(fewestTurns, Math.min(turns, Math.floor(budgetMs / roundMs))) };
}

/** The first unit of a turn finds cold caches and sleeping threads: it is not counted, unless it is all there is time for. */
const uncounted = (count: number): number => (count > 1 ? 1 : 0);

/** Lets contenders work in turn; who begins changes each time. @returns for each its turns */
async function alternate(contenders: readonly Work[], options: TurnOptions): Promise<readonly Turns[]> {
  const unitMs: number[] = [];
  for (const work of contenders) unitMs.push(await warmUp(work));
  const { counts, turns } = planTurns(unitMs, options);
  const done: (readonly number[])[][] = contenders.map(() => []);
  const order = contenders.map((_, index) => index);
  for (let turn = 0; turn < turns; turn++) {
    for (const index of turn % 2 === 0 ? order : order.toReversed())
      done[index].push(await oneTurn(contenders[index], counts[index]));
  }
  return done;
}

export async function measurePairs(own: Work, peer: Work, options: TurnOptions): Promise<Paired> {
  const [ownTurns, peerTurns] = await alternate([own, peer], options);
  return pairUp(ownTurns, peerTurns);
}

export async function measureAlone(work: Work, options: TurnOptions): Promise<Spread> {
  const [turns] = await alternate([work], options);
  return spreadOf(turns.flat());
}

/** Sums up turns that are paired by their position: medians of all units of work, and of the pairs' ratios. */
export function pairUp(own: Turns, peer: Turns): Paired {
  const ratios = own.map((times, index) => quantile(peer[index], 0.5) / quantile(times, 0.5));
  return { own: spreadOf(own.flat()), peer: spreadOf(peer.flat()), ratio: spreadOf(ratios), pairs: own.length };
}

/** Warms a contender up. @returns how long a unit of its work takes, in milliseconds */
async function warmUp(work: Work): Promise<number> {
  const startedMs = performance.now();
  const times: number[] = [];
  do times.push(...(await work(1)));
  while (performance.now() - startedMs < warmUpMs);
  return quantile(times, 0.5);
}

async function oneTurn(work: Work, count: number): Promise<readonly number[]> {
  await rest(restMs);
  if (uncounted(count) > 0) await work(uncounted(count));
  return work(count);
}
