import { describe, expect, it } from 'vitest';
import { GraphError, type Graph, type Node, type Value } from '../../../core/graph/graph.ts';
import { printGraph } from '../../../core/graph/print.ts';
import { verifyGraph } from '../../../core/graph/verify.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { inferTypes } from '../../../core/ops/types.ts';
import { tensorOf } from '../../../core/tensor/tensor.ts';

function sample(): Graph {
  const b = new OpBuilder('sample');
  const x = b.input('x', 'float32', ['N', 3]);
  const sum = b.withOrigin('encoder/mean', () => b.add(x, b.constant(tensorOf('float32', [3], [1, 2.5, 3]), 'bias')));
  b.output('y', b.reduceSum(sum, [1]));
  return b.build();
}

const value = (name: string, shape: Value['type']['shape'] = ['N', 3]): Value => ({
  name,
  type: { dtype: 'float32', shape },
});

function withNode(graph: Graph, index: number, change: Partial<Node> | Readonly<Record<string, unknown>>): Graph {
  return { ...graph, nodes: graph.nodes.with(index, { ...graph.nodes[index], ...change }) };
}

describe('verifyGraph', () => {
  it('accepts what the builder makes', () => {
    expect(() => verifyGraph(sample(), inferTypes)).not.toThrow();
  });

  const graph = sample();
  const [add, reduce] = graph.nodes;
  const planted: readonly [what: string, faulty: Graph, message: string][] = [
    ['an unknown operator', withNode(graph, 0, { op: 'Convolve' }), "'Convolve' is not in the instruction set"],
    [
      'too few inputs',
      withNode(graph, 0, { inputs: [add.inputs[0]] }),
      "Add 'add' (encoder/mean): expected 2 inputs, found 1",
    ],
    [
      'too many outputs',
      withNode(graph, 0, { outputs: [...add.outputs, value('more')] }),
      'expected 1 outputs, found 2',
    ],
    ['an unknown attribute', withNode(graph, 0, { attributes: { axis: 1 } }), "Add has no attribute 'axis'"],
    [
      'an attribute of the wrong kind',
      withNode(graph, 1, { attributes: { keepdims: 'no' } }),
      `attribute 'keepdims' must be int, found "no"`,
    ],
    [
      'a fraction for a whole number',
      withNode(graph, 1, { attributes: { keepdims: 0.5 } }),
      "attribute 'keepdims' must be int, found 0.5",
    ],
    [
      'a value used before it is made',
      { ...graph, nodes: [reduce, add] },
      "the input 'add' is used before any node makes it",
    ],
    [
      'a value from nowhere',
      withNode(graph, 0, { inputs: [add.inputs[0], value('ghost')] }),
      "the input 'ghost' is used before any node makes it",
    ],
    ['a value made twice', { ...graph, nodes: [add, add, reduce] }, "the value 'add' is made twice"],
    ['two values of one name', withNode(graph, 0, { outputs: [value('x')] }), "the name 'x' is taken by another value"],
    [
      'a wrong recorded shape',
      withNode(graph, 0, { outputs: [value('add', ['N', 4])] }),
      "output 'add': expected float32[N, 3], the graph records float32[N, 4]",
    ],
    [
      'operands that do not fit',
      withNode(graph, 0, { inputs: [graph.inputs[0], graph.inputs[0]], op: 'MatMul' }),
      'the inner dimensions differ: 3 and N',
    ],
    [
      'a constant that is not what its value says',
      { ...graph, initializers: new Map([...graph.initializers].map(([key]) => [key, tensorOf('int64', [1], [1])])) },
      "constant 'bias': expected int64[1], the graph records float32[3]",
    ],
    [
      'an output nothing makes',
      { ...graph, outputs: [{ name: 'y', value: value('ghost') }] },
      "nothing makes the value 'ghost' of output 'y'",
    ],
    [
      'two outputs of one name',
      { ...graph, outputs: [...graph.outputs, ...graph.outputs] },
      "two outputs are named 'y'",
    ],
  ];
  it.each(planted)('catches %s', (_, faulty, message) => {
    expect(() => verifyGraph(faulty, inferTypes)).toThrow(GraphError);
    expect(() => verifyGraph(faulty, inferTypes)).toThrow(message);
  });

  it('tells the origin of the faulty node', () => {
    const faulty = withNode(graph, 0, { attributes: { axis: 1 } });
    expect(() => verifyGraph(faulty)).toThrow(expect.objectContaining({ origin: 'encoder/mean' }));
  });
});

describe('printGraph', () => {
  it('shows every part on a line of its own, long constants abbreviated', () => {
    const b = new OpBuilder('long');
    b.output(
      'y',
      b.add(
        b.input('x', 'float32', ['N', 9]),
        b.constant(tensorOf('float32', [9], [1, 2, 3, 4, 5, 1 / 3, 7, 8, 9]), 'w'),
      ),
    );
    expect(printGraph(b.build())).toContain('constant w: float32[9] = 1, 2, 3, 4, 5, 0.33333, …');
    expect(printGraph(sample())).toBe(
      [
        "graph 'sample'",
        '  input x: float32[N, 3]',
        '  constant bias: float32[3] = 1, 2.5, 3',
        '  constant constant: int64[1] = 1',
        '  add: float32[N, 3] = Add(x, bias)  # encoder/mean',
        '  reducesum: float32[N] = ReduceSum(add, constant) {keepdims=0}',
        '  output y = reducesum',
        '',
      ].join('\n'),
    );
  });
});
