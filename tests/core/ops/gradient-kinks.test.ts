import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../core/autodiff/differentiate.ts';
import type { Value } from '../../../core/graph/graph.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { gradients } from '../../../core/ops/gradient.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { numbersOf, tensorOf } from '../../../core/tensor/tensor.ts';

/** First and second derivative of Σ build(x) with respect to each input, in float32. */
function derivatives(
  inputs: readonly (readonly number[])[],
  build: (b: OpBuilder, inputs: readonly Value[]) => Value,
  shape?: readonly number[],
) {
  const b = new OpBuilder('kinks');
  const values = inputs.map((numbers, index) => b.input(`x${index}`, 'float32', shape ?? [numbers.length]));
  const first = differentiate(b, gradients, b.reduceSum(build(b, values)), values);
  const sum = first.map((gradient) => b.reduceSum(b.square(gradient))).reduce((left, right) => b.add(left, right));
  const second = differentiate(b, gradients, sum, values);
  first.forEach((value, index) => b.output(`first${index}`, value));
  second.forEach((value, index) => b.output(`second${index}`, value));
  const feeds = new Map(
    inputs.map((numbers, index) => [`x${index}`, tensorOf('float32', values[index].type.shape as number[], numbers)]),
  );
  const found = evaluateGraph(b.build(), feeds);
  const list = (name: string): number[] =>
    [...numbersOf(found.get(name) ?? tensorOf('float32', [0], []))].map((value) => value + 0);
  return {
    first: inputs.map((_, index) => list(`first${index}`)),
    second: inputs.map((_, index) => list(`second${index}`)),
  };
}

describe('where a derivative does not exist the rule chooses as written', () => {
  it('0 at 0 for Relu, Abs, Sqrt and the norm, and their second derivatives are numbers', () => {
    for (const op of ['Relu', 'Abs', 'Sqrt'] as const) {
      const { first, second } = derivatives([[0, 1]], (b, [x]) => b.unary(op, x));
      expect(first[0][0]).toBe(0);
      expect(second[0].every(Number.isFinite)).toBe(true);
    }
    const norm = derivatives([[0, 0]], (b, [x]) => b.reduce('ReduceL2', x, [0]));
    expect([...norm.first[0], ...norm.second[0]]).toEqual([0, 0, 0, 0]);
  });

  it('the left derivative at 0 for LeakyRelu and Elu, as PyTorch', () => {
    expect(derivatives([[0]], (b, [x]) => b.unary('LeakyRelu', x, { alpha: 0.25 })).first[0]).toEqual([0.25]);
    expect(derivatives([[0]], (b, [x]) => b.unary('Elu', x, { alpha: 0.5 })).first[0]).toEqual([0.5]);
  });

  it('halves for two operands that tie in Max and Min, thirds for three, as torch.maximum and amax', () => {
    expect(
      derivatives(
        [
          [1, 2],
          [1, 3],
        ],
        (b, [x, y]) => b.max(x, y),
      ).first,
    ).toEqual([
      [0.5, 0],
      [0.5, 1],
    ]);
    expect(
      derivatives(
        [
          [1, 2],
          [1, 3],
        ],
        (b, [x, y]) => b.min(x, y),
      ).first,
    ).toEqual([
      [0.5, 1],
      [0.5, 0],
    ]);
    const three = derivatives([[2], [2], [2]], (b, inputs) => b.emit('Max', inputs)).first;
    for (const [share] of three) expect(share).toBeCloseTo(1 / 3, 6);
    expect(derivatives([[4, 1, 4]], (b, [x]) => b.reduceMax(x, [0])).first[0]).toEqual([0.5, 0, 0.5]);
    expect(derivatives([[4, 1, 4, 1]], (b, [x]) => b.reduce('ReduceMin', x, [0])).first[0]).toEqual([0, 0.5, 0, 0.5]);
  });

  it('a clipped value at its bound still gets the gradient, as torch.clamp', () => {
    expect(derivatives([[-2, -1, 0, 1, 2]], (b, [x]) => b.clip(x, -1, 1)).first[0]).toEqual([0, 1, 1, 1, 0]);
  });

  it('equal largest values share evenly in max-pooling tiles, the first takes all where windows overlap', () => {
    const tiles = { kernel: [2, 2], strides: [2, 2] };
    const tiled = derivatives([[3, 3, 1, 3]], (b, [x]) => b.maxPool(x, tiles).output, [1, 1, 2, 2]);
    tiled.first[0].forEach((share, index) => expect(share).toBeCloseTo([1 / 3, 1 / 3, 0, 1 / 3][index], 6));
    const overlapping = derivatives([[2, 2, 1]], (b, [x]) => b.maxPool(x, { kernel: [2] }).output, [1, 1, 3]);
    expect(overlapping.first[0]).toEqual([1, 1, 0]);
  });

  it('powers: no gradient in the exponent where the base is not positive, 0 in the base where the exponent is 0', () => {
    const { first, second } = derivatives(
      [
        [-2, 0, 0, 2],
        [2, 2, 0, 3],
      ],
      (b, [x, p]) => b.pow(x, p),
    );
    expect(first[0]).toEqual([-4, 0, 0, 12]);
    expect(first[1].slice(0, 3)).toEqual([0, 0, 0]);
    expect(first[1][3]).toBeCloseTo(8 * Math.LN2, 5);
    expect(second.flat().every(Number.isFinite)).toBe(true);
  });

  it('a product with one zero sends its gradient to the zero alone', () => {
    expect(derivatives([[2, 0, 5]], (b, [x]) => b.reduce('ReduceProd', x, [0])).first[0]).toEqual([0, 10, 0]);
    expect(derivatives([[0, 0, 5]], (b, [x]) => b.reduce('ReduceProd', x, [0])).first[0]).toEqual([0, 0, 0]);
  });
});

