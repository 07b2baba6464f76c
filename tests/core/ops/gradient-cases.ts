/** For each operator, the cases its gradient rule is checked with: odd shapes, broadcasting, negative axes, strides that do not divide. */
import type { Attributes, Value } from '../../../core/graph/graph.ts';
import type { OpType } from '../../../core/graph/instruction-set.ts';
import type { OpBuilder } from '../../../core/ops/builder.ts';
import { tensorOf } from '../../../core/tensor/tensor.ts';
import { apart, batch, check, exactly, firstOnly, plain, positive, type Build } from './gradient-case.ts';
import type { GradientCase, InputSpec } from './gradient-check.ts';
import { convolutions, poolings, resizes, transposedConvolutions } from './gradient-window-cases.ts';

const unary = (op: OpType, attributes: Attributes = {}, spec = apart(2, 3)): GradientCase[] => [
  check('matrix', [batch(spec)], plain(op, attributes)),
  check('scalar', [{ ...spec, shape: [] }], plain(op, attributes)),
];
/** Two operands, broadcast both ways. */
const binary = (
  op: OpType,
  of: (...shape: number[]) => InputSpec = apart,
  attributes: Attributes = {},
): GradientCase[] => [
  check('same shape', [batch(of(2, 3)), batch(of(2, 3))], plain(op, attributes)),
  check('right broadcast', [batch(of(2, 3)), of(3)], plain(op, attributes)),
  check('left broadcast', [of(1, 3), batch(of(2, 2, 1))], plain(op, attributes)),
  check('scalar', [of(), batch(of(2, 2))], plain(op, attributes)),
];
const reduction = (op: OpType, of: (...shape: number[]) => InputSpec = apart): GradientCase[] => [
  check('all axes', [of(2, 3)], (b, [x]) => b.reduce(op, x)),
  check('all axes kept', [batch(of(3, 2))], (b, [x]) => b.reduce(op, x, undefined, true)),
  check('one axis', [batch(of(2, 3, 2))], (b, [x]) => b.reduce(op, x, [1])),
  check('negative axes, unsorted', [batch(of(2, 2, 3))], (b, [x]) => b.reduce(op, x, [-1, 0])),
  check('no axes, nothing to do', [of(2, 2)], (b, [x]) => b.emit(op, [x], { noop_with_empty_axes: 1, keepdims: 0 })),
  check('batch of one, kept', [batch(of(1, 3))], (b, [x]) => b.reduce(op, x, [-1], true)),
];
const int64 =
  (shape: readonly number[], values: readonly number[]) =>
  (b: OpBuilder): Value =>
    b.constant(tensorOf('int64', shape, values));

const products: GradientCase[] = [
  check('matrices', [batch(apart(2, 3)), apart(3, 2)], plain('MatMul')),
  check('batch times one matrix', [batch(apart(2, 2, 3)), apart(3, 2)], plain('MatMul')),
  check('one matrix times batch', [apart(2, 3), batch(apart(2, 3, 2))], plain('MatMul')),
  check('batches', [batch(apart(2, 2, 3)), batch(apart(2, 3, 1))], plain('MatMul')),
  check('broadcast batches, left', [apart(2, 1, 2, 2), apart(3, 2, 2)], plain('MatMul')),
  check('broadcast batches, both', [batch(apart(2, 1, 1, 2)), apart(1, 3, 2, 2)], plain('MatMul')),
  check('vectors', [apart(3), apart(3)], plain('MatMul')),
  check('vector left', [apart(3), batch(apart(2, 3, 2))], plain('MatMul')),
  check('vector right', [batch(apart(2, 2, 3)), apart(3)], plain('MatMul')),
  check('row vector and matrix', [apart(3), apart(3, 2)], plain('MatMul')),
];

const fused = (left: number[], right: number[], attributes: Attributes): GradientCase =>
  check(
    `${JSON.stringify(attributes)} ${left.join('x')} ${right.join('x')}`,
    [right[0] === 2 ? apart(...left) : batch(apart(...left)), apart(...right)],
    plain('FusedMatMul', attributes),
  );
