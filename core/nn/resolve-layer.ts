/** One layer of a network: its type found, its wires followed, its fields parsed. */
import { fieldIssues, valueAt } from './field-issues.ts';
import type { LayerDefinition } from './layer.ts';
import { didYouMean } from './nearest-name.ts';
import type { LayerSpec } from './network-spec.ts';
import type { DocumentPath } from './network.ts';
import type { Place, Resolution } from './resolution.ts';

/** Ids of what flows into a layer; undefined for a name that means nothing (reported). */
export function resolveWires(
  resolution: Resolution,
  spec: LayerSpec,
  place: Place,
  previous: string | undefined,
): readonly (string | undefined)[] {
  if (!spec.inputs) return previous === undefined ? [] : [previous];
  const { scope, path, ids, index, id } = place;
  return spec.inputs.map((name, at) => {
    const wire = scope.names.get(name);
    if (wire !== undefined) return wire;
    const later = ids.indexOf(name) >= index;
    const message = later
      ? `${spec.type} '${id}' takes '${name}', which comes ${name === id ? 'from itself' : 'after it'}; a layer may take earlier ones only`
      : `${spec.type} '${id}' takes '${name}', which does not exist`;
    const hint = later ? (name === id ? undefined : `move '${name}' above it`) : didYouMean(name, scope.names.keys());
    resolution.report({ path: [...path, 'inputs', at], message, ...(hint && { hint }) });
    return undefined;
  });
}

/** Adds one layer and gives its id, which stands for its result even when it is faulty. */
export function addLayer(
  resolution: Resolution,
  spec: LayerSpec,
  place: Place,
  inputs: readonly (string | undefined)[],
  complete: boolean,
): string {
  const { scope, path } = place;
  const id = scope.prefix + place.id;
  const definition = resolution.table.get(spec.type);
  if (!definition) {
    const hint = didYouMean(spec.type, [...resolution.table.keys(), 'block']);
    resolution.report({
      path: [...path, 'type'],
      message: `there is no layer type '${spec.type}'`,
      ...(hint && { hint }),
    });
    return id;
  }
  const counted = checkInputCount(resolution, definition, spec, place, inputs.length);
  const config = complete ? parseFields(resolution, definition, spec, place) : undefined;
  const wired = inputs.every((input) => input !== undefined);
  const duplicate = scope.names.has(place.id);
  if (!counted || !config || !wired || duplicate) return id;
  resolution.layers.push({
    id,
    definition,
    config: config.value,
    inputs,
    bypass: spec.bypass === true,
    path: scope.usedAt ?? path,
  });
  return id;
}

function checkInputCount(
  resolution: Resolution,
  definition: LayerDefinition,
  spec: LayerSpec,
  place: Place,
  found: number,
): boolean {
  const { fewest, most, names } = definition.inputs;
  if (found >= fewest && found <= most) return true;
  const wanted = fewest === most ? `${fewest} input${fewest === 1 ? '' : 's'}` : `${fewest} to ${most} inputs`;
  const called = names && names.length > 1 ? ` (${names.join(', ')})` : '';
  const message = `${spec.type} '${place.id}' takes ${wanted}${called}, found ${found}`;
  const hint = found < fewest ? 'name them: "inputs": ["first", "second"]' : undefined;
  resolution.report({ path: spec.inputs ? [...place.path, 'inputs'] : place.path, message, ...(hint && { hint }) });
  return false;
}

function parseFields(
  resolution: Resolution,
  definition: LayerDefinition,
  spec: LayerSpec,
  place: Place,
): { readonly value: unknown } | undefined {
  const { id: _id, type: _type, inputs: _inputs, bypass: _bypass, ...fields } = spec;
  const parsed = definition.schema.safeParse(fields);
  if (parsed.success) return { value: parsed.data };
  for (const issue of fieldIssues(definition.schema, parsed.error, `${spec.type} '${place.id}'`, fields)) {
    const given = placeGiven(place, issue.path);
    // an argument that does not suit several layers of its block is one fault
    if (given) resolution.report({ ...issue, path: given }, 'argument');
    else resolution.report({ ...issue, path: [...place.path, ...issue.path] });
  }
  return undefined;
}

/** Where a block was given the value of this field as a parameter; undefined when it stands in the layer itself. */
function placeGiven({ scope, raw }: Place, field: DocumentPath): DocumentPath | undefined {
  for (let length = field.length; length > 0; length--) {
    const written = valueAt(raw, field.slice(0, length));
    const given =
      typeof written === 'string' && written.startsWith('$') ? scope.given.get(written.slice(1)) : undefined;
    if (given) return [...given, ...field.slice(length)];
  }
  return undefined;
}
