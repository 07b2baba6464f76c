/** A blind preference test: pairs of samples of two runs whose sides are drawn by lot, counted, and told at the end. */

/** One pair: sample `index` of both runs; `swapped` shows the second run on the left. */
export interface BlindPair {
  readonly index: number;
  readonly swapped: boolean;
}

/** What was said of a pair: the run preferred (0 or 1), or neither. */
export type Preference = 0 | 1 | null;

/** Pairs in an order and on sides drawn by lot. @param random gives numbers in [0, 1) */
export function drawPairs(count: number, random: () => number): readonly BlindPair[] {
  const pairs = Array.from({ length: count }, (_, index) => ({ index, swapped: random() < 0.5 }));
  for (let i = pairs.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [pairs[i], pairs[j]] = [pairs[j]!, pairs[i]!];
  }
  return pairs;
}

/** The run on a side of a pair. */
export const runOn = (pair: BlindPair, side: 'left' | 'right'): 0 | 1 => ((side === 'left') === pair.swapped ? 1 : 0);

export interface BlindResult {
  readonly wins: readonly [number, number];
  readonly ties: number;
  /** The first run's share of the decided pairs with its 95 % interval; null while none is decided. */
  readonly share: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** How likely so uneven a count is when nobody can tell them apart, both ways; 1 while none is decided. */
  readonly pValue: number;
}

export function blindResult(preferences: readonly Preference[]): BlindResult {
  const count = (of: Preference): number => preferences.filter((each) => each === of).length;
  const wins = [count(0), count(1)] as const;
  const decided = wins[0] + wins[1];
  return {
    wins,
    ties: count(null),
    share: decided > 0 ? { value: wins[0] / decided, ...wilsonInterval(wins[0], decided) } : null,
    pValue: signTest(wins[0], decided),
  };
}

/** The 97.5 % point of the standard normal distribution. */
const z = 1.959963984540054;

/** The 95 % interval of a binomial share (Wilson 1927): right also for few trials and shares near 0 and 1. */
export function wilsonInterval(successes: number, trials: number): { readonly low: number; readonly high: number } {
  if (trials === 0) return { low: 0, high: 1 };
  const share = successes / trials;
  const centre = share + (z * z) / (2 * trials);
  const spread = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  const whole = 1 + (z * z) / trials;
  return { low: Math.max(0, (centre - spread) / whole), high: Math.min(1, (centre + spread) / whole) };
}

/** The two-sided sign test: the chance, in fair tosses, of a count at least as far from the half. */
export function signTest(successes: number, trials: number): number {
  const fewer = Math.min(successes, trials - successes);
  let sum = 0;
  let term = 0.5 ** trials;
  for (let k = 0; k <= fewer; k++) {
    sum += term;
    term *= (trials - k) / (k + 1);
  }
  return Math.min(1, 2 * sum);
}

/** The outcome in a sentence that claims no more than the counts allow. */
export function blindWords({ share, pValue, wins, ties }: BlindResult, names: readonly [string, string]): string {
  if (!share) return `No pair was decided (${ties} ${ties === 1 ? 'tie' : 'ties'}).`;
  const percent = (value: number): string => `${Math.round(value * 100)}\u00a0%`;
  const winner = wins[0] >= wins[1] ? 0 : 1;
  const own = winner === 0 ? share : { value: 1 - share.value, low: 1 - share.high, high: 1 - share.low };
  const interval = `${percent(own.value)} of the decided pairs, 95\u00a0% interval ${percent(own.low)} to ${percent(own.high)}`;
  return pValue < 0.05
    ? `${names[winner]} was preferred: ${interval}.`
    : `No clear preference: ${names[winner]} got ${interval}. Chance alone is as uneven in ${percent(pValue)} of such tests.`;
}
