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
  type Graph,
  type Node,
  type Value,
} from '../../graph/graph.ts';
import { sizeOf } from '../../tensor/tensor.ts';
import type { Without } from '../optimisations.ts';
import { transposedWindow } from '../types/window.ts';
import { BlockedGraph } from './blocked-graph.ts';
import { imageInBlocks } from './blocked-images.ts';
import type { LoweredGraph } from './session-operators.ts';

/** Positions of the output, over the batch, below which laying out the weights outweighs what is won. */
const fewestPositions = 256;

/** Taps of a kernel that is read again in little time. */
const mostLight = 16;

/** Channels of an image that is read as it is: greys, colours, and how much shines through. */
const mostRead = 4;

/** Elements below which one thread transposes an image in less time than several reorder it twice. */
const fewestTransposed = 32_768;

/**
 * The same graph with convolutions, transposed convolutions and moves of the channels to the end done on blocks of
 * channels, where shapes are known and channels fill whole blocks, and with what lies between them done there as well.
 * @param block channels in a block: 8 or 16, as the processor has it.
 */
export function blockConvolutions(graph: Graph, block: number, without: Without = new Set()): LoweredGraph {
  const lowering = new Lowering(graph, block, without);
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
  readonly #blocked: BlockedGraph;
  readonly #without: Without;
  /** Nodes that another has taken in. */
  readonly #taken = new Set<Node>();

  constructor(graph: Graph, block: number, without: Without) {
    this.#blocked = new BlockedGraph(graph, block);
    this.#without = without;
  }

  place(node: Node): void {
    this.#blocked.at(node);
    if (this.#taken.has(node) || this.#lowered(node)) return;
    if (!this.#without.has('blocked-images') && imageInBlocks(this.#blocked, node)) return;
    this.#blocked.keep(node);
  }

  finished(): LoweredGraph {
    return this.#blocked.finished();
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
    const kernel = weight && (this.#kernelOf(node, weight) ?? this.#kernelOfFew(node, weight));
    if (!x || !kernel) return false;
    const relu = this.#onlyRelu(node.outputs[0]);
    if (relu) this.#taken.add(relu);
    const attributes: Attributes = relu ? { ...node.attributes, activation: 'Relu' } : node.attributes;
    const [image, kernels] = this.#meeting(x, weight, kernel);
    const ahead = image === x ? undefined : this.#paddedAhead(image, kernel, node);
    const inputs = [ahead?.image ?? image, kernels, ...(bias ? [bias] : [])];
    const y = this.#blocked.emit('BlockedConv', inputs, node.outputs[0].type.shape, {
      ...attributes,
      ...(ahead && { pads: ahead.pads }),
    });
    this.#blocked.give((relu ?? node).outputs[0], y);
    return true;
  }

  /** Image and kernels as a convolution in blocks reads them: an image of a few channels as it is, any other in blocks. */
  #meeting(x: Value, weight: Value, [outputs, inputs, ...size]: readonly number[]): readonly [Value, Value] {
    if (inputs <= mostRead) {
      this.#blocked.asItWas(x);
      const rows = this.#blocked.reshaped(weight, [1, outputs, inputs, sizeOf(size)]);
      return [x, this.#blocked.reshaped(this.#blocked.toBlocks(rows), [outputs, inputs, ...size])];
    }
    const taps = Array.from({ length: sizeOf(size) }, (_, tap) => tap);
    const turned = this.#turnedOver(weight);
    const kernels = turned
      ? this.#kernels(this.#laidOut(turned, 'from-in'), taps.toReversed(), size)
      : this.#kernels(this.#laidOut(weight, 'from-out'), taps, size);
    return [this.#blocked.inBlocks(x), kernels];
  }

  /**
   * The image with the padding at its sides laid out, by a convolution that copies. ONNX Runtime works out places that meet
   * the sides one by one, and reads the whole kernel for each of them, which takes long where both are many.
   */
  #paddedAhead(image: Value, kernel: readonly number[], { attributes, outputs }: Node) {
    const [top, left, bottom, right] = numbersAttribute(attributes, 'pads') ?? [0, 0, 0, 0];
    const shape = staticShape(image.type.shape);
    const width = outputs[0].type.shape[3] as number;
    if (this.#without.has('sides-ahead') || !shape || kernel[2] * kernel[3] <= mostLight || (left + right) * 4 < width)
      return undefined;
    const [batch, channels, height, across] = shape;
    const group = batch * channels;
    const flat = this.#blocked.reshaped(image, [1, group, height, across]);
    const sides = { kernel_shape: [1, 1], group, pads: [0, left, 0, right] };
    const padded = this.#blocked.emit('BlockedConv', [flat, this.#blocked.filled([group, 1, 1, 1], 1)], [], sides);
    return {
      image: this.#blocked.reshaped(padded, [batch, channels, height, across + left + right]),
      pads: [top, 0, bottom, 0],
    };
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
    const [batch, channels, height, width] = node.outputs[0].type.shape as readonly number[];
    const image = this.#blocked.inBlocks(x);
    const laidOut = this.#laidOut(weight, 'from-in');
    const phase = (down: Phase, along: Phase): Value => {
      const taps = down.taps.flatMap((row) => along.taps.map((column) => row * kernel[3] + column));
      const size = [down.taps.length, along.taps.length];
      return this.#blocked.emit(
        'BlockedConv',
        [image, this.#kernels(laidOut, taps, size), ...(bias ? [bias] : [])],
        [batch, channels, height / rows.length, width / columns.length],
        {
          kernel_shape: size,
          strides: [1, 1],
          pads: [down.begin, along.begin, down.end, along.end],
        },
      );
    };
    const lines = rows.map((down) => {
      const points = columns.map((along) => this.#blocked.reshaped(phase(down, along), [-1, 1, this.#blocked.block]));
      return this.#blocked.reshaped(this.#joined(points), [-1, 1, width * this.#blocked.block]);
    });
    const { shape } = node.outputs[0].type;
    const sizes = this.#blocked.ints([-1, ...(shape.slice(1) as number[])]);
    const whole = this.#blocked.emit('Reshape', [this.#joined(lines), sizes], shape, {});
    this.#blocked.give(node.outputs[0], whole);
    return true;
  }

  /**
   * [N, C, H, W] to [N, H, W, C]. ONNX Runtime transposes on one thread, as it does when it takes blocks apart to channels at
   * the end; putting such an image into blocks runs on all. That exchanges places and blocks, so a block is taken for a
   * place and a place for a block: [N, C/block, H·W, block] to [N, H·W, C/block, block].
   */
  #channelsLast(node: Node): boolean {
    const [x] = node.inputs;
    const shape = x && staticShape(x.type.shape);
    const moves = numbersAttribute(node.attributes, 'perm')?.join() === '0,2,3,1';
    if (!x || !shape || !moves || shape[1] % this.#blocked.block !== 0 || sizeOf(shape) < fewestTransposed)
      return false;
    const { block } = this.#blocked;
    const [batch, channels, height, width] = shape;
    const exchanged = [batch, channels / block, 1, height * width * block];
    const places = this.#blocked.reshaped(this.#blocked.inBlocks(x), exchanged);
    const moved = this.#blocked.emit('ToBlocks', [places], [], { channels_last: 1 });
    this.#blocked.add('Reshape', [moved, this.#blocked.ints([batch, height, width, channels])], node.outputs, {});
    return true;
  }

  /** The kernel's shape where a convolution from whole blocks to whole blocks can be done in them, and is worth it. */
  #kernelOf(node: Node, weight: Value): readonly number[] | undefined {
    const kernel = this.#plainKernel(node, weight);
    const { block } = this.#blocked;
    return kernel && kernel[0] % block === 0 && kernel[1] % block === 0 ? kernel : undefined;
  }

  /** The kernel's shape where a convolution has two axes, one group, and enough taps and places to be worth it. */
  #plainKernel(node: Node, weight: Value): readonly number[] | undefined {
    const kernel = staticShape(weight.type.shape);
    const sizes = staticShape(node.outputs[0].type.shape.slice(2));
    if (kernel?.length !== 4 || !sizes || numberAttribute(node.attributes, 'group', 1) !== 1) return undefined;
    if (stringAttribute(node.attributes, 'auto_pad', 'NOTSET') !== 'NOTSET') return undefined;
    const [batch] = node.outputs[0].type.shape;
    const positions = sizeOf(sizes) * (typeof batch === 'number' ? batch : 1);
    // A kernel of one tap is a product of matrices, which gains nothing but the reordering of an image that is in blocks.
    const [x] = node.inputs;
    const gains = kernel[2] * kernel[3] > 1 || (x !== null && this.#blocked.isMadeInBlocks(x));
    return gains && positions >= fewestPositions ? kernel : undefined;
  }

  /** The same for a convolution that reads a few channels and makes whole blocks. */
  #kernelOfFew(node: Node, weight: Value): readonly number[] | undefined {
    if (this.#without.has('blocked-images')) return undefined;
    const kernel = this.#plainKernel(node, weight);
    const { block } = this.#blocked;
    return kernel && kernel[1] <= mostRead && kernel[0] % block === 0 ? kernel : undefined;
  }

  /** The w of weights that are w with its first two axes exchanged and every tap reversed (`inputGradient`). */
  #turnedOver(weight: Value): Value | undefined {
    const slice = this.#blocked.producerOf(weight);
    const swap = this.#blocked.producerOf(slice?.inputs[0]);
    if (slice?.op !== 'Slice' || swap?.op !== 'Transpose') return undefined;
    const [axes, steps] = [3, 4].map((at) => this.#blocked.numbersOf(slice.inputs[at])?.join());
    const whole = String(slice.inputs[0]?.type.shape) === String(weight.type.shape);
    const exchanged = numbersAttribute(swap.attributes, 'perm')?.join() === '1,0,2,3';
    return (whole && exchanged && axes === '2,3' && steps === '-1,-1' && swap.inputs[0]) || undefined;
  }

  /** @param axes whether the first axis of the weights are the channels a convolution makes, or those it reads. */
  #laidOut(weight: Value, axes: 'from-out' | 'from-in'): LaidOut {
    const block = this.#blocked.block;
    const [from, to, height, width] = weight.type.shape as readonly number[];
    this.#blocked.asItWas(weight);
    const taps = height * width;
    if (axes === 'from-out') {
      const image = this.#blocked.toBlocks(this.#blocked.reshaped(weight, [1, from, to, taps]));
      const parts = this.#blocked.reshaped(image, [from / block, to / block, block, taps, block]);
      return { value: this.#blocked.transposed(parts, [0, 1, 3, 2, 4]), outputs: from, inputs: to };
    }
    const image = this.#blocked.toBlocks(this.#blocked.reshaped(weight, [from, to, 1, taps]));
    const parts = this.#blocked.reshaped(image, [from / block, block, to / block, taps, block]);
    return { value: this.#blocked.transposed(parts, [2, 0, 3, 1, 4]), outputs: to, inputs: from };
  }

  /** Kernels of these taps in this order, `size` high and wide. */
  #kernels({ value, outputs, inputs }: LaidOut, taps: readonly number[], size: readonly number[]): Value {
    const asTheyAre = taps.length === value.type.shape[2] && taps.every((tap, at) => tap === at);
    const shape = value.type.shape.with(2, taps.length);
    const chosen = asTheyAre
      ? value
      : this.#blocked.emit('Gather', [value, this.#blocked.ints(taps)], shape, { axis: 2 });
    return this.#blocked.reshaped(chosen, [outputs, inputs, ...size]);
  }

  #onlyRelu(value: Value): Node | undefined {
    const readers = this.#blocked.readersOf(value);
    return readers.length === 1 && readers[0].op === 'Relu' && !this.#blocked.isResult(value) ? readers[0] : undefined;
  }

  #joined(values: readonly Value[]): Value {
    return values.length === 1 ? values[0] : this.#blocked.emit('Concat', values, [], { axis: 1 });
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
