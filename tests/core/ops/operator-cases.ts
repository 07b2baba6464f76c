/** Small, awkward cases for every operator: odd shapes, negative axes, broadcasting both ways, uneven strides and pads. */
import type { Attributes, Value } from '../../../core/graph/graph.ts';
import type { OpType } from '../../../core/graph/instruction-set.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { numbersOf, sizeOf, tensorOf, type DType, type Shape, type Tensor } from '../../../core/tensor/tensor.ts';

export interface OperatorCase {
  readonly inputs: readonly (Tensor | null)[];
  readonly attributes?: Attributes;
  readonly outputs?: number;
}

/** The case as a graph: integer operands (axes, shapes, indices) and scalars are constants, the rest graph inputs. */
export function caseGraph(op: OpType, { inputs, attributes, outputs }: OperatorCase) {
  const b = new OpBuilder(op);
  const feeds = new Map<string, Tensor>();
  const values = inputs.map((input, index): Value | null => {
    if (!input) return null;
    if (input.dtype === 'int64' || (op === 'Resize' && index > 0) || input.shape.length === 0) return b.constant(input);
    feeds.set(`x${index}`, input);
    return b.input(`x${index}`, input.dtype, input.shape);
  });
  b.emitMany(op, values, attributes ?? {}, outputs ?? 1).forEach((value, index) => b.output(`y${index}`, value));
  return { graph: b.build(), feeds };
}

/** Numbers in −scale … scale that repeat for equal seeds and never tie. */
export function noise(shape: Shape, seed = 1, scale = 2, dtype: DType = 'float32'): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, (_, at) => {
    const wave = Math.sin((at + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return (2 * (wave - Math.floor(wave)) - 1) * scale;
  });
  return tensorOf(dtype, shape, dtype.startsWith('float') ? values : values.map(Math.round));
}
const positive = (shape: Shape, seed = 1): Tensor => {
  return tensorOf(
    'float32',
    shape,
    numbersOf(noise(shape, seed)).map((value) => Math.abs(value) + 0.1),
  );
};
const f = (shape: Shape, values: readonly number[]): Tensor => tensorOf('float32', shape, values);
const i = (shape: Shape, values: readonly number[]): Tensor => tensorOf('int64', shape, values);
const i32 = (shape: Shape, values: readonly number[]): Tensor => tensorOf('int32', shape, values);
const list = (...values: number[]): Tensor => i([values.length], values);
const scalar = (value: number): Tensor => f([], [value]);
const flags = (shape: Shape, seed = 1): Tensor =>
  tensorOf(
    'bool',
    shape,
    numbersOf(noise(shape, seed)).map((value) => (value > 0 ? 1 : 0)),
  );

const unary: readonly OperatorCase[] = [
  { inputs: [noise([2, 3])] },
  { inputs: [noise([1, 3, 1, 5], 2, 6)] },
  { inputs: [noise([], 3)] },
];
const positiveUnary: readonly OperatorCase[] = [
  { inputs: [positive([2, 3])] },
  { inputs: [positive([1, 3, 1, 5], 2)] },
];
const withAlpha = (attributes: Attributes): readonly OperatorCase[] => [
  ...unary,
  { inputs: [noise([4, 1, 2])], attributes },
];
const extremes = f([6], [-90, 90, 0, -0.5, 1e-8, 30]);

const binary: readonly OperatorCase[] = [
  { inputs: [noise([2, 3], 1), noise([2, 3], 2)] },
  { inputs: [noise([4, 1, 3], 1), noise([5, 1], 2)] },
  { inputs: [noise([3], 1), noise([2, 1, 3], 2)] },
  { inputs: [noise([], 1), noise([1, 2], 2)] },
];
const integers: OperatorCase = { inputs: [noise([2, 3], 1, 9, 'int64'), i([3], [2, -3, 4])] };
const comparison: readonly OperatorCase[] = [
  ...binary,
  { inputs: [i([4], [1, 2, 3, 4]), i([1], [3])] },
  { inputs: [f([3], [1, 2, 3]), f([3], [1, 3, 2])] },
];
const logical: readonly OperatorCase[] = [
  { inputs: [flags([2, 3], 1), flags([2, 3], 2)] },
  { inputs: [flags([4, 1], 3), flags([3], 4)] },
];
const variadic: readonly OperatorCase[] = [
  ...binary,
  { inputs: [noise([2, 1, 3])] },
  { inputs: [noise([3], 1), noise([2, 1], 2), noise([], 3)] },
];

