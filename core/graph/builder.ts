/** Builds a graph node by node, inferring the type of every value as it is made. */
import { sizeOf, tensorOf, type DType, type Tensor } from '../tensor/tensor.ts';
import {
  GraphError,
  formatType,
  type Attributes,
  type Graph,
  type GraphOutput,
  type InferTypes,
  type Node,
  type TensorType,
  type Value,
} from './graph.ts';
import type { OpType } from './instruction-set.ts';

/** Constants up to this many elements are shared when equal, and shown to type rules. */
const smallConstant = 64;

export class GraphBuilder {
  readonly name: string;
  readonly nodes: Node[] = [];
  readonly inputs: Value[] = [];
  readonly outputs: GraphOutput[] = [];
  readonly initializers = new Map<Value, Tensor>();
  readonly #infer: InferTypes;
  readonly #names = new Map<string, number>();
  readonly #outputNames = new Set<string>();
  readonly #shared = new Map<string, Value>();
  #origin = '';

  /** @param infer the type rules of the instruction set (core/ops/types.ts). */
  constructor(name: string, infer: InferTypes) {
    this.name = name;
    this.#infer = infer;
  }

  /** A graph input; its name is kept as given, so it must be new. */
  input(name: string, dtype: DType, shape: TensorType['shape']): Value {
    if (this.#names.has(name)) throw new GraphError(`graph '${this.name}' already has a value named '${name}'`);
    const value = this.#newValue(name, { dtype, shape });
    this.inputs.push(value);
    return value;
  }

  /** Declares `value` an output of the graph under `name`. */
  output(name: string, value: Value): void {
    if (this.#outputNames.has(name)) throw new GraphError(`graph '${this.name}' already has an output '${name}'`);
    this.#outputNames.add(name);
    this.outputs.push({ name, value });
  }

  /** A constant; equal small ones are one value. */
  constant(tensor: Tensor, name = 'constant'): Value {
    const small = sizeOf(tensor.shape) <= smallConstant;
    const key = small ? `${tensor.dtype}[${tensor.shape.join()}]${tensor.data.join()}` : '';
    const known = small ? this.#shared.get(key) : undefined;
    if (known) return known;
    const value = this.#newValue(name, { dtype: tensor.dtype, shape: tensor.shape });
    this.initializers.set(value, tensor);
    if (small) this.#shared.set(key, value);
    return value;
  }

  /** A scalar constant, float32 unless told otherwise. */
  scalar(value: number, dtype: DType = 'float32'): Value {
    return this.constant(tensorOf(dtype, [], [value]));
  }

  /** A 1-D int64 constant: axes, shapes, indices. */
  ints(values: readonly number[]): Value {
    return this.constant(tensorOf('int64', [values.length], values));
  }

  /** The tensor behind a constant value, or undefined. */
  constantOf(value: Value): Tensor | undefined {
    return this.initializers.get(value);
  }

  /** Adds a node with one output. @throws GraphError when the inputs do not fit the operator. */
  emit(op: OpType, inputs: readonly (Value | null)[], attributes: Attributes = {}): Value {
    return this.emitMany(op, inputs, attributes, 1)[0];
  }

  /** Adds a node with `outputCount` outputs. */
  emitMany(
    op: OpType,
    inputs: readonly (Value | null)[],
    attributes: Attributes,
    outputCount: number,
  ): readonly Value[] {
    const types = this.#inferAt(op, inputs, attributes, outputCount);
    const outputs = types.map((type) => this.#newValue(op.toLowerCase(), type));
    this.nodes.push({ op, inputs, outputs, attributes, origin: this.#origin });
    return outputs;
  }

  /** Runs `body` with every node it adds marked as coming from `origin`. */
  withOrigin<T>(origin: string, body: () => T): T {
    const outer = this.#origin;
    this.#origin = origin;
    try {
      return body();
    } finally {
      this.#origin = outer;
    }
  }

  /** The origin given to nodes added now. */
  get origin(): string {
    return this.#origin;
  }

  /** The finished graph (a copy: building may go on). */
  build(): Graph {
    return {
      name: this.name,
      inputs: [...this.inputs],
      outputs: [...this.outputs],
      nodes: [...this.nodes],
      initializers: new Map(this.initializers),
    };
  }

  #inferAt(
    op: OpType,
    inputs: readonly (Value | null)[],
    attributes: Attributes,
    outputCount: number,
  ): readonly TensorType[] {
    const constants = inputs.map((input) => (input ? this.initializers.get(input) : undefined));
    try {
      return this.#infer(op, {
        inputs: inputs.map((input) => input?.type ?? null),
        constants,
        attributes,
        outputCount,
      });
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      const given = inputs.map((input) => (input ? formatType(input.type) : '–')).join(', ');
      throw new GraphError(`${op}(${given}): ${error.message}`, this.#origin);
    }
  }

  #newValue(base: string, type: TensorType): Value {
    const used = this.#names.get(base);
    this.#names.set(base, (used ?? 0) + 1);
    if (used === undefined) return { name: base, type };
    let count = used;
    while (this.#names.has(`${base}_${count}`)) count++;
    this.#names.set(base, count + 1);
    this.#names.set(`${base}_${count}`, 1);
    return { name: `${base}_${count}`, type };
  }
}
