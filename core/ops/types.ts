/** Type rules: the data type and shape of every operator's outputs, as ONNX opset 20 defines them, over symbolic dimensions. */
import { GraphError, type InferTypes } from '../graph/graph.ts';
import { instructionSet, type OpType } from '../graph/instruction-set.ts';
import {
  castRule,
  clipRule,
  modRule,
  powerRule,
  preluRule,
  same,
  test,
  together,
  whereRule,
} from './types/elementwise.ts';
import { withElements } from './types/elements.ts';
import {
  constantOfShapeRule,
  constantRule,
  gatherElementsRule,
  gatherNDRule,
  gatherRule,
  oneHotRule,
  rangeRule,
  scatterElementsRule,
  scatterNDRule,
} from './types/indexing.ts';
import { fusedMatMulRule, gemmRule, matMulRule } from './types/matrix.ts';
import { batchNormalizationRule, instanceNormalizationRule, layerNormalizationRule } from './types/normalisation.ts';
import { gruRule, lstmRule } from './types/recurrent.ts';
import { alongAxis, argMaxRule, cumSumRule, reduceRule } from './types/reduce.ts';
import { anything, floats, numbers, signed, type Rule } from './types/rule.ts';
import {
  concatRule,
  depthToSpaceRule,
  expandRule,
  flattenRule,
  padRule,
  reshapeRule,
  resizeRule,
  shapeRule,
  sliceRule,
  spaceToDepthRule,
  splitRule,
  squeezeRule,
  tileRule,
  transposeRule,
  triluRule,
  unsqueezeRule,
} from './types/shape.ts';
import { convRule, convTransposeRule, globalPoolRule, maxUnpoolRule, poolRule } from './types/window.ts';

const rules: Readonly<Record<OpType, Rule>> = {
  Identity: same(anything),
  Neg: same(signed),
  Abs: same(numbers),
  Sign: same(numbers),
  Exp: same(floats),
  Log: same(floats),
  Sqrt: same(floats),
  Reciprocal: same(floats),
  Floor: same(floats),
  Ceil: same(floats),
  Round: same(floats),
  Sin: same(floats),
  Cos: same(floats),
  Tanh: same(floats),
  Erf: same(floats),
  Sigmoid: same(floats),
  Relu: same(signed),
  LeakyRelu: same(floats),
  Elu: same(floats),
  Selu: same(floats),
  Celu: same(floats),
  Softplus: same(floats),
  Softsign: same(floats),
  HardSigmoid: same(floats),
  HardSwish: same(floats),
  Mish: same(floats),
  Gelu: same(floats),
  Not: same(['bool']),
  IsNaN: test(floats),
  Cast: castRule,

  Add: together(numbers),
  Sub: together(numbers),
  Mul: together(numbers),
  Div: together(numbers),
  Pow: powerRule(signed),
  Mod: modRule(numbers),
  Min: together(numbers),
  Max: together(numbers),
  PRelu: preluRule(signed),
  Equal: together(anything, 'bool'),
  Greater: together(numbers, 'bool'),
  GreaterOrEqual: together(numbers, 'bool'),
  Less: together(numbers, 'bool'),
  LessOrEqual: together(numbers, 'bool'),
  And: together(['bool']),
  Or: together(['bool']),
  Where: whereRule,
  Clip: clipRule(numbers),

  ReduceSum: reduceRule(signed),
  ReduceMean: reduceRule(signed),
  ReduceMax: reduceRule(numbers),
  ReduceMin: reduceRule(numbers),
  ReduceProd: reduceRule(signed),
  ReduceSumSquare: reduceRule(signed),
  ReduceL2: reduceRule(signed),
  ReduceLogSumExp: reduceRule(floats),
  ArgMax: argMaxRule,
  CumSum: cumSumRule,
  Softmax: alongAxis(floats),
  LogSoftmax: alongAxis(floats),

  MatMul: matMulRule(signed),
  Gemm: gemmRule,
  FusedMatMul: fusedMatMulRule,
  Conv: convRule,
  ConvTranspose: convTransposeRule,
  MaxPool: poolRule,
  MaxUnpool: maxUnpoolRule,
  AveragePool: poolRule,
  GlobalAveragePool: globalPoolRule,
  GlobalMaxPool: globalPoolRule,
  LSTM: lstmRule,
  GRU: gruRule,

  BatchNormalization: batchNormalizationRule,
  LayerNormalization: layerNormalizationRule,
  InstanceNormalization: instanceNormalizationRule,

  Shape: shapeRule,
  Reshape: reshapeRule,
  Flatten: flattenRule,
  Squeeze: squeezeRule,
  Unsqueeze: unsqueezeRule,
  Transpose: transposeRule,
  Expand: expandRule,
  Tile: tileRule,
  Concat: concatRule,
  Split: splitRule,
  Slice: sliceRule,
  Pad: padRule,
  Gather: gatherRule,
  GatherElements: gatherElementsRule,
  GatherND: gatherNDRule,
  ScatterElements: scatterElementsRule,
  ScatterND: scatterNDRule,
  OneHot: oneHotRule,
  Trilu: triluRule,
  DepthToSpace: depthToSpaceRule,
  SpaceToDepth: spaceToDepthRule,
  Resize: resizeRule,

  Constant: constantRule,
  ConstantOfShape: constantOfShapeRule,
  Range: rangeRule,
};

/**
 * The types of a node's outputs. Dimensions not known until the graph runs come out as derived names (`'N*49'`), or as
 * `'?'` where nothing can be said. Small int64 values that carry shapes also tell their elements.
 * @throws GraphError in words for people when the inputs do not fit the operator.
 */
export const inferTypes: InferTypes = (op, query) => {
  const { inputs, outputs } = instructionSet[op];
  const given = query.inputs.length;
  if (given < inputs[0] || given > inputs[1]) throw new GraphError(`takes ${range(inputs)} inputs, ${given} are given`);
  if (query.outputCount < outputs[0] || query.outputCount > outputs[1]) {
    throw new GraphError(`gives ${range(outputs)} outputs, ${query.outputCount} are asked for`);
  }
  return rules[op](query).map((type) => withElements(op, query, type));
};

function range([fewest, most]: readonly [number, number]): string {
  if (fewest === most) return String(fewest);
  return most === Number.POSITIVE_INFINITY ? `at least ${fewest}` : `${fewest} to ${most}`;
}
