/** Which moments of a run are kept of what is measured again and again: about as many however long it goes. */

/** Moments kept, at most; between half as many and all of them once there were more. */
export const mostMoments = 256;

/**
 * Steps that share one kept moment, the newest of them, when a run has come to `step`: a power of two, so that moments kept
 * earlier lie in whole buckets. It hangs on the step alone: a resumed run keeps what it would have kept.
 */
export function stepsPerMoment(step: number): number {
  let width = 1;
  while (Math.floor(step / width) >= mostMoments) width *= 2;
  return width;
}

/** The moments that stay, of moments ordered by step: the last of each bucket. */
export function keptMoments<Moment extends { readonly step: number }>(moments: readonly Moment[]): readonly Moment[] {
  const width = stepsPerMoment(moments.at(-1)?.step ?? 0);
  const bucket = ({ step }: Moment): number => Math.floor(step / width);
  return moments.filter((moment, index) => {
    const next = moments[index + 1];
    return next === undefined || bucket(next) !== bucket(moment);
  });
}
