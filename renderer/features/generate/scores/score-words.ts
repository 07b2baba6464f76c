/** Scores as a person reads them. */
import type { Score } from '../../../../core/protocol/records.ts';
import { figure } from '../../../components/figures.ts';

/** A field of what a score carries besides, where it is of the type asked for. */
function extraText(score: Score, name: string): string | undefined {
  const { extra } = score;
  const value =
    typeof extra === 'object' && extra !== null && !Array.isArray(extra)
      ? (extra as Readonly<Record<string, unknown>>)[name]
      : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** `frechetDistance` is `Frechet distance`; figures a family measures itself bring their own words. */
export function scoreName(score: Score): string {
  const label = extraText(score, 'label');
  const [split] = score.metric.split('.');
  if (label) return split && split !== score.metric ? `${label} (${split})` : label;
  if (score.metric.startsWith('recall.')) return `Recall of ${score.metric.slice(7)}`;
  const words = score.metric.replaceAll(/([a-z])([A-Z0-9])/g, '$1 $2').toLowerCase();
  return (words.charAt(0).toUpperCase() + words.slice(1)).replace(/\bf1\b/, 'F1');
}

/** `12.3 (11.8 to 12.9)`. */
export function scoreText({ value, low, high }: Pick<Score, 'value' | 'low' | 'high'>): string {
  return low === null || high === null ? figure(value) : `${figure(value)} (${figure(low)} to ${figure(high)})`;
}

/** Which way is better: `lower is better`. */
export function scoreGoal(score: Score): string {
  const goal = extraText(score, 'goal');
  return goal === 'min' ? 'lower is better' : goal === 'max' ? 'higher is better' : '';
}

/** The newest score of a metric. */
export function latestScore(scores: readonly Score[], metric: string): Score | undefined {
  return scores.filter((score) => score.metric === metric).toSorted((a, b) => b.createdMs - a.createdMs)[0];
}

/** The newest score of each metric at the newest evaluated step, in the order they were measured. */
export function newestScores(scores: readonly Score[]): readonly Score[] {
  const step = scores.toSorted((a, b) => b.createdMs - a.createdMs)[0]?.step;
  const byMetric = new Map<string, Score>();
  for (const score of scores) {
    const known = byMetric.get(score.metric);
    if (score.step === step && (!known || known.createdMs <= score.createdMs)) byMetric.set(score.metric, score);
  }
  return [...byMetric.values()];
}

/** What else the numbers depend on: `n 2,000, seed 0, extractor 3f2a91c0, bilinear 32`. */
export function scoreStamp({ n, seed, extractorHash, resize }: Score): string {
  // Where no extractor is needed its place holds a word instead of a hash.
  const extractor =
    extractorHash && `extractor ${/^[0-9a-f]{32,}$/.test(extractorHash) ? extractorHash.slice(0, 8) : extractorHash}`;
  return [`n ${n.toLocaleString('en-GB')}`, `seed ${seed}`, extractor, resize && resize !== 'none' ? resize : undefined]
    .filter(Boolean)
    .join(', ');
}
