/** Convolutions in blocks of channels give what the reference kernels give, and say no where they cannot. */
import { describe, expect, it } from 'vitest';
import { numbersAttribute, type Value } from '../../../core/graph/graph.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { differentiate } from '../../../core/autodiff/differentiate.ts';
import { gradients } from '../../../core/ops/gradient.ts';
import { optimise } from '../../../core/ops/optimise.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { blockConvolutions } from '../../../core/ops/targets/blocked-convolutions.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { numbersOf, sizeOf, tensorOf, type Shape, type Tensor } from '../../../core/tensor/tensor.ts';
import { createSession } from '../../../main/host/compute/create-session.ts';
import { channelBlock } from '../../../main/host/onnxruntime/channel-block.ts';
import { relativeError } from '../../core/ops/gradient-check.ts';

/** float32 sums over a few hundred elements. */
const tolerance = 1e-5;

interface Case {
  readonly name: string;
  readonly x: Shape;
  readonly weight: Shape;
  readonly build: (b: OpBuilder, x: Value, weight: Value, bias: Value) => Value;
  readonly bias: number;
}

const square = (kernel: number, stride: number, pads: readonly number[]) => ({
  kernel: [kernel, kernel],
  strides: [stride, stride],
  pads,
});

const cases: readonly Case[] = [
  {
    name: 'a 3×3 convolution',
    x: [2, 16, 12, 11],
    weight: [32, 16, 3, 3],
    bias: 32,
    build: (b, x, weight, bias) => b.conv(x, weight, bias, square(3, 1, [1, 1, 1, 1])),
  },
  {
    name: 'one with stride, asymmetric padding and a rectifier',
    x: [9, 32, 12, 12],
    weight: [16, 32, 4, 3],
    bias: 16,
    build: (b, x, weight, bias) =>
      b.relu(b.conv(x, weight, bias, { kernel: [4, 3], strides: [2, 2], pads: [1, 0, 2, 1] })),
  },
  {
    name: 'one with dilation whose result is read before and after the rectifier',
    x: [3, 16, 14, 12],
    weight: [16, 16, 3, 2],
    bias: 16,
    build: (b, x, weight) => {
      const y = b.conv(x, weight, null, { kernel: [3, 2], dilations: [2, 3], pads: [1, 1, 1, 1] });
      return b.add(y, b.relu(y));
    },
  },
  {
    name: 'a transposed convolution, 4×4 with stride 2',
    x: [3, 32, 6, 5],
    weight: [32, 16, 4, 4],
    bias: 16,
    build: (b, x, weight, bias) => b.convTranspose(x, weight, bias, square(4, 2, [1, 1, 1, 1])),
  },
  {
    name: 'one of 3×3 with stride 2 and output padding',
    x: [3, 16, 6, 5],
    weight: [16, 32, 3, 3],
    bias: 32,
    build: (b, x, weight) => b.convTranspose(x, weight, null, { ...square(3, 2, [1, 1, 1, 1]), outputPadding: [1, 1] }),
  },
  {
    name: 'one whose strides differ, one of them 1',
    x: [4, 16, 5, 9],
    weight: [16, 16, 5, 3],
    bias: 16,
    build: (b, x, weight, bias) =>
      b.convTranspose(x, weight, bias, { kernel: [5, 3], strides: [3, 1], pads: [1, 1, 1, 1] }),
  },
  {
    name: 'one whose last stride reaches no further than a phase',
    x: [4, 16, 9, 9],
    weight: [16, 16, 3, 3],
    bias: 16,
    build: (b, x, weight) => b.convTranspose(x, weight, null, square(3, 2, [0, 0, 0, 0])),
  },
  {
    name: 'an image of three channels',
    x: [9, 3, 12, 11],
    weight: [32, 3, 4, 3],
    bias: 32,
    build: (b, x, weight, bias) =>
      b.relu(b.conv(x, weight, bias, { kernel: [4, 3], strides: [2, 1], pads: [1, 1, 1, 1] })),
  },
  {
    name: 'a rectifier and a max pooling between convolutions',
    x: [9, 16, 12, 14],
    weight: [16, 16, 3, 3],
    bias: 16,
    build: (b, x, weight, bias) => {
      const inner = b.relu(b.conv(x, weight, bias, square(3, 1, [1, 1, 1, 1])));
      const { output } = b.maxPool(inner, square(2, 2, [0, 0, 0, 0]));
      return b.mul(b.conv(b.mul(output, 0.1), weight, bias, square(3, 1, [1, 1, 1, 1])), 0.1);
    },
  },
  {
    name: 'a max pooling that leaves a rest, and one with padding',
    x: [4, 16, 13, 14],
    weight: [16, 16, 3, 3],
    bias: 16,
    build: (b, x, weight) => {
      const inner = b.conv(x, weight, null, square(3, 1, [1, 1, 1, 1]));
      const first = b.maxPool(inner, square(3, 3, [0, 0, 0, 0])).output;
      return b.mul(b.reduceSum(first), b.maxPool(inner, square(3, 2, [1, 1, 1, 1])).output);
    },
  },
  {
    name: 'averages, repeated elements and comparisons between convolutions',
    x: [4, 16, 12, 12],
    weight: [16, 16, 3, 3],
    bias: 16,
    build: (b, x, weight, bias) => {
      const convolved = (image: Value) => b.conv(image, weight, bias, square(3, 1, [1, 1, 1, 1]));
      const small = b.averagePool(convolved(x), { kernel: [2, 2], strides: [2, 2] });
      const leaky = b.where(b.greater(small, 0), small, b.mul(small, 0.2));
      return convolved(b.add(b.resizeNearest(b.sigmoid(leaky), [1, 1, 2, 2]), x));
    },
  },
  {
    name: 'a kernel of many taps with wide padding at its sides',
    x: [4, 16, 9, 12],
    weight: [16, 16, 5, 4],
    bias: 16,
    build: (b, x, weight, bias) =>
      b.relu(b.conv(x, weight, bias, { kernel: [5, 4], dilations: [1, 3], pads: [2, 5, 1, 3] })),
  },
  {
    name: 'factors, offsets and means a channel',
    x: [4, 16, 12, 12],
    weight: [16, 16, 3, 3],
    bias: 16,
    build: (b, x, weight, bias) => {
      const convolved = (image: Value) => b.conv(image, weight, null, square(3, 1, [1, 1, 1, 1]));
      const [first, second] = [convolved(x), convolved(b.mul(x, x))];
      const offset = b.reshape(bias, [16, 1, 1]);
      const factor = b.reduceMean(x, [2, 3], true);
      const shifted = b.sub(b.add(b.mul(first, factor), offset), b.reduceSum(first, [2, 3], true));
      const scaled = b.add(b.mul(b.sub(second, offset), factor), b.mul(shifted, offset));
      return b.add(b.mul(scaled, b.reduceMean(shifted, [2, 3], true)), b.reduceSum(scaled, [0, 2, 3], true));
    },
  },
  {
    name: 'images joined and parted',
    x: [4, 16, 12, 12],
    weight: [16, 16, 3, 3],
    bias: 16,
    build: (b, x, weight, bias) => {
      const y = b.conv(x, weight, bias, square(3, 1, [1, 1, 1, 1]));
      const [first, , second] = b.split(b.concat([y, x, b.sigmoid(y)], 1), [16, 16, 16], 1);
      return b.mul(first, second);
    },
  },
  {
    name: 'truth values that are a result',
    x: [4, 16, 12, 12],
    weight: [16, 16, 3, 3],
    bias: 16,
    build: (b, x, weight, bias) => {
      const y = b.conv(x, weight, bias, square(3, 1, [1, 1, 1, 1]));
      const positive = b.greater(y, 0);
      b.output('positive', positive);
      return b.where(positive, y, x);
    },
  },
  {
    name: 'an image with its channels moved to the end',
    x: [2, 32, 24, 25],
    weight: [1],
    bias: 1,
    build: (b, x) => b.mul(b.transpose(x, [0, 2, 3, 1]), 2),
  },
];

