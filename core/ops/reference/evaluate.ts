/** Runs nodes and graphs with the reference kernels: a plain interpreter, the oracle for every faster way. */
import { GraphError, staticShape, type Attributes, type Graph, type Value } from '../../graph/graph.ts';
import type { OpType } from '../../graph/instruction-set.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { inferTypes } from '../types.ts';
import { conv, convTranspose } from './convolution.ts';
import * as element from './elementwise.ts';
import { erf } from './erf.ts';
import * as indexing from './indexing.ts';
import type { Kernel, OutputType } from './kernel.ts';
import { fusedMatMul, gemm, matMul } from './matrix.ts';
import { batchNormalization, instanceNormalization, layerNormalization } from './normalisation.ts';
import { averagePool, globalPool, maxPool, maxUnpool } from './pooling.ts';
import { gru, lstm } from './recurrent.ts';
import * as reduce from './reduce.ts';
import { resize } from './resize.ts';
import * as shape from './shape.ts';

const { unary, combined } = element;
const { reduction } = reduce;
const truth = (compute: (a: number, b: number) => boolean): Kernel => combined((a, b) => Number(compute(a, b)));

const kernels: Readonly<Record<OpType, Kernel>> = {
  Identity: shape.reshape,
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((x) => 1 / x),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(element.roundHalfEven),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tanh: unary(Math.tanh),
  Erf: unary(erf),
  Sigmoid: unary(element.sigmoid),
  Relu: unary((x) => Math.max(0, x)),
  LeakyRelu: unary(element.leakyRelu),
  Elu: unary(element.elu),
  Selu: unary(element.selu),
  Celu: unary(element.celu),
  Softplus: unary(element.softplus),
  Softsign: unary((x) => x / (1 + Math.abs(x))),
  HardSigmoid: unary(element.hardSigmoid),
  HardSwish: unary(element.hardSwish),
  Mish: unary(element.mish),
  Gelu: unary(element.gelu),
  Not: unary((x) => Number(x === 0)),
  IsNaN: unary((x) => Number(Number.isNaN(x))),
  Cast: element.cast,

  Add: combined((a, b) => a + b),
  Sub: combined((a, b) => a - b),
  Mul: combined((a, b) => a * b),
  Div: combined(element.divide),
  Pow: combined((a, b) => a ** b),
  Mod: combined(element.modulo),
  Min: combined((a, b) => Math.min(a, b)),
  Max: combined((a, b) => Math.max(a, b)),
  PRelu: combined((x, slope) => (x < 0 ? slope * x : x)),
  Equal: truth((a, b) => a === b),
  Greater: truth((a, b) => a > b),
  GreaterOrEqual: truth((a, b) => a >= b),
  Less: truth((a, b) => a < b),
  LessOrEqual: truth((a, b) => a <= b),
  And: truth((a, b) => a !== 0 && b !== 0),
  Or: truth((a, b) => a !== 0 || b !== 0),
  Where: element.where,
  Clip: element.clip,

  ReduceSum: reduction(reduce.sum),
  ReduceMean: reduction(reduce.mean),
  ReduceMax: reduction(reduce.largest),
  ReduceMin: reduction(reduce.smallest),
  ReduceProd: reduction(reduce.product),
  ReduceSumSquare: reduction(reduce.sumSquare),
  ReduceL2: reduction(reduce.norm),
  ReduceLogSumExp: reduction(reduce.logSumExp),
  ArgMax: reduce.argMax,
  CumSum: reduce.cumSum,
  Softmax: reduce.normalisedExponential((x, logSum) => Math.exp(x - logSum)),
  LogSoftmax: reduce.normalisedExponential((x, logSum) => x - logSum),

  MatMul: matMul,
  Gemm: gemm,
  FusedMatMul: fusedMatMul,
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: maxPool,
  MaxUnpool: maxUnpool,
  AveragePool: averagePool,
  GlobalAveragePool: globalPool(reduce.mean),
  GlobalMaxPool: globalPool(reduce.largest),
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

/**
 * The outputs of one node for given inputs. Float arithmetic is done in doubles and rounded once to the result's type.
 * @throws GraphError when the inputs do not fit the operator.
 */
export function evaluateNode(
  op: OpType,
  inputs: readonly (Tensor | null)[],
  attributes: Attributes = {},
  outputCount = 1,
): readonly Tensor[] {
  const types = inferTypes(op, {
    inputs: inputs.map((input) => input && { dtype: input.dtype, shape: input.shape }),
    constants: inputs.map((input) => input ?? undefined),
    attributes,
    outputCount,
  });
  const outputs = types.map((type): OutputType => {
    const known = staticShape(type.shape);
    if (!known)
      throw new GraphError(`${op}: the shape [${type.shape.join(', ')}] of its result is not known from its inputs`);
    return { ...type, shape: known };
  });
  return kernels[op]({ inputs, attributes, outputs });
}

/**
 * The outputs of a graph by name.
 * @param feeds a tensor for every graph input, by name.
 * @throws GraphError when an input is missing or a node does not fit.
 */
export function evaluateGraph(graph: Graph, feeds: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const known = new Map<Value, Tensor>(graph.initializers);
  for (const input of graph.inputs) {
    const fed = feeds.get(input.name);
    if (!fed) throw new GraphError(`input '${input.name}' of graph '${graph.name}' is not given`);
    known.set(input, fed);
  }
  const lookUp = (value: Value): Tensor => {
    const tensor = known.get(value);
    if (!tensor) throw new GraphError(`value '${value.name}' of graph '${graph.name}' is used before it is made`);
    return tensor;
  };
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => input && lookUp(input));
    const results = evaluateNode(node.op, inputs, node.attributes, node.outputs.length);
    node.outputs.forEach((output, index) => known.set(output, results[index]));
  }
  return new Map(graph.outputs.map(({ name, value }) => [name, lookUp(value)]));
}
