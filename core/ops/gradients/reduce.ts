/** Gradient rules of the reductions, the running sum and the softmaxes. */
import { numberAttribute, type Value } from '../../graph/graph.ts';
import type { OpBuilder } from '../builder.ts';
import { constantNumbers, countAlong, indicator, nonZero, normalAxes, range, required, simple } from './rule.ts';
import type { GradientRule, GradientTable, SimpleQuery } from './rule.ts';

/** One reduction: its operand, its result and the gradient in it with the reduced axes kept as 1, and those axes. */
interface Reduction {
  readonly x: Value;
  readonly y: Value;
  readonly dy: Value;
  readonly axes: readonly number[];
}

const reduction = (formula: (b: OpBuilder, reduced: Reduction) => Value): GradientRule =>
  simple((b, query) => [formula(b, kept(b, query)), null]);

/** Brings result and gradient to the operand's rank, so that they broadcast against it. */
function kept(b: OpBuilder, query: SimpleQuery): Reduction {
  const { x, y, dy, attributes } = query;
  const axes = reducedAxes(b, query);
  const keep = (value: Value): Value => (axes.length === 0 ? value : b.unsqueeze(value, axes));
  return numberAttribute(attributes, 'keepdims', 1) === 1 ? { x, y, dy, axes } : { x, y: keep(y), dy: keep(dy), axes };
}

function reducedAxes(b: OpBuilder, query: SimpleQuery): readonly number[] {
  const rank = query.x.type.shape.length;
  const given = constantNumbers(b, query, 1, 'axes');
  if (given && given.length > 0) return normalAxes(given, rank).toSorted((left, right) => left - right);
  return numberAttribute(query.attributes, 'noop_with_empty_axes', 0) === 1 ? [] : range(0, rank);
}

/** All to the extreme element; elements that tie share equally (as PyTorch's `amax`). */
export function extremeShare(b: OpBuilder, { x, y, dy, axes }: Reduction): Value {
  if (axes.length === 0) return dy;
  const winners = indicator(b, b.equal(x, y), x);
  return b.mul(winners, b.div(dy, b.reduceSum(winners, axes, true)));
}

/**
 * dx = dy · (product of the other elements), right also where elements are zero: with one zero only that element has a
 * gradient, with more none has. Second derivatives between two zeros are not represented.
 */
function productGradient(b: OpBuilder, { x, dy, axes }: Reduction): Value {
  if (axes.length === 0) return dy;
  const isZero = indicator(b, b.equal(x, 0), x);
  const zeros = b.reduceSum(isZero, axes, true);
  const safe = nonZero(b, x);
  const others = b.div(b.reduce('ReduceProd', safe, axes, true), safe);
  const zerosAmongOthers = b.sub(zeros, isZero);
  return b.mul(b.mul(dy, others), indicator(b, b.equal(zerosAmongOthers, 0), x));
}

/** Softmax's Jacobian times dy: y ∘ (dy − Σ dy∘y). */
const softmaxGradient = simple((b, { y, dy, attributes }) => {
  const axis = numberAttribute(attributes, 'axis', -1);
  const weighted = b.mul(dy, y);
  return [b.sub(weighted, b.mul(y, b.reduceSum(weighted, [axis], true)))];
});

const logSoftmaxGradient = simple((b, { y, dy, attributes }) => {
  const axis = numberAttribute(attributes, 'axis', -1);
  return [b.sub(dy, b.mul(b.exp(y), b.reduceSum(dy, [axis], true)))];
});

/** The running sum from the other end. */
const cumSumGradient = simple((b, query) => {
  const { exclusive = 0, reverse = 0 } = query.attributes;
  return [b.emit('CumSum', [query.dy, required(query, 1)], { exclusive, reverse: reverse === 1 ? 0 : 1 }), null];
});

export const reduceGradients = {
  ReduceSum: reduction((b, { x, dy }) => b.expandLike(dy, x)),
  ReduceMean: reduction((b, { x, dy, axes }) => b.expandLike(b.div(dy, countAlong(b, x, axes)), x)),
  ReduceMax: reduction(extremeShare),
  ReduceMin: reduction(extremeShare),
  ReduceProd: reduction(productGradient),
  ReduceSumSquare: reduction((b, { x, dy }) => b.mul(b.mul(dy, 2), x)),
  /** x / ‖x‖, taken to be 0 where the norm is 0. */
  ReduceL2: reduction((b, { x, y, dy }) => b.mul(x, b.div(dy, nonZero(b, y)))),
  ReduceLogSumExp: reduction((b, { x, y, dy }) => b.mul(dy, b.exp(b.sub(x, y)))),
  ArgMax: 'constant',
  CumSum: cumSumGradient,
  Softmax: softmaxGradient,
  LogSoftmax: logSoftmaxGradient,
} as const satisfies Partial<GradientTable>;
