import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../core/random/random.ts';
import { threefryFill } from '../../../core/random/threefry.ts';

/** Mean and standard error bound of n draws: 5 deviations, so that a right generator fails once in a million tests. */
function moments(values: ArrayLike<number>): { mean: number; variance: number; third: number; fourth: number } {
  const n = values.length;
  const list = Array.from(values);
  const mean = list.reduce((sum, x) => sum + x, 0) / n;
  const central = (power: number): number => list.reduce((sum, x) => sum + (x - mean) ** power, 0) / n;
  return { mean, variance: central(2), third: central(3), fourth: central(4) };
}

describe('threefryFill', () => {
  // The known answers published with Random123 (kat_vectors, threefry2x32 with 20 rounds).
  it.each([
    { key: [0, 0], counter: [0, 0], words: [0x6b200159, 0x99ba4efe] },
    { key: [0xffffffff, 0xffffffff], counter: [0xffffffff, 0xffffffff], words: [0x1cb996fc, 0xbb002be7] },
    { key: [0x13198a2e, 0x03707344], counter: [0x243f6a88, 0x85a308d3], words: [0xc4923a9c, 0x483df7a0] },
  ])('gives the published words for key $key and counter $counter', ({ key, counter, words }) => {
    const out = new Uint32Array(2);
    threefryFill(key[0], key[1], counter[1], counter[0], out);
    expect([...out]).toEqual(words);
  });

  it('gives the same words whether they are drawn together or apart', () => {
    const together = new Uint32Array(9);
    threefryFill(1, 2, 3, 100, together);
    const apart = new Uint32Array(5);
    threefryFill(1, 2, 3, 102, apart);
    expect([...together.subarray(4)]).toEqual([...apart]);
  });
});

describe('RandomStream', () => {
  const n = 100_000;
  const drawn = (fill: (random: RandomStream, out: Float64Array) => void, stream = 's', step = 0): Float64Array => {
    const out = new Float64Array(n);
    fill(new RandomStream(7, stream, step), out);
    return out;
  };
  const uniform = (random: RandomStream, out: Float64Array): void => random.fillUniform(out);
  const normal = (random: RandomStream, out: Float64Array): void => random.fillNormal(out);

  it('has the moments of the uniform distribution', () => {
    const values = drawn(uniform);
    const { mean, variance } = moments(values);
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / n));
    expect(values.every((x) => x >= 0 && x < 1 && Math.fround(x) === x)).toBe(true);
  });

  it('has the moments of the standard normal distribution', () => {
    const { mean, variance, third, fourth } = moments(drawn(normal));
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(1 / n));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(third)).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(fourth - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
  });

  it('has normal tails: the share beyond 2 deviations is 4.55 %', () => {
    const share = drawn(normal).filter((x) => Math.abs(x) > 2).length / n;
    expect(Math.abs(share - 0.0455)).toBeLessThan(5 * Math.sqrt((0.0455 * 0.9545) / n));
  });

  it.each([
    ['streams of other names', drawn(normal, 'a'), drawn(normal, 'b')],
    ['neighbouring steps', drawn(normal, 'a', 4), drawn(normal, 'a', 5)],
    [
      'the two halves of each pair',
      drawn(normal).filter((_, i) => i % 2 === 0),
      drawn(normal).filter((_, i) => i % 2 === 1),
    ],
  ])('%s are uncorrelated', (_, a, b) => {
    const correlation = a.reduce((sum, x, i) => sum + x * b[i], 0) / a.length;
    expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(a.length));
  });

  it('depends on all bits of the seed', () => {
    const first = (seed: number): number => new RandomStream(seed, 's').bits(1)[0];
    expect(new Set([1, 1 + 2 ** 32, 2, Number.MAX_SAFE_INTEGER].map(first)).size).toBe(4);
  });

  it('goes on where the last call ended', () => {
    const whole = new RandomStream(1, 's').bits(8);
    const parts = new RandomStream(1, 's');
    expect([...parts.bits(4), ...parts.bits(4)]).toEqual([...whole]);
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN])('refuses the seed %s', (seed) => {
    expect(() => new RandomStream(seed, 's')).toThrow(RangeError);
  });

  it('draws each permutation of four equally often', () => {
    const random = new RandomStream(3, 'p');
    const counts = new Map<string, number>();
    const draws = 24_000;
    for (let i = 0; i < draws; i++) {
      const order = random.permutation(4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const expected = draws / 24;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(24);
    // 23 degrees of freedom: beyond 56 once in ten thousand.
    expect(chiSquare).toBeLessThan(56);
  });

  it('draws each integer below a bound equally often', () => {
    const random = new RandomStream(4, 'i');
    const counts = Array.from({ length: 7 }, () => 0);
    for (let i = 0; i < 21_000; i++) counts[random.integer(7)]++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 3000) ** 2 / 3000, 0);
    // 6 degrees of freedom: beyond 28 once in ten thousand.
    expect(chiSquare).toBeLessThan(28);
  });
});