const reductionCases: readonly OperatorCase[] = [
  { inputs: [noise([2, 3, 4])], attributes: { keepdims: 0 } },
  { inputs: [noise([2, 3, 4]), list(-1, 0)] },
  { inputs: [noise([1, 3, 2, 2]), list(0, 2, 3)], attributes: { keepdims: 0 } },
  { inputs: [noise([2, 3]), list()], attributes: { noop_with_empty_axes: 1 } },
  { inputs: [noise([2, 3]), list(-2)], attributes: { keepdims: 1 } },
];
const softmaxCases: readonly OperatorCase[] = [
  { inputs: [noise([2, 5])] },
  { inputs: [noise([2, 3, 4])], attributes: { axis: 1 } },
  { inputs: [f([2, 3], [1000, 1001, 1002, -1000, 0, 1000])], attributes: { axis: -1 } },
  { inputs: [noise([1, 1, 3])], attributes: { axis: -2 } },
];

const products: readonly OperatorCase[] = [
  { inputs: [noise([3, 4]), noise([4, 5], 2)] },
  { inputs: [noise([2, 1, 3, 4]), noise([5, 4, 2], 2)] },
  { inputs: [noise([4]), noise([3, 4, 2], 2)] },
  { inputs: [noise([2, 3, 4]), noise([4], 2)] },
  { inputs: [noise([4]), noise([4], 2)] },
  { inputs: [noise([1, 1]), noise([1, 7], 2)] },
];

