/** What an evaluation found example by example, counted up: which classes were taken for which, how scores are spread. */

/** Which class was taken for which. */
export interface ConfusionInsight {
  readonly kind: 'confusion';
  /** Examples judged. */
  readonly n: number;
  readonly classes: readonly string[];
  /** [actual, predicted, examples], by actual and then predicted class; pairs that did not occur are left out. */
  readonly cells: readonly (readonly [actual: number, predicted: number, count: number])[];
}

/** Scores of populations that a model is to tell apart, as histograms over the same bins. */
export interface ScoresInsight {
  readonly kind: 'scores';
  readonly label: string;
  /** Where the first bin begins and the last one ends; the bins between are equally wide. */
  readonly low: number;
  readonly high: number;
  readonly populations: readonly ScorePopulation[];
}

export interface ScorePopulation {
  readonly name: string;
  readonly label: string;
  /** Finite scores; others are left out. */
  readonly n: number;
  readonly mean: number;
  readonly counts: readonly number[];
}

/** Which rectified units were never active over some examples. */
export interface ActivityInsight {
  readonly kind: 'activity';
  /** Examples looked at. */
  readonly n: number;
  readonly layers: readonly LayerActivity[];
}

export interface LayerActivity {
  /** `classifier/dense_1`. */
  readonly name: string;
  /** Features of a dense layer, channels of a convolution. */
  readonly units: number;
  /** Numbers of the units whose activation was never above zero, from 0, ascending. */
  readonly silent: readonly number[];
}

export type Insight = ConfusionInsight | ScoresInsight | ActivityInsight;

/** Counts which class was taken for which. @param actual, predicted class numbers, one of each an example */
export function confusionOf(
  classes: readonly string[],
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
): ConfusionInsight {
  const counts = new Map<number, number>();
  for (let i = 0; i < actual.length; i++) {
    const pair = actual[i] * classes.length + predicted[i];
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  const cells = [...counts]
    .toSorted(([a], [b]) => a - b)
    .map(([pair, count]) => [Math.floor(pair / classes.length), pair % classes.length, count] as const);
  return { kind: 'confusion', n: actual.length, classes, cells };
}

const bins = 40;

/** Histograms of each population's finite scores over bins that all of them share. */
export function scoresOf(
  label: string,
  populations: readonly { readonly name: string; readonly label: string; readonly values: ArrayLike<number> }[],
): ScoresInsight {
  const finite = populations.map(({ values }) => Array.from(values).filter(Number.isFinite));
  let [low, high] = [Infinity, -Infinity];
  for (const value of finite.flat()) [low, high] = [Math.min(low, value), Math.max(high, value)];
  // One value alone, or none: a bin's width around it, so that the bins have one.
  if (low > high) [low, high] = [0, 0];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  return {
    kind: 'scores',
    label,
    low,
    high,
    populations: populations.map((population, index) => {
      const values = finite[index];
      const counts = Array.from({ length: bins }, () => 0);
      for (const value of values) counts[Math.min(bins - 1, Math.floor((bins * (value - low)) / (high - low)))]++;
      const mean = values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
      return { name: population.name, label: population.label, n: values.length, mean, counts };
    }),
  };
}
