/** One plot for each metric, with a line for each run that has it. */
import type { PlotSeries } from '../../components/plot/plot.tsx';
import type { StepToX } from './axes.ts';
import type { ComparedRun } from './compared-runs.ts';

export interface MetricPlot {
  readonly key: string;
  readonly title: string;
  readonly series: readonly PlotSeries[];
  /** The lines lie so far apart that only a logarithmic axis shows them all. */
  readonly isFarApart: boolean;
}

/** Times between the last values of two lines beyond which the lower one looks like zero. */
const farApart = 30;

function liesFarApart(series: readonly PlotSeries[]): boolean {
  const lasts = series.map(({ y }) => y[y.length - 1]).filter((value) => value !== undefined);
  return lasts.length > 1 && lasts.every((value) => value > 0) && Math.max(...lasts) / Math.min(...lasts) > farApart;
}

/** What a run was told to do matters less than what came of it. */
const settings = /^(learningRate|emaDecay|gradientNorm|beta$)/;

function rankOf(key: string, runCount: number): number {
  const kind = key.startsWith('score.') ? 0 : key === 'loss' ? 1 : key.startsWith('validation.') ? 2 : 3;
  // What several runs share can be compared; what one has alone comes after, settings last of all.
  return settings.test(key) ? 20 : kind + (runCount > 1 ? 0 : 10);
}

/** The label its models give a metric, when they agree; else its key. */
function titleOf(key: string, runs: readonly ComparedRun[]): string {
  const labels = new Set(
    runs.flatMap(({ model }) => model?.metrics.find((metric) => metric.name === key)?.label ?? []),
  );
  const [label] = labels;
  const own = labels.size === 1 && label ? label : sentence(key.replace(/^validation\./, ''));
  return key.startsWith('validation.') ? `${own}, validation` : own;
}

/** A key as a heading: `discriminatorLoss` is Discriminator loss. */
function sentence(key: string): string {
  const spaced = key.replaceAll(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Distances before shares among scores, as their names happen to fall backwards; the rest by name. */
const order = (a: string, b: string): number => (a.startsWith('score.') ? b.localeCompare(a) : a.localeCompare(b));

/** In order: scores, losses, held-out figures, the rest; what several runs share first. */
export function metricPlots(runs: readonly ComparedRun[], places: readonly (StepToX | null)[]): readonly MetricPlot[] {
  const having = new Map<string, ComparedRun[]>();
  for (const run of runs) for (const key of run.curves.keys()) having.set(key, [...(having.get(key) ?? []), run]);
  const keys = [...having.keys()].sort(
    (a, b) => rankOf(a, having.get(a)!.length) - rankOf(b, having.get(b)!.length) || order(a, b),
  );
  return keys.map((key) => {
    const series = runs.flatMap((run, i): readonly PlotSeries[] => {
      const line = run.curves.get(key);
      const toX = places[i];
      if (!line || !toX) return [];
      return [
        {
          key: run.run.id,
          label: run.run.name,
          colour: run.colour,
          x: Float64Array.from(line.steps, toX),
          y: line.values,
          low: line.low,
          high: line.high,
        },
      ];
    });
    return { key, title: titleOf(key, having.get(key)!), series, isFarApart: liesFarApart(series) };
  });
}

/** The newest value recorded up to a step; undefined before the first. */
export function valueUpTo(
  line: { readonly steps: ArrayLike<number>; readonly values: ArrayLike<number> } | undefined,
  step: number,
): number | undefined {
  if (!line) return undefined;
  let found: number | undefined;
  for (let i = 0; i < line.steps.length && line.steps[i]! <= step; i++) found = line.values[i];
  return found;
}
