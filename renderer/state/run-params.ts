/** Fields of runs' documents, side by side. */
import type { Param } from '../../core/protocol/records.ts';

export type ParamValue = Param['value'];

/** What a field says, or that it is not there. */
export const paramText = (value: ParamValue | undefined): string =>
  value === undefined ? '—' : value === null ? 'null' : String(value);

/** Keys whose values are not the same in all of the runs, in the order in which they first appear. One run differs from none. */
export function differingKeys(params: readonly ReadonlyMap<string, ParamValue>[]): readonly string[] {
  if (params.length < 2) return [];
  const keys = new Set(params.flatMap((of) => [...of.keys()]));
  const [first, ...rest] = params as [ReadonlyMap<string, ParamValue>, ...ReadonlyMap<string, ParamValue>[]];
  return [...keys].filter((key) =>
    rest.some((other) => other.get(key) !== first.get(key) || other.has(key) !== first.has(key)),
  );
}
