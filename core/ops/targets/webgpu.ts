/**
 * The same graph in operators that ONNX Runtime's WebGPU provider has, and computes rightly: what it lacks would run on the
 * CPU, with a copy of its operands there and back in every step. Found by running every layer and operator on it (1.30).
 */
import { numberAttribute, type Graph, type Node, type Value } from '../../graph/graph.ts';
import type { OpType } from '../../graph/instruction-set.ts';
import { removeDeadCode } from '../../graph/passes/dead-code.ts';
import { rewriteGraph } from '../../graph/passes/rewrite.ts';
import { tensorOf } from '../../tensor/tensor.ts';
import { onnxDataType } from '../builder.ts';
import { narrowIntegers } from './narrow-integers.ts';
import { emitterOf, type Emit, type Replacement } from './rule.ts';

/**
 * Rewrites a graph for WebGPU. Names of inputs and outputs stay; int64 inputs become int32 (`narrowIntegers`).
 * What no rule replaces stays as it is.
 */
export function lowerForWebGpu(graph: Graph): Graph {
  // What makes int64 values of others comes first: narrowing then gives the rest no reason for them.
  const narrowed = narrowIntegers(replaced(graph, { ArgMax: argMax }));
  return removeDeadCode(replaced(narrowed, rules));
}

type Rules = Readonly<Partial<Record<OpType, Replacement>>>;

function replaced(graph: Graph, by: Rules): Graph {
  return rewriteGraph(graph, (node, context) => {
    const made = by[node.op]?.(node, emitterOf(node, context));
    if (!made) return node;
    return 'type' in made ? [made] : made;
  });
}

/** The least (or greatest) place whose number equals the largest: exact up to 2^24 places, and no int64 is read back. */
const argMax: Replacement = (node, emit) => {
  const x = operand(node);
  const { shape, dtype } = x.type;
  const axis = (numberAttribute(node.attributes, 'axis', 0) + shape.length) % shape.length;
  const size = shape[axis];
  if (dtype !== 'float32' || typeof size !== 'number') return undefined;
  const axes = emit.ints([axis]);
  const along = shape.map((_, at) => (at === axis ? size : 1));
  const places = emit.constant(
    tensorOf(
      'float32',
      along,
      Array.from({ length: size }, (_, place) => place),
    ),
  );
  const isLargest = emit('Equal', [x, emit('ReduceMax', [x, axes], { keepdims: 1 })]);
  const last = numberAttribute(node.attributes, 'select_last_index', 0) !== 0;
  const among = emit('Where', [isLargest, places, emit.scalar(last ? -1 : size)]);
  const keepdims = numberAttribute(node.attributes, 'keepdims', 1);
  return emit('Cast', [emit(last ? 'ReduceMax' : 'ReduceMin', [among, axes], { keepdims })], {
    to: onnxDataType.int64,
  });
};

const operand = (node: Node, index = 0): Value => {
  const value = node.inputs[index];
  if (!value) throw new Error(`${node.op} has no input ${index}`);
  return value;
};

const isFloat = (node: Node): boolean => operand(node).type.dtype === 'float32';

/** x − max − log Σ exp(x − max). */
const logSoftmax: Replacement = (node, emit) => {
  const x = operand(node);
  const axes = emit.ints([numberAttribute(node.attributes, 'axis', -1)]);
  const shifted = emit('Sub', [x, emit('ReduceMax', [x, axes], { keepdims: 1 })]);
  const sum = emit('ReduceSum', [emit('Exp', [shifted]), axes], { keepdims: 1 });
  return emit('Sub', [shifted, emit('Log', [sum])]);
};

/** γ · elu(x, α). */
const selu: Replacement = (node, emit) => {
  const alpha = numberAttribute(node.attributes, 'alpha', 1.6732632423543772);
  const gamma = numberAttribute(node.attributes, 'gamma', 1.0507009873554805);
  return emit('Mul', [emit('Elu', [operand(node)], { alpha }), emit.scalar(gamma)]);
};

/** α · elu(x / α, 1). */
const celu: Replacement = (node, emit) => {
  const alpha = emit.scalar(numberAttribute(node.attributes, 'alpha', 1));
  return emit('Mul', [emit('Elu', [emit('Div', [operand(node), alpha])], { alpha: 1 }), alpha]);
};

const softsign: Replacement = (node, emit) => {
  const x = operand(node);
  return emit('Div', [x, emit('Add', [emit('Abs', [x]), emit.scalar(1)])]);
};

/** (x > 0) − (x < 0). */
const sign: Replacement = (node, emit) => {
  if (!isFloat(node)) return undefined;
  const x = operand(node);
  const zero = emit.scalar(0);
  const float = (value: Value): Value => emit('Cast', [value], { to: onnxDataType.float32 });
  return emit('Sub', [float(emit('Greater', [x, zero])), float(emit('Less', [x, zero]))]);
};

