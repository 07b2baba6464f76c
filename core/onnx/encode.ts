/** Writes a graph as an ONNX model file. */
import { attributeTypes, OnnxError, writeMessage, type Message } from './proto.ts';
import type { Attribute, Dim, GraphOutput, TensorType, Value } from '../graph/graph.ts';
import {
  microsoftOpsetVersion,
  opsetVersion,
  schemaOf,
  type AttributeKind,
  type OpSchema,
} from '../graph/instruction-set.ts';
import { onnxDataType } from '../ops/builder.ts';
import {
  blockedDomain,
  sessionSchemaOf,
  type LoweredGraph,
  type LoweredNode,
  type SessionSchema,
} from '../ops/targets/session-operators.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** ONNX IR version written; 10 is the first in which nodes carry metadata. */
const irVersion = 10n;

/** Keys of the metadata we add, so that a file read back gives the same graph. */
export const originKey = 'lathe.origin';
/** On the Identity nodes that exist only to give an output its name. */
export const aliasKey = 'lathe.alias';
/** On the graph, followed by a value's name in the file; the entry holds its name in the graph. */
export const valueKey = 'lathe.value:';

export interface EncodeOptions {
  /** Free text pairs kept with the model. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly docString?: string;
  readonly producerName?: string;
  readonly producerVersion?: string;
  /** Name of one more output, before all others: an empty list of float32 tensors. */
  readonly emptyListFirst?: string;
}

/**
 * The graph as the bytes of an ONNX model: opset 20, plus com.microsoft 1 where a node needs it. The same graph gives
 * the same bytes. A value that is a graph output is written under the output's name; the second and later outputs of
 * one value, and outputs that are a graph input or a constant, get an Identity node.
 * @throws OnnxError when an attribute is unknown or of the wrong kind, when a graph output has the name of a different
 *   graph input, or when the file would exceed 2 GiB.
 */
export function encodeModel(graph: LoweredGraph, options: EncodeOptions = {}): Uint8Array {
  const domains = new Set(graph.nodes.map((node) => anySchemaOf(node.op)?.domain));
  return writeMessage('ModelProto', {
    irVersion,
    producerName: options.producerName ?? 'lathe',
    producerVersion: options.producerVersion,
    docString: options.docString,
    graph: graphProto(graph, options.emptyListFirst),
    opsetImport: [
      { domain: '', version: BigInt(opsetVersion) },
      ...(domains.has('com.microsoft') ? [{ domain: 'com.microsoft', version: BigInt(microsoftOpsetVersion) }] : []),
      ...(domains.has(blockedDomain) ? [{ domain: blockedDomain, version: 1n }] : []),
    ],
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
  });
}

/**
 * The name a node carries in a file, and so in ONNX Runtime's errors and profiles: `origin#value`, where value is the
 * node's first output.
 */
export function nodeName(origin: string, firstOutput: string): string {
  return origin === '' ? firstOutput : `${origin}#${firstOutput}`;
}

/** The origin in a name made by `nodeName`; empty when there is none. */
export function originOfNodeName(name: string): string {
  const end = name.lastIndexOf('#');
  return end < 0 ? '' : name.slice(0, end);
}

function graphProto(graph: LoweredGraph, emptyListFirst?: string): Message<'GraphProto'> {
  const names = nameValues(graph);
  const nameOf = (value: Value): string => names.get(value) ?? value.name;
  const made = new Set(graph.nodes.flatMap((node) => node.outputs));
  const aliases = graph.outputs.filter((output) => nameOf(output.value) !== output.name);
  const aliasProto = ({ name, value }: GraphOutput): Message<'NodeProto'> => ({
    opType: 'Identity',
    name,
    input: [nameOf(value)],
    output: [name],
    metadataProps: [{ key: aliasKey, value: '' }],
  });
  const lists = emptyListFirst === undefined ? [] : [emptyListFirst];
  return {
    name: graph.name,
    node: [
      ...lists.map((name): Message<'NodeProto'> => ({ opType: 'SequenceEmpty', name, output: [name] })),
      ...aliases.filter(({ value }) => !made.has(value)).map(aliasProto),
      ...graph.nodes.flatMap((node) => [
        nodeProto(node, nameOf),
        ...aliases.filter(({ value }) => node.outputs.includes(value)).map(aliasProto),
      ]),
    ],
    initializer: [...graph.initializers].map(([value, tensor]) => tensorProto(tensor, nameOf(value))),
    input: graph.inputs.map((value) => valueInfo(nameOf(value), value.type)),
    output: [...lists.map(listInfo), ...graph.outputs.map(({ name, value }) => valueInfo(name, value.type))],
    metadataProps: [...names]
      .filter(([value, name]) => name !== value.name)
      .map(([value, name]) => ({ key: valueKey + name, value: value.name })),
  };
}