const convolutions: readonly OperatorCase[] = [
  {
    inputs: [noise([1, 3, 7, 6]), noise([4, 3, 3, 2], 2), noise([4], 3)],
    attributes: { strides: [2, 3], pads: [1, 0, 2, 1] },
  },
  {
    inputs: [noise([2, 4, 5, 5]), noise([6, 2, 3, 3], 2)],
    attributes: { group: 2, dilations: [2, 1], pads: [2, 1, 2, 1] },
  },
  { inputs: [noise([2, 3, 8]), noise([3, 1, 4], 2)], attributes: { group: 3, strides: [3], kernel_shape: [4] } },
  { inputs: [noise([1, 2, 5, 6]), noise([3, 2, 2, 4], 2)], attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] } },
  { inputs: [noise([1, 2, 5, 6]), noise([3, 2, 2, 4], 2)], attributes: { auto_pad: 'SAME_LOWER', strides: [1, 1] } },
  { inputs: [noise([1, 2, 5, 6]), noise([3, 2, 2, 4], 2)], attributes: { auto_pad: 'VALID' } },
  { inputs: [noise([1, 1, 3, 4, 3]), noise([2, 1, 2, 2, 2], 2), noise([2], 3)], attributes: { strides: [1, 2, 1] } },
  { inputs: [noise([3, 2, 1, 1]), noise([5, 2, 1, 1], 2)] },
];
const transposedConvolutions: readonly OperatorCase[] = [
  {
    inputs: [noise([1, 3, 4, 3]), noise([3, 2, 3, 2], 2), noise([2], 3)],
    attributes: { strides: [2, 3], pads: [1, 0, 0, 1] },
  },
  {
    inputs: [noise([2, 4, 3, 3]), noise([4, 3, 3, 3], 2)],
    attributes: { group: 2, strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
  },
  { inputs: [noise([2, 2, 5]), noise([2, 3, 4], 2)], attributes: { dilations: [2], strides: [3] } },
  { inputs: [noise([1, 2, 3, 4]), noise([2, 1, 3, 4], 2)], attributes: { auto_pad: 'SAME_UPPER', strides: [2, 3] } },
  { inputs: [noise([1, 2, 3, 4]), noise([2, 1, 4, 3], 2)], attributes: { auto_pad: 'SAME_LOWER', strides: [2, 2] } },
  { inputs: [noise([1, 2, 3, 4]), noise([2, 1, 3, 3], 2)], attributes: { output_shape: [7, 9], strides: [2, 2] } },
];

const pools: readonly OperatorCase[] = [
  { inputs: [noise([1, 2, 7, 6])], attributes: { kernel_shape: [3, 2], strides: [2, 3] } },
  { inputs: [noise([2, 3, 5, 5])], attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 0, 1, 2] } },
  { inputs: [noise([1, 1, 6, 7])], attributes: { kernel_shape: [3, 3], strides: [2, 3], ceil_mode: 1 } },
  {
    inputs: [noise([1, 2, 6, 6])],
    attributes: { kernel_shape: [2, 2], strides: [3, 3], pads: [1, 1, 1, 1], ceil_mode: 1 },
  },
  { inputs: [noise([1, 2, 5, 6])], attributes: { kernel_shape: [2, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' } },
  { inputs: [noise([1, 2, 5, 6])], attributes: { kernel_shape: [2, 3], strides: [2, 2], auto_pad: 'SAME_LOWER' } },
  { inputs: [noise([2, 2, 9])], attributes: { kernel_shape: [3], dilations: [2], strides: [2] } },
  { inputs: [noise([1, 1, 3, 4, 5])], attributes: { kernel_shape: [2, 2, 2] } },
];
const globalPools: readonly OperatorCase[] = [
  { inputs: [noise([2, 3, 4, 5])] },
  { inputs: [noise([1, 2, 7])] },
  { inputs: [noise([1, 1, 2, 3, 2])] },
];
const places = i([1, 1, 2, 2], [5, 7, 13, 15]);

const norm = (channels: number): readonly Tensor[] => [noise([channels], 5), noise([channels], 6)];

const resized = (
  attributes: Attributes,
  scales: readonly number[] | null,
  sizes?: readonly number[],
  shape: Shape = [1, 2, 4, 5],
): OperatorCase => ({
  inputs: [noise(shape), null, scales && f([scales.length], scales), ...(sizes ? [list(...sizes)] : [])],
  attributes,
});

/** Four steps of two samples of two features; weights and recurrent weights of three units. */
const recurrent = (gates: number): readonly Tensor[] => [
  noise([4, 2, 2]),
  noise([1, gates * 3, 2], 2, 1),
  noise([1, gates * 3, 3], 3, 1),
];

export const operatorCases: Readonly<Record<OpType, readonly OperatorCase[]>> = {
  Identity: [...unary, { inputs: [list(1, 2)] }],
  Neg: [...unary, { inputs: [list(1, -2)] }],
  Abs: unary,
  Sign: [...unary, { inputs: [f([3], [0, -3, 5])] }],
  Exp: unary,
  Log: positiveUnary,
  Sqrt: positiveUnary,
  Reciprocal: positiveUnary,
  Floor: unary,
  Ceil: unary,
  Round: [...unary, { inputs: [f([8], [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49, 3])] }],
  Sin: unary,
  Cos: unary,
  Tanh: unary,
  Erf: unary,
  Sigmoid: [...unary, { inputs: [extremes] }],
  Relu: unary,
  LeakyRelu: withAlpha({ alpha: 0.2 }),
  Elu: withAlpha({ alpha: 0.7 }),
  Selu: withAlpha({ alpha: 1.2, gamma: 0.9 }),
  Celu: withAlpha({ alpha: 0.6 }),
  Softplus: [...unary, { inputs: [extremes] }],
  Softsign: unary,
  HardSigmoid: withAlpha({ alpha: 0.3, beta: 0.4 }),
  HardSwish: unary,
  Mish: [...unary, { inputs: [extremes] }],
  Gelu: withAlpha({ approximate: 'tanh' }),
  Not: [{ inputs: [flags([2, 3])] }, { inputs: [flags([1, 1, 4], 2)] }],
  IsNaN: [{ inputs: [f([4], [1, NaN, Infinity, 0])] }, { inputs: [noise([2, 1, 3])] }],
  Cast: [
    { inputs: [noise([2, 3], 1, 5)], attributes: { to: 7 } },
    { inputs: [i([2, 2], [1, 0, -3, 7])], attributes: { to: 1 } },
    { inputs: [f([3], [0, 0.5, -2])], attributes: { to: 9 } },
    { inputs: [flags([2, 2])], attributes: { to: 1 } },
    { inputs: [noise([3])], attributes: { to: 11 } },
  ],

  Add: [...binary, integers],
  Sub: [...binary, integers],
  Mul: [...binary, integers],
  Div: [...binary, integers],
  Pow: [
    { inputs: [positive([2, 3]), noise([3], 2)] },
    { inputs: [noise([2, 1]), f([1, 3], [2, 3, 0])] },
    { inputs: [noise([2, 2]), i([], [2])] },
  ],
  Mod: [
    integers,
    { inputs: [noise([2, 3], 1, 9), f([1], [1.5])], attributes: { fmod: 1 } },
    { inputs: [noise([4], 3, 9, 'int64'), i([1], [3])] },
  ],
  Min: variadic,
  Max: variadic,
  PRelu: [
    { inputs: [noise([2, 3, 4]), noise([3, 1], 2)] },
    { inputs: [noise([1, 3]), noise([1], 2)] },
    { inputs: [noise([2, 2]), noise([2, 2], 2)] },
  ],
  Equal: [...comparison, { inputs: [flags([3], 1), flags([3], 2)] }],
  Greater: comparison,
  GreaterOrEqual: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  And: logical,
  Or: logical,
  Where: [
    { inputs: [flags([2, 3]), noise([2, 3]), noise([2, 3], 2)] },
    { inputs: [flags([3]), noise([2, 1], 1), noise([], 2)] },
    { inputs: [flags([2, 1, 1]), i([2], [1, 2]), i([3, 1], [7, 8, 9])] },
  ],
  Clip: [
    { inputs: [noise([2, 3]), scalar(-0.5), scalar(1)] },
    { inputs: [noise([1, 4]), null, scalar(0.3)] },
    { inputs: [noise([3]), scalar(0)] },
    { inputs: [noise([3])] },
  ],

  ReduceSum: reductionCases,
  ReduceMean: reductionCases,
  ReduceMax: reductionCases,
  ReduceMin: reductionCases,
  ReduceProd: reductionCases,
  ReduceSumSquare: reductionCases.filter(({ attributes }) => attributes?.['noop_with_empty_axes'] !== 1),
  ReduceL2: reductionCases.filter(({ attributes }) => attributes?.['noop_with_empty_axes'] !== 1),
  ReduceLogSumExp: reductionCases.filter(({ attributes }) => attributes?.['noop_with_empty_axes'] !== 1),
  ArgMax: [
    { inputs: [noise([2, 5])], attributes: { axis: -1, keepdims: 0 } },
    { inputs: [noise([3, 1, 4])], attributes: { axis: 0 } },
    { inputs: [f([2, 3], [1, 3, 3, 2, 2, 1])], attributes: { axis: 1, select_last_index: 1 } },
    { inputs: [f([2, 3], [1, 3, 3, 2, 2, 1])], attributes: { axis: 1 } },
  ],
  CumSum: [
    { inputs: [noise([2, 4]), i([], [1])] },
    { inputs: [noise([3, 2, 2]), i([], [-3])], attributes: { exclusive: 1 } },
    { inputs: [noise([1, 5]), i([], [1])], attributes: { reverse: 1, exclusive: 1 } },
  ],
  Softmax: softmaxCases,
  LogSoftmax: softmaxCases,

  MatMul: products,
  Gemm: [
    { inputs: [noise([3, 4]), noise([4, 2], 2), noise([2], 3)], attributes: { alpha: 0.5, beta: 2 } },
    { inputs: [noise([4, 3]), noise([2, 4], 2), noise([3, 1], 3)], attributes: { transA: 1, transB: 1 } },
    { inputs: [noise([1, 4]), noise([5, 4], 2)], attributes: { transB: 1 } },
    { inputs: [noise([4, 1]), noise([4, 3], 2), noise([1, 3], 3)], attributes: { transA: 1 } },
  ],
  FusedMatMul: [
    { inputs: [noise([2, 4, 3]), noise([2, 4, 5], 2)], attributes: { transA: 1, alpha: 0.5 } },
    { inputs: [noise([2, 1, 3, 4]), noise([5, 2, 4], 2)], attributes: { transB: 1 } },
    { inputs: [noise([3, 4]), noise([4, 2], 2)] },
    { inputs: [noise([3, 2, 4]), noise([2, 4, 5], 2)], attributes: { transBatchA: 1 } },
    {
      inputs: [noise([3, 2, 4]), noise([5, 2, 3], 2)],
      attributes: { transBatchA: 1, transA: 1, transBatchB: 1, transB: 1 },
    },
  ],
  Conv: convolutions,
  ConvTranspose: transposedConvolutions,
  MaxPool: [
    ...pools,
    { inputs: [noise([2, 3, 5, 4])], attributes: { kernel_shape: [2, 2], strides: [2, 1] }, outputs: 2 },
    {
      inputs: [noise([1, 2, 5, 5])],
      attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
      outputs: 2,
    },
    { inputs: [noise([1, 2, 4, 5])], attributes: { kernel_shape: [2, 2], storage_order: 1 }, outputs: 2 },
    {
      inputs: [f([1, 1, 2, 4], [1, 1, 3, 3, 1, 1, 3, 3])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2] },
      outputs: 2,
    },
  ],
  MaxUnpool: [
    { inputs: [noise([1, 1, 2, 2]), places], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    { inputs: [noise([2, 1, 2]), i([2, 1, 2], [0, 3, 4, 7])], attributes: { kernel_shape: [2], strides: [2] } },
  ],
  AveragePool: [
    ...pools,
    ...pools
      .filter(({ attributes }) => attributes?.['auto_pad'] === undefined)
      .map(({ inputs, attributes }) => ({ inputs, attributes: { ...attributes, count_include_pad: 1 } })),
  ],
  GlobalAveragePool: globalPools,
  GlobalMaxPool: globalPools,
  LSTM: [
    { inputs: recurrent(4), outputs: 3 },
    { inputs: [...recurrent(4), noise([1, 24], 4), null, noise([1, 2, 3], 5), noise([1, 2, 3], 6)], outputs: 3 },
  ].map((each) => ({ ...each, attributes: { hidden_size: 3 } })),
  GRU: [
    { inputs: recurrent(3), outputs: 2 },
    { inputs: [...recurrent(3), noise([1, 18], 4), null, noise([1, 2, 3], 5)], attributes: { linear_before_reset: 1 } },
    { inputs: [...recurrent(3), noise([1, 18], 4)], attributes: { linear_before_reset: 0 } },
  ].map((each) => ({ ...each, attributes: { hidden_size: 3, ...each.attributes } })),

  BatchNormalization: [
    { inputs: [noise([2, 3, 4, 5]), ...norm(3), noise([3], 7), positive([3], 8)] },
    { inputs: [noise([1, 2]), ...norm(2), noise([2], 7), positive([2], 8)], attributes: { epsilon: 0.01 } },
  ],
  LayerNormalization: [
    { inputs: [noise([2, 3, 4]), noise([4], 2), noise([4], 3)] },
    { inputs: [noise([2, 3, 4]), noise([3, 4], 2)], attributes: { axis: 1, epsilon: 0.01 } },
    { inputs: [noise([1, 5]), noise([5], 2), noise([5], 3)], attributes: { axis: -1 } },
  ],
  InstanceNormalization: [
    { inputs: [noise([2, 3, 4, 5]), ...norm(3)] },
    { inputs: [noise([1, 2, 6]), ...norm(2)], attributes: { epsilon: 0.01 } },
  ],

  Shape: [
    { inputs: [noise([2, 3, 4])] },
    { inputs: [noise([2, 3, 4])], attributes: { start: -2 } },
    { inputs: [noise([5, 1])], attributes: { start: 0, end: 1 } },
  ],
  Reshape: [
    { inputs: [noise([2, 3, 4]), list(0, -1)] },
    { inputs: [noise([2, 3, 4]), list(4, 1, -1, 2)] },
    { inputs: [noise([6]), list(2, 3)] },
    { inputs: [noise([1]), list()] },
    { inputs: [f([0, 3], []), list(3, 0)], attributes: { allowzero: 1 } },
  ],
  Flatten: [
    { inputs: [noise([2, 3, 4])] },
    { inputs: [noise([2, 3, 4])], attributes: { axis: -1 } },
    { inputs: [noise([2, 3])], attributes: { axis: 0 } },
  ],
  Squeeze: [
    { inputs: [noise([1, 3, 1]), list(-1)] },
    { inputs: [noise([1, 3, 1])] },
    { inputs: [noise([1, 1, 2]), list(0, 1)] },
  ],
  Unsqueeze: [
    { inputs: [noise([2, 3]), list(0, -1)] },
    { inputs: [noise([2]), list(1)] },
    { inputs: [noise([]), list(0)] },
  ],
  Transpose: [
    { inputs: [noise([2, 3, 4])] },
    { inputs: [noise([2, 3, 4, 1])], attributes: { perm: [0, 2, 3, 1] } },
    { inputs: [i([2, 2], [1, 2, 3, 4])], attributes: { perm: [1, 0] } },
  ],
  Expand: [
    { inputs: [noise([3, 1]), list(2, 3, 4)] },
    { inputs: [noise([2, 3]), list(1, 1)] },
    { inputs: [noise([]), list(2, 2)] },
  ],
  Tile: [{ inputs: [noise([2, 3]), list(2, 1)] }, { inputs: [noise([1, 2, 2]), list(3, 1, 2)] }],
  Concat: [
    { inputs: [noise([2, 3]), noise([1, 3], 2)], attributes: { axis: 0 } },
    { inputs: [noise([2, 3, 1]), noise([2, 3, 2], 2), noise([2, 3, 1], 3)], attributes: { axis: -1 } },
    { inputs: [list(1), list(2, 3)], attributes: { axis: 0 } },
  ],
  Split: [
    { inputs: [noise([2, 6]), list(1, 3, 2)], attributes: { axis: -1 }, outputs: 3 },
    { inputs: [noise([4, 3])], attributes: { num_outputs: 2 }, outputs: 2 },
    { inputs: [noise([7, 2])], attributes: { axis: 0, num_outputs: 3 }, outputs: 3 },
  ],
  Slice: [
    { inputs: [noise([5, 6]), list(1, -4), list(4, 2147483647)] },
    { inputs: [noise([5, 6]), list(-1), list(-100), list(0), list(-2)] },
    { inputs: [noise([2, 7, 3]), list(0, 1), list(100, -1), list(1, -1), list(3, 1)] },
    { inputs: [list(5, 6, 7, 8), list(1), list(3), list(0)] },
  ],
  Pad: [
    { inputs: [noise([2, 3]), list(1, 0, 2, 3), scalar(1.5)] },
    { inputs: [noise([1, 2, 4, 5]), list(0, 0, 1, 2, 0, 0, 3, 1)], attributes: { mode: 'reflect' } },
    { inputs: [noise([3, 4]), list(2, 1, 0, 3)], attributes: { mode: 'edge' } },
    { inputs: [noise([3, 4]), list(2, 1), null, list(-1)], attributes: { mode: 'wrap' } },
    { inputs: [noise([4, 5]), list(-1, 1, 0, -2)] },
  ],
  Gather: [
    { inputs: [noise([4, 3]), i([2, 2], [0, 3, -1, 1])] },
    { inputs: [noise([2, 5, 3]), i([], [-2])], attributes: { axis: 1 } },
    { inputs: [noise([2, 3]), i32([1], [2])], attributes: { axis: -1 } },
  ],
  GatherElements: [
    { inputs: [noise([3, 3]), i([2, 3], [0, 1, 2, -1, 0, 1])] },
    { inputs: [noise([2, 3, 2]), i([2, 1, 2], [0, 2, -1, 1])], attributes: { axis: 1 } },
    { inputs: [noise([1, 4]), i([1, 2], [3, -4])], attributes: { axis: -1 } },
  ],
  GatherND: [
    { inputs: [noise([2, 3, 4]), i([2, 2], [0, 1, -1, 2])] },
    { inputs: [noise([2, 3, 4]), i([2, 1], [1, 0])], attributes: { batch_dims: 1 } },
    { inputs: [noise([2, 2]), i([1, 2, 1], [1, -2])] },
  ],
  ScatterElements: [
    { inputs: [noise([3, 3]), i([2, 3], [1, 0, 2, 0, 2, 1]), noise([2, 3], 2)] },
    {
      inputs: [noise([2, 4]), i([2, 3], [0, 0, 3, -1, 1, 1]), noise([2, 3], 2)],
      attributes: { axis: -1, reduction: 'add' },
    },
    { inputs: [noise([1, 4]), i([1, 2], [1, 1]), noise([1, 2], 2)], attributes: { axis: 1, reduction: 'max' } },
  ],
  ScatterND: [
    { inputs: [noise([4, 2]), i([2, 1], [1, 3]), noise([2, 2], 2)] },
    { inputs: [noise([3, 2]), i([4, 1], [0, 2, 0, 0]), noise([4, 2], 2)], attributes: { reduction: 'add' } },
    { inputs: [noise([2, 3]), i([2, 2], [0, 1, -1, -1]), noise([2], 2)], attributes: { reduction: 'mul' } },
  ],
  OneHot: [
    { inputs: [i([3], [0, 2, -1]), i([], [4]), f([2], [0, 1])] },
    { inputs: [i([2, 2], [0, 1, 5, 2]), i([], [3]), f([2], [-1, 2])], attributes: { axis: 1 } },
    { inputs: [i([2], [1, 0]), i([1], [2]), f([2], [0, 1])], attributes: { axis: 0 } },
  ],
  Trilu: [
    { inputs: [noise([3, 4])] },
    { inputs: [noise([2, 3, 3]), i([], [-1])], attributes: { upper: 0 } },
    { inputs: [noise([3, 4]), i([], [1])], attributes: { upper: 1 } },
  ],
  DepthToSpace: [
    { inputs: [noise([1, 8, 2, 3])], attributes: { blocksize: 2 } },
    { inputs: [noise([2, 18, 1, 2])], attributes: { blocksize: 3, mode: 'CRD' } },
  ],
  SpaceToDepth: [
    { inputs: [noise([1, 2, 4, 6])], attributes: { blocksize: 2 } },
    { inputs: [noise([2, 1, 3, 3])], attributes: { blocksize: 3 } },
  ],
  Resize: [
    resized({ mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }, [1, 1, 2, 2]),
    resized({ mode: 'nearest' }, [1, 1, 1.5, 0.7]),
    resized(
      { mode: 'nearest', nearest_mode: 'ceil', coordinate_transformation_mode: 'align_corners' },
      null,
      [1, 2, 7, 3],
    ),
    resized({ mode: 'linear' }, [1, 1, 2, 2]),
    resized({ mode: 'linear', coordinate_transformation_mode: 'pytorch_half_pixel' }, null, [1, 2, 1, 8]),
    resized({ mode: 'linear', coordinate_transformation_mode: 'align_corners' }, null, [1, 2, 7, 3]),
    resized({ mode: 'linear', antialias: 1 }, null, [1, 2, 3, 2], [1, 2, 8, 7]),
    resized({ mode: 'cubic' }, [1, 1, 2, 1.5]),
    resized({ mode: 'cubic', exclude_outside: 1, cubic_coeff_a: -0.5 }, null, [1, 2, 6, 7]),
    resized({ mode: 'cubic', antialias: 1, cubic_coeff_a: -0.5, exclude_outside: 1 }, null, [1, 2, 3, 4], [1, 2, 8, 9]),
    resized({ mode: 'linear', axes: [2, 3] }, null, [6, 9]),
  ],

  Constant: [
    { inputs: [], attributes: { value: noise([2, 3]) } },
    { inputs: [], attributes: { value: i([2], [1, 2]) } },
  ],
  ConstantOfShape: [
    { inputs: [list(2, 3)], attributes: { value: f([1], [1.5]) } },
    { inputs: [list(4)], attributes: { value: i([1], [7]) } },
    { inputs: [list()] },
  ],
  Range: [
    { inputs: [i([], [0]), i([], [5]), i([], [2])] },
    { inputs: [scalar(1), scalar(-2), scalar(-0.5)] },
    { inputs: [i([], [3]), i([], [3]), i([], [1])] },
  ],
};