/** Transposes made apart from the product; Gemm has them built in for matrices. */
const fusedMatMul: Replacement = (node, emit) => {
  const { attributes } = node;
  const flag = (name: string): boolean => numberAttribute(attributes, name, 0) !== 0;
  if (flag('transBatchA') || flag('transBatchB')) return undefined;
  const [a, b] = [operand(node, 0), operand(node, 1)];
  const alpha = numberAttribute(attributes, 'alpha', 1);
  if (a.type.shape.length === 2 && b.type.shape.length === 2)
    return emit('Gemm', [a, b], { alpha, transA: Number(flag('transA')), transB: Number(flag('transB')) });
  const product = emit('MatMul', [flag('transA') ? swapped(a, emit) : a, flag('transB') ? swapped(b, emit) : b]);
  return alpha === 1 ? product : emit('Mul', [product, emit.scalar(alpha)]);
};

/** The last two axes change places. */
function swapped(x: Value, emit: Emit): Value {
  const perm = x.type.shape.map((_, axis) => axis);
  return perm.length < 2 ? x : emit('Transpose', [x], { perm: [...perm.slice(0, -2), ...perm.slice(-2).toReversed()] });
}

/**
 * With 6, 9, 15, … input channels and a multiple of 4 output channels the provider's Conv gives wrong numbers
 * (microsoft/onnxruntime #29651): channels of zeros bring them to a multiple of 4.
 */
const convolution: Replacement = (node, emit) => {
  const [x, weight] = [operand(node, 0), operand(node, 1)];
  const [outputs, channels] = weight.type.shape;
  if (typeof channels !== 'number' || typeof outputs !== 'number' || outputs % 4 !== 0) return undefined;
  if (numberAttribute(node.attributes, 'group', 1) !== 1) return undefined;
  if (channels <= 3 || channels % 3 !== 0 || channels % 4 === 0) return undefined;
  const missing = 4 - (channels % 4);
  const padded = (value: Value): Value => {
    const before = value.type.shape.map(() => 0);
    return emit('Pad', [value, emit.ints([...before, ...before.map((_, axis) => (axis === 1 ? missing : 0))])]);
  };
  return emit('Conv', [padded(x), padded(weight), ...node.inputs.slice(2)], node.attributes);
};

/**
 * With one output channel a group and several input channels the provider's ConvTranspose takes it for a depthwise one and
 * gives wrong numbers: the sum of as many depthwise ones, each over every so-manieth channel.
 */
const transposedConvolution: Replacement = (node, emit) => {
  const [x, weight] = [operand(node, 0), operand(node, 1)];
  const [channels, outputs] = weight.type.shape;
  const group = numberAttribute(node.attributes, 'group', 1);
  if (group === 1 || outputs !== 1 || typeof channels !== 'number' || channels === group) return undefined;
  const each = channels / group;
  const every = (value: Value, start: number, axis: number): Value =>
    emit('Slice', [value, emit.ints([start]), emit.ints([channels]), emit.ints([axis]), emit.ints([each])]);
  const parts = Array.from({ length: each }, (_, start) => {
    const bias = start === 0 ? node.inputs.slice(2) : [];
    return emit('ConvTranspose', [every(x, start, 1), every(weight, start, 0), ...bias], node.attributes);
  });
  return parts.reduce((sum, part) => emit('Add', [sum, part]));
};

/** Cuts whole numbers as floats, which hold class numbers and tokens exactly up to 2^24. */
const slice: Replacement = (node, emit) => {
  const x = operand(node);
  if (x.type.dtype !== 'int32') return undefined;
  const cut = emit('Slice', [emit('Cast', [x], { to: onnxDataType.float32 }), ...node.inputs.slice(1)]);
  return emit('Cast', [cut], { to: onnxDataType.int32 });
};

/** Buffers that a kernel of any WebGPU device can have: a Split has one for what it cuts and one for each part. */
const buffersOfKernel = 8;

/** Many parts one by one. (A Concat of many values the provider makes in several goes itself.) */
const split: Replacement = (node, emit) => {
  const axis = numberAttribute(node.attributes, 'axis', 0);
  const sizes = node.outputs.map(({ type }) => type.shape.at(axis));
  if (sizes.length < buffersOfKernel || !sizes.every((size) => typeof size === 'number')) return undefined;
  let end = 0;
  return sizes.map((size) => {
    const start = end;
    end += size;
    return emit('Slice', [operand(node), emit.ints([start]), emit.ints([end]), emit.ints([axis])]);
  });
};

/** [N, C, H·b, W·b] → [N, b·b·C, H, W], the place within a block first. */
const spaceToDepth: Replacement = (node, emit) => {
  const block = numberAttribute(node.attributes, 'blocksize', 1);
  const [, channels, height, width] = operand(node).type.shape;
  if (typeof channels !== 'number' || typeof height !== 'number' || typeof width !== 'number') return undefined;
  const [rows, columns] = [height / block, width / block];
  const blocks = emit('Reshape', [operand(node), emit.ints([-1, channels, rows, block, columns, block])]);
  const moved = emit('Transpose', [blocks], { perm: [0, 3, 5, 1, 2, 4] });
  return emit('Reshape', [moved, emit.ints([-1, block * block * channels, rows, columns])]);
};

const rules: Rules = {
  LogSoftmax: logSoftmax,
  Selu: selu,
  Celu: celu,
  Softsign: softsign,
  Sign: sign,
  FusedMatMul: fusedMatMul,
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  SpaceToDepth: spaceToDepth,
  Slice: slice,
  Split: split,
};
