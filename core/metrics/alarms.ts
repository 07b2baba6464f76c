/** Small detectors that look at a run's curves and say when something goes wrong that a person would want to know. */

import type { LayerActivity } from './insight.ts';

/** Mean and standard deviation of consecutive points of a curve. */
export interface Window {
  readonly mean: number;
  readonly deviation: number;
}

/** Points in a window. */
export const windowSize = 50;

export function windowOf(values: readonly number[]): Window {
  const mean = meanOf(values);
  return { mean, deviation: Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2))) };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Whether a loss, told window by window, has risen far above its best: its last two windows lie above the lowest one by
 * more than half of all it had fallen, four of that window's deviations, and a tenth of its size.
 */
export function diverging(windows: readonly Window[]): { readonly best: number; readonly now: number } | undefined {
  if (windows.length < 3) return undefined;
  const best = windows.reduce((lowest, window) => (window.mean < lowest.mean ? window : lowest));
  const fallen = windows[0].mean - best.mean;
  const limit = best.mean + Math.max(0.5 * fallen, 4 * best.deviation, 0.1 * Math.abs(best.mean), Number.MIN_VALUE);
  const [before, last] = windows.slice(-2);
  return before.mean > limit && last.mean > limit ? { best: best.mean, now: last.mean } : undefined;
}

/** Windows that must agree before a loss is said to stand still. */
export const plateauWindows = 20;

/**
 * Whether a loss stands still: between the older and the newer half of its last windows it changed by less than two
 * standard errors of that difference and by less than 1 % of all it had fallen. @returns the change, in the loss's own unit.
 */
export function plateau(windows: readonly Window[]): { readonly change: number } | undefined {
  if (windows.length < plateauWindows) return undefined;
  const recent = windows.slice(-plateauWindows).map((window) => window.mean);
  const [older, newer] = [recent.slice(0, plateauWindows / 2), recent.slice(plateauWindows / 2)];
  const change = meanOf(newer) - meanOf(older);
  const error = Math.sqrt((windowOf(older).deviation ** 2 + windowOf(newer).deviation ** 2) / older.length);
  const fallen = windows[0].mean - Math.min(...recent);
  return Math.abs(change) <= 2 * error && Math.abs(change) <= 0.01 * fallen ? { change } : undefined;
}

/** Least number of kinds a model once made before losing half of them counts. */
const fewestKinds = 4;

/** Whether a generator has stopped making kinds of samples it once made: the last two counts are at most half of the best. */
export function collapsed(covered: readonly number[]): { readonly best: number; readonly now: number } | undefined {
  if (covered.length < 3) return undefined;
  const best = Math.max(...covered);
  const [before, last] = covered.slice(-2);
  return best >= fewestKinds && before <= best / 2 && last <= best / 2 ? { best, now: last } : undefined;
}

const silentWindows = 4;
const silentLoss = 0.02;

/** Whether a critic's loss has been next to nothing for long: it tells every sample apart, and the generator learns nothing. */
export function criticWins(windows: readonly Window[]): boolean {
  const recent = windows.slice(-silentWindows);
  return recent.length === silentWindows && recent.every(({ mean }) => mean >= 0 && mean < silentLoss);
}

const silentMoments = 5;

/**
 * Names of the layers whose gradient has been exactly nothing for several moments in a row: none of their units is alive.
 * @param moments gradient norms by layer, oldest first; null where a norm is not known
 */
export function deadLayers(moments: readonly ReadonlyMap<string, number | null>[]): readonly string[] {
  const recent = moments.slice(-silentMoments);
  if (recent.length < silentMoments) return [];
  return [...recent[0].keys()].filter((layer) => recent.every((gradients) => gradients.get(layer) === 0));
}

const mutedShare = 0.25;

/** Layers of whose units at least a quarter were never active: what they could learn, the others must. */
export function mutedLayers(layers: readonly LayerActivity[]): readonly LayerActivity[] {
  return layers.filter(({ units, silent }) => silent.length >= mutedShare * units);
}
