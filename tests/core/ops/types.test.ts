import { describe, expect, it } from 'vitest';
import { GraphError, formatType, type Dim, type TensorType, type Value } from '../../../core/graph/graph.ts';
import { opTypes, type OpType } from '../../../core/graph/instruction-set.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { inferTypes } from '../../../core/ops/types.ts';
import { operatorCases, type OperatorCase } from './operator-cases.ts';

/** What a symbolic dimension is once the batch is known: names are arithmetic on N, floor and min. */
function valueOf(dim: Dim, batch: number): number {
  if (typeof dim === 'number') return dim;
  // oxlint-disable-next-line typescript/no-implied-eval -- an independent reading of names our own code has made
  return new Function('N', 'floor', 'min', `return ${dim}`)(batch, Math.floor, Math.min) as number;
}

/** The types of a case whose first axis is `N` in every input that shares it; constants stay constants. */
function inferCase(
  op: OpType,
  { inputs, attributes, outputs }: OperatorCase,
  symbolic: boolean,
): readonly TensorType[] {
  const batch = batchOf(op, inputs);
  const types = inputs.map((input): TensorType | null => {
    if (!input) return null;
    const named = symbolic && isData(op, input) && input.shape[0] === batch;
    return { dtype: input.dtype, shape: named ? ['N', ...input.shape.slice(1)] : input.shape };
  });
  const constants = inputs.map((input) => (input && !isData(op, input) ? input : undefined));
  return inferTypes(op, { inputs: types, constants, attributes: attributes ?? {}, outputCount: outputs ?? 1 });
}

type Input = OperatorCase['inputs'][number];
const isData = (op: OpType, input: NonNullable<Input>): boolean =>
  input.dtype !== 'int64' && input.shape.length > 1 && op !== 'Gemm';
const batchOf = (op: OpType, inputs: readonly Input[]): number | undefined =>
  inputs.find((input) => input && isData(op, input))?.shape[0];

describe('with a symbolic batch', () => {
  for (const op of opTypes) {
    it(`${op} gives what it gives for that batch in numbers`, () => {
      for (const operatorCase of operatorCases[op]) {
        const batch = batchOf(op, operatorCase.inputs);
        if (batch === undefined || batch === 1) continue;
        const exact = inferCase(op, operatorCase, false);
        let symbolic: readonly TensorType[];
        try {
          symbolic = inferCase(op, operatorCase, true);
        } catch (error) {
          // Where the first axis is a channel or a matrix row, a name beside a number is rightly refused.
          if (error instanceof GraphError) continue;
          throw error;
        }
        const told = symbolic.map(({ dtype, shape }) => ({
          dtype,
          shape: shape.map((dim) => (dim === '?' ? dim : valueOf(dim, batch))),
        }));
        const wanted = exact.map(({ dtype, shape }, at) => ({
          dtype,
          shape: shape.map((dim, axis) => (told[at].shape[axis] === '?' ? '?' : dim)),
        }));
        expect(told).toEqual(wanted);
      }
    });
  }

  it('few operators refuse it, and these only where the axis is no batch', () => {
    const works = (op: OpType): boolean =>
      operatorCases[op].some((operatorCase) => {
        try {
          return inferCase(op, operatorCase, true).some(({ shape }) => shape.some((dim) => String(dim).includes('N')));
        } catch {
          return false;
        }
      });
    const withBatch = [
      'Add',
      'MatMul',
      'FusedMatMul',
      'Conv',
      'ConvTranspose',
      'MaxPool',
      'AveragePool',
      'GlobalAveragePool',
      'BatchNormalization',
      'LayerNormalization',
      'InstanceNormalization',
      'Reshape',
      'Flatten',
      'Transpose',
      'Concat',
      'Split',
      'Slice',
      'Pad',
      'Gather',
      'Resize',
      'ReduceSum',
      'ArgMax',
      'Softmax',
      'DepthToSpace',
      'Where',
      'Expand',
      'Tile',
      'ScatterElements',
      'Trilu',
    ] as const;
    expect(withBatch.filter((op) => !works(op))).toEqual([]);
  });
});

function builder(): { b: OpBuilder; x: Value } {
  const b = new OpBuilder('test');
  return { b, x: b.input('x', 'float32', ['N', 64, 7, 7]) };
}

