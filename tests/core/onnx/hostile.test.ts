/** Claims: files that are damaged, foreign or old are read right or refused in words, never anything else. */
import { describe, expect, test } from 'vitest';
import { decodeModel, type DecodedModel } from '../../../core/onnx/decode.ts';
import { shortestFloat32 } from '../../../core/onnx/decode-tensor.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import { OnnxError, writeMessage, type Message } from '../../../core/onnx/proto.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { RandomStream } from '../../../core/random/random.ts';

type Graph = Message<'GraphProto'>;
type Node = Message<'NodeProto'>;
type Attribute = Message<'AttributeProto'>;

const ints = (name: string, values: readonly number[]): Attribute => ({ name, type: 7, ints: values.map(BigInt) });
const int = (name: string, value: number): Attribute => ({ name, type: 2, i: BigInt(value) });
const input = (name: string, shape: readonly (number | string)[]): Message<'ValueInfoProto'> => ({
  name,
  type: {
    tensorType: {
      elemType: 1,
      shape: { dim: shape.map((d) => (typeof d === 'number' ? { dimValue: BigInt(d) } : { dimParam: d })) },
    },
  },
});

/** A model as another program might have written it. */
function model(graph: Graph, opset = 20): Uint8Array {
  return writeMessage('ModelProto', {
    irVersion: 8n,
    graph: { name: 'foreign', ...graph },
    opsetImport: [
      { domain: '', version: BigInt(opset) },
      { domain: 'com.microsoft', version: 1n },
    ],
  });
}
function oneNode(node: Node, opset = 20, shape: readonly (number | string)[] = [2, 3, 4]): DecodedModel {
  const graph = {
    node: [{ input: ['x'], output: ['y'], ...node }],
    input: [input('x', shape)],
    output: [{ name: 'y' }],
  };
  return decodeModel(model(graph, opset));
}

describe('damaged files', () => {
  const small = (): Uint8Array => {
    const b = new OpBuilder('small');
    const x = b.input('x', 'float32', ['N', 2]);
    b.output(
      'y',
      b.withOrigin('o', () => b.softmax(b.add(x, b.scalar(0.1)))),
    );
    b.output('z', b.reduceSum(x, [1]));
    return encodeModel(b.build(), { metadata: { a: 'b' } });
  };

  test.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('{"a": "model"}')],
    ['zeros', new Uint8Array(100)],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13)],
  ])('%s is not an ONNX model', (_what, bytes) => {
    expect(() => decodeModel(bytes)).toThrow(OnnxError);
    expect(() => decodeModel(bytes)).toThrow(/not an ONNX model/);
  });

  test('a file cut short anywhere is read or refused in words', () => {
    const bytes = small();
    for (let length = 0; length < bytes.length; length++) {
      expect(surprise(bytes.subarray(0, length))).toBeUndefined();
    }
    expect(() => decodeModel(bytes.subarray(0, bytes.length / 2))).toThrow(/cut short/);
  });

  test('a file with bytes changed at random is read or refused in words', () => {
    const bytes = small();
    const noise = new RandomStream(1, 'damage');
    for (let round = 0; round < 3000; round++) {
      const changed = bytes.slice();
      for (let k = 0; k <= round % 3; k++) {
        changed[noise.integer(changed.length)] = noise.integer(256);
      }
      expect(surprise(changed)).toBeUndefined();
    }
  });

  test('a constant that claims more than it holds is refused before memory is taken for it', () => {
    const initializer = [{ name: 'w', dims: [2n ** 40n, 2n ** 12n], dataType: 1, rawData: new Uint8Array(8) }];
    expect(() => decodeModel(model({ initializer }))).toThrow(/cannot be made of 8 bytes/);
    expect(() => decodeModel(model({ initializer: [{ name: 'w', dims: [-1n], dataType: 1 }] }))).toThrow(
      /-1 is no size/,
    );
  });

  test('names in a file cannot reach prototypes', () => {
    const file = writeMessage('ModelProto', {
      irVersion: 8n,
      graph: { node: [{ opType: 'constructor', output: ['y'] }] },
      opsetImport: [{ version: 20n }],
      metadataProps: [{ key: '__proto__', value: 'x' }],
    });
    expect(() => decodeModel(file)).toThrow(/operator constructor/);
    const attribute = [int('toString', 1)];
    expect(() => oneNode({ opType: 'Softmax', attribute })).toThrow(/'toString'/);
  });
});

