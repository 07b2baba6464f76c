/** The protocol of paired turns: what a ratio is made of, and how many turns a budget has room for. */
import { describe, expect, test } from 'vitest';
import { pairUp, planTurns } from '../../bench/speed/pairs.ts';

describe('pairUp', () => {
  test('a ratio compares turns of the same moment, so a machine that slows down for both changes none', () => {
    const own = [[1], [10], [100]];
    const peer = [[2], [20], [200]];
    expect(pairUp(own, peer).ratio).toEqual({ median: 2, low: 2, high: 2 });
  });

  test('times are medians over all units of work, ratios take each turn by its median', () => {
    const { own, peer, ratio, pairs } = pairUp(
      [
        [1, 2, 9],
        [2, 2, 2],
      ],
      [
        [4, 4, 4],
        [8, 6, 1],
      ],
    );
    expect([own.median, peer.median, pairs]).toEqual([2, 4, 2]);
    // 4 / 2 and 6 / 2
    expect(ratio).toEqual({ low: 2.25, median: 2.5, high: 2.75 });
  });
});

describe('planTurns', () => {
  const options = { turns: 15, turnMs: 200, budgetMs: 25_000 };

  test('a turn holds the units that fill it, at least one', () => {
    expect(planTurns([10, 70, 1000], options).counts).toEqual([20, 3, 1]);
  });

  test('there are as many turns as asked for where the budget allows', () => {
    expect(planTurns([10, 20], options).turns).toBe(15);
  });

  test('long steps make fewer turns, never fewer than three', () => {
    // A round rests 50 ms before each turn and takes 400 + 500 ms: five of them fit into 5.5 s.
    const units = [400, 500];
    expect(planTurns(units, { ...options, budgetMs: 5500 }).turns).toBe(5);
    expect(planTurns(units, { ...options, budgetMs: 1 }).turns).toBe(3);
  });

  test('the unit that is not counted counts towards the budget', () => {
    // 50 + 100 · (2 + 1) ms a round.
    expect(planTurns([100], { ...options, budgetMs: 3500 }).turns).toBe(10);
  });
});
