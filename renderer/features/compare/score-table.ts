/** Scores of runs side by side: each with its interval and stamp, the best marked only where they may be compared. */
import type { JsonValue, Run, Score } from '../../../core/protocol/records.ts';

export type Goal = 'min' | 'max' | null;

export interface ScoreCell {
  readonly score: Score;
  readonly isBest: boolean;
}

export interface ScoreRow {
  readonly metric: string;
  readonly label: string;
  readonly goal: Goal;
  /** One for each run; undefined where it has no such score. */
  readonly cells: readonly (ScoreCell | undefined)[];
  /** Why no best is marked, or what to mind about it. */
  readonly note: string | null;
}

const labels: Readonly<Record<string, string>> = {
  frechetDistance: 'Fréchet distance',
  kernelDistance: 'Kernel distance',
  precision: 'Precision',
  recall: 'Recall',
  density: 'Density',
  coverage: 'Coverage',
  classesCovered: 'Classes covered',
  modesCovered: 'Modes covered',
  classDivergence: 'Class divergence',
  highQualityShare: 'Share near a mode',
  labelAgreement: 'Made as asked',
  memorisationRatio: 'Memorisation ratio',
};

/** Nearest training sample against held-out data: 1 is right, so neither end is best. */
const aimsAtOne: readonly string[] = ['memorisationRatio'];

const extra = ({ extra: value }: Score): { readonly goal?: JsonValue; readonly data?: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonValue>>)
    : {};

/** The newest step's scores, and of those of one metric the one measured last. */
function newestScores(scores: readonly Score[]): ReadonlyMap<string, Score> {
  const newest = new Map<string, Score>();
  for (const score of scores) {
    const known = newest.get(score.metric);
    if (!known || score.step > known.step || (score.step === known.step && score.createdMs >= known.createdMs))
      newest.set(score.metric, score);
  }
  return newest;
}

/** Rows in the order of the known labels, others behind; scores without an extractor (held-out losses) last. */
export function scoreTable(
  runs: readonly Pick<Run, 'family' | 'dataHash'>[],
  scores: readonly (readonly Score[])[],
): readonly ScoreRow[] {
  const newest = scores.map(newestScores);
  const found = new Set(newest.flatMap((of) => [...of.keys()]));
  const known = Object.keys(labels).filter((metric) => found.has(metric));
  const others = [...found].filter((metric) => !(metric in labels)).sort();
  return [...known, ...others].map((metric) =>
    scoreRow(
      metric,
      runs,
      newest.map((of) => of.get(metric)),
    ),
  );
}

function scoreRow(
  metric: string,
  runs: readonly Pick<Run, 'family' | 'dataHash'>[],
  scores: readonly (Score | undefined)[],
): ScoreRow {
  const present = scores.flatMap((score, i) => (score ? [{ score, run: runs[i]! }] : []));
  const told = present.map(({ score }) => extra(score).goal).find((goal) => goal === 'min' || goal === 'max');
  const goal: Goal = aimsAtOne.includes(metric) ? null : ((told as Goal | undefined) ?? null);
  const reason = whyNotRanked(metric, goal, present);
  const values = present.map(({ score }) => score.value);
  const best = reason === null ? (goal === 'min' ? Math.min(...values) : Math.max(...values)) : null;
  const cells = scores.map((score) => score && { score, isBest: score.value === best });
  return {
    metric,
    label: labels[metric] ?? metric,
    goal,
    cells,
    note:
      reason ??
      overlapNote(
        present.map(({ score }) => score),
        best!,
      ),
  };
}

/** Why the best of these may not be named; null when it may. */
function whyNotRanked(
  metric: string,
  goal: Goal,
  present: readonly { readonly score: Score; readonly run: Pick<Run, 'family' | 'dataHash'> }[],
): string | null {
  if (aimsAtOne.includes(metric)) return '1 is right; neither lower nor higher is better.';
  if (present.length < 2) return 'Only one run has it.';
  if (goal === null) return 'Neither lower nor higher is simply better.';
  const differ = (of: (entry: (typeof present)[number]) => unknown): boolean => new Set(present.map(of)).size > 1;
  if (differ(({ run }) => run.dataHash)) return 'Not ranked: the runs learned from different data.';
  if (differ(({ score }) => score.extractorHash)) return 'Not ranked: scored with different feature extractors.';
  if (differ(({ score }) => score.n)) return 'Not ranked: scored with different numbers of samples.';
  if (differ(({ score }) => score.resize)) return 'Not ranked: pictures were resized in different ways.';
  if (differ(({ score }) => extra(score).data)) return 'Not ranked: scored against different held-out data.';
  // What is not a distance between samples is a loss, and each family's own.
  if (present[0]!.score.extractorHash === null && differ(({ run }) => run.family))
    return 'Not ranked: families measure this in their own ways.';
  if (present.some(({ score }) => !Number.isFinite(score.value))) return 'Not ranked: a value is not finite.';
  return differ(({ score }) => score.value) ? null : 'All are equal.';
}

/** Whether the best could be chance: its interval meets another's. */
function overlapNote(scores: readonly Score[], best: number): string | null {
  const first = scores.find((score) => score.value === best)!;
  const { low, high } = first;
  if (low === null || high === null) return null;
  const meets = scores.some(
    (score) => score !== first && score.low !== null && score.high !== null && score.low <= high && score.high >= low,
  );
  return meets ? 'The best interval overlaps another: it may be chance.' : null;
}

/** How a score was made, but for the step: `1000 samples, seed 1 · resize none 28x28 · extractor 5c3b14a7`. */
function makingOf(score: Score): string {
  const parts = [
    `${score.n} samples, seed ${score.seed}`,
    ...(score.resize ? [`resize ${score.resize}`] : []),
    ...(score.extractorHash ? [`extractor ${score.extractorHash.slice(0, 8)}`] : []),
  ];
  return parts.join(' · ');
}

/** How a score was made, in a line: `step 1000 · 1000 samples, seed 1 · resize none 28x28 · extractor 5c3b14a7`. */
export const stampOf = (score: Score): string => `step ${score.step} · ${makingOf(score)}`;

/** What the stamps of all cells say alike, the step left out; null when they differ. */
export function sharedStamp(cells: readonly (ScoreCell | undefined)[]): string | null {
  const stamps = new Set(cells.flatMap((cell) => (cell ? [makingOf(cell.score)] : [])));
  return stamps.size === 1 ? [...stamps][0]! : null;
}
