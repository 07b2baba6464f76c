/** The instruction set: every operator a graph may use, in ONNX names and semantics, with its arity and attributes. */

/** ONNX opset every graph is written against (Gelu and the float16-free forms we use are all in it). */
export const opsetVersion = 20;

/** Opset of ONNX Runtime's own domain, for the few fused operators we use from it. */
export const microsoftOpsetVersion = 1;

export type AttributeKind = 'int' | 'ints' | 'float' | 'floats' | 'string' | 'tensor';

export interface OpSchema {
  /** Fewest and most inputs; optional inputs in the middle are `null`. */
  readonly inputs: readonly [fewest: number, most: number];
  readonly outputs: readonly [fewest: number, most: number];
  readonly attributes: Readonly<Record<string, AttributeKind>>;
  /** ONNX domain; the standard one (`''`) when absent. */
  readonly domain?: 'com.microsoft';
}

const many = Number.POSITIVE_INFINITY;
const op = (
  inputs: OpSchema['inputs'],
  attributes: OpSchema['attributes'] = {},
  outputs: OpSchema['outputs'] = [1, 1],
): OpSchema => ({ inputs, outputs, attributes }) as const;
const unary = op([1, 1]);
const binary = op([2, 2]);
const reduce = op([1, 2], { keepdims: 'int', noop_with_empty_axes: 'int' });
const pool = {
  kernel_shape: 'ints',
  strides: 'ints',
  pads: 'ints',
  dilations: 'ints',
  auto_pad: 'string',
  ceil_mode: 'int',
} as const;
const convolution = {
  kernel_shape: 'ints',
  strides: 'ints',
  pads: 'ints',
  dilations: 'ints',
  group: 'int',
  auto_pad: 'string',
} as const;

const recurrent = { hidden_size: 'int', direction: 'string', layout: 'int' } as const;