/** The types of a graph's values by the names they take in its file. */
export function typesByName(graph: LoweredGraph): ReadonlyMap<string, TensorType> {
  return new Map([...nameValues(graph)].map(([value, name]) => [name, value.type]));
}

/**
 * The names values take in the file. Values made by a node take the name of their output (of the one with their own
 * name, or else the first); a value whose name an output has taken is renamed.
 */
function nameValues(graph: LoweredGraph): ReadonlyMap<Value, string> {
  const names = new Map<Value, string>(graph.inputs.map((value) => [value, value.name]));
  const made = new Set(graph.nodes.flatMap((node) => node.outputs));
  const inputNames = new Set(graph.inputs.map((value) => value.name));
  for (const { name, value } of graph.outputs) {
    if (inputNames.has(name)) {
      throw new OnnxError(`graph '${graph.name}': '${name}' is an input and an output; ONNX needs two names`);
    }
    if (made.has(value) && (!names.has(value) || name === value.name)) names.set(value, name);
  }
  const taken = new Set([...names.values(), ...graph.outputs.map((output) => output.name)]);
  for (const value of [...graph.initializers.keys(), ...made]) {
    if (names.has(value)) continue;
    let name = value.name;
    for (let count = 1; taken.has(name); count++) name = `${value.name}_${count}`;
    taken.add(name);
    names.set(value, name);
  }
  return names;
}

function anySchemaOf(op: string): OpSchema | SessionSchema | undefined {
  return schemaOf(op) ?? sessionSchemaOf(op);
}

function nodeProto(node: LoweredNode, nameOf: (value: Value) => string): Message<'NodeProto'> {
  const schema = anySchemaOf(node.op);
  if (!schema) throw new OnnxError(`'${node.op}' is not an operator of the instruction set`);
  const outputs = node.outputs.map(nameOf);
  for (const name of Object.keys(node.attributes)) {
    if (!Object.hasOwn(schema.attributes, name))
      throw new OnnxError(`${node.op} has no attribute '${name}' (${node.origin})`);
  }
  return {
    input: node.inputs.map((value) => (value ? nameOf(value) : '')),
    output: outputs,
    name: nodeName(node.origin, outputs[0]),
    opType: 'name' in schema ? schema.name : node.op,
    attribute: Object.entries(schema.attributes)
      .filter(([name]) => node.attributes[name] !== undefined)
      .map(([name, kind]) => attributeProto(node, name, kind, node.attributes[name])),
    domain: schema.domain,
    metadataProps: node.origin === '' ? undefined : [{ key: originKey, value: node.origin }],
  };
}

function attributeProto(
  node: LoweredNode,
  name: string,
  kind: AttributeKind,
  value: Attribute,
): Message<'AttributeProto'> {
  const wrong = (): OnnxError =>
    new OnnxError(
      `${node.op}${node.origin && ` (${node.origin})`}: attribute '${name}' must be ${kind}, found ${describe(value)}`,
    );
  const type = attributeTypes[kind];
  switch (kind) {
    case 'int':
      if (!Number.isSafeInteger(value)) throw wrong();
      return { name, i: BigInt(value as number), type };
    case 'float':
      if (typeof value !== 'number') throw wrong();
      return { name, f: value, type };
    case 'string':
      if (typeof value !== 'string') throw wrong();
      return { name, s: new TextEncoder().encode(value), type };
    case 'ints':
      if (!Array.isArray(value) || !value.every(Number.isSafeInteger)) throw wrong();
      return { name, ints: value.map(BigInt), type };
    case 'floats':
      if (!Array.isArray(value) || !value.every((item) => typeof item === 'number')) throw wrong();
      return { name, floats: value as readonly number[], type };
    case 'tensor':
      if (typeof value !== 'object' || !('dtype' in value)) throw wrong();
      return { name, t: tensorProto(value, ''), type };
  }
}

function describe(value: Attribute): string {
  if (typeof value === 'object' && 'dtype' in value) return `a ${value.dtype} tensor`;
  return JSON.stringify(value);
}

/** Bytes are taken from the tensor's own buffer, which is little-endian on every machine ONNX Runtime is built for. */
function tensorProto({ dtype, shape, data }: Tensor, name: string): Message<'TensorProto'> {
  return {
    dims: shape.map(BigInt),
    dataType: onnxDataType[dtype],
    name,
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function valueInfo(name: string, { dtype, shape }: TensorType): Message<'ValueInfoProto'> {
  const dim = (size: Dim): Message<'Dimension'> =>
    typeof size === 'number' ? { dimValue: BigInt(size) } : { dimParam: size };
  return { name, type: { tensorType: { elemType: onnxDataType[dtype], shape: { dim: shape.map(dim) } } } };
}

function listInfo(name: string): Message<'ValueInfoProto'> {
  const elemType = writeMessage('TypeProto', { tensorType: { elemType: onnxDataType.float32 } });
  return { name, type: { sequenceType: { elemType } } };
}
