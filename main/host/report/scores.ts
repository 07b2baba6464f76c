/** Lays the scores of several runs side by side and says which may be ranked. */
import type { Score } from '../../../core/protocol/records.ts';
import type { ReportRun } from './report-data.ts';

export interface ScoreCell {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly best: boolean;
}

export interface ScoreRow {
  readonly metric: string;
  readonly label: string;
  /** Which way is better; empty where neither simply is. */
  readonly arrow: '↓' | '↑' | '';
  /** One for each run, undefined where it has no such score. */
  readonly cells: readonly (ScoreCell | undefined)[];
  /** Why these scores are not ranked, when they are not. */
  readonly note?: string;
}

const labels: Readonly<Record<string, string>> = {
  frechetDistance: 'Fréchet distance',
  kernelDistance: 'Kernel distance',
  classesCovered: 'Classes covered',
  modesCovered: 'Modes covered',
  classDivergence: 'Class divergence',
  highQualityShare: 'Share near a mode',
  precision: 'Precision',
  recall: 'Recall',
  density: 'Density',
  coverage: 'Coverage',
  labelAgreement: 'Made as asked',
  memorisationRatio: 'Nearest training sample, against held-out data (1 is right)',
};

/** Scores whose best value is not simply the lowest or the highest: they are shown and not ranked. */
const unranked: readonly string[] = ['memorisationRatio'];

/** Rows in the order of `labels`, others behind. */
export function rankScores(runs: readonly ReportRun[]): readonly ScoreRow[] {
  const found = new Set(runs.flatMap((run) => run.scores.map((score) => score.metric)));
  const metrics = [
    ...Object.keys(labels).filter((metric) => found.has(metric)),
    ...[...found].filter((metric) => !(metric in labels)),
  ];
  return metrics.map((metric) => {
    const scores = runs.map((run) => run.scores.find((score) => score.metric === metric));
    const present = scores.filter((score) => score !== undefined);
    const goal = goalOf(present[0]);
    const reason = incomparable(metric, present);
    const distinct = new Set(present.map((score) => score.value)).size;
    const best = reason || distinct < 2 || unranked.includes(metric) ? undefined : bestOf(present, goal);
    const arrow = unranked.includes(metric) ? '' : goal === 'min' ? '↓' : '↑';
    const cells = scores.map(
      (score) =>
        score && {
          value: score.value,
          low: score.low ?? score.value,
          high: score.high ?? score.value,
          best: score.value === best,
        },
    );
    return { metric, label: labels[metric] ?? metric, arrow, cells, ...(reason && { note: reason }) };
  });
}

function goalOf(score: Score | undefined): 'min' | 'max' {
  const goal = (score?.extra as { goal?: unknown } | null | undefined)?.goal;
  return goal === 'max' ? 'max' : 'min';
}

function bestOf(scores: readonly Score[], goal: 'min' | 'max'): number {
  const values = scores.map((score) => score.value);
  return goal === 'min' ? Math.min(...values) : Math.max(...values);
}

/** Why scores of one metric may not be ranked: they were measured with different extractors, sizes or resizing. */
function incomparable(metric: string, scores: readonly Score[]): string | undefined {
  const differing = (['extractorHash', 'resize', 'n'] as const).find(
    (field) => new Set(scores.map((score) => score[field])).size > 1,
  );
  return (
    differing &&
    `${labels[metric] ?? metric} is not ranked: the runs were scored with different ${differing === 'n' ? 'numbers of samples' : differing === 'resize' ? 'resizing' : 'feature extractors'}.`
  );
}
