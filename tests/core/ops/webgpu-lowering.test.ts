/** Rewriting for WebGPU changes no number: every operator's cases and every layer give the same with it as without. */
import { describe, expect, it } from 'vitest';
import { verifyGraph } from '../../../core/graph/verify.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { lowerForWebGpu } from '../../../core/ops/targets/webgpu.ts';
import { inferTypes } from '../../../core/ops/types.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { numbersOf, sizeOf, tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';
import type { Attributes, Graph, Value } from '../../../core/graph/graph.ts';
import type { OpType } from '../../../core/graph/instruction-set.ts';
import { buildCase, layerCases } from '../nn/layer-case.ts';

function drawn(shape: readonly number[], name: string): Tensor {
  const values = new Float64Array(sizeOf(shape));
  new RandomStream(2, name).fillNormal(values);
  return tensorOf('float32', shape, values);
}

/** What both graphs give; integers of the rewritten one are fed in 32 bits. */
function bothWays(graph: Graph, feeds: ReadonlyMap<string, Tensor>) {
  const lowered = lowerForWebGpu(graph);
  verifyGraph(lowered, inferTypes);
  const narrow = lowered.inputs.map(({ name, type }): [string, Tensor] => {
    const value = feeds.get(name)!;
    return [name, type.dtype === 'int32' ? tensorOf('int32', value.shape, numbersOf(value)) : value];
  });
  return { expected: evaluateGraph(graph, feeds), found: evaluateGraph(lowered, new Map(narrow)), lowered };
}

function expectEqual(expected: ReadonlyMap<string, Tensor>, found: ReadonlyMap<string, Tensor>): void {
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [name, value] of expected) {
    const numbers = numbersOf(found.get(name)!);
    expect(found.get(name)!.dtype, name).toBe(value.dtype);
    const scale = Math.max(1, ...numbersOf(value).map(Math.abs));
    numbersOf(value).forEach((number, at) => expect(Math.abs(numbers[at] - number) / scale, name).toBeLessThan(1e-5));
  }
}

const one = (op: OpType, shapes: readonly (readonly number[])[], attributes: Attributes = {}) => ({
  op,
  shapes,
  attributes,
});

describe('operators the provider lacks, or computes wrongly, are written in others', () => {
  const kernel = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  it.each([
    one('LogSoftmax', [[3, 4]], { axis: 0 }),
    one('Selu', [[3, 4]]),
    one('Celu', [[3, 4]], { alpha: 0.7 }),
    one('Softsign', [[3, 4]]),
    one('Sign', [[3, 4]]),
    one('SpaceToDepth', [[2, 3, 4, 6]], { blocksize: 2 }),
    one(
      'FusedMatMul',
      [
        [3, 4],
        [5, 4],
      ],
      { transB: 1, alpha: 0.5 },
    ),
    one(
      'FusedMatMul',
      [
        [2, 4, 3],
        [2, 4, 5],
      ],
      { transA: 1 },
    ),
    one('ArgMax', [[3, 4]], { axis: -1, keepdims: 0 }),
    one('ArgMax', [[3, 4]], { axis: 0, select_last_index: 1 }),
    one('Conv', [[2, 6, 4, 4], [8, 6, 3, 3], [8]], kernel),
    one('ConvTranspose', [[2, 6, 3, 3], [6, 1, 3, 3], [3]], { ...kernel, group: 3, strides: [2, 2] }),
  ])('$op of $shapes', ({ op, shapes, attributes }) => {
    const b = new OpBuilder('one');
    const inputs = shapes.map((shape, i): Value => b.input(`in${i}`, 'float32', shape));
    b.output('y', b.emit(op, inputs, attributes));
    const feeds = new Map(shapes.map((shape, i) => [`in${i}`, drawn(shape, `${i}`)]));
    const { expected, found, lowered } = bothWays(b.build(), feeds);
    // Convolutions stay, over more channels or fewer.
    if (!op.startsWith('Conv')) expect(lowered.nodes.map((node) => node.op)).not.toContain(op);
    else expect(lowered.nodes.length).toBeGreaterThan(1);
    expectEqual(expected, found);
  });

  it.each([
    [7, 'Split'],
    [8, 'Slice'],
    [40, 'Slice'],
  ])('%d parts are cut by %s: a kernel of any device has 8 buffers', (count, op) => {
    const b = new OpBuilder('parts');
    const sizes = Array.from({ length: count }, (_, at) => 1 + (at % 3));
    const x = b.input('x', 'float32', [2, sizes.reduce((sum, size) => sum + size)]);
    b.split(x, sizes, -1).forEach((part, at) => b.output(`part${at}`, part));
    const { expected, found, lowered } = bothWays(b.build(), new Map([['x', drawn(x.type.shape as number[], 'x')]]));
    expectEqual(expected, found);
    expect(new Set(lowered.nodes.map((node) => node.op))).toEqual(new Set([op]));
  });

  it('class numbers are compared, chosen and looked up in 32 bits, and come out in 64', () => {
    const b = new OpBuilder('labels');
    const [label, table] = [b.input('label', 'int64', [4]), b.input('table', 'float32', [3, 2])];
    const dropped = b.emit('Where', [b.emit('Equal', [label, b.scalar(1, 'int64')]), b.scalar(0, 'int64'), label]);
    b.output('rows', b.emit('Gather', [table, dropped], { axis: 0 }));
    b.output('dropped', dropped);
    b.output('cut', b.slice(label, [1], [3], [0]));
    const feeds = new Map([
      ['label', tensorOf('int64', [4], [2, 1, 0, 1])],
      ['table', drawn([3, 2], 'table')],
    ]);
    const { expected, found, lowered } = bothWays(b.build(), feeds);
    expectEqual(expected, found);
    const compared = lowered.nodes.find((node) => node.op === 'Equal');
    expect(compared?.inputs.map((input) => input?.type.dtype)).toEqual(['int32', 'int32']);
  });
});

describe('every layer, with its gradients', () => {
  it.each(layerCases.map((each) => [`${each.type} ${each.label} ${each.training}`, each] as const))('%s', (_, each) => {
    const { program, feeds } = buildCase(each, 'static', 'float32');
    const { expected, found } = bothWays(program.graph, feeds);
    expectEqual(expected, found);
  });
});
