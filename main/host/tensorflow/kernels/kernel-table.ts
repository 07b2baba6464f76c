/** The kernel of every operator: a table over the whole instruction set, so that a missing row does not compile. */
import * as tf from '@tensorflow/tfjs-core';
import type { OpType } from '../../../../core/graph/instruction-set.ts';
import type { Kernel } from '../kernel.ts';
import { conv, convTranspose } from './convolution.ts';
import * as element from './elementwise.ts';
import * as indexing from './indexing.ts';
import { fusedMatMul, gemm, matMul } from './matrix.ts';
import { batchNormalization, instanceNormalization, layerNormalization } from './normalisation.ts';
import { averagePool, globalPool, maxPool, maxUnpool } from './pooling.ts';
import { gru, lstm } from './recurrent.ts';
import * as reduce from './reduce.ts';
import { resize } from './resize.ts';
import * as shape from './shape.ts';

const { unary, binary, variadic, comparison } = element;
const { reduction, alongAxis } = reduce;

export const kernels: Readonly<Record<OpType, Kernel>> = {
  Identity: unary((x) => x.clone()),
  Neg: unary((x) => tf.neg(x)),
  Abs: unary((x) => tf.abs(x)),
  Sign: unary((x) => tf.sign(x)),
  Exp: unary((x) => tf.exp(x)),
  Log: unary((x) => tf.log(x)),
  Sqrt: unary((x) => tf.sqrt(x)),
  Reciprocal: unary((x) => tf.reciprocal(x)),
  Floor: unary((x) => tf.floor(x)),
  Ceil: unary((x) => tf.ceil(x)),
  Round: unary((x) => tf.round(x)),
  Sin: unary((x) => tf.sin(x)),
  Cos: unary((x) => tf.cos(x)),
  Tanh: unary((x) => tf.tanh(x)),
  Erf: unary((x) => tf.erf(x)),
  Sigmoid: unary((x) => tf.sigmoid(x)),
  Relu: unary((x) => tf.relu(x)),
  LeakyRelu: unary(element.leakyRelu),
  Elu: unary(element.elu),
  Selu: unary(element.selu),
  Celu: unary(element.celu),
  Softplus: unary((x) => tf.softplus(x)),
  Softsign: unary(element.softsign),
  HardSigmoid: unary(element.hardSigmoid),
  HardSwish: unary(element.hardSwish),
  Mish: unary(element.mish),
  Gelu: unary(element.gelu),
  Not: unary((x) => tf.logicalNot(x)),
  IsNaN: unary((x) => tf.isNaN(x)),
  Cast: element.cast,

  Add: binary((a, b) => tf.add(a, b)),
  Sub: binary((a, b) => tf.sub(a, b)),
  Mul: binary((a, b) => tf.mul(a, b)),
  Div: binary(element.divide),
  Pow: binary(element.power),
  Mod: binary(element.modulo),
  Min: variadic((a, b) => tf.minimum(a, b)),
  Max: variadic((a, b) => tf.maximum(a, b)),
  PRelu: binary(element.prelu),
  Equal: comparison((a, b) => tf.equal(a, b)),
  Greater: comparison((a, b) => tf.greater(a, b)),
  GreaterOrEqual: comparison((a, b) => tf.greaterEqual(a, b)),
  Less: comparison((a, b) => tf.less(a, b)),
  LessOrEqual: comparison((a, b) => tf.lessEqual(a, b)),
  And: binary((a, b) => tf.logicalAnd(a, b)),
  Or: binary((a, b) => tf.logicalOr(a, b)),
  Where: element.where,
  Clip: element.clip,

  ReduceSum: reduction((x, axes) => tf.sum(x, axes)),
  ReduceMean: reduction((x, axes) => tf.mean(x, axes)),
  ReduceMax: reduction((x, axes) => tf.max(x, axes)),
  ReduceMin: reduction((x, axes) => tf.min(x, axes)),
  ReduceProd: reduction((x, axes) => tf.prod(x, axes)),
  ReduceSumSquare: reduction(reduce.sumSquare),
  ReduceL2: reduction(reduce.norm),
  ReduceLogSumExp: reduction((x, axes) => tf.logSumExp(x, axes)),
  ArgMax: reduce.argMax,
  CumSum: reduce.cumSum,
  Softmax: alongAxis((x) => tf.softmax(x)),
  LogSoftmax: alongAxis((x) => tf.logSoftmax(x)),

  MatMul: matMul,
  Gemm: gemm,
  FusedMatMul: fusedMatMul,
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: maxPool,
  MaxUnpool: maxUnpool,
  AveragePool: averagePool,
  GlobalAveragePool: globalPool((x, axis) => tf.mean(x, axis)),
  GlobalMaxPool: globalPool((x, axis) => tf.max(x, axis)),

  LSTM: lstm,
  GRU: gru,

  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,

  Shape: shape.shapeOf,
  Reshape: shape.reshape,
  Flatten: shape.reshape,
  Squeeze: shape.reshape,
  Unsqueeze: shape.reshape,
  Transpose: shape.transpose,
  Expand: shape.expand,
  Tile: shape.tile,
  Concat: shape.concat,
  Split: shape.split,
  Slice: shape.slice,
  Pad: shape.pad,
  Gather: indexing.gather,
  GatherElements: indexing.gatherElements,
  GatherND: indexing.gatherND,
  ScatterElements: indexing.scatterElements,
  ScatterND: indexing.scatterND,
  OneHot: indexing.oneHot,
  Trilu: shape.trilu,
  DepthToSpace: shape.depthToSpace,
  SpaceToDepth: shape.spaceToDepth,
  Resize: resize,

  Constant: indexing.constant,
  ConstantOfShape: indexing.constantOfShape,
  Range: indexing.range,
};
