/** From the document's plain layers to a network: blocks expanded, wires explicit, fields parsed, every fault reported. */
import { blockParameters, substituted, type BlockParameters } from './block-parameters.ts';
import { unknownField } from './field-issues.ts';
import { localIds } from './layer-ids.ts';
import type { LayerDefinition } from './layer.ts';
import { didYouMean } from './nearest-name.ts';
import { resolveInputs } from './network-inputs.ts';
import type { BlockSpec, BlockSpecs, LayerSpec, NetworkSpec } from './network-spec.ts';
import type { DocumentPath, Network, NetworkIssue } from './network.ts';
import type { Place, Resolution, Scope } from './resolution.ts';
import { addLayer, resolveWires } from './resolve-layer.ts';

export interface ResolvedNetwork {
  /**
   * The layers that could be made out, for live shapes while a document is being written; undefined when there are
   * none. Not to be trained while there are issues.
   */
  readonly network: Network | undefined;
  readonly issues: readonly NetworkIssue[];
}

/** Blocks within blocks can multiply without end; no network anybody trains comes near this many layers. */
const mostLayers = 10_000;

/**
 * Resolves the network `name`, which stands at `path`; the blocks stand at the document's `blocks`.
 * A layer takes the one before it unless it names its inputs, and may name earlier layers only, so no cycle can arise.
 */
export function resolveNetwork(
  name: string,
  spec: NetworkSpec,
  blocks: BlockSpecs,
  table: ReadonlyMap<string, LayerDefinition>,
  path: DocumentPath,
): ResolvedNetwork {
  const found = new Map<string, NetworkIssue>();
  const report = (issue: NetworkIssue, key = issue.message) => {
    const seen = JSON.stringify([issue.path, key]);
    if (!found.has(seen)) found.set(seen, issue);
  };
  const resolution: Resolution = { table, blocks, layers: [], report };
  const inputs = resolveInputs(spec, path, report);
  const names = new Map([...inputs.keys()].map((input) => [input, input]));
  const scope: Scope = {
    prefix: '',
    path: [...path, 'layers'],
    usedAt: undefined,
    within: [],
    given: new Map(),
    parameters: undefined,
    names,
  };
  if (spec.layers.length === 0) report({ path, message: `network '${name}' has no layers`, hint: 'add a layer' });
  const last = resolveLayers(resolution, spec.layers, scope);
  const outputs = resolveOutputs(resolution, spec, scope, path) ?? (last === undefined ? [] : [last]);
  const issues = [...found.values()];
  if (inputs.size === 0 || outputs.length === 0) return { network: undefined, issues };
  return { network: { name, inputs, layers: resolution.layers, outputs, path }, issues };
}

function resolveOutputs(
  resolution: Resolution,
  spec: NetworkSpec,
  scope: Scope,
  path: DocumentPath,
): readonly string[] | undefined {
  if (!spec.outputs || spec.outputs.length === 0) return undefined;
  return spec.outputs.flatMap((output, index) => {
    const id = scope.names.get(output);
    if (id !== undefined) return [id];
    const hint = didYouMean(output, scope.names.keys());
    resolution.report({
      path: [...path, 'outputs', index],
      message: `there is no layer '${output}' to be an output`,
      ...(hint && { hint }),
    });
    return [];
  });
}

/** Adds the layers of one scope; gives the id of the last one's result. */
function resolveLayers(resolution: Resolution, specs: readonly LayerSpec[], scope: Scope): string | undefined {
  const ids = layerIds(resolution, specs, scope);
  let previous = scope.names.values().next().value;
  specs.forEach((raw, index) => {
    if (resolution.layers.length >= mostLayers) return;
    const place = { scope, raw, id: ids[index], path: [...scope.path, index], ids, index };
    const { spec, complete } = substituted(resolution, place);
    const inputs = resolveWires(resolution, spec, place, previous);
    const made =
      spec.type === 'block'
        ? useBlock(resolution, spec, place, inputs)
        : addLayer(resolution, spec, place, inputs, complete);
    // a name given twice means the first one: the second is reported and cannot be referred to
    if (!scope.names.has(place.id)) scope.names.set(place.id, made);
    previous = made;
  });
  if (resolution.layers.length >= mostLayers) {
    resolution.report({
      path: scope.path,
      message: `the network has more than ${mostLayers} layers`,
      hint: 'use fewer blocks within blocks',
    });
  }
  return previous;
}

