/** The held-out figure that says which checkpoint of a run is best. */
import type { LoadedModel } from './load-model.ts';

const heldOutName = (metric: string): string => metric.replace(/^validation\./, '');

/** The metric the document names, or the family's first held-out one with a goal. */
export function watchedMetric({ model, document }: Pick<LoadedModel, 'model' | 'document'>) {
  const heldOut = model.task.metrics.filter((metric) => metric.heldOut && metric.goal);
  const { bestMetric } = document.training;
  const wanted = bestMetric === undefined ? undefined : heldOutName(bestMetric);
  return heldOut.find(({ name }) => name === wanted) ?? heldOut[0];
}

/** Its value among the figures of an evaluation; undefined when it is not there or not finite. */
export function watchedValue(
  loaded: Pick<LoadedModel, 'model' | 'document'>,
  figures: Readonly<Record<string, number>>,
): number | undefined {
  const watched = loaded.document.training.bestMetric ?? watchedMetric(loaded)?.name;
  const value = watched === undefined ? undefined : figures[heldOutName(watched)];
  return Number.isFinite(value) ? value : undefined;
}
