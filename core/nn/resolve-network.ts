/** From the document's plain layers to a network: blocks expanded, wires explicit, fields parsed, every fault reported. */
import { fieldIssues, unknownField, valueAt } from './field-issues.ts';
import { localIds } from './layer-ids.ts';
import type { LayerDefinition } from './layer.ts';
import { didYouMean } from './nearest-name.ts';
import { substitute, type BlockSpec, type BlockSpecs, type LayerSpec, type NetworkSpec } from './network-spec.ts';
import type { DocumentPath, InputKind, Network, NetworkIssue, NetworkLayer } from './network.ts';

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

const inputKinds: Readonly<Record<string, InputKind>> = {
  data: 'data',
  image: 'data',
  points: 'data',
  table: 'data',
  text: 'data',
  latent: 'latent',
  noise: 'latent',
  label: 'label',
  time: 'time',
};

/** What a document's word for a network input stands for: `image` is data, `noise` is latent; undefined when unknown. */
export function inputKindOf(word: string): InputKind | undefined {
  return Object.hasOwn(inputKinds, word) ? inputKinds[word] : undefined;
}

/** What all parts of one resolution share. */
interface Resolution {
  readonly table: ReadonlyMap<string, LayerDefinition>;
  readonly blocks: BlockSpecs;
  readonly layers: NetworkLayer[];
  /** Keeps an issue, unless one of its place and `key` (its message) is there: a block's faults come with each use. */
  report(issue: NetworkIssue, key?: string): void;
}

/** The layers of a network or of one use of a block: what they are called, and what they can see. */
interface Scope {
  /** `''`, or `down1/` within the block used as `down1`. */
  readonly prefix: string;
  /** Where the layers stand in the document. */
  readonly path: DocumentPath;
  /** Where the block is used, within a block. */
  readonly usedAt: DocumentPath | undefined;
  /** The blocks this scope lies within, outermost first. */
  readonly within: readonly string[];
  /** What the block was given by name, with where. */
  readonly given: ReadonlyMap<string, DocumentPath>;
  readonly parameters: ReadonlyMap<string, unknown> | undefined;
  /** Visible names: inputs, then every layer above; to their ids in the network. */
  readonly names: Map<string, string>;
}

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

function resolveInputs(spec: NetworkSpec, path: DocumentPath, report: Resolution['report']): Map<string, InputKind> {
  const inputs = new Map<string, InputKind>();
  for (const [input, word] of Object.entries(spec.inputs)) {
    const kind = inputKindOf(word);
    if (kind) inputs.set(input, kind);
    else {
      const known = Object.keys(inputKinds);
      const hint = didYouMean(word, known) ?? `use one of ${known.join(', ')}`;
      report({ path: [...path, 'inputs', input], message: `input '${input}' cannot stand for '${word}'`, hint });
    }
  }
  if (Object.keys(spec.inputs).length === 0) {
    report({ path: [...path, 'inputs'], message: 'a network needs an input', hint: 'add for example "x": "image"' });
  }
  return inputs;
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

/** One layer being resolved, with its surroundings. */
interface Place {
  readonly scope: Scope;
  /** The layer as written, before parameters are put in. */
  readonly raw: LayerSpec;
  readonly id: string;
  readonly path: DocumentPath;
  readonly ids: readonly string[];
  readonly index: number;
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

/** The layer with its block's parameters put in; not complete when one of them does not exist (reported). */
function substituted(
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

/** Ids of what flows into a layer; undefined for a name that means nothing (reported). */
function resolveWires(
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
function addLayer(
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

interface BlockParameters {
  readonly parameters: ReadonlyMap<string, unknown>;
  readonly given: ReadonlyMap<string, DocumentPath>;
}

function blockParameters(resolution: Resolution, block: BlockSpec, spec: LayerSpec, { path }: Place): BlockParameters {
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

/** What of the data decides how wide some layers are. */
export interface DataSizes {
  readonly classes: number;
  /** Different tokens of a text; 0 for other data. */
  readonly tokens: number;
}

/** Fields that layers may leave to the data, by type. */
const fieldsOfData: Readonly<Record<string, readonly [field: string, size: keyof DataSizes]>> = {
  classEmbedding: ['classes', 'classes'],
  embedding: ['inputDim', 'tokens'],
  tokenScores: ['tokens', 'tokens'],
};

/** The network with its sizes filled in wherever a layer leaves them to the data. */
export function withDataSizes(network: Network, sizes: DataSizes): Network {
  const fill = (layer: NetworkLayer): NetworkLayer => {
    const [field, size] = fieldsOfData[layer.definition.type] ?? [];
    const config = layer.config as Readonly<Record<string, unknown>>;
    if (!field || !size || sizes[size] === 0 || config[field] !== undefined) return layer;
    return { ...layer, config: { ...config, [field]: sizes[size] } };
  };
  return { ...network, layers: network.layers.map(fill) };
}