describe('names of derived dimensions', () => {
  const { b, x } = builder();
  const shapes: readonly [what: string, value: () => Value, shape: readonly Dim[]][] = [
    ['reshape [0, −1]', () => b.reshape(x, [0, -1]), ['N', 3136]],
    ['reshape [−1, 3136]', () => b.reshape(x, [-1, 3136]), ['N', 3136]],
    ['reshape [−1, 49]', () => b.reshape(x, [-1, 49]), ['N*64', 49]],
    ['reshape [−1]', () => b.reshape(x, [-1]), ['N*3136']],
    ['and back', () => b.reshape(b.reshape(x, [-1]), [-1, 64, 7, 7]), ['N', 64, 7, 7]],
    ['two batches joined', () => b.concat([x, x], 0), ['N*2', 64, 7, 7]],
    ['all but the first example', () => b.slice(x, [1], [2 ** 31 - 1], [0]), ['N-1', 64, 7, 7]],
    ['all but the last example', () => b.slice(x, [0], [-1], [0]), ['N-1', 64, 7, 7]],
    ['one more example', () => b.pad(x, [1, 0, 0, 0, 0, 0, 0, 0]), ['N+1', 64, 7, 7]],
    [
      'the batch twice, every second example',
      () => b.slice(b.concat([x, x], 0), [0], [2 ** 31 - 1], [0], [2]),
      ['N', 64, 7, 7],
    ],
    ['at most 5 examples', () => b.slice(x, [0], [5], [0]), ['min(5,N)', 64, 7, 7]],
    ['the first example', () => b.slice(x, [0], [1], [0]), [1, 64, 7, 7]],
    ['a tile', () => b.emit('Tile', [x, b.ints([3, 1, 1, 1])]), ['N*3', 64, 7, 7]],
    ['flatten', () => b.emit('Flatten', [x], { axis: 2 }), ['N*64', 49]],
  ];
  it.each(shapes)('%s', (_, value, shape) => {
    expect(value().type.shape).toEqual(shape);
  });

  it('equal expressions have equal names, however they come about', () => {
    const twice = b.concat([x, x], 0);
    expect(
      b.add(b.reshape(twice, [-1]), b.reshape(b.emit('Tile', [x, b.ints([1, 2, 1, 1])]), [-1])).type.shape,
    ).toEqual(['N*6272']);
  });
});

describe('shapes computed in the graph', () => {
  it('Expand and Reshape to the shape of another value have its shape', () => {
    const { b, x } = builder();
    expect(b.expandLike(b.scalar(1), x).type).toEqual({ dtype: 'float32', shape: ['N', 64, 7, 7] });
    expect(b.expandLike(b.reduceMean(x, [0, 2, 3], true), x).type.shape).toEqual(['N', 64, 7, 7]);
    expect(b.reshapeLike(b.reshape(x, [0, -1]), x).type.shape).toEqual(['N', 64, 7, 7]);
    expect(b.zerosLike(x).type.shape).toEqual(['N', 64, 7, 7]);
  });

  it('parts of a shape, joined and multiplied, are followed', () => {
    const { b, x } = builder();
    const shape = b.shapeOf(x);
    const [batch, rest] = [b.slice(shape, [0], [1], [0]), b.slice(shape, [1], [9], [0])];
    const size = b.emit('ReduceProd', [rest], { keepdims: 1 });
    expect(b.reshape(x, b.concat([batch, size], 0)).type.shape).toEqual(['N', 3136]);
    expect(b.reshape(x, b.concat([b.mul(batch, b.ints([64])), b.ints([-1])], 0)).type.shape).toEqual(['N*64', 49]);
    const first = b.unsqueeze(
      b.gather(shape, b.constant({ dtype: 'int64', shape: [], data: new BigInt64Array([0n]) })),
      [0],
    );
    expect(b.expand(b.scalar(0), first).type.shape).toEqual(['N']);
    expect(b.slice(b.concat([x, x], 0), [0], [1], [1]).type.shape).toEqual(['N*2', 1, 7, 7]);
    expect(b.emit('Slice', [b.concat([x, x], 0), b.ints([0]), batch, b.ints([0])]).type.shape).toEqual(['N', 64, 7, 7]);
    expect(b.emit('Slice', [b.concat([x, x], 0), batch, b.ints([2 ** 31 - 1]), b.ints([0])]).type.shape).toEqual([
      'N',
      64,
      7,
      7,
    ]);
  });

  it('a shape nothing is known of gives unknown dimensions, which fit all others', () => {
    const b = new OpBuilder('test');
    const x = b.reshape(b.input('x', 'float32', ['N']), b.input('shape', 'int64', [2]));
    expect(x.type.shape).toEqual(['?', '?']);
    expect(b.add(x, b.input('y', 'float32', [3, 4])).type.shape).toEqual([3, 4]);
    expect(b.matMul(x, b.input('w', 'float32', [5, 6])).type.shape).toEqual(['?', 6]);
  });
});

