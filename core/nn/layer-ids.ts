/** What layers are called within their network or block: their own id, or one made of type and count. */
import type { LayerSpec } from './network-spec.ts';

/**
 * Every layer's local id: its own, or one made of its type (a block's name) and count that no input and no other layer
 * has. An id given twice, or an input's, stands as it was given.
 */
export function localIds(inputs: Iterable<string>, specs: readonly LayerSpec[]): readonly string[] {
  const taken = new Set([...inputs, ...specs.flatMap((spec) => spec.id ?? [])]);
  const counts = new Map<string, number>();
  return specs.map((spec) => {
    if (spec.id !== undefined) return spec.id;
    const base = spec.type === 'block' ? String(spec.use) : spec.type;
    let count = (counts.get(base) ?? 0) + 1;
    while (taken.has(`${base}_${count}`)) count++;
    counts.set(base, count);
    return `${base}_${count}`;
  });
}
