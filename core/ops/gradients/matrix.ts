/** Gradient rules of the matrix products: Gemm for two matrices, FusedMatMul for batches, so that nothing is transposed. */
import { GraphError, numberAttribute, type Value } from '../../graph/graph.ts';
import type { OpBuilder } from '../builder.ts';
import { range, required, simple, sumTo } from './rule.ts';
import type { GradientTable, SimpleQuery } from './rule.ts';

/** y = alpha · op(a) · op(c), where op transposes the last two axes when asked to. */
interface Product {
  readonly a: Value;
  readonly c: Value;
  readonly transA: boolean;
  readonly transC: boolean;
  readonly alpha: number;
}

interface Transposed {
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly alpha?: number;
}

const rankOf = (x: Value): number => x.type.shape.length;

/** op(a) · op(b): a Gemm for matrices, a batched product otherwise. */
function multiply(b: OpBuilder, left: Value, right: Value, options: Transposed): Value {
  if (!b.uses('transposed-products')) return plainProduct(b, left, right, options);
  const matrices = rankOf(left) === 2 && rankOf(right) === 2;
  return matrices ? b.gemm(left, right, null, options) : b.fusedMatMul(left, right, options);
}

/** The same with every transposed operand laid out anew. */
function plainProduct(b: OpBuilder, left: Value, right: Value, { transA, transB, alpha = 1 }: Transposed): Value {
  const laid = (x: Value, turned = false): Value => (turned ? b.transpose(x, lastTwoSwapped(x)) : x);
  const product = b.matMul(laid(left, transA), laid(right, transB));
  return alpha === 1 ? product : b.mul(product, alpha);
}

const lastTwoSwapped = (x: Value): number[] => {
  const axes = range(0, rankOf(x));
  return [...axes.slice(0, -2), axes.length - 1, axes.length - 2];
};

/** The gradient in the left operand: dy · op(c)ᵀ, transposed when the operand was. */
function leftGradient(b: OpBuilder, { a, c, transA, transC, alpha }: Product, dy: Value): Value {
  const gradient = transA
    ? multiply(b, c, dy, { transA: transC, transB: true, alpha })
    : multiply(b, dy, c, { transB: !transC, alpha });
  return sumTo(b, gradient, a.type);
}

/** The gradient in the right operand: op(a)ᵀ · dy, transposed when the operand was. */
function rightGradient(b: OpBuilder, product: Product, dy: Value): Value {
  const { c, transA, transC, alpha } = product;
  const flat = flattened(b, product, dy);
  const left = flat?.a ?? product.a;
  const right = flat?.dy ?? dy;
  const gradient = transC
    ? multiply(b, right, left, { transA: true, transB: transA, alpha })
    : multiply(b, left, right, { transA: !transA, alpha });
  return sumTo(b, gradient, c.type);
}

/** A batch of rows times one matrix is one matrix product: the batch axes join the rows. */
function flattened(
  b: OpBuilder,
  { a, c, transA }: Product,
  dy: Value,
): { readonly a: Value; readonly dy: Value } | undefined {
  const [inner, outer] = [a.type.shape.at(-1), dy.type.shape.at(-1)];
  if (transA || rankOf(a) < 3 || rankOf(c) !== 2 || typeof inner !== 'number' || typeof outer !== 'number')
    return undefined;
  return { a: b.reshape(a, [-1, inner]), dy: b.reshape(dy, [-1, outer]) };
}

function gradientsOf(b: OpBuilder, query: SimpleQuery, product: Product, dy: Value): (Value | null)[] {
  const left = query.wanted(0) ? leftGradient(b, product, dy) : null;
  const right = query.wanted(1) ? rightGradient(b, product, dy) : null;
  return [left, right];
}

/** Vectors take part as one-row (left) or one-column (right) matrices, as in NumPy's matmul. */
const matMulGradient = simple((b, query) => {
  const { x, dy } = query;
  const other = required(query, 1);
  const { transA, transB, transBatchA, transBatchB, alpha } = {
    transA: numberAttribute(query.attributes, 'transA', 0) === 1,
    transB: numberAttribute(query.attributes, 'transB', 0) === 1,
    transBatchA: numberAttribute(query.attributes, 'transBatchA', 0),
    transBatchB: numberAttribute(query.attributes, 'transBatchB', 0),
    alpha: numberAttribute(query.attributes, 'alpha', 1),
  };
  if (transBatchA === 1 || transBatchB === 1)
    throw new GraphError('transposed batch axes have no gradient rule: use Transpose and MatMul');
  const row = rankOf(x) === 1;
  const column = rankOf(other) === 1;
  const product = {
    a: row ? b.unsqueeze(x, [0]) : x,
    c: column ? b.unsqueeze(other, [1]) : other,
    transA: transA && !row,
    transC: transB && !column,
    alpha,
  };
  const withColumn = column ? b.unsqueeze(dy, [-1]) : dy;
  const [left, right] = gradientsOf(b, query, product, row ? b.unsqueeze(withColumn, [-2]) : withColumn);
  return [left && row ? b.squeeze(left, [0]) : left, right && column ? b.squeeze(right, [1]) : right];
});

/** Y = alpha · op(A) · op(B) + beta · C. */
const gemmGradient = simple((b, query) => {
  const { x, dy, attributes } = query;
  const addend = query.inputs[2];
  const product = {
    a: x,
    c: required(query, 1),
    transA: numberAttribute(attributes, 'transA', 0) === 1,
    transC: numberAttribute(attributes, 'transB', 0) === 1,
    alpha: numberAttribute(attributes, 'alpha', 1),
  };
  const beta = numberAttribute(attributes, 'beta', 1);
  const scaled = (): Value => (beta === 1 ? dy : b.mul(dy, beta));
  const third = addend && query.wanted(2) ? sumTo(b, scaled(), addend.type) : null;
  return [...gradientsOf(b, query, product, dy), third];
});

export const matrixGradients = {
  MatMul: matMulGradient,
  Gemm: gemmGradient,
  FusedMatMul: matMulGradient,
} as const satisfies Partial<GradientTable>;
