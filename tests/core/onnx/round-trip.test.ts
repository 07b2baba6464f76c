/** Claims: what is written as an ONNX file reads back as the same graph, and the same graph gives the same bytes. */
import { describe, expect, test } from 'vitest';
import type { Graph, Value } from '../../../core/graph/graph.ts';
import { decodeModel } from '../../../core/onnx/decode.ts';
import { encodeModel, nodeName, originOfNodeName } from '../../../core/onnx/encode.ts';
import { OnnxError } from '../../../core/onnx/proto.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { scalarTensor, tensorOf, type DType } from '../../../core/tensor/tensor.ts';

/** Everything a graph says, as plain data that can be compared. */
function facts(graph: Graph): unknown {
  const value = ({ name, type }: Value): unknown => ({ name, type });
  return {
    name: graph.name,
    inputs: graph.inputs.map(value),
    outputs: graph.outputs.map((output) => ({ name: output.name, value: output.value.name })),
    initializers: [...graph.initializers].map(([key, tensor]) => ({ ...(value(key) as object), tensor })),
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => input && input.name),
      outputs: node.outputs.map(value),
    })),
  };
}

/** A graph with every attribute kind, optional inputs left out, symbolic dimensions and outputs of every sort. */
function variedGraph(): Graph {
  const b = new OpBuilder('varied');
  const x = b.input('x', 'float32', ['N', 3, 8, 8]);
  const labels = b.input('labels', 'int64', ['N']);
  const w = b.constant(
    tensorOf(
      'float32',
      [4, 3, 3, 3],
      Array.from({ length: 108 }, (_, i) => i / 100),
    ),
    'conv/weight',
  );
  const h = b.withOrigin('encoder/conv', () =>
    b.conv(x, w, null, { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  );
  const leaky = b.withOrigin('encoder/äct', () => b.emit('LeakyRelu', [h], { alpha: 0.1 }));
  const gelu = b.emit('Gelu', [leaky], { approximate: 'tanh' });
  const { output, indices } = b.maxPool(gelu, { kernel: [2, 2], strides: [2, 2] });
  const clipped = b.emit('Clip', [output, null, b.scalar(6)]);
  const flat = b.emit('Flatten', [clipped], { axis: 1 });
  const probabilities = b.softmax(flat);
  const product = b.fusedMatMul(probabilities, probabilities, { transB: true, alpha: 2 });
  b.output('probabilities', probabilities);
  b.output('again', probabilities);
  b.output('indices', indices);
  // An output that takes the name another value has.
  b.output(flat.name, product);
  b.output('the input', labels);
  b.output('the weight', w);
  return b.build();
}

describe('a graph written and read back', () => {
  test('is the same graph', () => {
    const graph = variedGraph();
    const decoded = decodeModel(encodeModel(graph, { metadata: { model: 'demo', note: 'a\nb' } }));
    expect(facts(decoded.graph)).toEqual(facts(graph));
    expect(decoded.metadata).toEqual({ model: 'demo', note: 'a\nb' });
    expect(decoded.opset).toBe(20);
  });

  test('gives the same bytes every time, whatever the order attributes were given in', () => {
    const bytes = encodeModel(variedGraph());
    expect(encodeModel(variedGraph())).toEqual(bytes);
    expect(encodeModel(decodeModel(bytes).graph)).toEqual(bytes);
    const gemm = (attributes: Record<string, number>): Uint8Array => {
      const b = new OpBuilder('g');
      const x = b.input('x', 'float32', [2, 2]);
      b.output('y', b.emit('Gemm', [x, x], attributes));
      return encodeModel(b.build());
    };
    expect(gemm({ transA: 1, alpha: 0.5 })).toEqual(gemm({ alpha: 0.5, transA: 1 }));
  });

  test('keeps constants of every data type, scalars and empty ones included, bit for bit', () => {
    const b = new OpBuilder('constants');
    const tensors = [
      tensorOf('float32', [3], [Number.NaN, -0, 1e-45]),
      tensorOf('float64', [2], [Math.PI, Number.NEGATIVE_INFINITY]),
      { dtype: 'int64' as const, shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
      tensorOf('int32', [2], [-(2 ** 31), 2 ** 31 - 1]),
      tensorOf('uint8', [2], [0, 255]),
      tensorOf('bool', [2], [1, 0]),
      scalarTensor('float32', 7),
      tensorOf('float32', [0, 4], []),
      tensorOf(
        'float32',
        [3000],
        Array.from({ length: 3000 }, (_, i) => i),
      ),
    ];
    tensors.forEach((tensor, index) => b.output(`o${index}`, b.constant(tensor)));
    const read = [...decodeModel(encodeModel(b.build())).graph.initializers.values()];
    expect(read).toEqual(tensors);
    expect(Object.is(read[0].data[1], -0)).toBe(true);
  });

  test('writes constants from views into larger buffers', () => {
    const b = new OpBuilder('view');
    const data = Float32Array.from([9, 1, 2, 9]).subarray(1, 3);
    b.output('y', b.constant({ dtype: 'float32', shape: [2], data }));
    const [read] = decodeModel(encodeModel(b.build())).graph.initializers.values();
    expect([...read.data]).toEqual([1, 2]);
  });
});

test('a large tensor in an attribute is kept, between small fields', () => {
  const b = new OpBuilder('constants');
  const values = tensorOf(
    'float32',
    [3, 2000],
    Array.from({ length: 6000 }, (_, i) => i / 7),
  );
  b.output(
    'y',
    b.withOrigin('after/it', () => b.emit('Constant', [], { value: values })),
  );
  const { graph } = decodeModel(encodeModel(b.build()));
  expect(graph.outputs.map(({ value }) => graph.initializers.get(value))).toEqual([values]);
});

describe('what cannot be written', () => {
  const withNode = (op: 'Gemm' | 'Softmax' | 'LeakyRelu', attributes: Graph['nodes'][number]['attributes']): Graph => {
    const type = { dtype: 'float32' as DType, shape: [2, 2] };
    const [x, y] = [
      { name: 'x', type },
      { name: 'y', type },
    ];
    const node = { op, inputs: op === 'Gemm' ? [x, x] : [x], outputs: [y], attributes, origin: 'head/out' };
    return { name: 'g', inputs: [x], outputs: [{ name: 'y', value: y }], nodes: [node], initializers: new Map() };
  };

  test.each([
    ['an int attribute with a fraction', withNode('Softmax', { axis: 0.5 }), /axis.*int.*0\.5/],
    ['a float attribute that is text', withNode('LeakyRelu', { alpha: 'big' }), /alpha.*float.*big/],
    ['an attribute the operator does not have', withNode('Gemm', { beta2: 1 }), /Gemm has no attribute 'beta2'/],
  ])('%s is refused in words', (_what, graph, words) => {
    expect(() => encodeModel(graph)).toThrow(OnnxError);
    expect(() => encodeModel(graph)).toThrow(words);
  });

  test('an output named like an input is refused', () => {
    const b = new OpBuilder('clash');
    const x = b.input('x', 'float32', [1]);
    b.output('x', b.neg(x));
    expect(() => encodeModel(b.build())).toThrow(/'x' is an input and an output/);
  });

  test('a model beyond 2 GiB is refused before anything of that size is allocated', () => {
    // A length is all that is read of a buffer before the sum is known, so one large view serves twice.
    const data = new Float32Array(2 ** 28);
    const b = new OpBuilder('huge');
    b.output('a', b.constant({ dtype: 'float32', shape: [2 ** 28], data }));
    b.output('b', b.constant({ dtype: 'float32', shape: [2 ** 28], data }));
    expect(() => encodeModel(b.build())).toThrow(/2 GiB/);
  });
});

test('node names carry the origin', () => {
  expect(originOfNodeName(nodeName('encoder/mean', 'matmul_3'))).toBe('encoder/mean');
  expect(originOfNodeName(nodeName('a#b', 'y'))).toBe('a#b');
  expect(originOfNodeName(nodeName('', 'y'))).toBe('');
});