describe('errors are in words for people', () => {
  const b = new OpBuilder('test');
  const f = (...shape: Dim[]): Value => b.input(`x${b.inputs.length}`, 'float32', shape);
  const int = (...shape: Dim[]): Value => b.input(`x${b.inputs.length}`, 'int64', shape);
  const mistakes: readonly [message: string, make: () => unknown][] = [
    [
      'MatMul(float32[3, 64], float32[32, 5]): the inner dimensions differ: 64 and 32',
      () => b.matMul(f(3, 64), f(32, 5)),
    ],
    ['the inner dimensions differ: 4 and 3', () => b.gemm(f(2, 4), f(2, 3), null, { transB: true })],
    ['shapes [8, 3] and [4] cannot be broadcast: axis 1 is 3 and 4', () => b.add(f(8, 3), f(4))],
    ['shapes [N, 3] and [5, 3] cannot be broadcast: axis 0 is N and 5', () => b.mul(f('N', 3), f(5, 3))],
    ['the data types differ: float32 and int64', () => b.add(f(2), int(2))],
    ['the data types differ: float32 and int64', () => b.greater(f(2), int(2))],
    ['a 5x5 window does not fit the 4x4 input', () => b.maxPool(f('N', 3, 4, 4), { kernel: [5, 5] })],
    [
      'a 5x5 window does not fit the 2x2 input with its padding',
      () => b.conv(f('N', 3, 2, 2), f(8, 3, 5, 5), null, { pads: [1, 1, 1, 1] }),
    ],
    [
      'the channels of the input and of the weights differ: 3 and 4',
      () => b.conv(f('N', 3, 8, 8), f(8, 4, 3, 3), null),
    ],
    [
      'the channels of the input and of the weights (2 groups) differ: 6 and 8',
      () => b.conv(f('N', 6, 8, 8), f(8, 4, 3, 3), null, { group: 2 }),
    ],
    ['9 output channels do not divide into 2 groups', () => b.conv(f('N', 8, 8, 8), f(9, 4, 3, 3), null, { group: 2 })],
    ['[2, 3] cannot be reshaped to [4, -1]: 6 elements against 4', () => b.reshape(f(2, 3), [4, -1])],
    ['[N, 6] cannot be reshaped to [0, 5]: N*6 elements against N*5', () => b.reshape(f('N', 6), [0, 5])],
    ['joining along axis 1, axis 0 differs: 2 and 3', () => b.concat([f(2, 4), f(3, 4)], 1)],
    ['axis 3 is outside the 2 axes of the input', () => b.softmax(f(2, 2), 3)],
    ['the axes [1, -1] name one axis twice', () => b.reduceSum(f(2, 2), [1, -1])],
    ['[0, 0] does not name each of the 2 axes once', () => b.transpose(f(2, 2), [0, 0])],
    ['axis 0 has 2 elements, only axes of 1 can be squeezed', () => b.squeeze(f(2, 2), [0])],
    ['the parts and the axis to split differ: 5 and 6', () => b.split(f(2, 6), [2, 3], 1)],
    ['index 4 is outside the 4 elements of axis 0', () => b.gather(f(4, 2), b.ints([4]))],
    ['input 0 must be float32 or float64, it is int64', () => b.exp(int(2))],
    ['takes 2 inputs, 1 are given', () => b.emit('Add', [f(2)])],
    ['7 channels do not divide into blocks of 2x2', () => b.emit('DepthToSpace', [f(1, 7, 2, 2)], { blocksize: 2 })],
    ['input 1 is missing', () => b.emit('Add', [f(2), null])],
  ];
  it.each(mistakes)('%s', (message, make) => {
    expect(make).toThrow(GraphError);
    expect(make).toThrow(message);
  });

  it('and carry the origin of the part at fault', () => {
    const make = (): unknown => b.withOrigin('decoder/dense', () => b.matMul(f(1, 2), f(3, 4)));
    expect(make).toThrow(expect.objectContaining({ origin: 'decoder/dense' }));
  });
});

it('formatType shows a type as people write it', () => {
  expect(formatType(builder().x.type)).toBe('float32[N, 64, 7, 7]');
});
