/** Predicts how long a node, and one run of a graph, takes on a processor of known speed. */
import { numberAttribute, type Graph, type Node, type TensorType } from '../graph/graph.ts';
import type { OpType } from '../graph/instruction-set.ts';
import { bytesPerElement } from '../tensor/tensor.ts';
import { costOf } from './flops.ts';
import { perExample } from './types/dims.ts';

/** What a machine does in a second with some number of threads, and what nodes and tensors cost besides; each above 0. */
export interface Rates {
  /** Floating-point operations in products of matrices. */
  readonly productFlops: number;
  /** The same in convolutions whose channels fill blocks, with all that the blocks take (`targets/blocked-convolutions.ts`). */
  readonly blockedFlops: number;
  /** The same in other convolutions, whose columns (see `columnBytes`) are counted apart. */
  readonly convolutionFlops: number;
  /** The same in convolutions of many groups with small kernels, whose products are too small to be fast. */
  readonly groupedFlops: number;
  /** The same in convolutions of many groups with kernels as large as images: gradients of weights. */
  readonly slidingFlops: number;
  /** The same in transposed convolutions, their columns included. */
  readonly transposedFlops: number;
  /** Bytes of columns that a convolution lays out: what every place of its result sees, side by side. */
  readonly columnBytes: number;
  /** Bytes that an operator which looks at each element once reads and writes. */
  readonly elementBytes: number;
  /** The same where elements change places or are summed up, and loops are not vectorised throughout. */
  readonly movedBytes: number;
  /** The same in average pooling. */
  readonly pooledBytes: number;
  /** Bytes of results that leave the engine. */
  readonly resultBytes: number;
  /** Seconds that a node takes however small its tensors. */
  readonly nodeSeconds: number;
  /** Seconds that handing a tensor in or out takes however small it is. */
  readonly tensorSeconds: number;
}

const products: ReadonlySet<OpType> = new Set(['MatMul', 'Gemm', 'FusedMatMul', 'LSTM', 'GRU']);
/** Give what they are given under another shape, or tell of it: no element is touched. */
const free: ReadonlySet<OpType> = new Set([
  'Identity',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Shape',
  'Constant',
]);
/** Read no more than they give, however large what they choose from. */
const choosing: ReadonlySet<OpType> = new Set(['Gather', 'GatherElements', 'GatherND', 'Slice', 'Split']);
const moving: ReadonlySet<OpType> = new Set([
  'Transpose',
  'DepthToSpace',
  'SpaceToDepth',
  'Slice',
  'Pad',
  'Where',
  'Gather',
  'GatherElements',
  'GatherND',
  'ScatterElements',
  'ScatterND',
  'ReduceSum',
  'ReduceMax',
  'ReduceMin',
  'ReduceProd',
  'CumSum',
  'MaxPool',
  'MaxUnpool',
]);
/** Channels that lie side by side on most processors; on others the rate of blocks is that of some convolutions without. */
const channelBlock = 16;
/** The largest kernel of a layer in groups; that of a gradient has as many taps as an image has places. */
const mostSmallTaps = 25;
const pooling: ReadonlySet<OpType> = new Set(['AveragePool', 'GlobalAveragePool']);

/**
 * Seconds of one node: a fixed cost, and its work at the measured rate of its kind.
 *
 *     product                 nodeSeconds + max(flops / productFlops, bytes / elementBytes)
 *     convolution in blocks   nodeSeconds + flops / blockedFlops
 *     convolution in groups   nodeSeconds + flops / (groupedFlops or slidingFlops)
 *     other convolution       nodeSeconds + flops / convolutionFlops + bytes of columns / columnBytes
 *     transposed convolution  nodeSeconds + flops / transposedFlops
 *     all others              nodeSeconds + bytes / (elementBytes, movedBytes or pooledBytes)
 *
 * `bytes` are read and written together. Symbolic dimensions count as 1. What it leaves out: elements that fit nearer
 * memory, exponentials that take longer than sums, nodes that the engine joins or splits.
 */
export function nodeSeconds(node: Node, rates: Rates): number {
  return rates.nodeSeconds + workSeconds(node, rates);
}

/**
 * Seconds that a run takes besides its nodes: every tensor is handed in or out, and results are copied.
 *
 *     (inputs + outputs) · tensorSeconds + bytes of outputs / resultBytes
 */
export function boundarySeconds({ inputs, outputs }: Graph, rates: Rates): number {
  const bytes = outputs.reduce((sum, { value }) => sum + bytesOf(value.type), 0);
  return (inputs.length + outputs.length) * rates.tensorSeconds + bytes / rates.resultBytes;
}

/** Seconds of one run of a graph: of its nodes one after another, and of its boundary. */
export function graphSeconds(graph: Graph, rates: Rates): number {
  return graph.nodes.reduce((sum, node) => sum + nodeSeconds(node, rates), boundarySeconds(graph, rates));
}

function workSeconds(node: Node, rates: Rates): number {
  const { op } = node;
  if (products.has(op))
    return Math.max(costOf(node).flops / rates.productFlops, bytesTouched(node) / rates.elementBytes);
  if (op === 'ConvTranspose') return costOf(node).flops / rates.transposedFlops;
  if (op === 'Conv') return convolutionSeconds(node, rates);
  const rate = pooling.has(op) ? rates.pooledBytes : moving.has(op) ? rates.movedBytes : rates.elementBytes;
  return bytesTouched(node) / rate;
}

function convolutionSeconds(node: Node, rates: Rates): number {
  const { flops } = costOf(node);
  const [outputs, channels, ...kernel] = (node.inputs[1]?.type.shape ?? []).map(perExample);
  const taps = productOf(kernel);
  if (numberAttribute(node.attributes, 'group', 1) > 1)
    return flops / (taps > mostSmallTaps ? rates.slidingFlops : rates.groupedFlops);
  // A kernel of 1 reads its input where it lies.
  if (taps === 1) return flops / rates.convolutionFlops;
  if (outputs % channelBlock === 0 && channels % channelBlock === 0) return flops / rates.blockedFlops;
  const [examples, , ...places] = node.outputs[0].type.shape.map(perExample);
  const columnBytes = examples * productOf(places) * channels * taps * bytesPerElement[node.outputs[0].type.dtype];
  return flops / rates.convolutionFlops + columnBytes / rates.columnBytes;
}

function bytesTouched({ op, inputs, outputs }: Node): number {
  if (free.has(op)) return 0;
  const written = outputs.reduce((sum, output) => sum + bytesOf(output.type), 0);
  const read = inputs.reduce((sum, input) => sum + (input ? bytesOf(input.type) : 0), 0);
  return written + (choosing.has(op) ? Math.min(read, written) : read);
}

const productOf = (sizes: readonly number[]): number => sizes.reduce((product, size) => product * size, 1);

function bytesOf({ dtype, shape }: TensorType): number {
  return bytesPerElement[dtype] * productOf(shape.map(perExample));
}
