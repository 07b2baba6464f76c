/** Reads a model file as a step of nodes with bytes and costs, and writes it back with nodes in another order or repeated. */
import type { TensorType } from '../graph/graph.ts';
import type { Step, StepNode } from '../ops/memory.ts';
import { bytesPerElement, sizeOf } from '../tensor/tensor.ts';
import { nodeName, originOfNodeName } from './encode.ts';
import { OnnxError, readMessage, writeMessage, type Message } from './proto.ts';

type NodeProto = Message<'NodeProto'>;

/** What a byte that a node reads or writes takes, in floating-point operations of products. */
const flopsPerByte = 12;
/** What a node takes however little it does, in floating-point operations of products: some 4 µs. */
const flopsPerNode = 400_000;

/** A model file taken apart. */
export class StepFile {
  readonly #model: Message<'ModelProto'>;
  readonly #nodes: readonly NodeProto[];
  /** Names of values by their number. */
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** As ONNX Runtime plans it from this very file. */
  readonly step: Step;

  /**
   * @param model as ONNX Runtime has optimised it.
   * @param types of its values by name, as far as they are known: those that ONNX Runtime made are worked out.
   */
  constructor(model: Uint8Array, types: ReadonlyMap<string, TensorType>) {
    this.#model = readMessage('ModelProto', model);
    this.#nodes = this.#model.graph?.node ?? [];
    const sizes = new Sizes(this.#model.graph ?? {}, types);
    const given = new Set(
      [...(this.#model.graph?.output ?? []), ...(this.#model.graph?.input ?? [])].map(({ name }) => name),
    );
    const nodes = this.#nodes.map((node): StepNode => {
      sizes.note(node);
      return {
        inputs: (node.input ?? []).map((name) => (name === '' ? -1 : this.#number(name))),
        outputs: (node.output ?? []).filter((name) => name !== '').map((name) => this.#number(name)),
        sharing: sharingOf(node),
        cost: sizes.cost(node),
      };
    });
    const made = new Set(nodes.flatMap(({ outputs }) => outputs));
    this.step = {
      nodes,
      bytes: this.#names.map((name, value) => (made.has(value) && !given.has(name) ? sizes.bytes(name) : 0)),
      kinds: this.#names.map((name) => sizes.kind(name)),
    };
  }

  /** The name of a node. */
  nameOf(node: number): string {
    return this.#nodes[node].name ?? '';
  }

  #number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#names.length);
    this.#names.push(name);
    return this.#names.length - 1;
  }

  /**
   * The step as ONNX Runtime plans it where it does not know the shapes of values (`written`): it then neither writes over
   * operands nor holds pieces of memory for values of the same shape to come.
   */
  get shapeless(): Step {
    const nodes = this.step.nodes.map((node) =>
      node.sharing === 'in-place' ? { ...node, sharing: 'none' as const } : node,
    );
    return { nodes, bytes: this.step.bytes, kinds: this.step.kinds.map(() => -1) };
  }

  /**
   * The model with these nodes, in this order of the file.
   * Shapes are withheld from ONNX Runtime, which plans for the step `shapeless` then: of inputs, and of what they are
   * given anew by constants.
   * @param nodes with the node of this file each is, or repeats; values that this file lacks get names of their own.
   */
  written(nodes: readonly { readonly node: StepNode; readonly source: number }[]): Uint8Array {
    const nameOf = (value: number): string => this.#names[value] ?? `again/${value}`;
    const made = new Set<string>();
    const protos = nodes.map(({ node, source }): NodeProto => {
      const proto = this.#nodes[source];
      const outputs = node.outputs.map(nameOf);
      if (outputs.some((name) => made.has(name))) throw new OnnxError(`'${outputs[0]}' would be made twice`);
      for (const name of outputs) made.add(name);
      const isRepeated = outputs[0] !== (proto.output ?? []).find((name) => name !== '');
      let at = 0;
      return {
        ...proto,
        input: node.inputs.map((value) => (value < 0 ? '' : nameOf(value))),
        output: (proto.output ?? []).map((name) => (name === '' ? '' : outputs[at++])),
        ...(isRepeated && { name: nodeName(originOfNodeName(proto.name ?? ''), outputs[0]) }),
      };
    });
    const { input = [], initializer = [] } = this.#model.graph ?? {};
    const constants = new Set(initializer.map(({ name }) => name));
    const hidden = new Set(protos.flatMap((node) => shapeRead(node, constants) ?? []));
    const node = protos.map((proto) => {
      const shape = shapeRead(proto, constants);
      if (shape === undefined) return proto;
      return { ...proto, input: proto.input?.map((name) => (name === shape ? later(name) : name)) };
    });
    const graph = {
      ...this.#model.graph,
      node: [...[...hidden].map(atRunTime), ...node],
      input: input.map((value) => ({ ...value, type: { tensorType: { elemType: value.type?.tensorType?.elemType } } })),
    };
    return writeMessage('ModelProto', { ...this.#model, graph } as Message<'ModelProto'>);
  }
}

/** By operator, the input that says which shape its result has. */
const shapeInputs: Readonly<Record<string, number>> = { Reshape: 1, Expand: 1, Tile: 1, ConstantOfShape: 0 };

/** The constant that a node takes its result's shape from. */
function shapeRead(
  { opType = '', input = [] }: NodeProto,
  constants: ReadonlySet<string | undefined>,
): string | undefined {
  const name = input[shapeInputs[opType] ?? input.length];
  return constants.has(name) ? name : undefined;
}

const later = (name: string): string => `later/${name}`;

/** A constant that is known only when the model runs. */
const atRunTime = (name: string): NodeProto => ({
  opType: 'Identity',
  name: later(name),
  input: [name],
  output: [later(name)],
});

/** Operators that give what they are given under another shape, without a copy. */
const aliases: ReadonlySet<string> = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);

/** Operators whose kernels may write over an operand (`MayInplace` in ONNX Runtime's CPU provider). */
const inPlace: ReadonlySet<string> = new Set(
  (
    'Identity Neg Abs Exp Log Sqrt Reciprocal Floor Ceil Tanh Sigmoid Relu LeakyRelu Elu Selu Celu Softplus Softsign ' +
    'HardSigmoid Clip Cast Not Sign Add Sub Mul Div Softmax LogSoftmax'
  ).split(' '),
);

function sharingOf({ opType = '' }: NodeProto): StepNode['sharing'] {
  if (aliases.has(opType)) return 'alias';
  return inPlace.has(opType) ? 'in-place' : 'none';
}

/** What blocks of channels are put together and taken apart with carries no shape, where nobody asks for it. */
const untold: ReadonlySet<string> = new Set(['Concat', 'ReorderInput']);

/** Shapes of values by name. */
class Sizes {
  readonly #types = new Map<string, TensorType>();
  readonly #kinds = new Map<string, number>();

  constructor(graph: Message<'GraphProto'>, types: ReadonlyMap<string, TensorType>) {
    for (const [name, type] of types) if (isKnown(type)) this.#types.set(name, type);
    for (const { name = '', dims = [] } of graph.initializer ?? [])
      if (!this.#types.has(name)) this.#types.set(name, { dtype: 'float32', shape: dims.map(Number) });
  }

  bytes(name: string): number {
    const type = this.#types.get(name);
    return type ? bytesPerElement[type.dtype] * this.#elements(name) : 0;
  }

  kind(name: string): number {
    const type = this.#types.get(name);
    const words = type ? `${bytesPerElement[type.dtype]}[${type.shape.join()}]` : name;
    const known = this.#kinds.get(words) ?? this.#kinds.size;
    this.#kinds.set(words, known);
    return known;
  }

  #elements(name: string | undefined): number {
    return sizeOf(this.#shape(name));
  }

  #shape(name: string | undefined): readonly number[] {
    return (this.#types.get(name ?? '')?.shape ?? []) as readonly number[];
  }

  /** Works out what a node makes where nobody has told: ONNX Runtime adds moves of axes and conversions. */
  note({ opType = '', input = [], output = [], attribute = [] }: NodeProto): void {
    const first = this.#types.get(input[0] ?? '');
    if (!first) return;
    for (const name of output) {
      const told = this.#types.get(name);
      if (name === '' || (told && (told.shape.length > 0 || !untold.has(opType)))) continue;
      const perm = opType === 'Transpose' ? attribute.find((one) => one.name === 'perm')?.ints : undefined;
      const joined = opType === 'Concat' ? [input.reduce((sum, one) => sum + this.#elements(one), 0)] : undefined;
      const shape = joined ?? perm?.map((axis) => first.shape[Number(axis)]) ?? first.shape;
      this.#types.set(name, { dtype: first.dtype, shape });
    }
  }

  /** In floating-point operations of products of matrices that take as long. */
  cost(node: NodeProto): number {
    if (aliases.has(node.opType ?? '')) return 0;
    const values = [...(node.input ?? []), ...(node.output ?? [])];
    const moved = values.reduce((sum, name) => sum + this.bytes(name), 0);
    return flopsPerNode + Math.max(this.#flops(node), flopsPerByte * moved);
  }

  #flops({ opType = '', input = [], output = [], attribute = [] }: NodeProto): number {
    const isSet = (name: string): boolean => attribute.some((one) => one.name === name && one.i === 1n);
    const [left, right] = [this.#shape(input[0]), this.#shape(input[1])];
    switch (opType) {
      case 'MatMul':
      case 'Gemm':
      case 'FusedGemm':
      case 'FusedMatMul':
        return 2 * this.#elements(output[0]) * (left.at(isSet('transA') ? -2 : -1) ?? 1);
      case 'Conv':
      case 'FusedConv':
        return 2 * this.#elements(output[0]) * sizeOf(right.slice(1));
      case 'ConvTranspose':
        return 2 * this.#elements(input[0]) * sizeOf(right.slice(1));
      case 'LSTM':
      case 'GRU':
        return 2 * sizeOf(left.slice(0, 2)) * (this.#elements(input[1]) + this.#elements(input[2]));
      default:
        return 0;
    }
  }
}

const isKnown = ({ shape }: TensorType): boolean => shape.every((dim) => typeof dim === 'number' && dim >= 0);
