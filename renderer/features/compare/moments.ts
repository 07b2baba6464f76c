/** Moments at which runs drew samples, on a shared axis. */

/** A moment of a run: its step and where that is on the axis. */
export interface PlacedMoment {
  readonly step: number;
  readonly x: number;
}

/** Every place at which some run has a moment, ascending, each once: the notches of the slider. */
export function stopsOf(runs: readonly (readonly PlacedMoment[])[]): readonly number[] {
  const all = runs.flatMap((moments) => moments.map((moment) => moment.x)).filter(Number.isFinite);
  return [...new Set(all)].sort((a, b) => a - b);
}

/** The moment nearest to x, the later one of two equally near; undefined of none. */
export function nearestMoment(moments: readonly PlacedMoment[], x: number): PlacedMoment | undefined {
  let best: PlacedMoment | undefined;
  for (const moment of moments) {
    if (!best || Math.abs(moment.x - x) <= Math.abs(best.x - x)) best = moment;
  }
  return best;
}

/** The notch nearest to x: where a slider stands after its axis or its runs have changed. */
export function nearestStop(stops: readonly number[], x: number): number {
  let best = 0;
  for (let i = 1; i < stops.length; i++) if (Math.abs(stops[i]! - x) <= Math.abs(stops[best]! - x)) best = i;
  return best;
}
