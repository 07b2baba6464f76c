/** A graph on its way into a session, whose images may lie in blocks of channels: what has been made, and in which layout. */
import type { Attributes, Dim, Graph, Node, Value } from '../../graph/graph.ts';
import { numbersOf, sizeOf, tensor, tensorOf, type Tensor } from '../../tensor/tensor.ts';
import type { LoweredGraph, LoweredNode } from './session-operators.ts';

/** An image in blocks times a factor a channel of each sample, plus an offset: [N, C, 1, 1], or absent for 1 and 0. */
export interface Scaled {
  readonly image: Value;
  readonly factor?: Value;
  readonly offset?: Value;
}

export class BlockedGraph {
  /** Channels in a block: 8 or 16, as the processor has it. */
  readonly block: number;
  readonly #graph: Graph;
  readonly #nodes: LoweredNode[] = [];
  readonly #initializers: Map<Value, Tensor>;
  readonly #constants = new Map<string, Value>();
  readonly #producers: ReadonlyMap<Value, Node>;
  readonly #readers = new Map<Value, Node[]>();
  readonly #results: ReadonlySet<Value>;
  /** What lies in blocks, by the value of the graph that it stands for. */
  readonly #inBlocks = new Map<Value, Value>();
  /** Values of the graph that are known as a scaled image; some never need to be computed. */
  readonly #scaled = new Map<Value, Scaled>();
  readonly #made = new Set<Value>();
  /** Values of the graph that are there in blocks and not, or not yet, as they were. */
  readonly #waiting = new Set<Value>();
  #origin = '';

  constructor(graph: Graph, block: number) {
    this.block = block;
    this.#graph = graph;
    this.#initializers = new Map(graph.initializers);
    this.#producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
    this.#results = new Set(graph.outputs.map(({ value }) => value));
    for (const node of graph.nodes) for (const input of node.inputs) if (input) this.#noteReader(input, node);
  }

