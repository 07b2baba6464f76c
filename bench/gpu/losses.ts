/** Compares the losses of the same steps on two devices. */

/** By step, each loss by its name. */
export type StepLosses = readonly Readonly<Record<string, number>>[];

/** Steps whose losses are compared. */
export const comparedSteps = 20;
/** Beyond this a device is flagged: it may compute something else. */
export const toleratedDifference = 1e-3;

/**
 * The largest difference between two losses of the same name and step, relative to the reference's size (at least 1e-6, for
 * losses near zero). Infinite when one of them lacks a step or a name.
 */
export function largestDifference(found: StepLosses, reference: StepLosses): number {
  if (found.length !== reference.length) return Infinity;
  const differences = reference.flatMap((losses, step) =>
    Object.entries(losses).map(([name, expected]) => {
      const difference = Math.abs((found[step][name] ?? Infinity) - expected);
      return difference / Math.max(Math.abs(expected), 1e-6);
    }),
  );
  return Math.max(0, ...differences);
}
