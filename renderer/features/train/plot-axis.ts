/** What the horizontal axis of training plots counts. */
import type { CurveView } from './curve-store.ts';

export const axes = ['step', 'epoch', 'time'] as const;
export type PlotAxis = (typeof axes)[number];

/** Steps of one pass over the training data; undefined when it is not known. */
export interface EpochFacts {
  readonly stepsPerEpoch: number | undefined;
}

/** @param epochs of the document, which then say it exactly; otherwise examples over batch size. */
export function stepsPerEpoch(facts: {
  readonly totalSteps: number;
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly examples?: number | undefined;
}): number | undefined {
  const { totalSteps, epochs, batchSize, examples } = facts;
  if (epochs && totalSteps > 0) return totalSteps / epochs;
  return batchSize && examples ? examples / batchSize : undefined;
}

/** The x of a curve's points: steps, epochs, or seconds of training. */
export function axisValues(
  view: Pick<CurveView, 'steps' | 'elapsedMs'>,
  axis: PlotAxis,
  { stepsPerEpoch: steps }: EpochFacts,
): Float64Array {
  switch (axis) {
    case 'step':
      return view.steps;
    case 'epoch':
      return steps ? view.steps.map((step) => step / steps) : view.steps;
    case 'time':
      return view.elapsedMs.map((ms) => ms / 1000);
  }
}

/** The axis in the words a plot shows. */
export function axisLabel(axis: PlotAxis, { stepsPerEpoch: steps }: EpochFacts): string {
  if (axis === 'time') return 'seconds of training';
  return axis === 'epoch' && steps ? 'epoch' : 'step';
}

/** Where a step lies on the axis, by a curve that knows its time; null when none does. */
export function placeOfStep(
  step: number,
  axis: PlotAxis,
  facts: EpochFacts,
  clock: Pick<CurveView, 'steps' | 'elapsedMs'> | undefined,
): number | null {
  if (axis === 'step') return step;
  if (axis === 'epoch') return facts.stepsPerEpoch ? step / facts.stepsPerEpoch : step;
  const at = clock ? clock.steps.findIndex((each) => each >= step) : -1;
  return at < 0 ? null : clock!.elapsedMs[at]! / 1000;
}

/** The step nearest to a place on the axis. */
export function stepAtPlace(
  x: number,
  axis: PlotAxis,
  facts: EpochFacts,
  clock: Pick<CurveView, 'steps' | 'elapsedMs'> | undefined,
): number | null {
  if (axis === 'step') return x;
  if (axis === 'epoch') return facts.stepsPerEpoch ? x * facts.stepsPerEpoch : x;
  const at = clock ? clock.elapsedMs.findIndex((ms) => ms / 1000 >= x) : -1;
  return at < 0 ? null : clock!.steps[at]!;
}
