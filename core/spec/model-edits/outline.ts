/** The networks and blocks of a document as a person sees them: layers with names and wires, read leniently, nothing expanded. */
import { localIds } from '../../nn/layer-ids.ts';
import type { LayerSpec } from '../../nn/network-spec.ts';
import type { DocumentPath } from '../../nn/network.ts';
import { dataSchema } from '../schema.ts';
import { isRecord } from '../schema-walk.ts';
import { readSource } from '../source-text.ts';

/** `encoder.mean`: a scope's key, a dot, and the id of a layer or the name of an input. Selections and the canvas use it. */
export type NodeKey = string;

export interface OutlineLayer {
  readonly key: NodeKey;
  /** Its own id, or the one made of its type and place. */
  readonly id: string;
  readonly index: number;
  readonly spec: LayerSpec;
  /** Names of what flows in: layers of the scope or inputs; those that do not exist are among them. */
  readonly inputs: readonly string[];
  readonly path: DocumentPath;
}

/** A network, or the inside of a block. */
export interface OutlineScope {
  readonly kind: 'network' | 'block';
  readonly name: string;
  /** `encoder`, or `block:residual`. */
  readonly key: string;
  readonly path: DocumentPath;
  /** Of a network: the word says what the input stands for. */
  readonly inputs: readonly { readonly key: NodeKey; readonly name: string; readonly word: string }[];
  readonly layers: readonly OutlineLayer[];
  /** Ids of the layers whose results the scope gives. */
  readonly outputs: readonly string[];
  /** Whether the text names the outputs, instead of leaving it at the last layer. */
  readonly namesOutputs: boolean;
}

export interface DocumentOutline {
  readonly name: string;
  /** The word of the task; '' when there is none. */
  readonly task: string;
  /** Samples in a batch. */
  readonly batchSize: number;
  /** Networks first, then blocks, each in the order of the text. */
  readonly scopes: readonly OutlineScope[];
  readonly positions: ReadonlyMap<NodeKey, { readonly x: number; readonly y: number }>;
}

const usualBatch = dataSchema.shape.batchSize.parse(undefined);

export const nodeKey = (scope: string, id: string): NodeKey => `${scope}.${id}`;

/** The parts of a key. */
export function splitKey(key: NodeKey): { readonly scope: string; readonly id: string } {
  const dot = key.indexOf('.');
  return dot < 0 ? { scope: '', id: key } : { scope: key.slice(0, dot), id: key.slice(dot + 1) };
}

/** Reads what can be read; undefined while the text has syntax errors or is no object. */
export function readOutline(text: string): DocumentOutline | undefined {
  const { value, issues } = readSource(text);
  if (!isRecord(value) || issues.some((issue) => issue.code === 'syntax')) return undefined;
  const networks = entries(value.networks).map(([name, spec]) => readScope('network', name, spec));
  const blocks = entries(value.blocks).map(([name, spec]) => readScope('block', name, spec));
  return {
    name: typeof value.name === 'string' ? value.name : '',
    task: isRecord(value.task) && typeof value.task.type === 'string' ? value.task.type : '',
    batchSize: isRecord(value.data) && typeof value.data.batchSize === 'number' ? value.data.batchSize : usualBatch,
    scopes: [...networks, ...blocks],
    positions: readPositions(value.canvas),
  };
}

/** The layer a key stands for. */
export function findLayer(outline: DocumentOutline, key: NodeKey): OutlineLayer | undefined {
  return findScope(outline, splitKey(key).scope)?.layers.find((layer) => layer.key === key);
}

export function findScope(outline: DocumentOutline, key: string): OutlineScope | undefined {
  return outline.scopes.find((scope) => scope.key === key);
}

const entries = (value: unknown): readonly [string, Readonly<Record<string, unknown>>][] =>
  isRecord(value) ? Object.entries(value).map(([name, item]) => [name, isRecord(item) ? item : {}]) : [];

function readScope(kind: OutlineScope['kind'], name: string, spec: Readonly<Record<string, unknown>>): OutlineScope {
  const key = kind === 'network' ? name : `block:${name}`;
  const path = [kind === 'network' ? 'networks' : 'blocks', name];
  const specs = (Array.isArray(spec.layers) ? spec.layers : []).map(readLayer);
  const inputs = kind === 'network' ? entriesOfInputs(spec.inputs) : blockInputs(specs);
  const ids = localIds(
    inputs.map((input) => input.name),
    specs,
  );
  const last = ids.at(-1) ?? inputs[0]?.name;
  const named = kind === 'network' ? textsOf(spec.outputs) : textsOf([spec.output]);
  return {
    kind,
    name,
    key,
    path,
    inputs: inputs.map((input) => ({ ...input, key: nodeKey(key, input.name) })),
    layers: specs.map((layer, index) => ({
      key: nodeKey(key, ids[index]),
      id: ids[index],
      index,
      spec: layer,
      inputs: layer.inputs ?? [ids[index - 1] ?? inputs[0]?.name].filter((input) => input !== undefined),
      path: [...path, 'layers', index],
    })),
    outputs: named.length > 0 ? named : last === undefined ? [] : [last],
    namesOutputs: named.length > 0,
  };
}

/** A layer with what is not even of the right kind left out. */
function readLayer(value: unknown): LayerSpec {
  if (!isRecord(value)) return { type: '?' };
  const { type, id, inputs, bypass, ...fields } = value;
  return {
    ...fields,
    type: typeof type === 'string' ? type : '?',
    ...(typeof id === 'string' && { id }),
    ...(Array.isArray(inputs) && { inputs: textsOf(inputs) }),
    ...(bypass === true && { bypass }),
  };
}

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

const entriesOfInputs = (value: unknown): readonly { readonly name: string; readonly word: string }[] =>
  isRecord(value) ? Object.entries(value).map(([name, word]) => ({ name, word: String(word) })) : [];

/** A block sees `input`, and as many of `input2`, `input3` … as its layers name. */
function blockInputs(specs: readonly LayerSpec[]): readonly { readonly name: string; readonly word: string }[] {
  const named = specs
    .flatMap((spec) => spec.inputs ?? [])
    .flatMap((input) => /^input([2-9]\d?)$/.exec(input)?.[1] ?? []);
  const most = Math.max(1, ...named.map(Number));
  return Array.from({ length: most }, (_, index) => ({
    name: index === 0 ? 'input' : `input${index + 1}`,
    word: 'block input',
  }));
}

function readPositions(value: unknown): DocumentOutline['positions'] {
  const positions = entries(value).flatMap(([key, { x, y }]) =>
    typeof x === 'number' && typeof y === 'number' ? [[key, { x, y }] as const] : [],
  );
  return new Map(positions);
}