const fusedProducts: GradientCase[] = [
  fused([2, 2, 3], [2, 3, 2], { alpha: 0.5 }),
  fused([2, 3, 2], [3, 2], { transA: 1, alpha: 2 }),
  fused([2, 2, 3], [2, 3], { transB: 1 }),
  fused([2, 3, 2], [1, 2, 3], { transA: 1, transB: 1, alpha: 0.7 }),
  fused([2, 3], [3, 2], { alpha: 3 }),
];
const gemm = (left: number[], right: number[], addend: number[] | undefined, attributes: Attributes): GradientCase =>
  check(
    JSON.stringify({ ...attributes, addend }),
    [apart(...left), apart(...right), ...(addend ? [apart(...addend)] : [])],
    plain('Gemm', attributes),
  );
const gemms: GradientCase[] = [
  check('a layer', [batch(apart(2, 3)), apart(3, 2), apart(2)], plain('Gemm')),
  gemm([3, 2], [3, 2], [2, 2], { transA: 1, alpha: 0.5, beta: 2 }),
  gemm([2, 3], [2, 3], [2, 1], { transB: 1 }),
  gemm([3, 2], [4, 3], [1], { transA: 1, transB: 1, beta: 0.3 }),
  gemm([2, 3], [3, 2], undefined, { alpha: 1.5 }),
];

const slice =
  (starts: number[], ends: number[], axes: number[], steps?: number[]): Build =>
  (b, [x]) =>
    b.square(b.slice(x, starts, ends, axes, steps));
const pad =
  (pads: number[], mode: string): Build =>
  (b, [x]) =>
    b.emit('Pad', [x, b.ints(pads), null], { mode });
const gather =
  (shape: number[], indices: number[], axis: number): Build =>
  (b, [x]) =>
    b.gather(x, int64(shape, indices)(b), axis);
/** Steps of one sample with three features, and the weights of two units. */
const recurrent = (gates: number, steps = 3): InputSpec[] => [
  apart(steps, 1, 3),
  apart(1, gates * 2, 3),
  apart(1, gates * 2, 2),
];
/** A whole recurrent layer, fewer steps and samples apart; its outputs joined. */
const layer =
  (op: 'LSTM' | 'GRU', outputs = 1): Build =>
  (b, [x, w, r, bias, ...states]) => {
    const attributes = { hidden_size: 2, ...(op === 'GRU' && { linear_before_reset: 1 }) };
    const inputs = [x, w, r, ...(bias ? [bias, null, ...states] : [])];
    const [all, ...last] = b.emitMany(op, inputs, attributes, outputs);
    return b.concat([b.squeeze(all, [1]), ...last], 0);
  };

