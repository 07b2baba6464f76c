/** Two contenders measured in alternation, so that both see the same machine in the same state. */
import { setTimeout as rest } from 'node:timers/promises';
import { quantile, spreadOf, type Spread } from '../statistics.ts';

/** Threads of the one that has just worked may spin for some 30 ms; the other is not to suffer from it. */
const restMs = 50;
/** Work before anything is measured, in milliseconds. */
const warmUpMs = 1000;

/** Does `count` units of work and gives the milliseconds of each. */
export type Work = (count: number) => Promise<readonly number[]>;

export interface PairOptions {
  readonly pairs: number;
  /** A turn lasts about so long, in milliseconds, and at least two units of work. */
  readonly turnMs: number;
}

export interface Paired {
  /** Milliseconds of a unit of work. */
  readonly own: Spread;
  readonly peer: Spread;
  /** The peer's time over our own, by pair of turns: above 1 we are faster. */
  readonly ratio: Spread;
  readonly pairs: number;
}

/** Lets both work in turn; who begins changes with each pair. */
export async function measurePairs(own: Work, peer: Work, { pairs, turnMs }: PairOptions): Promise<Paired> {
  const ownCount = await turnCount(own, turnMs);
  const peerCount = await turnCount(peer, turnMs);
  const ownTurns: (readonly number[])[] = [];
  const peerTurns: (readonly number[])[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const ownTurn = async (): Promise<unknown> => ownTurns.push(await turn(own, ownCount));
    const peerTurn = async (): Promise<unknown> => peerTurns.push(await turn(peer, peerCount));
    for (const next of pair % 2 === 0 ? [ownTurn, peerTurn] : [peerTurn, ownTurn]) await next();
  }
  return summary(ownTurns, peerTurns);
}

/** Turns paired by their position. */
export function summary(own: readonly (readonly number[])[], peer: readonly (readonly number[])[]): Paired {
  const ratios = own.map((turnTimes, index) => quantile(peer[index], 0.5) / quantile(turnTimes, 0.5));
  return { own: spreadOf(own.flat()), peer: spreadOf(peer.flat()), ratio: spreadOf(ratios), pairs: own.length };
}

/** Warms a contender up. @returns how much of its work fills a turn */
async function turnCount(work: Work, turnMs: number): Promise<number> {
  const startedMs = performance.now();
  let last: readonly number[] = [];
  do last = await work(2);
  while (performance.now() - startedMs < warmUpMs);
  return Math.max(2, Math.min(500, Math.round(turnMs / quantile(last, 0.5))));
}

/** One turn: the first unit, which finds cold caches and sleeping threads, is not counted. */
async function turn(work: Work, count: number): Promise<readonly number[]> {
  await rest(restMs);
  await work(1);
  return work(count);
}