/** undefined when the bytes are read or refused in words; the error when anything else happens. */
function surprise(bytes: Uint8Array): unknown {
  try {
    decodeModel(bytes);
    return undefined;
  } catch (error) {
    return error instanceof OnnxError ? undefined : error;
  }
}

describe('what Lathe does not have', () => {
  test('unknown operators and domains are listed together', () => {
    const node = [
      { opType: 'Einsum', input: ['x'], output: ['a'] },
      { opType: 'Einsum', input: ['x'], output: ['b'] },
      { opType: 'Gelu', domain: 'com.microsoft', input: ['x'], output: ['c'] },
      { opType: 'If', input: ['x'], output: ['d'], attribute: [{ name: 'then_branch', type: 5, g: new Uint8Array() }] },
      { opType: 'Relu', input: ['x'], output: ['e'] },
    ];
    let refusal: unknown;
    try {
      decodeModel(model({ node, input: [input('x', [1])] }));
    } catch (error) {
      refusal = error;
    }
    expect((refusal as OnnxError).problems).toEqual([
      'operator Einsum (2 times)',
      'operator Gelu of domain com.microsoft',
      'operator If, which holds a subgraph',
    ]);
  });

  test.each([
    ['an opset before 11', () => oneNode({ opType: 'Relu' }, 10), /opset 10.*11 to 21/],
    ['an opset after 21', () => oneNode({ opType: 'Relu' }, 22), /opset 22/],
    ['a value nobody makes', () => oneNode({ opType: 'Relu', input: ['q'] }), /reads 'q'/],
    ['an unknown attribute', () => oneNode({ opType: 'Relu', attribute: [int('new', 1)] }), /'new'/],
    [
      'an attribute of another type',
      () => oneNode({ opType: 'Softmax', attribute: [ints('axis', [1])] }),
      /'axis'.*int/,
    ],
    ['too many inputs', () => oneNode({ opType: 'Relu', input: ['x', 'x'] }), /2 inputs, expected 1/],
    ['types that do not fit', () => oneNode({ opType: 'MatMul', input: ['x', 'x'] }), /MatMul/],
    ['a name used twice', () => oneNode({ opType: 'Relu', output: ['x'] }), /two values .* named 'x'/],
    [
      'float16',
      () => decodeModel(model({ initializer: [{ name: 'w', dataType: 10 }] })),
      /constant 'w' has the element type float16/,
    ],
  ])('%s is refused in words', (_what, decode, words) => {
    expect(decode).toThrow(OnnxError);
    expect(decode).toThrow(words);
  });

  test('data in another file is refused, or read by the caller when its place is beside the model', () => {
    const at = (location: string): Uint8Array =>
      model({
        initializer: [
          {
            name: 'w',
            dims: [2n],
            dataType: 1,
            dataLocation: 1,
            externalData: [
              { key: 'location', value: location },
              { key: 'offset', value: '4' },
              { key: 'length', value: '8' },
            ],
          },
        ],
      });
    expect(() => decodeModel(at('w.bin'))).toThrow(/'w.bin' beside the model/);
    const readExternalData = ({ offset, length }: { offset: number; length: number | undefined }): Uint8Array =>
      new Uint8Array(Float32Array.of(1, 2, 3).buffer).slice(offset, offset + length!);
    const [tensor] = decodeModel(at('w.bin'), { readExternalData }).graph.initializers.values();
    expect([...tensor.data]).toEqual([2, 3]);
    for (const place of ['../w.bin', '/etc/passwd', 'C:\\w.bin', 'a/../../b', '']) {
      expect(() => decodeModel(at(place), { readExternalData })).toThrow(/not a file beside the model/);
    }
  });
});

