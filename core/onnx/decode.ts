/** Reads an ONNX model file, which may be anything, into a graph. */
import { attributeFrom, dtypeOf, tensorFrom, type ReadExternalData } from './decode-tensor.ts';
import { aliasKey, originKey, valueKey } from './encode.ts';
import { convertAttributes, inputOfAttribute, isMeaningless, newestOpset, oldestOpset } from './opset.ts';
import { OnnxError, readMessage, type Message } from './proto.ts';
import {
  GraphError,
  type Dim,
  type Graph,
  type GraphOutput,
  type Node,
  type TensorType,
  type Value,
} from '../graph/graph.ts';
import { schemaOf, type OpSchema, type OpType } from '../graph/instruction-set.ts';
import { inferTypes } from '../ops/types.ts';
import { tensorOf, type Tensor } from '../tensor/tensor.ts';

export interface DecodeOptions {
  /** Reads bytes kept in a file beside the model; models with such data are refused without it. */
  readonly readExternalData?: ReadExternalData;
}

export interface DecodedModel {
  readonly graph: Graph;
  readonly metadata: Readonly<Record<string, string>>;
  /** Opset the file was written against; the graph itself is in the instruction set's. */
  readonly opset: number;
}

/**
 * The graph in a model file. Constant nodes become constants; initializers that are inputs as well stay constants;
 * every value's type is inferred anew. A node's origin is what `encodeModel` wrote, or else the node's name.
 * @throws OnnxError when the bytes are no complete ONNX model, or hold what Lathe has no words for: all operators
 *   without a counterpart are listed together.
 */
export function decodeModel(bytes: Uint8Array, options: DecodeOptions = {}): DecodedModel {
  const model = parseModel(bytes);
  const opset = opsetOf(model);
  const proto = model.graph ?? {};
  refuseUnsupported(model, proto);
  const graph = new GraphReader(proto, opset, options.readExternalData).read();
  return { graph, metadata: Object.fromEntries(entriesOf(model.metadataProps)), opset };
}

function parseModel(bytes: Uint8Array): Message<'ModelProto'> {
  let model: Message<'ModelProto'>;
  try {
    model = readMessage('ModelProto', bytes);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new OnnxError(`this is not an ONNX model, or the file was cut short (${detail})`);
  }
  if (model.irVersion === undefined || !model.graph || !model.opsetImport) {
    throw new OnnxError('this is not an ONNX model: it has no IR version, operator set or graph');
  }
  return model;
}

const isStandard = (domain: string | undefined): boolean => !domain || domain === 'ai.onnx';

function opsetOf(model: Message<'ModelProto'>): number {
  const version = Number(model.opsetImport?.find((opset) => isStandard(opset.domain))?.version ?? 0n);
  if (version >= oldestOpset && version <= newestOpset) return version;
  throw new OnnxError(
    `the model is written against ONNX opset ${version}; Lathe reads ${oldestOpset} to ${newestOpset}. Export it again with another opset.`,
  );
}

