import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../core/autodiff/differentiate.ts';
import { GraphError, formatType, type Value } from '../../../core/graph/graph.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { gradients } from '../../../core/ops/gradient.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { numbersOf, tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';

/** Evaluates values of a builder's graph; each feed is [input, numbers]. */
function evaluate(b: OpBuilder, values: readonly Value[], feeds: readonly (readonly [Value, Tensor])[]): number[][] {
  const outputs = values.map((value, index) => ({ name: `out${index}`, value }));
  const found = evaluateGraph({ ...b.build(), outputs }, new Map(feeds.map(([input, tensor]) => [input.name, tensor])));
  return outputs.map(({ name }) => numbersOf(found.get(name) ?? tensorOf('float64', [0], [])));
}

const scalarOf = (value: number): Tensor => tensorOf('float64', [], [value]);
const vectorOf = (...values: number[]): Tensor => tensorOf('float64', [values.length], values);

describe('closed forms', () => {
  it('a polynomial: d(2x³ − 5x + 7)/dx = 6x² − 5', () => {
    const b = new OpBuilder('polynomial');
    const x = b.input('x', 'float64', []);
    const loss = b.add(b.sub(b.mul(b.pow(x, 3), 2), b.mul(x, 5)), 7);
    const [dx] = differentiate(b, gradients, loss, [x]);
    expect(evaluate(b, [dx], [[x, scalarOf(1.5)]])[0][0]).toBeCloseTo(6 * 1.5 ** 2 - 5, 12);
  });

  it('a chain: d sin(exp(x²))/dx = cos(exp(x²)) · exp(x²) · 2x', () => {
    const b = new OpBuilder('chain');
    const x = b.input('x', 'float64', []);
    const [dx] = differentiate(b, gradients, b.sin(b.exp(b.square(x))), [x]);
    const inner = Math.exp(0.7 ** 2);
    expect(evaluate(b, [dx], [[x, scalarOf(0.7)]])[0][0]).toBeCloseTo(Math.cos(inner) * inner * 1.4, 12);
  });

  it('fan-out: a value used three times gets the sum, d(x·sin x + x)/dx = sin x + x·cos x + 1', () => {
    const b = new OpBuilder('fan-out');
    const x = b.input('x', 'float64', []);
    const [dx] = differentiate(b, gradients, b.add(b.mul(x, b.sin(x)), x), [x]);
    expect(evaluate(b, [dx], [[x, scalarOf(0.9)]])[0][0]).toBeCloseTo(Math.sin(0.9) + 0.9 * Math.cos(0.9) + 1, 12);
  });

  it('second and third derivatives of x³ are 6x and 6', () => {
    const b = new OpBuilder('cube');
    const x = b.input('x', 'float64', []);
    const [first] = differentiate(b, gradients, b.mul(b.square(x), x), [x]);
    const [second] = differentiate(b, gradients, first, [x]);
    const [third] = differentiate(b, gradients, second, [x]);
    const [[one], [two], [three]] = evaluate(b, [first, second, third], [[x, scalarOf(-1.25)]]);
    expect(one).toBeCloseTo(3 * 1.25 ** 2, 12);
    expect(two).toBeCloseTo(6 * -1.25, 12);
    expect(three).toBeCloseTo(6, 12);
  });

  it('a Hessian-vector product: for ½·xᵀAx + Σ x⁴/12 it is A·v + x²∘v', () => {
    const b = new OpBuilder('hessian');
    const x = b.input('x', 'float64', [2]);
    const v = b.input('v', 'float64', [2]);
    const a = b.constant(tensorOf('float64', [2, 2], [3, 1, 1, 2]));
    const quadratic = b.mul(b.reduceSum(b.mul(x, b.matMul(a, x))), 0.5);
    const loss = b.add(quadratic, b.div(b.reduceSum(b.pow(x, 4)), 12));
    const [gradient] = differentiate(b, gradients, loss, [x]);
    const [product] = differentiate(b, gradients, b.reduceSum(b.mul(gradient, v)), [x]);
    const [[first, second]] = evaluate(
      b,
      [product],
      [
        [x, vectorOf(0.5, -2)],
        [v, vectorOf(1, 3)],
      ],
    );
    expect(first).toBeCloseTo(3 + 3 + 0.25, 12);
    expect(second).toBeCloseTo(1 + 6 + 4 * 3, 12);
  });

  it('a seed is the gradient of the final quantity: vectors can be differentiated with one', () => {
    const b = new OpBuilder('seed');
    const x = b.input('x', 'float64', [3]);
    const [dx] = differentiate(b, gradients, b.square(x), [x], b.constant(vectorOf(1, 10, 100)));
    expect(evaluate(b, [dx], [[x, vectorOf(1, 2, 3)]])[0]).toEqual([2, 40, 600]);
  });
});

describe('what does not depend', () => {
  it('an input the loss does not use has a gradient of zeros of its shape', () => {
    const b = new OpBuilder('unused');
    const x = b.input('x', 'float64', [2]);
    const unused = b.input('unused', 'float64', ['N', 2]);
    const [, dunused] = differentiate(b, gradients, b.reduceSum(x), [x, unused]);
    expect(formatType(dunused.type)).toBe('float64[N, 2]');
    const zeros = evaluate(
      b,
      [dunused],
      [
        [x, vectorOf(1, 2)],
        [unused, tensorOf('float64', [2, 2], [1, 2, 3, 4])],
      ],
    );
    expect(zeros[0]).toEqual([0, 0, 0, 0]);
  });

  it('no gradient passes a barrier, nor an operator that is constant piece by piece', () => {
    const b = new OpBuilder('barrier');
    const x = b.input('x', 'float64', []);
    const loss = b.add(b.mul(b.stopGradient(x), x), b.mul(b.floor(x), 100));
    const [dx] = differentiate(b, gradients, loss, [x]);
    expect(evaluate(b, [dx], [[x, scalarOf(2.5)]])[0][0]).toBeCloseTo(2.5, 12);
  });

  it('adds no gradient nodes for the part of the graph behind which nothing is asked for', () => {
    const b = new OpBuilder('partial');
    const [x, w] = [b.input('x', 'float64', [2, 3]), b.input('w', 'float64', [3, 1])];
    const loss = b.reduceSum(b.matMul(b.tanh(x), w));
    const before = b.nodes.length;
    differentiate(b, gradients, loss, [w]);
    const added = b.nodes.slice(before);
    expect(added.filter((node) => node.op === 'Gemm')).toHaveLength(1);
    expect(added.some((node) => node.op === 'Mul')).toBe(false);
  });

  it('a value inside the graph can be differentiated by as well as an input', () => {
    const b = new OpBuilder('inner');
    const x = b.input('x', 'float64', []);
    const inner = b.mul(x, 3);
    const [dinner] = differentiate(b, gradients, b.square(inner), [inner]);
    expect(evaluate(b, [dinner], [[x, scalarOf(2)]])[0][0]).toBeCloseTo(12, 12);
  });
});

describe('types, origins and errors', () => {
  it('gradients have the types of what they are the gradients of, with the batch symbolic', () => {
    const b = new OpBuilder('types');
    const x = b.input('x', 'float32', ['N', 3, 8, 8]);
    const kernel = b.input('kernel', 'float32', [4, 3, 3, 3]);
    const weight = b.input('weight', 'float32', [4 * 4 * 4, 5]);
    const bias = b.input('bias', 'float32', [5]);
    const image = b.relu(b.conv(x, kernel, null, { strides: [2, 2], pads: [1, 1, 1, 1] }));
    const logits = b.gemm(b.reshape(image, [0, -1]), weight, bias);
    const loss = b.reduceMean(b.neg(b.logSoftmax(logits)));
    const values = [x, kernel, weight, bias];
    const found = differentiate(b, gradients, loss, values);
    expect(found.map((value) => formatType(value.type))).toEqual(values.map((value) => formatType(value.type)));
  });

  it('gradient nodes carry the origin of their forward node', () => {
    const b = new OpBuilder('origins');
    const x = b.input('x', 'float64', []);
    const loss = b.withOrigin('encoder/mean', () => b.exp(x));
    const before = b.nodes.length;
    differentiate(b, gradients, loss, [x]);
    expect(b.nodes.slice(before).map((node) => node.origin)).toEqual(['encoder/mean']);
  });

  it('a loss that is not a scalar is refused by name and shape', () => {
    const b = new OpBuilder('vector loss');
    const x = b.input('x', 'float64', ['N', 2]);
    expect(() => differentiate(b, gradients, x, [x])).toThrow(GraphError);
    expect(() => differentiate(b, gradients, x, [x])).toThrow(/'x' must be a scalar.*\[N, 2\]/);
  });
});