describe('models of other programs', () => {
  test('typed data fields are read like raw bytes', () => {
    const initializer = [
      { name: 'f', dims: [2n], dataType: 1, floatData: [0.5, -1] },
      { name: 'd', dims: [1n], dataType: 11, doubleData: [Math.E] },
      { name: 'l', dims: [2n], dataType: 7, int64Data: [-1n, 2n ** 60n] },
      { name: 'i', dims: [2n], dataType: 6, int32Data: [-7, 7] },
      { name: 'u', dims: [1n], dataType: 2, int32Data: [200] },
      { name: 'b', dims: [2n], dataType: 9, int32Data: [1, 0] },
    ];
    const { initializers } = decodeModel(model({ initializer })).graph;
    expect([...initializers.values()].map((tensor) => [...tensor.data])).toEqual([
      [0.5, -1],
      [Math.E],
      [-1n, 2n ** 60n],
      [-7, 7],
      [200],
      [1, 0],
    ]);
  });

  test('Constant nodes and initializers that are inputs too become constants', () => {
    const graph = {
      initializer: [{ name: 'w', dims: [1n], dataType: 1, floatData: [2] }],
      input: [input('x', ['batch', 3]), input('w', [1])],
      node: [
        { opType: 'Constant', output: ['axes'], attribute: [ints('value_ints', [1])] },
        { opType: 'ReduceSum', name: 'total', input: ['x', 'axes'], output: ['s'], attribute: [int('keepdims', 0)] },
        { opType: 'Clip', input: ['s', '', 'w'], output: ['y'] },
      ],
      output: [{ name: 'y' }],
    };
    // A Clip bound must be a scalar, so the constant is one.
    graph.initializer[0].dims = [];
    const { nodes, inputs, outputs } = decodeModel(model(graph)).graph;
    expect(inputs.map(({ name }) => name)).toEqual(['x']);
    expect(nodes.map(({ op, origin }) => [op, origin])).toEqual([
      ['ReduceSum', 'total'],
      ['Clip', ''],
    ]);
    expect(nodes[1].inputs.map((value) => value && value.name)).toEqual(['s', null, 'w']);
    expect(outputs[0].value.type).toEqual({ dtype: 'float32', shape: ['batch'] });
  });

  test('open dimensions get names of their own', () => {
    const graph = { input: [input('x', ['', 3, -1])], node: [{ opType: 'Relu', input: ['x'], output: ['y'] }] };
    expect(decodeModel(model(graph)).graph.inputs[0].type.shape).toEqual(['x_0', 3, 'x_2']);
  });

  test.each([
    ['ReduceMean before 18', { opType: 'ReduceMean', attribute: [ints('axes', [-1]), int('keepdims', 0)] }, 17, [2, 3]],
    ['ReduceSum before 13', { opType: 'ReduceSum', attribute: [ints('axes', [0])] }, 12, [1, 3, 4]],
    ['Unsqueeze before 13', { opType: 'Unsqueeze', attribute: [ints('axes', [0, 2])] }, 11, [1, 2, 1, 3, 4]],
    ['Cast 19 with saturate', { opType: 'Cast', attribute: [int('to', 1), int('saturate', 1)] }, 19, [2, 3, 4]],
    ['Softmax before 13 on the last axis', { opType: 'Softmax', attribute: [int('axis', 2)] }, 12, [2, 3, 4]],
  ])('%s is brought to opset 20', (_what, node, opset, shape) => {
    const { graph } = oneNode(node, opset);
    expect(graph.outputs[0].value.type.shape).toEqual(shape);
    // Written and read again, now as opset 20, it says the same.
    expect(decodeModel(encodeModel(graph)).graph.outputs[0].value.type.shape).toEqual(shape);
  });

  test('Split before 18 splits evenly, before 13 by its attribute', () => {
    const even = oneNode({ opType: 'Split', output: ['y', 'z', 'q'], attribute: [int('axis', 1)] }, 17);
    expect(even.graph.nodes[0].outputs.map(({ type }) => type.shape)).toEqual([
      [2, 1, 4],
      [2, 1, 4],
      [2, 1, 4],
    ]);
    const sized = oneNode(
      { opType: 'Split', output: ['y', 'z'], attribute: [int('axis', 2), ints('split', [1, 3])] },
      11,
    );
    expect(sized.graph.nodes[0].outputs.map(({ type }) => type.shape)).toEqual([
      [2, 3, 1],
      [2, 3, 3],
    ]);
  });

  test('Softmax before 13 along a middle axis meant something else and is refused', () => {
    expect(() => oneNode({ opType: 'Softmax' }, 12)).toThrow(/before opset 13/);
  });
});

test('float attributes read as the decimal that was meant', () => {
  for (const decimal of [0.1, 0.01, 1e-5, 0.2, 1.0507009873554805, 16777216, 0, -0.3, 1 / 3]) {
    const float = Math.fround(decimal);
    expect(Math.fround(shortestFloat32(float))).toBe(float);
  }
  expect(shortestFloat32(Math.fround(0.1))).toBe(0.1);
  expect(shortestFloat32(Math.fround(1e-5))).toBe(1e-5);
});
