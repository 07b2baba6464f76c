/** What each operator costs: floating-point operations and multiply-adds, for one example where the batch is symbolic. */
import {
  numberAttribute,
  numbersAttribute,
  type Attributes,
  type Dim,
  type Graph,
  type Node,
  type TensorType,
} from '../graph/graph.ts';
import type { OpType } from '../graph/instruction-set.ts';
import { perExample } from './types/dims.ts';

interface CostQuery {
  readonly inputs: readonly (TensorType | null)[];
  readonly outputs: readonly TensorType[];
  readonly attributes: Attributes;
}

export interface Cost {
  /** Additions, multiplications and the like; one call of exp, tanh or another function counts as one. */
  readonly flops: number;
  /** Multiplications followed by an addition, in matrix products and convolutions; each is two of `flops`. */
  readonly multiplyAdds: number;
}

type CostRule = (query: CostQuery) => Cost;

const elements = (shape: readonly Dim[] | undefined): number =>
  (shape ?? []).reduce<number>((size, dim) => size * perExample(dim), 1);
const inputSize = (query: CostQuery, index = 0): number => elements(query.inputs[index]?.shape);
const outputSize = (query: CostQuery): number => elements(query.outputs[0].shape);

/** Moves or names elements without arithmetic. */
const free: CostRule = () => ({ flops: 0, multiplyAdds: 0 });
const perOutput =
  (operations: number): CostRule =>
  (query) => ({ flops: operations * outputSize(query), multiplyAdds: 0 });
const perInput =
  (operations: number): CostRule =>
  (query) => ({ flops: operations * inputSize(query), multiplyAdds: 0 });
const elementwise = perOutput(1);

/** One operation for each operand after the first. */
const variadic: CostRule = (query) => ({ flops: (query.inputs.length - 1) * outputSize(query), multiplyAdds: 0 });

function product(multiplyAdds: number, added = 0): Cost {
  return { flops: 2 * multiplyAdds + added, multiplyAdds };
}

/** Length of the summed axis: the left operand's last, or the one before when it is transposed. */
function innerSize(query: CostQuery): number {
  const shape = query.inputs[0]?.shape ?? [];
  const transposed = numberAttribute(query.attributes, 'transA', 0) === 1 && shape.length > 1;
  return perExample(shape[shape.length - (transposed ? 2 : 1)] ?? 1);
}

const matrixProduct: CostRule = (query) =>
  product(outputSize(query) * innerSize(query), query.inputs[2] ? outputSize(query) : 0);

/** Weights are [outputs, channels / group, ...kernel]: each output element sums over all but the first axis. */
const convolution: CostRule = (query) => {
  const taps = elements(query.inputs[1]?.shape.slice(1));
  return product(outputSize(query) * taps, query.inputs[2] ? outputSize(query) : 0);
};

/** Weights are [channels, outputs / group, ...kernel]: each input element adds to all but the first axis. */
const transposedConvolution: CostRule = (query) => {
  const taps = elements(query.inputs[1]?.shape.slice(1));
  return product(inputSize(query) * taps, query.inputs[2] ? outputSize(query) : 0);
};

/** Each step multiplies its input and state with the weights of all gates; about 4 operations a gate and unit follow. */
const recurrent =
  (gates: number): CostRule =>
  (query) => {
    const operands = perExample(query.inputs[0]?.shape[2] ?? 1) + perExample(query.inputs[2]?.shape[2] ?? 1);
    return product(gates * outputSize(query) * operands, 4 * gates * outputSize(query));
  };

const pool: CostRule = (query) => ({
  flops: outputSize(query) * elements(numbersAttribute(query.attributes, 'kernel_shape')),
  multiplyAdds: 0,
});

/** Linear interpolation takes a multiply and an add for each of 2 neighbours an axis, cubic 4; the nearest costs nothing. */
const resize: CostRule = (query) => {
  const { mode } = query.attributes;
  const neighbours = mode === 'linear' ? 2 : mode === 'cubic' ? 4 : 0;
  const changed = query.outputs[0].shape.filter((dim, axis) => dim !== query.inputs[0]?.shape[axis]).length;
  return { flops: neighbours === 0 ? 0 : 2 * outputSize(query) * neighbours ** changed, multiplyAdds: 0 };
};