  #noteReader(value: Value, node: Node): void {
    const readers = this.#readers.get(value);
    if (readers) readers.push(node);
    else this.#readers.set(value, [node]);
  }

  /** Nodes added from now on come from where this one came from. */
  at(node: Node): void {
    this.#origin = node.origin;
  }

  producerOf(value: Value | null | undefined): Node | undefined {
    return value ? this.#producers.get(value) : undefined;
  }

  readersOf(value: Value): readonly Node[] {
    return this.#readers.get(value) ?? [];
  }

  isResult(value: Value): boolean {
    return this.#results.has(value);
  }

  numbersOf(value: Value | null | undefined): readonly number[] | undefined {
    const tensor = value && this.#graph.initializers.get(value);
    return tensor ? numbersOf(tensor).slice() : undefined;
  }

  /** Whether a value is there in blocks. */
  liesInBlocks(value: Value): boolean {
    return this.#inBlocks.has(value) || this.#scaled.has(value);
  }

  /** Whether a value was made in blocks, so that what reads it had better do so too. */
  isMadeInBlocks(value: Value): boolean {
    return this.#made.has(value);
  }

  /** An image in blocks, reordered where it is not there yet. */
  inBlocks(value: Value): Value {
    const known = this.#inBlocks.get(value);
    if (known) return known;
    const scaled = this.#scaled.get(value);
    const blocked = scaled ? this.#computed(scaled) : this.toBlocks(value);
    this.#inBlocks.set(value, blocked);
    // What comes after reads what was computed, so that the image it was computed from need not be kept.
    this.#scaled.delete(value);
    return blocked;
  }

  /** A value that lies in blocks, as an image times a factor plus an offset. */
  scaledOf(value: Value): Scaled {
    return this.#scaled.get(value) ?? { image: this.inBlocks(value) };
  }

  /** Notes what a value is to be, without computing it. */
  giveScaled(value: Value, scaled: Scaled): void {
    this.#scaled.set(value, scaled);
    this.#made.add(value);
    this.#waiting.add(value);
  }

  /** With every channel of every sample as a group of its own, one pass of a convolution of one tap on all threads. */
  #computed({ image, factor, offset }: Scaled, sum?: Value): Value {
    const [samples, channels, ...places] = image.type.shape as readonly number[];
    const group = samples * channels;
    const weight = factor ? this.reshaped(factor, [group, 1, 1, 1]) : this.filled([group, 1, 1, 1], 1);
    const bias = offset ? this.reshaped(offset, [group]) : null;
    const flat = (value: Value): Value => this.reshaped(value, [1, group, ...places]);
    const inputs = [flat(image), weight, ...(sum ? [bias, flat(sum)] : bias ? [bias] : [])];
    const made = this.emit('BlockedConv', inputs, [1, group, ...places], { kernel_shape: [1, 1], group });
    return this.reshaped(made, [samples, channels, ...places]);
  }

  /** The sum of two scaled images. */
  sumOf(first: Scaled, second: Scaled): Value {
    return this.#computed(first, second.factor || second.offset ? this.#computed(second) : second.image);
  }

  /** Notes that `blocked` is what `value` was to be. */
  give(value: Value, blocked: Value): void {
    this.#inBlocks.set(value, blocked);
    this.#made.add(value);
    this.#waiting.add(value);
  }

  /** Adds a node as it is, after the reorderings that its inputs take. */
  keep(node: Node): void {
    for (const input of node.inputs) if (input) this.asItWas(input);
    this.#nodes.push(node);
  }

  /** Makes sure that a value is there as it was, not in blocks alone. */
  asItWas(value: Value): void {
    if (!this.#waiting.delete(value)) return;
    this.fromBlocks(this.inBlocks(value), value.type.shape[1] as number, [value]);
  }

  /** Without what nothing reads any more: weights turned over for convolutions that now read them as they are. */
  finished(): LoweredGraph {
    for (const { value } of this.#graph.outputs) this.asItWas(value);
    const live = new Set<Value>(this.#results);
    const kept = this.#nodes.toReversed().filter((node) => {
      const needed = node.outputs.some((output) => live.has(output));
      if (needed) for (const input of node.inputs) if (input) live.add(input);
      return needed;
    });
    const initializers = new Map([...this.#initializers].filter(([value]) => live.has(value)));
    return { ...this.#graph, nodes: kept.reverse(), initializers };
  }

  // --- nodes ---

  /** @param shape of the result; empty where nobody asks for it. */
  emit(op: LoweredNode['op'], inputs: readonly (Value | null)[], shape: readonly Dim[], attributes: Attributes): Value {
    const output: Value = { name: 'blocked', type: { dtype: 'float32', shape } };
    this.add(op, inputs, [output], attributes);
    return output;
  }

  add(
    op: LoweredNode['op'],
    inputs: readonly (Value | null)[],
    outputs: readonly Value[],
    attributes: Attributes,
  ): void {
    this.#nodes.push({ op, inputs, outputs, attributes, origin: this.#origin });
  }

  toBlocks(x: Value): Value {
    return this.emit('ToBlocks', [x], x.type.shape, {});
  }

  fromBlocks(blocked: Value, channels: number, outputs: readonly Value[]): void {
    this.add('FromBlocks', [blocked], outputs, { channels });
  }

  reshaped(x: Value, shape: readonly number[]): Value {
    return this.emit('Reshape', [x, this.ints(shape)], shape, {});
  }

  transposed(x: Value, perm: readonly number[]): Value {
    const shape = perm.map((axis) => x.type.shape[axis]);
    return this.emit('Transpose', [x], shape, { perm });
  }

  expanded(x: Value, shape: readonly number[]): Value {
    return this.emit('Expand', [x, this.ints(shape)], shape, {});
  }

  ints(values: readonly number[]): Value {
    return this.#constant(`sizes ${values.join()}`, () => tensorOf('int64', [values.length], values));
  }

  /** A float32 constant of one number. */
  filled(shape: readonly number[], value: number): Value {
    const made = (): Tensor => tensor('float32', shape, new Float32Array(sizeOf(shape)).fill(value));
    return this.#constant(`filled ${shape.join()} with ${value}`, made);
  }

  /** @param what the constant is, in words; the first of them names it. */
  #constant(what: string, make: () => Tensor): Value {
    const known = this.#constants.get(what);
    if (known) return known;
    const made = make();
    const value: Value = { name: what.split(' ', 1)[0], type: { dtype: made.dtype, shape: made.shape } };
    this.#constants.set(what, value);
    this.#initializers.set(value, made);
    return value;
  }
}
