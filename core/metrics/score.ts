/** A score as it is stored: a value with its interval and the stamp that says which other scores it may be ranked with. */
import type { Estimate } from './bootstrap.ts';

/** What a score was measured with; two scores are comparable only when all of it is equal. */
export interface ScoreStamp {
  /** sha256 of the feature extractor, or a word for none: `raw`, `classifier`. */
  readonly extractor: string;
  /** How samples were brought to the extractor's size: `none`, or for example `area 28x28`. */
  readonly resize: string;
  /** Content hash of the real data; with the split and the number of rows where not all of it was scored against. */
  readonly data: string;
}

export interface Score {
  /** In the document's words: `frechetDistance`, `coverage`. */
  readonly name: string;
  readonly value: number;
  /** Ends of the bootstrap interval; equal to `value` for a count without one. */
  readonly low: number;
  readonly high: number;
  /** Samples scored: the finite-sample bias of several scores depends on it. */
  readonly n: number;
  /** Seed of samples and resampling. Seeds may differ between scores that are ranked. */
  readonly seed: number;
  /** Resamples behind the interval; 0 for none. */
  readonly repeats: number;
  readonly goal: 'min' | 'max';
  readonly stamp: ScoreStamp;
}

/** A score from an estimate, or from a bare number that has no interval. */
export function scoreOf(
  estimate: Estimate | number,
  about: {
    readonly name: string;
    readonly n: number;
    readonly seed: number;
    readonly goal: 'min' | 'max';
    readonly stamp: ScoreStamp;
  },
): Score {
  const { name, n, seed, goal, stamp } = about;
  if (typeof estimate === 'number')
    return { name, value: estimate, low: estimate, high: estimate, n, seed, repeats: 0, goal, stamp };
  const { value, low, high, repeats } = estimate;
  return { name, value, low, high, n, seed, repeats, goal, stamp };
}

/** True when the two scores may be ranked; else the first difference, as a sentence for people. */
export function comparable(a: Score, b: Score): true | string {
  const fields: readonly (readonly [string, string | number, string | number])[] = [
    ['scores', a.name, b.name],
    ['goals', a.goal, b.goal],
    ['feature extractors', a.stamp.extractor, b.stamp.extractor],
    ['resize methods', a.stamp.resize, b.stamp.resize],
    ['data', a.stamp.data, b.stamp.data],
    ['sample counts', a.n, b.n],
  ];
  const found = fields.find(([, left, right]) => left !== right);
  return found === undefined ? true : `different ${found[0]}: ${found[1]} and ${found[2]}`;
}