export const gradientCases: Readonly<Record<OpType, readonly GradientCase[] | 'constant'>> = {
  Identity: unary('Identity'),
  Neg: unary('Neg'),
  Abs: unary('Abs'),
  Sign: 'constant',
  Exp: unary('Exp'),
  Log: unary('Log', {}, positive(2, 3)),
  Sqrt: unary('Sqrt', {}, positive(2, 3)),
  Reciprocal: unary('Reciprocal', {}, positive(2, 3)),
  Floor: 'constant',
  Ceil: 'constant',
  Round: 'constant',
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  Tanh: unary('Tanh'),
  Erf: unary('Erf'),
  Sigmoid: unary('Sigmoid'),
  Relu: unary('Relu'),
  LeakyRelu: [...unary('LeakyRelu'), ...unary('LeakyRelu', { alpha: 0.2 }), ...unary('LeakyRelu', { alpha: -0.5 })],
  Elu: [...unary('Elu'), ...unary('Elu', { alpha: 0.7 })],
  Selu: [...unary('Selu'), ...unary('Selu', { alpha: 1.3, gamma: 0.8 })],
  Celu: [...unary('Celu'), ...unary('Celu', { alpha: 0.6 })],
  Softplus: unary('Softplus'),
  Softsign: unary('Softsign'),
  HardSigmoid: [
    ...unary('HardSigmoid'),
    check('saturated', [exactly([4], [-3.5, -0.4, 0.9, 2.9])], plain('HardSigmoid', { alpha: 0.5, beta: 0.4 })),
  ],
  HardSwish: [...unary('HardSwish'), check('saturated', [exactly([4], [-3.5, -2.4, 2.9, 3.9])], plain('HardSwish'))],
  Mish: unary('Mish'),
  Gelu: [...unary('Gelu'), ...unary('Gelu', { approximate: 'tanh' })],
  Not: 'constant',
  IsNaN: 'constant',
  Cast: [
    check('to its own type', [apart(3)], (b, [x]) =>
      b.emit('Cast', [b.square(x)], { to: x.type.dtype === 'float32' ? 1 : 11 }),
    ),
  ],

  Add: binary('Add'),
  Sub: binary('Sub'),
  Mul: [...binary('Mul'), check('square', [batch(apart(2, 2))], (b, [x]) => b.square(x))],
  Div: binary('Div', positive),
  Pow: [
    ...binary('Pow', positive),
    ...[2, 3, 1, 0, -1.5].map((power) => check(`power ${power}`, [batch(positive(2, 2))], (b, [x]) => b.pow(x, power))),
    check('square of negatives', [apart(2, 2)], (b, [x]) => b.pow(x, 2)),
  ],
  Mod: [
    check('dividends of both signs', [apart(2, 3), exactly([3], [0.41, 0.37, 0.29])], plain('Mod', { fmod: 1 })),
    check('negative divisor', [batch(apart(2, 2)), exactly([2], [-0.41, 0.38])], plain('Mod', { fmod: 1 })),
  ],
  Min: [
    ...binary('Min'),
    check('three', [batch(apart(2, 3)), apart(3), batch(apart(2, 1))], plain('Min')),
    check('one', [apart(3)], plain('Min')),
  ],
  Max: [
    ...binary('Max'),
    check('three', [batch(apart(2, 3)), apart(3), batch(apart(2, 1))], plain('Max')),
    check('one', [apart(3)], plain('Max')),
  ],
  PRelu: [
    check('slope a channel', [batch(apart(2, 3, 2)), positive(3, 1)], plain('PRelu')),
    check('one slope', [apart(2, 3), positive(1)], plain('PRelu')),
  ],
  Equal: 'constant',
  Greater: 'constant',
  GreaterOrEqual: 'constant',
  Less: 'constant',
  LessOrEqual: 'constant',
  And: 'constant',
  Or: 'constant',
  Where: [
    check('broadcast', [batch(apart(2, 3)), apart(3)], (b, [x, y]) =>
      b.emit('Where', [b.greater(x, 0), x, b.square(y)]),
    ),
    check('scalar', [apart(), batch(apart(2, 2))], (b, [x, y]) => b.emit('Where', [b.greater(y, 0), x, y])),
  ],
  Clip: [
    check('both bounds', [batch(apart(2, 3)), exactly([], [-0.61]), exactly([], [0.53])], (b, [x, ...bounds]) =>
      b.square(b.emit('Clip', [x, ...bounds])),
    ),
    check('upper only', [apart(2, 3)], (b, [x]) => b.emit('Clip', [x, null, b.scalar(0.4, x.type.dtype)])),
    check('no bounds', [apart(2, 3)], plain('Clip')),
  ],

  ReduceSum: reduction('ReduceSum'),
  ReduceMean: reduction('ReduceMean'),
  ReduceMax: reduction('ReduceMax'),
  ReduceMin: reduction('ReduceMin'),
  ReduceProd: [
    ...reduction('ReduceProd'),
    firstOnly(
      'with zeros (second derivatives at zeros are not represented)',
      [exactly([3, 3], [1, 0, 2, 0, 3, 0, 1, 2, 3])],
      (b, [x]) => b.reduce('ReduceProd', x, [1]),
    ),
  ],
  ReduceSumSquare: reduction('ReduceSumSquare'),
  ReduceL2: reduction('ReduceL2'),
  ReduceLogSumExp: reduction('ReduceLogSumExp'),
  ArgMax: 'constant',
  CumSum: [0, 1].flatMap((exclusive) =>
    [0, 1].map((reverse) =>
      check(`exclusive ${exclusive}, reverse ${reverse}`, [batch(apart(2, 3))], (b, [x]) =>
        b.emit('CumSum', [b.square(x), int64([], [reverse === 1 ? -1 : 1])(b)], { exclusive, reverse }),
      ),
    ),
  ),
  Softmax: [1, -1, 0].map((axis) => check(`axis ${axis}`, [batch(apart(2, 3, 2))], (b, [x]) => b.softmax(x, axis))),
  LogSoftmax: [1, -1, 0].map((axis) =>
    check(`axis ${axis}`, [batch(apart(2, 3, 2))], (b, [x]) => b.logSoftmax(x, axis)),
  ),

  MatMul: products,
  Gemm: gemms,
  FusedMatMul: fusedProducts,
  Conv: convolutions,
  ConvTranspose: transposedConvolutions,
  MaxPool: [
    ...poolings('MaxPool'),
    check('with indices', [batch(apart(1, 2, 4, 4))], (b, [x]) =>
      b.square(b.maxPool(x, { kernel: [2, 2], strides: [2, 2] }).output),
    ),
  ],
  MaxUnpool: [
    check('of pooled values', [batch(apart(2, 1, 4, 4)), batch(apart(2, 1, 2, 2))], (b, [x, values]) =>
      b.emit('MaxUnpool', [values, b.maxPool(x, { kernel: [2, 2], strides: [2, 2] }).indices], {
        kernel_shape: [2, 2],
        strides: [2, 2],
      }),
    ),
    check('to a given shape', [apart(1, 1, 5, 5), apart(1, 1, 2, 2)], (b, [x, values]) => {
      const { indices } = b.maxPool(x, { kernel: [2, 2], strides: [2, 2] });
      return b.square(
        b.emit('MaxUnpool', [values, indices, b.ints([1, 1, 5, 5])], { kernel_shape: [2, 2], strides: [2, 2] }),
      );
    }),
  ],
  AveragePool: [...poolings('AveragePool'), ...poolings('AveragePool', { count_include_pad: 1 })],
  GlobalAveragePool: [
    check('2-D', [batch(apart(2, 2, 3, 2))], plain('GlobalAveragePool')),
    check('1-D', [apart(1, 2, 4)], plain('GlobalAveragePool')),
  ],
  LSTM: [
    check('without bias', recurrent(4), layer('LSTM')),
    check('all inputs, one step', [...recurrent(4, 1), apart(1, 16), apart(1, 1, 2), apart(1, 1, 2)], layer('LSTM')),
    check('all inputs, last states', [...recurrent(4), apart(1, 16), apart(1, 1, 2), apart(1, 1, 2)], layer('LSTM', 3)),
  ],
  GRU: [
    check('without bias', recurrent(3), layer('GRU')),
    check('all inputs, one step', [...recurrent(3, 1), apart(1, 12), apart(1, 1, 2)], layer('GRU')),
    check('all inputs, last state', [...recurrent(3), apart(1, 12), apart(1, 1, 2)], layer('GRU', 2)),
  ],
  GlobalMaxPool: [
    check('2-D', [batch(apart(2, 2, 3, 2))], plain('GlobalMaxPool')),
    check('1-D', [apart(1, 2, 4)], plain('GlobalMaxPool')),
  ],

  BatchNormalization: [
    check(
      'images',
      [batch(apart(2, 2, 2, 3)), apart(2), apart(2), apart(2), positive(2)],
      plain('BatchNormalization', { epsilon: 0.01 }),
    ),
    check('rows', [batch(apart(3, 2)), apart(2), apart(2), apart(2), positive(2)], plain('BatchNormalization')),
  ],
  LayerNormalization: [
    check('last axis', [batch(apart(2, 2, 4)), apart(4), apart(4)], plain('LayerNormalization', { epsilon: 0.01 })),
    check(
      'last two axes, no bias',
      [batch(apart(2, 2, 3)), apart(2, 3)],
      plain('LayerNormalization', { axis: 1, epsilon: 0.01 }),
    ),
  ],
  InstanceNormalization: [
    check('images', [batch(apart(2, 2, 2, 3)), apart(2), apart(2)], plain('InstanceNormalization', { epsilon: 0.01 })),
    check(
      'one axis, batch of one',
      [apart(1, 2, 4), apart(2), apart(2)],
      plain('InstanceNormalization', { epsilon: 0.01 }),
    ),
  ],

  Shape: 'constant',
  Reshape: [
    check('flattened', [batch(apart(2, 3, 2))], (b, [x]) => b.square(b.reshape(x, [0, -1]))),
    check('batch joined', [batch(apart(2, 3, 2))], (b, [x]) => b.reshape(x, [-1, 2])),
  ],
  Flatten: [
    check('axis 1', [batch(apart(2, 3, 2))], (b, [x]) => b.emit('Flatten', [b.square(x)], { axis: 1 })),
    check('axis -1', [apart(2, 3, 2)], (b, [x]) => b.emit('Flatten', [x], { axis: -1 })),
  ],
  Squeeze: [
    check('negative axis', [batch(apart(2, 3, 1))], (b, [x]) => b.square(b.squeeze(x, [-1]))),
    check('all ones', [apart(1, 3, 1)], (b, [x]) => b.emit('Squeeze', [x])),
  ],
  Unsqueeze: [check('front and back', [batch(apart(2, 3))], (b, [x]) => b.square(b.unsqueeze(x, [0, -1])))],
  Transpose: [
    check('turned', [batch(apart(2, 3, 2))], (b, [x]) => b.square(b.transpose(x, [2, 0, 1]))),
    check('default', [apart(2, 3)], (b, [x]) => b.emit('Transpose', [x])),
  ],
  Expand: [
    check('new and old axes', [apart(3, 1)], (b, [x]) => b.expand(x, b.ints([2, 1, 2]))),
    check('like a batch', [apart(1, 2), batch(apart(3, 2))], (b, [x, like]) => b.mul(b.expandLike(x, like), like)),
  ],
  Tile: [
    check('two axes', [batch(apart(2, 3))], (b, [x]) => b.square(b.emit('Tile', [x, b.ints([2, 2])]))),
    check('one axis', [batch(apart(2, 1, 2))], (b, [x]) => b.emit('Tile', [x, b.ints([1, 3, 1])])),
    check('nothing', [apart(2)], (b, [x]) => b.emit('Tile', [x, b.ints([1])])),
  ],
  Concat: [
    check('channels', [batch(apart(2, 1, 2)), batch(apart(2, 3, 2))], (b, parts) => b.square(b.concat(parts, 1))),
    check('batch', [batch(apart(2, 2)), batch(apart(2, 2))], (b, parts) => b.square(b.concat(parts, 0))),
    check('one wanted', [apart(2, 2)], (b, [x]) => b.square(b.concat([b.zerosLike(x), x], -1))),
    check('same part twice', [apart(2, 2)], (b, [x]) => b.square(b.concat([x, x], -1))),
  ],
  Split: [
    check('all used', [batch(apart(2, 5))], (b, [x]) => b.split(x, [2, 3], 1).map((part) => b.square(part))),
    check('one used', [batch(apart(2, 3))], (b, [x]) => b.split(x, [1, 2], -1)[1]),
    check('equal parts', [apart(4, 2)], (b, [x]) => b.emitMany('Split', [x], { axis: 0, num_outputs: 2 }, 2)),
  ],
  Slice: [
    check('middle', [batch(apart(2, 5))], slice([1], [3], [1])),
    check('negative ends, two axes', [batch(apart(2, 4, 3))], slice([-3, 0], [-1, 2], [1, 2])),
    check('steps', [batch(apart(2, 7))], slice([1], [7], [1], [3])),
    check('backwards', [apart(2, 5)], slice([3], [0], [-1], [-1])),
    check('backwards in steps, past the ends', [apart(6, 2)], slice([9], [-9], [0], [-2])),
    check('whole axis backwards', [batch(apart(2, 3))], (b, [x]) => b.square(b.reverse(x, [1]))),
    check('of the batch', [batch(apart(3, 2))], slice([1], [2 ** 31 - 1], [0])),
    check('no more than the batch holds', [apart(3, 2)], slice([1], [9], [0])),
  ],
  Pad: [
    check('constant', [batch(apart(2, 3)), exactly([], [0.3])], (b, [x, value]) =>
      b.square(b.emit('Pad', [x, b.ints([0, 1, 0, 2]), value], { mode: 'constant' })),
    ),
    check('negative', [apart(4, 3)], (b, [x]) => b.square(b.pad(x, [-1, 1, -1, -1]))),
    check('some axes', [apart(2, 2, 2)], (b, [x]) =>
      b.emit('Pad', [x, b.ints([1, 1]), null, b.ints([-1])], { mode: 'constant' }),
    ),
    check('reflect', [batch(apart(2, 4))], pad([0, 2, 0, 3], 'reflect')),
    check('reflect, images', [apart(1, 1, 3, 3)], pad([0, 0, 1, 2, 0, 0, 2, 1], 'reflect')),
    check('edge', [batch(apart(2, 3))], pad([0, 2, 0, 1], 'edge')),
  ],
  Gather: [
    check('rows of a table', [apart(4, 3)], gather([2, 2], [1, 3, 1, -4], 0)),
    check('last axis', [batch(apart(2, 4))], gather([3], [0, 2, 2], -1)),
    check('middle axis, matrix of indices', [batch(apart(2, 3, 2))], gather([2, 2], [0, 2, 2, 1], 1)),
    check('one place', [batch(apart(2, 3, 2))], gather([], [-1], 1)),
    check('one row of a batch', [batch(apart(3, 2))], gather([], [1], 0)),
  ],
  GatherElements: [
    check('last axis', [apart(2, 3)], (b, [x]) =>
      b.emit('GatherElements', [x, int64([2, 2], [0, 2, 1, 1])(b)], { axis: -1 }),
    ),
    check('fewer rows', [apart(3, 3)], (b, [x]) =>
      b.emit('GatherElements', [b.square(x), int64([2, 2], [0, 2, 1, 0])(b)], { axis: 0 }),
    ),
  ],
  GatherND: [
    check('elements', [apart(2, 3)], (b, [x]) =>
      b.emit('GatherND', [b.square(x), int64([3, 2], [0, 2, 1, 1, 0, 2])(b)]),
    ),
    check('rows', [apart(2, 3)], (b, [x]) => b.emit('GatherND', [x, int64([2, 1], [1, 1])(b)])),
    check('from the end', [apart(2, 3, 2)], (b, [x]) =>
      b.emit('GatherND', [b.square(x), int64([3, 2], [0, -1, -1, 0, 1, -2])(b)]),
    ),
  ],
  ScatterElements: [
    check('replace', [apart(2, 3), apart(2, 2)], (b, [x, updates]) =>
      b.square(b.scatterElements(x, int64([2, 2], [0, 2, 1, 0])(b), updates, 1)),
    ),
    check('add', [apart(2, 3), apart(2, 2)], (b, [x, updates]) =>
      b.square(b.scatterElements(x, int64([2, 2], [0, 0, 1, 0])(b), updates, 1, 'add')),
    ),
  ],
  ScatterND: [
    check('replace', [apart(3, 2), apart(2, 2)], (b, [x, updates]) =>
      b.square(b.scatterND(x, int64([2, 1], [2, 0])(b), updates)),
    ),
    check('add', [apart(3, 2), apart(3, 2)], (b, [x, updates]) =>
      b.square(b.emit('ScatterND', [x, int64([3, 1], [2, 0, 2])(b), updates], { reduction: 'add' })),
    ),
  ],
  OneHot: [
    check('values', [apart(2)], (b, [values]) =>
      b.emit('OneHot', [int64([3], [0, 2, 1])(b), int64([], [3])(b), b.square(values)], { axis: 0 }),
    ),
  ],
  Trilu: [
    check('upper', [batch(apart(2, 3, 3))], (b, [x]) => b.emit('Trilu', [b.square(x)])),
    check('lower, moved', [apart(3, 3)], (b, [x]) => b.emit('Trilu', [x, int64([], [1])(b)], { upper: 0 })),
  ],
  DepthToSpace: ['DCR', 'CRD'].map((mode) =>
    check(mode, [batch(apart(2, 4, 2, 1))], (b, [x]) => b.emit('DepthToSpace', [b.square(x)], { blocksize: 2, mode })),
  ),
  SpaceToDepth: [
    check('blocks of two', [batch(apart(2, 1, 4, 2))], (b, [x]) =>
      b.emit('SpaceToDepth', [b.square(x)], { blocksize: 2 }),
    ),
  ],
  Resize: resizes,

  Constant: 'constant',
  ConstantOfShape: 'constant',
  Range: 'constant',
};