/** Inputs, outputs and attributes of each operator. Other tables over the instruction set are keyed by `OpType`. */
export const instructionSet = {
  // element by element, one operand
  Identity: unary,
  Neg: unary,
  Abs: unary,
  Sign: unary,
  Exp: unary,
  Log: unary,
  Sqrt: unary,
  Reciprocal: unary,
  Floor: unary,
  Ceil: unary,
  Round: unary,
  Sin: unary,
  Cos: unary,
  Tanh: unary,
  Erf: unary,
  Sigmoid: unary,
  Relu: unary,
  LeakyRelu: op([1, 1], { alpha: 'float' }),
  Elu: op([1, 1], { alpha: 'float' }),
  Selu: op([1, 1], { alpha: 'float', gamma: 'float' }),
  Celu: op([1, 1], { alpha: 'float' }),
  Softplus: unary,
  Softsign: unary,
  HardSigmoid: op([1, 1], { alpha: 'float', beta: 'float' }),
  HardSwish: unary,
  Mish: unary,
  Gelu: op([1, 1], { approximate: 'string' }),
  Not: unary,
  IsNaN: unary,
  Cast: op([1, 1], { to: 'int' }),

  // element by element with broadcasting
  Add: binary,
  Sub: binary,
  Mul: binary,
  Div: binary,
  Pow: binary,
  Mod: op([2, 2], { fmod: 'int' }),
  Min: op([1, many]),
  Max: op([1, many]),
  PRelu: binary,
  Equal: binary,
  Greater: binary,
  GreaterOrEqual: binary,
  Less: binary,
  LessOrEqual: binary,
  And: binary,
  Or: binary,
  Where: op([3, 3]),
  Clip: op([1, 3]),

  // reductions (axes are the second input)
  ReduceSum: reduce,
  ReduceMean: reduce,
  ReduceMax: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSumSquare: reduce,
  ReduceL2: reduce,
  ReduceLogSumExp: reduce,
  ArgMax: op([1, 1], { axis: 'int', keepdims: 'int', select_last_index: 'int' }),
  CumSum: op([2, 2], { exclusive: 'int', reverse: 'int' }),
  Softmax: op([1, 1], { axis: 'int' }),
  LogSoftmax: op([1, 1], { axis: 'int' }),

  // matrices, convolution, pooling
  MatMul: binary,
  Gemm: op([2, 3], { alpha: 'float', beta: 'float', transA: 'int', transB: 'int' }),
  FusedMatMul: {
    ...op([2, 2], { alpha: 'float', transA: 'int', transB: 'int', transBatchA: 'int', transBatchB: 'int' }),
    domain: 'com.microsoft',
  },
  Conv: op([2, 3], convolution),
  ConvTranspose: op([2, 3], { ...convolution, output_padding: 'ints', output_shape: 'ints' }),
  MaxPool: op([1, 1], { ...pool, storage_order: 'int' }, [1, 2]),
  MaxUnpool: op([2, 3], { kernel_shape: 'ints', strides: 'ints', pads: 'ints' }),
  AveragePool: op([1, 1], { ...pool, count_include_pad: 'int' }),
  GlobalAveragePool: unary,
  GlobalMaxPool: unary,

  // recurrent layers whole: ONNX Runtime's own kernels forward, a rule of ours backward
  LSTM: op([3, 8], recurrent, [1, 3]),
  GRU: op([3, 6], { ...recurrent, linear_before_reset: 'int' }, [1, 2]),

  // normalisation whole (imported graphs and inference; training lowers it to primitives)
  BatchNormalization: op([5, 5], { epsilon: 'float', momentum: 'float', training_mode: 'int' }),
  LayerNormalization: op([2, 3], { axis: 'int', epsilon: 'float', stash_type: 'int' }),
  InstanceNormalization: op([3, 3], { epsilon: 'float' }),

  // shape and place
  Shape: op([1, 1], { start: 'int', end: 'int' }),
  Reshape: op([2, 2], { allowzero: 'int' }),
  Flatten: op([1, 1], { axis: 'int' }),
  Squeeze: op([1, 2]),
  Unsqueeze: binary,
  Transpose: op([1, 1], { perm: 'ints' }),
  Expand: binary,
  Tile: binary,
  Concat: op([1, many], { axis: 'int' }),
  Split: op([1, 2], { axis: 'int', num_outputs: 'int' }, [1, many]),
  Slice: op([3, 5]),
  Pad: op([2, 4], { mode: 'string' }),
  Gather: op([2, 2], { axis: 'int' }),
  GatherElements: op([2, 2], { axis: 'int' }),
  GatherND: op([2, 2], { batch_dims: 'int' }),
  ScatterElements: op([3, 3], { axis: 'int', reduction: 'string' }),
  ScatterND: op([3, 3], { reduction: 'string' }),
  OneHot: op([3, 3], { axis: 'int' }),
  Trilu: op([1, 2], { upper: 'int' }),
  DepthToSpace: op([1, 1], { blocksize: 'int', mode: 'string' }),
  SpaceToDepth: op([1, 1], { blocksize: 'int' }),
  Resize: op([1, 4], {
    mode: 'string',
    nearest_mode: 'string',
    coordinate_transformation_mode: 'string',
    antialias: 'int',
    axes: 'ints',
    cubic_coeff_a: 'float',
    exclude_outside: 'int',
    extrapolation_value: 'float',
    keep_aspect_ratio_policy: 'string',
  }),

  // making values
  Constant: op([0, 0], { value: 'tensor' }),
  ConstantOfShape: op([1, 1], { value: 'tensor' }),
  Range: op([3, 3]),
} as const satisfies Record<string, OpSchema>;

export type OpType = keyof typeof instructionSet;
export const opTypes = Object.keys(instructionSet) as readonly OpType[];

/** The schema of an operator, or undefined when the name is not in the instruction set. */
export function schemaOf(name: string): OpSchema | undefined {
  return Object.hasOwn(instructionSet, name) ? instructionSet[name as OpType] : undefined;
}
