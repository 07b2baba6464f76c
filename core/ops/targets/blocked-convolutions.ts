/**
 * Convolutions in ONNX Runtime's layout of channels in blocks, which on its CPU provider take two thirds of the time. ONNX
 * Runtime itself uses it only where weights are constant; here weights are laid out anew in every run, which takes little.
 */
import {
  numberAttribute,
  numbersAttribute,
  staticShape,
  stringAttribute,
  type Attributes,
  type Dim,
  type Graph,
  type Node,
  type Value,
} from '../../graph/graph.ts';
import { numbersOf, sizeOf, tensorOf, type Tensor } from '../../tensor/tensor.ts';
import { transposedWindow } from '../types/window.ts';
import type { LoweredGraph, LoweredNode } from './session-operators.ts';

/** Positions of the output, over the batch, below which laying out the weights outweighs what is won. */
const fewestPositions = 256;

/** Elements below which one thread transposes an image in less time than several reorder it twice. */
const fewestTransposed = 32_768;

/**
 * The same graph with convolutions, transposed convolutions and moves of the channels to the end done on blocks of
 * channels, where shapes are known and channels fill whole blocks.
 * @param block channels in a block: 8 or 16, as the processor has it.
 */
export function blockConvolutions(graph: Graph, block: number): LoweredGraph {
  const lowering = new Lowering(graph, block);
  for (const node of graph.nodes) lowering.place(node);
  return lowering.finished();
}

/** Weights laid out in blocks, taps along axis 2: [out/block, in/block, taps, block of in, block of out]. */
interface LaidOut {
  readonly value: Value;
  readonly outputs: number;
  readonly inputs: number;
}

class Lowering {
  readonly #graph: Graph;
  readonly #block: number;
  readonly #nodes: LoweredNode[] = [];
  readonly #initializers: Map<Value, Tensor>;
  readonly #ints = new Map<string, Value>();
  readonly #producers: ReadonlyMap<Value, Node>;
  readonly #readers = new Map<Value, Node[]>();
  /** Nodes that another has taken in. */
  readonly #taken = new Set<Node>();
  #origin = '';

  constructor(graph: Graph, block: number) {
    this.#graph = graph;
    this.#block = block;
    this.#initializers = new Map(graph.initializers);
    this.#producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
    for (const node of graph.nodes) for (const input of node.inputs) if (input) this.#noteReader(input, node);
  }