/** @throws OnnxError that lists everything in the model that Lathe has no counterpart for. */
function refuseUnsupported(model: Message<'ModelProto'>, proto: Message<'GraphProto'>): void {
  const counts = new Map<string, number>();
  for (const node of proto.node ?? []) {
    if (supportedSchema(node)) continue;
    const domain = isStandard(node.domain) ? '' : ` of domain ${node.domain}`;
    const subgraph = node.attribute?.some((attribute) => attribute.g ?? attribute.graphs)
      ? ', which holds a subgraph'
      : '';
    const what = `operator ${node.opType || '(without a name)'}${domain}${subgraph}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const problems = [...counts].map(([what, count]) => (count > 1 ? `${what} (${count} times)` : what));
  if (model.functions) problems.push('functions defined in the model');
  if (proto.sparseInitializer) problems.push('sparse constants');
  if (problems.length > 0) throw new OnnxError('the model uses what Lathe does not have:', problems);
}

function supportedSchema(node: Message<'NodeProto'>): OpSchema | undefined {
  const schema = schemaOf(node.opType ?? '');
  const domain = isStandard(node.domain) ? '' : node.domain;
  return schema && (schema.domain ?? '') === domain ? schema : undefined;
}

function entriesOf(entries: readonly Message<'StringStringEntryProto'>[] = []): readonly (readonly [string, string])[] {
  return entries.map(({ key, value }) => [key ?? '', value ?? '']);
}

/** Reads one graph, front to back. */
class GraphReader {
  readonly #proto: Message<'GraphProto'>;
  readonly #opset: number;
  readonly #readExternal: ReadExternalData | undefined;
  /** Values by their name in the file. */
  readonly #values = new Map<string, Value>();
  readonly #names = new Set<string>();
  readonly #initializers = new Map<Value, Tensor>();
  readonly #nodes: Node[] = [];
  /** What values renamed for the file were called in the graph. */
  readonly #renamed: ReadonlyMap<string, string>;

  constructor(proto: Message<'GraphProto'>, opset: number, readExternal: ReadExternalData | undefined) {
    this.#proto = proto;
    this.#opset = opset;
    this.#readExternal = readExternal;
    const renames = entriesOf(proto.metadataProps).filter(([key]) => key.startsWith(valueKey));
    this.#renamed = new Map(renames.map(([key, name]) => [key.slice(valueKey.length), name]));
  }

  read(): Graph {
    const constants = new Set((this.#proto.initializer ?? []).map((tensor) => tensor.name ?? ''));
    const inputs = (this.#proto.input ?? [])
      .filter((input) => !constants.has(input.name ?? ''))
      .map((input) => this.#define(input.name ?? '', inputType(input)));
    for (const proto of this.#proto.initializer ?? []) {
      this.#constant(proto.name ?? '', tensorFrom(proto, `constant '${proto.name ?? ''}'`, this.#readExternal));
    }
    for (const node of this.#proto.node ?? []) this.#node(node);
    const outputs = (this.#proto.output ?? []).map((output) => this.#output(output.name ?? ''));
    return { name: this.#proto.name ?? '', inputs, outputs, nodes: this.#nodes, initializers: this.#initializers };
  }

  #output(name: string): GraphOutput {
    const value = this.#values.get(name);
    if (!value) throw new OnnxError(`the graph's output '${name}' is made by no node`);
    return { name, value };
  }

  #define(fileName: string, type: TensorType): Value {
    if (this.#values.has(fileName)) throw new OnnxError(`two values of the model are named '${fileName}'`);
    const wanted = this.#renamed.get(fileName) ?? fileName;
    let name = wanted;
    for (let count = 1; name === '' || this.#names.has(name); count++) name = `${wanted || 'unused'}_${count}`;
    this.#names.add(name);
    const value = { name, type };
    // An output left out has no name in the file, so nothing can refer to it.
    if (fileName !== '') this.#values.set(fileName, value);
    return value;
  }

  #constant(fileName: string, tensor: Tensor): Value {
    const value = this.#define(fileName, { dtype: tensor.dtype, shape: tensor.shape });
    this.#initializers.set(value, tensor);
    return value;
  }

  #node(proto: Message<'NodeProto'>): void {
    const outputs = withoutTrailingBlanks(proto.output ?? []);
    const metadata = new Map(entriesOf(proto.metadataProps));
    const name = proto.name === outputs[0] ? '' : (proto.name ?? '');
    const origin = metadata.get(originKey) ?? name;
    const where = `node '${proto.name || outputs[0] || ''}' (${proto.opType})`;
    try {
      if (proto.opType === 'Constant') {
        this.#constant(outputs[0] ?? '', constantOf(proto, where, this.#readExternal));
        return;
      }
      const inputs = withoutTrailingBlanks(proto.input ?? []).map((input) =>
        input === '' ? null : this.#use(input, where),
      );
      const only = inputs[0];
      if (metadata.has(aliasKey) && proto.opType === 'Identity' && only && outputs.length === 1)
        this.#alias(outputs[0], only);
      else this.#add(proto, inputs, outputs, origin, where);
    } catch (error) {
      if (error instanceof GraphError) throw new OnnxError(`${where}: ${error.message}`);
      throw error;
    }
  }

  #alias(fileName: string, value: Value): void {
    if (this.#values.has(fileName)) throw new OnnxError(`two values of the model are named '${fileName}'`);
    this.#values.set(fileName, value);
  }

  #use(fileName: string, where: string): Value {
    const value = this.#values.get(fileName);
    if (!value) throw new OnnxError(`${where} reads '${fileName}', which no node before it makes`);
    return value;
  }

  #add(
    proto: Message<'NodeProto'>,
    given: (Value | null)[],
    outputNames: readonly string[],
    origin: string,
    where: string,
  ): void {
    const op = proto.opType as OpType;
    const schema = schemaOf(op)!;
    const inputs = [...given];
    const read = this.#attributes(proto, schema, inputs, where);
    const attributes = convertAttributes({
      op,
      attributes: read,
      inputCount: inputs.length,
      outputCount: outputNames.length,
      rank: inputs[0]?.type.shape.length ?? 0,
      opset: this.#opset,
    });
    checkCount(where, 'inputs', inputs.length, schema.inputs);
    checkCount(where, 'outputs', outputNames.length, schema.outputs);
    const types = inferTypes(op, {
      inputs: inputs.map((input) => input?.type ?? null),
      constants: inputs.map((input) => (input ? this.#initializers.get(input) : undefined)),
      attributes,
      outputCount: outputNames.length,
    });
    const outputs = outputNames.map((name, index) => this.#define(name, types[index]));
    this.#nodes.push({ op, inputs, outputs, attributes, origin });
  }

  /** The node's attributes; those that are inputs today are added to `inputs` as constants. */
  #attributes(
    proto: Message<'NodeProto'>,
    schema: OpSchema,
    inputs: (Value | null)[],
    where: string,
  ): Node['attributes'] {
    const attributes: [string, Node['attributes'][string]][] = [];
    for (const attribute of proto.attribute ?? []) {
      const name = attribute.name ?? '';
      const input = inputOfAttribute(proto.opType ?? '', name, this.#opset);
      if (input !== undefined) {
        const numbers = attributeFrom(attribute, 'ints', where) as readonly number[];
        while (inputs.length < input) inputs.push(null);
        inputs[input] = this.#generatedConstant(name, tensorOf('int64', [numbers.length], numbers));
      } else if (Object.hasOwn(schema.attributes, name)) {
        attributes.push([name, attributeFrom(attribute, schema.attributes[name], where, this.#readExternal)]);
      } else if (!isMeaningless(proto.opType ?? '', name)) {
        throw new OnnxError(`${where} has the attribute '${name}', which Lathe does not have`);
      }
    }
    return Object.fromEntries(attributes);
  }

  /** A constant the file has no name for. */
  #generatedConstant(name: string, tensor: Tensor): Value {
    let fileName = `${name}:0`;
    for (let count = 1; this.#values.has(fileName); count++) fileName = `${name}:${count}`;
    return this.#constant(fileName, tensor);
  }
}

function withoutTrailingBlanks(names: readonly string[]): readonly string[] {
  let length = names.length;
  while (length > 0 && names[length - 1] === '') length--;
  return names.slice(0, length);
}

function checkCount(where: string, what: string, found: number, [fewest, most]: readonly [number, number]): void {
  if (found >= fewest && found <= most) return;
  const expected =
    fewest === most ? `${fewest}` : most === Number.POSITIVE_INFINITY ? `${fewest} or more` : `${fewest} to ${most}`;
  throw new OnnxError(`${where} has ${found} ${what}, expected ${expected}`);
}

/** The type of a graph input; dimensions the file leaves open get a name of their own. */
function inputType(input: Message<'ValueInfoProto'>): TensorType {
  const where = `input '${input.name ?? ''}'`;
  const tensorType = input.type?.tensorType;
  if (!tensorType) throw new OnnxError(`${where} is not a tensor; Lathe reads models whose inputs are tensors`);
  if (!tensorType.shape) throw new OnnxError(`${where} has no shape. Export the model with the shapes of its inputs.`);
  const dims = (tensorType.shape.dim ?? []).map(({ dimValue, dimParam }, axis): Dim => {
    // Some exporters write -1 for a dimension left open.
    const open = dimValue === undefined || dimValue < 0n || dimValue > BigInt(Number.MAX_SAFE_INTEGER);
    return open ? dimParam || `${input.name}_${axis}` : Number(dimValue);
  });
  return { dtype: dtypeOf(tensorType.elemType, where), shape: dims };
}

/** The tensor of a Constant node, whichever of its attributes holds it. */
function constantOf(proto: Message<'NodeProto'>, where: string, readExternal?: ReadExternalData): Tensor {
  const attribute = proto.attribute?.[0];
  switch (attribute?.name) {
    case 'value':
      return attributeFrom(attribute, 'tensor', where, readExternal) as Tensor;
    case 'value_float':
      return tensorOf('float32', [], [attribute.f ?? 0]);
    case 'value_int':
      return { dtype: 'int64', shape: [], data: BigInt64Array.of(attribute.i ?? 0n) };
    case 'value_floats':
      return tensorOf('float32', [attribute.floats?.length ?? 0], attribute.floats ?? []);
    case 'value_ints':
      return { dtype: 'int64', shape: [attribute.ints?.length ?? 0], data: BigInt64Array.from(attribute.ints ?? []) };
    default:
      throw new OnnxError(
        `${where}: Lathe reads constants that are tensors of numbers, found '${attribute?.name ?? 'nothing'}'`,
      );
  }
}
