/** Puts small parameters together, so that one update, on one flat tensor, moves many of them. */
import type { Value } from '../graph/graph.ts';
import type { OpBuilder } from '../ops/builder.ts';
import type { StatePart, StateSpec } from '../program/program.ts';
import { sizeOf } from '../tensor/tensor.ts';

/** Parameters that are updated together, in their order; one alone keeps its shape, several lie flat one after another. */
export type Pack = readonly StateSpec[];

/**
 * Elements of the largest pack: 256 KiB a tensor, so that the ten or so passes of an update stay in the caches, and no more
 * than this waits for the last gradient of a pack.
 */
const mostElements = 65_536;

/** Elements of the largest parameter in a pack: to put a larger one there takes longer than a dozen nodes of its own. */
const mostOfOne = 16_384;

/**
 * Neighbouring parameters for which `kind` says the same, as many as one pack holds. A large parameter stands alone.
 * @param kind what has to be the same for all that is updated together.
 */
export function packsOf(parameters: readonly StateSpec[], kind: (spec: StateSpec) => boolean): readonly Pack[] {
  const packs: StateSpec[][] = [];
  const open = new Map<boolean, { readonly pack: StateSpec[]; elements: number }>();
  for (const spec of parameters) {
    const elements = sizeOf(spec.shape);
    const isSmall = elements <= mostOfOne;
    const last = open.get(kind(spec));
    if (last && isSmall && last.elements + elements <= mostElements) {
      last.pack.push(spec);
      last.elements += elements;
    } else {
      const pack = [spec];
      packs.push(pack);
      if (isSmall) open.set(kind(spec), { pack, elements });
    }
  }
  return packs;
}

/** Values shaped like the parameters of a pack as one: itself where it is one, else flat. */
export function joined(b: OpBuilder, values: readonly Value[]): Value {
  if (values.length === 1) return values[0];
  const flat = values.map((value) => (value.type.shape.length === 1 ? value : b.reshape(value, [-1])));
  return b.concat(flat, 0);
}

/** The opposite: one value a parameter, of its shape. */
export function separated(b: OpBuilder, value: Value, pack: Pack): readonly Value[] {
  if (pack.length === 1) return [value];
  const sizes = pack.map(({ shape }) => sizeOf(shape));
  return b.split(value, sizes, 0).map((part, at) => {
    const { shape } = pack[at];
    return shape.length === 1 ? part : b.reshape(part, shape);
  });
}

/** Zeros shaped like a pack that the optimizer keeps under a name of its own: `adam.carriedSum`. */
export function slotSpec(name: string, pack: Pack): StateSpec {
  const [first] = pack;
  const kept = { role: 'optimizer', init: { type: 'zeros' }, decay: false } as const;
  if (pack.length === 1) return { name: `${name}/${first.name}`, shape: first.shape, ...kept };
  const parts: readonly StatePart[] = pack.map((spec) => ({
    name: `${name}/${spec.name}`,
    of: spec.name,
    shape: spec.shape,
  }));
  const elements = parts.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return { name: `${name}/${first.name}..${pack[pack.length - 1].name}`, shape: [elements], parts, ...kept };
}