  #noteReader(value: Value, node: Node): void {
    const readers = this.#readers.get(value);
    if (readers) readers.push(node);
    else this.#readers.set(value, [node]);
  }

  place(node: Node): void {
    this.#origin = node.origin;
    if (this.#taken.has(node) || this.#lowered(node)) return;
    this.#nodes.push(node);
  }

  /** Without what nothing reads any more: weights turned over for convolutions that now read them as they are. */
  finished(): LoweredGraph {
    const live = new Set<Value>(this.#graph.outputs.map(({ value }) => value));
    const kept = this.#nodes.toReversed().filter((node) => {
      const needed = node.outputs.some((output) => live.has(output));
      if (needed) for (const input of node.inputs) if (input) live.add(input);
      return needed;
    });
    const initializers = new Map([...this.#initializers].filter(([value]) => live.has(value)));
    return { ...this.#graph, nodes: kept.reverse(), initializers };
  }

  #lowered(node: Node): boolean {
    if (node.outputs[0]?.type.dtype !== 'float32') return false;
    switch (node.op) {
      case 'Conv':
        return this.#convolution(node);
      case 'ConvTranspose':
        return this.#transposedConvolution(node);
      case 'Transpose':
        return this.#channelsLast(node);
      default:
        return false;
    }
  }

  #convolution(node: Node): boolean {
    const [x, weight, bias] = node.inputs;
    const kernel = weight && this.#kernelOf(node, weight);
    if (!x || !kernel) return false;
    const size = kernel.slice(2);
    const taps = Array.from({ length: sizeOf(size) }, (_, tap) => tap);
    const turned = this.#turnedOver(weight);
    const kernels = turned
      ? this.#kernels(this.#laidOut(turned, 'from-in'), taps.toReversed(), size)
      : this.#kernels(this.#laidOut(weight, 'from-out'), taps, size);
    const relu = this.#onlyRelu(node.outputs[0]);
    if (relu) this.#taken.add(relu);
    const attributes: Attributes = relu ? { ...node.attributes, activation: 'Relu' } : node.attributes;
    const inputs = [this.#toBlocks(x), kernels, ...(bias ? [bias] : [])];
    const y = this.#emit('BlockedConv', inputs, node.outputs[0].type.shape, attributes);
    this.#fromBlocks(y, kernel[0], (relu ?? node).outputs);
    return true;
  }

  /**
   * Each phase of the stride is a convolution of its own: output s·m + r meets the taps t for which s divides r + p − t.
   * Phases are put together in blocks, whose runs of numbers are long.
   */
  #transposedConvolution(node: Node): boolean {
    const [x, weight, bias] = node.inputs;
    const kernel = weight && this.#kernelOf(node, weight);
    const phases = x && kernel && phasesOf(node, x, kernel.slice(2));
    if (!phases) return false;
    const [rows, columns] = phases;
    const [, channels, , width] = node.outputs[0].type.shape as readonly number[];
    const image = this.#toBlocks(x);
    const laidOut = this.#laidOut(weight, 'from-in');
    const phase = (down: Phase, along: Phase): Value => {
      const taps = down.taps.flatMap((row) => along.taps.map((column) => row * kernel[3] + column));
      const size = [down.taps.length, along.taps.length];
      return this.#emit('BlockedConv', [image, this.#kernels(laidOut, taps, size), ...(bias ? [bias] : [])], [], {
        kernel_shape: size,
        strides: [1, 1],
        pads: [down.begin, along.begin, down.end, along.end],
      });
    };
    const lines = rows.map((down) => {
      const points = columns.map((along) => this.#reshaped(phase(down, along), [-1, 1, this.#block]));
      return this.#reshaped(this.#joined(points), [-1, 1, width * this.#block]);
    });
    const whole = this.#reshaped(this.#joined(lines), [-1, ...(node.outputs[0].type.shape.slice(1) as number[])]);
    this.#fromBlocks(whole, channels, node.outputs);
    return true;
  }

  /** [N, C, H, W] to [N, H, W, C]: ONNX Runtime transposes on one thread and reorders on all. */
  #channelsLast(node: Node): boolean {
    const [x] = node.inputs;
    const shape = x && staticShape(x.type.shape);
    const moves = numbersAttribute(node.attributes, 'perm')?.join() === '0,2,3,1';
    if (!x || !shape || !moves || shape[1] % this.#block !== 0 || sizeOf(shape) < fewestTransposed) return false;
    this.#fromBlocks(this.#toBlocks(x), shape[1], node.outputs, true);
    return true;
  }

  /** The kernel's shape where a convolution can be done in blocks, and is worth it. */
  #kernelOf(node: Node, weight: Value): readonly number[] | undefined {
    const kernel = staticShape(weight.type.shape);
    const sizes = staticShape(node.outputs[0].type.shape.slice(2));
    if (kernel?.length !== 4 || !sizes || numberAttribute(node.attributes, 'group', 1) !== 1) return undefined;
    if (stringAttribute(node.attributes, 'auto_pad', 'NOTSET') !== 'NOTSET') return undefined;
    const whole = kernel[0] % this.#block === 0 && kernel[1] % this.#block === 0;
    const [batch] = node.outputs[0].type.shape;
    const positions = sizeOf(sizes) * (typeof batch === 'number' ? batch : 1);
    // A kernel of one tap is a product of matrices, which gains nothing.
    return whole && kernel[2] * kernel[3] > 1 && positions >= fewestPositions ? kernel : undefined;
  }

  /** The w of weights that are w with its first two axes exchanged and every tap reversed (`inputGradient`). */
  #turnedOver(weight: Value): Value | undefined {
    const slice = this.#producers.get(weight);
    const swap = slice?.inputs[0] && this.#producers.get(slice.inputs[0]);
    if (slice?.op !== 'Slice' || swap?.op !== 'Transpose') return undefined;
    const [axes, steps] = [3, 4].map((at) => this.#constant(slice.inputs[at])?.join());
    const whole = String(slice.inputs[0]?.type.shape) === String(weight.type.shape);
    const exchanged = numbersAttribute(swap.attributes, 'perm')?.join() === '1,0,2,3';
    return (whole && exchanged && axes === '2,3' && steps === '-1,-1' && swap.inputs[0]) || undefined;
  }

  #constant(value: Value | null | undefined): readonly number[] | undefined {
    const tensor = value && this.#graph.initializers.get(value);
    return tensor ? numbersOf(tensor).slice() : undefined;
  }

  /** @param axes whether the first axis of the weights are the channels a convolution makes, or those it reads. */
  #laidOut(weight: Value, axes: 'from-out' | 'from-in'): LaidOut {
    const block = this.#block;
    const [from, to, height, width] = weight.type.shape as readonly number[];
    const taps = height * width;
    if (axes === 'from-out') {
      const image = this.#toBlocks(this.#reshaped(weight, [1, from, to, taps]));
      const parts = this.#reshaped(image, [from / block, to / block, block, taps, block]);
      return { value: this.#transposed(parts, [0, 1, 3, 2, 4]), outputs: from, inputs: to };
    }
    const image = this.#toBlocks(this.#reshaped(weight, [from, to, 1, taps]));
    const parts = this.#reshaped(image, [from / block, block, to / block, taps, block]);
    return { value: this.#transposed(parts, [2, 0, 3, 1, 4]), outputs: to, inputs: from };
  }

  /** Kernels of these taps in this order, `size` high and wide. */
  #kernels({ value, outputs, inputs }: LaidOut, taps: readonly number[], size: readonly number[]): Value {
    const asTheyAre = taps.length === value.type.shape[2] && taps.every((tap, at) => tap === at);
    const shape = value.type.shape.with(2, taps.length);
    const chosen = asTheyAre ? value : this.#emit('Gather', [value, this.#intsOf(taps)], shape, { axis: 2 });
    return this.#reshaped(chosen, [outputs, inputs, ...size]);
  }

  #toBlocks(x: Value): Value {
    return this.#emit('ToBlocks', [x], x.type.shape, {});
  }

  #fromBlocks(blocked: Value, channels: number, outputs: Node['outputs'], channelsLast = false): void {
    const attributes = { channels, channels_last: channelsLast ? 1 : 0 };
    this.#nodes.push({ op: 'FromBlocks', inputs: [blocked], outputs, attributes, origin: this.#origin });
  }

  #onlyRelu(value: Value): Node | undefined {
    const readers = this.#readers.get(value) ?? [];
    const isOutput = this.#graph.outputs.some((output) => output.value === value);
    return readers.length === 1 && readers[0].op === 'Relu' && !isOutput ? readers[0] : undefined;
  }

  #reshaped(x: Value, shape: readonly number[]): Value {
    return this.#emit('Reshape', [x, this.#intsOf(shape)], shape, {});
  }

  #transposed(x: Value, perm: readonly number[]): Value {
    const shape = perm.map((axis) => x.type.shape[axis]);
    return this.#emit('Transpose', [x], shape, { perm });
  }

  #joined(values: readonly Value[]): Value {
    return values.length === 1 ? values[0] : this.#emit('Concat', values, [], { axis: 1 });
  }

  /** @param shape of the result; empty where nobody asks for it. */
  #emit(op: LoweredNode['op'], inputs: readonly Value[], shape: readonly Dim[], attributes: Attributes): Value {
    const output: Value = { name: 'blocked', type: { dtype: 'float32', shape } };
    this.#nodes.push({ op, inputs, outputs: [output], attributes, origin: this.#origin });
    return output;
  }

  #intsOf(values: readonly number[]): Value {
    const known = this.#ints.get(values.join());
    if (known) return known;
    const value: Value = { name: 'sizes', type: { dtype: 'int64', shape: [values.length] } };
    this.#ints.set(values.join(), value);
    this.#initializers.set(value, tensorOf('int64', [values.length], values));
    return value;
  }
}