const rules: Readonly<Record<OpType, CostRule>> = {
  Identity: free,
  Neg: elementwise,
  Abs: elementwise,
  Sign: elementwise,
  Exp: elementwise,
  Log: elementwise,
  Sqrt: elementwise,
  Reciprocal: elementwise,
  Floor: elementwise,
  Ceil: elementwise,
  Round: elementwise,
  Sin: elementwise,
  Cos: elementwise,
  Tanh: elementwise,
  Erf: elementwise,
  Sigmoid: elementwise,
  Relu: elementwise,
  LeakyRelu: elementwise,
  Elu: elementwise,
  Selu: elementwise,
  Celu: elementwise,
  Softplus: elementwise,
  Softsign: elementwise,
  HardSigmoid: elementwise,
  HardSwish: elementwise,
  Mish: elementwise,
  Gelu: elementwise,
  Not: elementwise,
  IsNaN: elementwise,
  Cast: free,
  Add: elementwise,
  Sub: elementwise,
  Mul: elementwise,
  Div: elementwise,
  Pow: elementwise,
  Mod: elementwise,
  Min: variadic,
  Max: variadic,
  PRelu: elementwise,
  Equal: elementwise,
  Greater: elementwise,
  GreaterOrEqual: elementwise,
  Less: elementwise,
  LessOrEqual: elementwise,
  And: elementwise,
  Or: elementwise,
  Where: elementwise,
  Clip: perOutput(2),
  ReduceSum: perInput(1),
  ReduceMean: perInput(1),
  ReduceMax: perInput(1),
  ReduceMin: perInput(1),
  ReduceProd: perInput(1),
  ReduceSumSquare: perInput(2),
  ReduceL2: perInput(2),
  ReduceLogSumExp: perInput(4),
  ArgMax: perInput(1),
  CumSum: perInput(1),
  // largest, difference, exponential, sum, quotient
  Softmax: perInput(5),
  LogSoftmax: perInput(5),
  MatMul: matrixProduct,
  Gemm: matrixProduct,
  FusedMatMul: matrixProduct,
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  MaxPool: pool,
  MaxUnpool: free,
  AveragePool: pool,
  GlobalAveragePool: perInput(1),
  GlobalMaxPool: perInput(1),
  LSTM: recurrent(4),
  GRU: recurrent(3),
  // difference, quotient, scale, shift; the others also find the mean (1) and the variance (3)
  BatchNormalization: perInput(4),
  LayerNormalization: perInput(8),
  InstanceNormalization: perInput(8),
  Shape: free,
  Reshape: free,
  Flatten: free,
  Squeeze: free,
  Unsqueeze: free,
  Transpose: free,
  Expand: free,
  Tile: free,
  Concat: free,
  Split: free,
  Slice: free,
  Pad: free,
  Gather: free,
  GatherElements: free,
  GatherND: free,
  ScatterElements: free,
  ScatterND: free,
  OneHot: free,
  Trilu: free,
  DepthToSpace: free,
  SpaceToDepth: free,
  Resize: resize,
  Constant: free,
  ConstantOfShape: free,
  Range: free,
};

export interface GraphCost extends Cost {
  /** The share of each part of the document, by node origin. */
  readonly byOrigin: ReadonlyMap<string, Cost>;
}

/** What one run of a graph costs for one example: symbolic dimensions count as 1. */
export function graphFlops(graph: Graph): GraphCost {
  const byOrigin = new Map<string, Cost>();
  let total: Cost = { flops: 0, multiplyAdds: 0 };
  for (const node of graph.nodes) {
    const cost = costOf(node);
    total = sumOf(total, cost);
    byOrigin.set(node.origin, sumOf(byOrigin.get(node.origin) ?? { flops: 0, multiplyAdds: 0 }, cost));
  }
  return { ...total, byOrigin };
}

/** What one run of a node costs; symbolic dimensions count as 1. */
export function costOf({ op, inputs, outputs, attributes }: Node): Cost {
  return rules[op]({
    inputs: inputs.map((input) => input?.type ?? null),
    outputs: outputs.map((output) => output.type),
    attributes,
  });
}

function sumOf(a: Cost, b: Cost): Cost {
  return { flops: a.flops + b.flops, multiplyAdds: a.multiplyAdds + b.multiplyAdds };
}
