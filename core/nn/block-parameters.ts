/** The parameters of a block: their values where it is used, and its layers with `$name` replaced by them. */
import { didYouMean } from './nearest-name.ts';
import { substitute, type BlockSpec, type LayerSpec } from './network-spec.ts';
import type { DocumentPath } from './network.ts';
import type { Place, Resolution } from './resolution.ts';

export interface BlockParameters {
  readonly parameters: ReadonlyMap<string, unknown>;
  /** Where in the document those stand that the use gives. */
  readonly given: ReadonlyMap<string, DocumentPath>;
}

/** Values of the block's parameters in one use; reports names that are none of them. */
export function blockParameters(
  resolution: Resolution,
  block: BlockSpec,
  spec: LayerSpec,
  { path }: Place,
): BlockParameters {
  const parameters = new Map(Object.entries(block.parameters ?? {}));
  const given = new Map<string, DocumentPath>();
  const known = [...parameters.keys()];
  for (const [key, value] of Object.entries((spec.with ?? {}) as Readonly<Record<string, unknown>>)) {
    if (parameters.has(key)) {
      parameters.set(key, value);
      given.set(key, [...path, 'with', key]);
      continue;
    }
    const hint = didYouMean(key, known) ?? `its parameters are ${known.join(', ') || 'none'}`;
    resolution.report({
      path: [...path, 'with', key],
      message: `block '${String(spec.use)}' has no parameter '${key}'`,
      hint,
    });
  }
  return { parameters, given };
}

/** The layer with its block's parameters put in; not complete when one of them does not exist (reported). */
export function substituted(
  resolution: Resolution,
  { scope, raw, path, id }: Place,
): { readonly spec: LayerSpec; readonly complete: boolean } {
  const { parameters } = scope;
  if (!parameters) return { spec: raw, complete: true };
  let complete = true;
  const spec = substitute(raw, parameters, (name) => {
    complete = false;
    const hint = didYouMean(name, parameters.keys());
    resolution.report({
      path,
      message: `${raw.type} '${id}' uses '$${name}', which is no parameter of its block`,
      ...(hint && { hint }),
    });
  }) as LayerSpec;
  return { spec, complete };
}
