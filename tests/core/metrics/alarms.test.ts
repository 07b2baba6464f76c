/** Alarms on curves whose course is known. */
import { describe, expect, it } from 'vitest';
import {
  collapsed,
  criticWins,
  deadLayers,
  diverging,
  mutedLayers,
  plateau,
  windowOf,
  windowSize,
  type Window,
} from '../../../core/metrics/alarms.ts';
import { RandomStream } from '../../../core/random/random.ts';

/** Windows of a curve with normal noise on it. */
function windows(count: number, curve: (step: number) => number, noise = 0.1, seed = 1): readonly Window[] {
  const draws = new Float32Array(count * windowSize);
  new RandomStream(seed, 'alarms').fillNormal(draws);
  return Array.from({ length: count }, (_, window) =>
    windowOf(
      Array.from(
        { length: windowSize },
        (_unused, i) => curve(window * windowSize + i) + noise * draws[window * windowSize + i],
      ),
    ),
  );
}

const learning = (step: number): number => 0.3 + 2 * Math.exp(-step / 400);

describe('divergence', () => {
  it('is seen where a loss climbs back, not while it falls or rests', () => {
    expect(diverging(windows(60, learning))).toBeUndefined();
    expect(diverging(windows(60, () => 1))).toBeUndefined();
    const climbing = windows(60, (step) => learning(step) + (step > 2000 ? (step - 2000) / 300 : 0));
    expect(diverging(climbing)!.best).toBeLessThan(0.5);
    expect(diverging(climbing)!.now).toBeGreaterThan(2);
  });

  it('does not take a slight rise for one', () => {
    expect(diverging(windows(60, (step) => learning(step) + (step > 2000 ? 0.2 : 0)))).toBeUndefined();
  });

  it('is not raised by noise alone, whatever the noise', () => {
    for (let seed = 0; seed < 50; seed++) expect(diverging(windows(40, () => 5, 1, seed))).toBeUndefined();
  });
});

describe('a plateau', () => {
  it('is seen once a loss stands still, not while it falls', () => {
    expect(plateau(windows(80, learning, 0.05))).toBeDefined();
    expect(plateau(windows(80, (step) => 5 - step / 1000, 0.05))).toBeUndefined();
    expect(plateau(windows(10, () => 1))).toBeUndefined();
    // A loss that climbs does not stand still.
    expect(plateau(windows(80, (step) => learning(step) + Math.max(0, step - 3000) / 500, 0.05))).toBeUndefined();
  });
});

describe('a collapse', () => {
  it('is the lasting loss of half of what was covered', () => {
    expect(collapsed([2, 8, 10, 9, 4, 3])).toEqual({ best: 10, now: 3 });
    expect(collapsed([2, 8, 10, 4, 9])).toBeUndefined();
    expect(collapsed([1, 3, 1, 1])).toBeUndefined();
    expect(collapsed([10, 2])).toBeUndefined();
  });
});

describe('a critic that wins', () => {
  it('has next to no loss for long; losses below nothing mean something else', () => {
    expect(criticWins(windows(6, () => 0.005, 0.001))).toBe(true);
    expect(criticWins(windows(6, () => 0.4, 0.1))).toBe(false);
    expect(criticWins(windows(6, () => -3, 0.1))).toBe(false);
    expect(criticWins(windows(3, () => 0.005, 0.001))).toBe(false);
  });
});

describe('layers of silent units', () => {
  it('are those of whose units at least a quarter were never active', () => {
    const layer = (name: string, units: number, silent: readonly number[]) => ({ name, units, silent });
    const quarter = layer('quarter', 8, [1, 5]);
    const whole = layer('whole', 2, [0, 1]);
    expect(mutedLayers([layer('none', 8, []), layer('few', 9, [1, 5]), quarter, whole])).toEqual([quarter, whole]);
  });
});

describe('dead layers', () => {
  it('are those whose gradient is nothing several times in a row', () => {
    const moment = (a: number, b: number | null) =>
      new Map([
        ['a', a],
        ['b', b],
      ]);
    const dead = Array.from({ length: 5 }, () => moment(0, 1));
    expect(deadLayers(dead)).toEqual(['a']);
    expect(deadLayers(dead.slice(1))).toEqual([]);
    expect(deadLayers([...dead, moment(1e-9, 1)])).toEqual([]);
    expect(deadLayers(Array.from({ length: 5 }, () => moment(1, null)))).toEqual([]);
  });
});
