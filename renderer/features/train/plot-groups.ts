/** Which curves stand in one plot: by what they measure and whether their scales go together, never by the kind of model. */
import type { RunModel } from '../../../core/protocol/run-model.ts';

const sections = ['losses', 'heldOut', 'scores', 'gradients', 'scalars'] as const;
type PlotSection = (typeof sections)[number];

export interface PlotGroup {
  readonly id: string;
  readonly section: PlotSection;
  readonly title: string;
  readonly lines: readonly { readonly key: string; readonly label: string }[];
  /** Whether its values span decades as a rule, so that it begins on a logarithmic axis. */
  readonly startsLog: boolean;
}

/** What is known of a run's metrics; absent until the host has said. */
export type MetricWords = Pick<RunModel, 'metrics' | 'scalars'>;

interface Place {
  readonly id: string;
  readonly section: PlotSection;
  readonly title: string;
  readonly startsLog?: boolean;
}

const sectionOrder = (group: PlotGroup): number => sections.indexOf(group.section);

/** Every key in one plot, plots in the order of their sections. */
export function plotGroups(keys: readonly string[], words: MetricWords | undefined): readonly PlotGroup[] {
  const groups = new Map<string, { place: Place; lines: { key: string; label: string }[] }>();
  for (const key of ordered(keys, words)) {
    const place = placeOf(key, words);
    const group = groups.get(place.id) ?? { place, lines: [] };
    groups.set(place.id, group);
    group.lines.push({ key, label: labelOf(key, words) });
  }
  return [...groups.values()]
    .map(({ place, lines }): PlotGroup => ({
      ...place,
      startsLog: place.startsLog ?? false,
      lines: withoutTwins(lines),
    }))
    .toSorted((a, b) => sectionOrder(a) - sectionOrder(b));
}

/** In the order the model names them, the others after them by name. */
function ordered(keys: readonly string[], words: MetricWords | undefined): readonly string[] {
  const rank = new Map(words?.metrics.map((metric, index) => [metric.name, index]));
  return keys.toSorted((a, b) => (rank.get(a) ?? Infinity) - (rank.get(b) ?? Infinity) || (a < b ? -1 : 1));
}

function placeOf(key: string, words: MetricWords | undefined): Place {
  const metric = words?.metrics.find((each) => each.name === key);
  if (key.startsWith('gradientNorm'))
    return { id: 'gradients', section: 'gradients', title: 'Gradient norms', startsLog: true };
  if (key.startsWith('learningRate')) return { id: 'rates', section: 'scalars', title: 'Learning rates' };
  if (words?.scalars.some((scalar) => scalar.name === key))
    return { id: `scalar/${key}`, section: 'scalars', title: labelOf(key, words) };
  // Each score has its own unit.
  if (key.startsWith('score.')) return { id: key, section: 'scores', title: labelOf(key, words) };
  if (key.startsWith('validation.')) {
    if (isLoss(key, metric)) return { id: 'heldOut', section: 'heldOut', title: 'Held-out losses' };
    return { id: `heldOut/${unitOf(key)}`, section: 'heldOut', title: `Held out: ${figureTitle(key, words)}` };
  }
  if (isLoss(key, metric)) return { id: 'losses', section: 'losses', title: 'Training losses' };
  return { id: `figures/${unitOf(key)}`, section: 'losses', title: figureTitle(key, words) };
}

/** `realScore` and `fakeScore` are measured in one unit: what their names end with. */
function unitOf(key: string): string {
  return (/[A-Z]?[a-z0-9]+$/.exec(key)?.[0] ?? key).toLowerCase();
}

function figureTitle(key: string, words: MetricWords | undefined): string {
  const unit = unitOf(key);
  const alike =
    words?.metrics.filter(
      (metric) => unitOf(metric.name) === unit && metric.heldOut === key.startsWith('validation.'),
    ) ?? [];
  return alike.length > 1 ? `${unit.charAt(0).toUpperCase()}${unit.slice(1)}s` : labelOf(key, words);
}

function isLoss(key: string, metric: MetricWords['metrics'][number] | undefined): boolean {
  // A perplexity is e to the power of a loss: in one plot with it, the loss would be a flat line.
  const ownScale = /[pP]er[A-Z]|[pP]erplexity$/.test(key);
  return !ownScale && (metric?.goal === 'min' || /loss$/i.test(key));
}

/** What a metric is called on screen. */
export function labelOf(key: string, words: MetricWords | undefined): string {
  const known =
    words?.metrics.find((metric) => metric.name === key)?.label ??
    words?.scalars.find((scalar) => scalar.name === key)?.label;
  if (known) return known;
  const [, part] = /^gradientNorm\.(.+)$/.exec(key) ?? [];
  if (part) return part;
  const spaced = key
    .replace(/^(validation|score)\./, '')
    .replaceAll(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Two lines of one plot never have one name. */
function withoutTwins(lines: readonly { readonly key: string; readonly label: string }[]): PlotGroup['lines'] {
  const counts = new Map<string, number>();
  for (const { label } of lines) counts.set(label, (counts.get(label) ?? 0) + 1);
  return lines.map((line) => (counts.get(line.label)! > 1 ? { ...line, label: `${line.label} (${line.key})` } : line));
}