function drawn(stream: string, shape: Shape): Tensor<'float32'> {
  const values = new Float32Array(sizeOf(shape));
  new RandomStream(3, stream).fillNormal(values);
  return tensorOf('float32', shape, values) as Tensor<'float32'>;
}

/** The case with the gradients of half its squared result, with a batch that is known or only named. */
function program({ x, weight, bias, build }: Case, batch: number | 'N') {
  const b = new OpBuilder('case');
  const inputs = [
    b.input('x', 'float32', [batch, ...x.slice(1)]),
    b.input('weight', 'float32', weight),
    b.input('bias', 'float32', [bias]),
  ] as const;
  const y = build(b, ...inputs);
  b.output('y', y);
  const wanted = weight.length === 4 ? inputs.slice(0, 2) : inputs.slice(0, 1);
  const found = differentiate(b, gradients, b.mul(b.reduceSum(b.square(y)), 0.5), wanted);
  found.forEach((value, index) => b.output(`gradient ${index}`, value));
  return optimise(b.build(), { verify: true });
}

async function differences(one: Case, batch: number | 'N'): Promise<string[]> {
  const graph = program(one, batch);
  const feeds = { x: drawn('x', one.x), weight: drawn('weight', one.weight), bias: drawn('bias', [one.bias]) };
  const session = await createSession(graph, { program: one.name, threads: 2, device: 'cpu' });
  try {
    const found = await session.run(feeds);
    return [...evaluateGraph(graph, new Map(Object.entries(feeds)))].flatMap(([name, wanted]) => {
      if (found[name].shape.join() !== wanted.shape.join()) return [`${name}: shape [${found[name].shape.join()}]`];
      const error = relativeError(numbersOf(found[name]), numbersOf(wanted));
      return error < tolerance ? [] : [`${name} is off by ${error}`];
    });
  } finally {
    await session.release();
  }
}