describe('far from zero, gradients reach their limits without overflow', () => {
  const far = [-3e4, -200, 200, 3e4];
  const limits: readonly (readonly [string, (b: OpBuilder, x: Value) => Value, readonly number[]])[] = [
    ['Softplus', (b, x) => b.softplus(x), [0, 0, 1, 1]],
    ['Sigmoid', (b, x) => b.sigmoid(x), [0, 0, 0, 0]],
    ['Tanh', (b, x) => b.tanh(x), [0, 0, 0, 0]],
    ['Erf', (b, x) => b.erf(x), [0, 0, 0, 0]],
    ['Mish', (b, x) => b.unary('Mish', x), [0, 0, 1, 1]],
    ['Gelu', (b, x) => b.unary('Gelu', x), [0, 0, 1, 1]],
    ['Gelu, tanh', (b, x) => b.unary('Gelu', x, { approximate: 'tanh' }), [0, 0, 1, 1]],
    ['Elu', (b, x) => b.unary('Elu', x), [0, 0, 1, 1]],
    ['Celu', (b, x) => b.unary('Celu', x), [0, 0, 1, 1]],
    ['HardSwish', (b, x) => b.unary('HardSwish', x), [0, 0, 1, 1]],
    ['ReduceLogSumExp', (b, x) => b.reduce('ReduceLogSumExp', x, [0]), [0, 0, 0, 1]],
    ['Softmax', (b, x) => b.softmax(x), [0, 0, 0, 0]],
    ['LogSoftmax', (b, x) => b.logSoftmax(x), [1, 1, 1, -3]],
  ];
  it.each(limits)('%s', (_name, build, wanted) => {
    const { first, second } = derivatives([far], (b, [x]) => build(b, x));
    first[0].forEach((value, index) => expect(value).toBeCloseTo(wanted[index], 5));
    expect(second[0].every(Number.isFinite)).toBe(true);
  });

  it('masked scores of −∞ in a softmax leave finite gradients', () => {
    const { first } = derivatives([[1, Number.NEGATIVE_INFINITY, 2]], (b, [x]) => b.square(b.softmax(x)));
    expect(first[0].every(Number.isFinite)).toBe(true);
    expect(first[0][1]).toBe(0);
  });
});

describe('what has no gradient rule is refused in words', () => {
  const refusal = (
    build: (b: OpBuilder, x: Value) => Value,
    shape: readonly (number | string)[] = [1, 1, 4, 4],
  ): (() => void) => {
    const b = new OpBuilder('refused');
    const x = b.input('x', 'float32', shape);
    const loss = b.reduceSum(build(b, x));
    return () => differentiate(b, gradients, loss, [x]);
  };

  it('cubic resizing, products at indices, axes and sizes the graph computes', () => {
    const scales = tensorOf('float32', [4], [1, 1, 2, 2]);
    expect(refusal((b, x) => b.emit('Resize', [x, null, b.constant(scales)], { mode: 'cubic' }))).toThrow(
      /'cubic' has no gradient rule/,
    );
    const indices = tensorOf('int64', [1, 1], [0]);
    const scattered = (b: OpBuilder, x: Value) =>
      b.emit('ScatterND', [x, b.constant(indices), b.zerosLike(x)], { reduction: 'mul' });
    expect(refusal(scattered, [1, 4])).toThrow(/reduction 'mul' has no gradient rule/);
    const window = { kernel: [2, 2], strides: [2, 2] };
    expect(refusal((b, x) => b.averagePool(x, window), ['N', 1, 'H', 4])).toThrow(
      /to be known while the graph is built, it is 'H'/,
    );
  });
});

describe('rectifiers that keep the sign are differentiated from their result', () => {
  const slopes = (
    op: 'LeakyRelu' | 'Elu',
    alpha: number,
  ): { readonly readsInput: boolean; readonly slopes: number[] } => {
    const b = new OpBuilder('rectifier');
    const x = b.input('x', 'float32', [3]);
    const y = b.emit(op, [x], { alpha });
    const [dx] = differentiate(b, gradients, b.reduceSum(y), [x]);
    b.output('dx', dx);
    const graph = b.build();
    const readers = graph.nodes.filter((node) => node.inputs.includes(x));
    const found = evaluateGraph(graph, new Map([['x', tensorOf('float32', [3], [-2, 0, 3])]])).get('dx');
    return { readsInput: readers.length > 1, slopes: [...numbersOf(found ?? tensorOf('float32', [0], []))] };
  };

  it('their input is read by themselves alone', () => {
    expect(slopes('LeakyRelu', 0.25)).toEqual({ readsInput: false, slopes: [0.25, 0.25, 1] });
    expect(slopes('Elu', 1).readsInput).toBe(false);
  });

  it('one that turns the sign is differentiated from its input', () => {
    expect(slopes('LeakyRelu', -0.25)).toEqual({ readsInput: true, slopes: [-0.25, -0.25, 1] });
  });
});