/** Every layer's local id; reports those given twice. */
function layerIds(resolution: Resolution, specs: readonly LayerSpec[], scope: Scope): readonly string[] {
  const seen = new Set<string>();
  specs.forEach(({ id }, index) => {
    if (id === undefined) return;
    const clash = scope.names.has(id)
      ? 'the name of an input'
      : seen.has(id)
        ? 'the id of an earlier layer'
        : undefined;
    seen.add(id);
    if (!clash) return;
    const path = [...scope.path, index, 'id'];
    resolution.report({ path, message: `'${id}' is already ${clash}`, hint: 'choose another id' });
  });
  return localIds(scope.names.keys(), specs);
}

const blockFields = ['use', 'with', 'id', 'type', 'inputs', 'bypass'];

/** Adds the layers of one use of a block; gives the id of its result. */
function useBlock(
  resolution: Resolution,
  spec: LayerSpec,
  place: Place,
  inputs: readonly (string | undefined)[],
): string {
  const { scope, path } = place;
  const id = scope.prefix + place.id;
  const name = String(spec.use);
  for (const key of Object.keys(spec)) {
    if (!blockFields.includes(key))
      resolution.report(unknownField(key, `block '${place.id}'`, [...path, key], blockFields.slice(0, 2)));
  }
  const block = Object.hasOwn(resolution.blocks, name) ? resolution.blocks[name] : undefined;
  if (!block) {
    const hint = didYouMean(name, Object.keys(resolution.blocks));
    resolution.report({ path: [...path, 'use'], message: `there is no block '${name}'`, ...(hint && { hint }) });
    return id;
  }
  if (scope.within.includes(name)) {
    const chain = [...scope.within.slice(scope.within.indexOf(name)), name].join(' → ');
    resolution.report({
      path: [...path, 'use'],
      message: `block '${name}' contains itself: ${chain}`,
      hint: 'take one of the uses out',
    });
    return id;
  }
  const first = inputs[0];
  if (spec.bypass === true && first !== undefined) return first;
  const given = blockParameters(resolution, block, spec, place);
  return expandBlock(resolution, block, name, { place, inputs, ...given }) ?? id;
}

interface BlockUse extends BlockParameters {
  readonly place: Place;
  readonly inputs: readonly (string | undefined)[];
}

function expandBlock(
  resolution: Resolution,
  block: BlockSpec,
  name: string,
  { place, inputs, parameters, given }: BlockUse,
): string | undefined {
  const outer = place.scope;
  // an input that means nothing was reported where the block is used; inside, its name must not be reported again
  const names = new Map(inputs.map((input, index) => [index === 0 ? 'input' : `input${index + 1}`, input ?? '']));
  const scope: Scope = {
    prefix: `${outer.prefix}${place.id}/`,
    path: ['blocks', name, 'layers'],
    usedAt: outer.usedAt ?? place.path,
    within: [...outer.within, name],
    given,
    parameters,
    names,
  };
  if (block.layers.length === 0)
    resolution.report({ path: ['blocks', name], message: `block '${name}' has no layers`, hint: 'add a layer' });
  const last = resolveLayers(resolution, block.layers, scope);
  if (block.output === undefined) return last;
  const output = names.get(block.output);
  if (output !== undefined) return output;
  const hint = didYouMean(block.output, names.keys());
  const message = `block '${name}' has no layer '${block.output}' to be its output`;
  resolution.report({ path: ['blocks', name, 'output'], message, ...(hint && { hint }) });
  return last;
}
