/** Whole numbers in 32 bits instead of 64: GPUs compute with no others. Class numbers and indices fit by far. */
import type { Graph, GraphOutput, Node, Value } from '../../graph/graph.ts';
import type { OpType } from '../../graph/instruction-set.ts';
import { tensorOf, numbersOf, type Tensor } from '../../tensor/tensor.ts';
import { onnxDataType } from '../builder.ts';

/** Operators whose operands and result are of one type; the places say which inputs those are (all when absent). */
const following: Readonly<Partial<Record<OpType, readonly number[]>>> = {
  Identity: [0],
  Unsqueeze: [0],
  Squeeze: [0],
  Reshape: [0],
  Flatten: [0],
  Transpose: [0],
  Expand: [0],
  Tile: [0],
  Gather: [0],
  Slice: [0],
  Where: [1, 2],
  Add: [0, 1],
  Sub: [0, 1],
  Mul: [0, 1],
  Div: [0, 1],
  Equal: [0, 1],
  Greater: [0, 1],
  GreaterOrEqual: [0, 1],
  Less: [0, 1],
  LessOrEqual: [0, 1],
};

/** Operators that read whole numbers of either width at these places. */
const readers: Readonly<Partial<Record<OpType, readonly number[]>>> = {
  Cast: [0],
  Gather: [1],
  GatherElements: [1],
  ScatterElements: [1],
};

/**
 * The graph with its int64 inputs, and what is computed from them, in int32. Shapes and axes keep 64 bits, as ONNX wants
 * them; so do outputs, and what only takes 64 bits gets them back.
 */
export function narrowIntegers(graph: Graph): Graph {
  const inputs = graph.inputs.filter(({ type }) => type.dtype === 'int64');
  if (inputs.length === 0 && !graph.nodes.some(makesIntegers)) return graph;
  return new Narrowing(graph).run();
}

const makesIntegers = (node: Node): boolean => node.op === 'Cast' && node.outputs[0].type.dtype === 'int64';

class Narrowing {
  readonly #graph: Graph;
  readonly #narrow = new Map<Value, Value>();
  readonly #wide = new Map<Value, Value>();
  readonly #initializers: Map<Value, Tensor>;
  readonly #nodes: Node[] = [];
  #made = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#initializers = new Map(graph.initializers);
  }

  run(): Graph {
    const inputs = this.#graph.inputs.map((input) => (input.type.dtype === 'int64' ? this.#narrowed(input) : input));
    for (const node of this.#graph.nodes) this.#visit(node);
    const outputs: GraphOutput[] = this.#graph.outputs.map(({ name, value }) => ({
      name,
      value: this.#inWide(value, ''),
    }));
    return { ...this.#graph, inputs, outputs, nodes: this.#nodes, initializers: this.#initializers };
  }

  #visit(node: Node): void {
    const isNarrow = (place: number): boolean => {
      const input = node.inputs[place];
      return input ? this.#narrow.has(input) : false;
    };
    const places = following[node.op] ?? [];
    const follows = places.some(isNarrow);
    const converts = makesIntegers(node);
    const inputs = node.inputs.map((input, place) => {
      if (!input || input.type.dtype !== 'int64') return input;
      if (follows && places.includes(place)) return this.#inNarrow(input, node.origin);
      if (readers[node.op]?.includes(place)) return this.#narrow.get(input) ?? input;
      return this.#inWide(input, node.origin);
    });
    const outputs = node.outputs.map((output) =>
      output.type.dtype === 'int64' && (follows || converts) ? this.#narrowed(output) : output,
    );
    const attributes = converts ? { ...node.attributes, to: onnxDataType.int32 } : node.attributes;
    this.#nodes.push({ ...node, inputs, outputs, attributes });
  }

  /** The value that takes the place of an int64 one, under its name. */
  #narrowed(value: Value): Value {
    const made: Value = { name: value.name, type: { dtype: 'int32', shape: value.type.shape } };
    this.#narrow.set(value, made);
    return made;
  }

  #inNarrow(value: Value, origin: string): Value {
    const known = this.#narrow.get(value);
    if (known) return known;
    const made: Value = { name: this.#newName(value), type: { dtype: 'int32', shape: value.type.shape } };
    const constant = this.#graph.initializers.get(value);
    if (constant) this.#initializers.set(made, tensorOf('int32', constant.shape, numbersOf(constant)));
    else this.#cast(value, made, 'int32', origin);
    this.#narrow.set(value, made);
    return made;
  }

  #inWide(value: Value, origin: string): Value {
    const narrow = this.#narrow.get(value);
    // A constant, or a value that was made in 64 bits, is still there.
    if (!narrow || narrow.name !== value.name) return value;
    const known = this.#wide.get(value);
    if (known) return known;
    const made: Value = { name: this.#newName(value), type: { dtype: 'int64', shape: value.type.shape } };
    this.#cast(narrow, made, 'int64', origin);
    this.#wide.set(value, made);
    return made;
  }

  #cast(from: Value, to: Value, dtype: 'int32' | 'int64', origin: string): void {
    this.#nodes.push({ op: 'Cast', inputs: [from], outputs: [to], attributes: { to: onnxDataType[dtype] }, origin });
  }

  #newName(value: Value): string {
    return `${value.name}:width_${this.#made++}`;
  }
}