/** The convolution along one axis that gives the outputs s·m + r of a transposed one, for one r. */
interface Phase {
  /** Taps it uses, in the order in which it meets the input. */
  readonly taps: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The phases along each axis, or undefined where some would be empty, of other lengths, or cut. */
function phasesOf(node: Node, x: Value, kernel: readonly number[]): readonly Phase[][] | undefined {
  const input = staticShape(x.type.shape.slice(2));
  if (!input) return undefined;
  const { strides, dilations, padsBegin, output } = transposedWindow(node.attributes, input, kernel);
  if (dilations.some((dilation) => dilation !== 1)) return undefined;
  const phases = input.map((size, axis) => {
    const [stride, count] = [strides[axis], output[axis] as number];
    if (count % stride !== 0) return [];
    return Array.from({ length: stride }, (_, rest): Phase => {
      const place = rest + (padsBegin[axis] as number);
      const [first, shift] = [place % stride, Math.floor(place / stride)];
      const used = Math.max(0, Math.ceil((kernel[axis] - first) / stride));
      const taps = Array.from({ length: used }, (_, at) => first + stride * (used - 1 - at));
      return { taps, begin: used - 1 - shift, end: count / stride + shift - size };
    });
  });
  const isSound = ({ taps, begin, end }: Phase): boolean => taps.length > 0 && begin >= 0 && end >= 0;
  return phases.every((along) => along.length > 0 && along.every(isSound)) ? phases : undefined;
}