const operators = (one: Case, batch: number | 'N', block: number): readonly string[] =>
  blockConvolutions(program(one, batch), block).nodes.map(({ op }) => op);

describe('in blocks of channels', () => {
  it.each(cases)('$name and its gradients are what the reference gives', async (one) => {
    expect(await differences(one, one.x[0])).toEqual([]);
    expect(await differences({ ...one, x: one.x.with(0, 3) }, 'N')).toEqual([]);
  });

  it('the same run gives the same bits', async () => {
    const [one] = cases;
    const session = await createSession(program(one, 2), { program: 'twice', threads: 2, device: 'cpu' });
    const feeds = { x: drawn('x', one.x), weight: drawn('weight', one.weight), bias: drawn('bias', [one.bias]) };
    const [first, second] = [await session.run(feeds), await session.run(feeds)];
    await session.release();
    expect(second).toEqual(first);
  });
});

describe('what is done in blocks', () => {
  const named = (part: string): Case => cases.find(({ name }) => name.includes(part)) as Case;

  it('is a convolution and the convolution of its gradient, with weights read as they are', () => {
    const found = operators(named('a 3×3'), 2, 16);
    expect(found.filter((op) => op === 'BlockedConv')).toHaveLength(2);
    expect(found).not.toContain('Slice');
  });

  it('is each phase of a transposed convolution', () => {
    const found = operators(named('4×4 with stride 2'), 9, 16);
    expect(found).not.toContain('ConvTranspose');
    // Four phases forward and one strided convolution back.
    expect(found.filter((op) => op === 'BlockedConv')).toHaveLength(5);
  });

  it('takes a rectifier in where nothing else reads what it rectifies', () => {
    expect(operators(named('and a rectifier'), 9, 16)).not.toContain('Relu');
    expect(operators(named('before and after'), 3, 16)).toContain('Relu');
  });

  it('is what lies between convolutions, so that no image is reordered on the way', () => {
    const found = operators(named('a max pooling between'), 9, 16);
    expect(found).not.toContain('MaxPool');
    expect(found).toContain('BlockedMaxPool');
    expect(operators(named('averages'), 4, 16)).toEqual(
      expect.arrayContaining(['BlockedAveragePool', 'BlockedUpsample']),
    );
    expect(operators(named('averages'), 4, 16)).not.toContain('Resize');
    expect(operators(named('a channel'), 4, 16)).toContain('BlockedMean');
  });

  it('is not what gives truth values that are read as they are', () => {
    const graph = blockConvolutions(program(named('truth values'), 4), 16);
    const greater = graph.nodes.find(({ op }) => op === 'Greater');
    expect(greater?.outputs).toEqual([graph.outputs.find(({ name }) => name === 'positive')?.value]);
  });

  it('is padding at the sides where it is wide and the kernel has many taps', () => {
    const pads = (one: Case) =>
      blockConvolutions(program(one, 4), 16)
        .nodes.filter(({ op }) => op === 'BlockedConv')
        .map(({ attributes }) => numbersAttribute(attributes, 'pads')?.join());
    expect(pads(named('wide padding')).slice(0, 2)).toEqual(['0,5,0,3', '2,0,1,0']);
    expect(pads(named('a 3×3'))[0]).toBe('1,1,1,1');
  });

  it('reads an image of few channels as it is', () => {
    const found = operators(named('three channels'), 9, 16);
    expect(found.filter((op) => op === 'BlockedConv')).toHaveLength(1);
  });

  it('leaves alone what fills no whole block, and what is too small to be worth it', () => {
    expect(operators({ ...named('a 3×3'), x: [2, 24, 12, 11], weight: [32, 24, 3, 3] }, 2, 16)).not.toContain(
      'BlockedConv',
    );
    expect(operators({ ...named('a 3×3'), x: [2, 24, 12, 11], weight: [32, 24, 3, 3] }, 2, 8)).toContain('BlockedConv');
    expect(operators({ ...named('a 3×3'), x: [1, 16, 8, 8] }, 1, 16)).not.toContain('BlockedConv');
  });
});

it('blocks hold 8 or 16 channels on the processors that have them', async () => {
  expect([8, 16, undefined]).toContain(await channelBlock());
});
