import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../core/autodiff/differentiate.ts';
import type { Value } from '../../../core/graph/graph.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { gradients } from '../../../core/ops/gradient.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { numbersOf, tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { relativeError } from './gradient-check.ts';

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface GoldenCase {
  readonly inputs: readonly Stored[];
  readonly weights: Stored;
  readonly output: Stored;
  readonly first: readonly Stored[];
  readonly second: readonly Stored[];
}

interface GoldenPenalty {
  readonly inputs: readonly Stored[];
  readonly penalty: Stored;
  readonly gradients: readonly Stored[];
}

/** Written by tests/golden/ops.py. */
const golden = JSON.parse(readFileSync(new URL('../../golden/ops.json', import.meta.url), 'utf8')) as {
  readonly cases: Readonly<Record<string, GoldenCase>> & { readonly 'wgan-gp': GoldenPenalty };
};

type Build = (b: OpBuilder, inputs: readonly Value[]) => Value;

const same = { pads: [1, 1, 1, 1] } as const;
const tiles = { kernel: [2, 2], strides: [2, 2] } as const;
const overlapping = { kernel: [3, 3], strides: [2, 2], ...same } as const;
const scales = (b: OpBuilder): Value => b.constant(tensorOf('float32', [4], [1, 1, 2, 2]));
const nearest = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };

/** The same computation in our operators, by the name of the golden case. */
const builds: Readonly<Record<string, Build>> = {
  conv2d: (b, [x, w, c]) => b.conv(x, w, c, same),
  'conv2d strided': (b, [x, w]) => b.conv(x, w, null, { strides: [2, 2], ...same }),
  'conv2d dilated': (b, [x, w]) => b.conv(x, w, null, { dilations: [2, 2], pads: [2, 1, 2, 1] }),
  'conv2d grouped': (b, [x, w]) => b.conv(x, w, null, { group: 2, strides: [2, 2] }),
  'conv2d depthwise': (b, [x, w]) => b.conv(x, w, null, { group: 3, ...same }),
  conv1d: (b, [x, w, c]) => b.conv(x, w, c, { strides: [2], pads: [2, 2], dilations: [2] }),
  convTranspose2d: (b, [x, w, c]) => b.convTranspose(x, w, c, { strides: [2, 2], outputPadding: [1, 1], ...same }),
  'convTranspose2d grouped': (b, [x, w]) => b.convTranspose(x, w, null, { group: 2, strides: [2, 2], ...same }),
  maxPool2d: (b, [x]) => b.square(b.maxPool(x, tiles).output),
  'maxPool2d overlapping': (b, [x]) => b.square(b.maxPool(x, overlapping).output),
  'avgPool2d overlapping': (b, [x]) => b.square(b.averagePool(x, overlapping, true)),
  'avgPool2d ceil': (b, [x]) =>
    b.square(b.emit('AveragePool', [x], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 })),
  batchNorm: (b, [x, scale, bias]) => {
    const centred = b.sub(x, b.reduceMean(x, [0, 2, 3], true));
    const variance = b.reduceMean(b.square(centred), [0, 2, 3], true);
    const unit = b.div(centred, b.sqrt(b.add(variance, 1e-3)));
    return b.add(b.mul(unit, b.reshape(scale, [1, 2, 1, 1])), b.reshape(bias, [1, 2, 1, 1]));
  },
  layerNorm: (b, inputs) => b.emit('LayerNormalization', inputs, { axis: -1, epsilon: 1e-3 }),
  instanceNorm: (b, inputs) => b.emit('InstanceNormalization', inputs, { epsilon: 1e-3 }),
  gelu: (b, [x]) => b.unary('Gelu', x),
  'gelu tanh': (b, [x]) => b.unary('Gelu', x, { approximate: 'tanh' }),
  mish: (b, [x]) => b.unary('Mish', x),
  /** ONNX's defaults are these two rounded to float32. */
  selu: (b, [x]) => b.unary('Selu', x, { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }),
  softplus: (b, [x]) => b.softplus(x),
  softmax: (b, [x]) => b.softmax(x, 1),
  logSoftmax: (b, [x]) => b.logSoftmax(x),
  bmm: (b, [left, right]) => b.matMul(left, right),
  'linear on sequences': (b, [x, w, c]) => b.add(b.matMul(x, b.transpose(w, [1, 0])), c),
  attention: (b, [q, k, v]) => b.matMul(b.softmax(b.fusedMatMul(q, k, { transB: true, alpha: 0.5 })), v),
  embedding: (b, [table]) => b.square(b.gather(table, b.constant(tensorOf('int64', [2, 3], [1, 3, 1, 0, 1, 4])))),
  'interpolate nearest': (b, [x]) => b.square(b.emit('Resize', [x, null, scales(b)], nearest)),
  'interpolate bilinear': (b, [x]) => b.square(b.emit('Resize', [x, null, scales(b)], { mode: 'linear' })),
  'interpolate bilinear aligned': (b, [x]) =>
    b.square(
      b.emit('Resize', [x, null, null, b.ints([1, 1, 5, 7])], {
        mode: 'linear',
        coordinate_transformation_mode: 'align_corners',
      }),
    ),
  pow: (b, [x, power]) => b.pow(x, power),
  logSumExp: (b, [x]) => b.reduce('ReduceLogSumExp', x, [0, 2]),
  norm: (b, [x]) => b.reduce('ReduceL2', x, [1]),
  prod: (b, [x]) => b.reduce('ReduceProd', x, [1]),
  cumsum: (b, [x]) => b.square(b.emit('CumSum', [x, b.constant(tensorOf('int64', [], [1]))])),
  'maximum with ties': (b, [left, right]) => b.max(left, right),
  'amax with ties': (b, [x]) => b.reduceMax(x, [1]),
  'reflection pad': (b, [x]) =>
    b.square(b.emit('Pad', [x, b.ints([0, 0, 2, 1, 0, 0, 1, 2]), null], { mode: 'reflect' })),
  prelu: (b, [x, slope]) => b.emit('PRelu', [x, b.reshape(slope, [3, 1])]),
};

const tensorFrom = ({ shape, data }: Stored): Tensor => tensorOf('float64', shape, data);

/** Runs the graph and tells which values differ from what PyTorch found. */
function differences(
  b: OpBuilder,
  feeds: ReadonlyMap<string, Tensor>,
  wanted: readonly (readonly [string, Value, Stored])[],
): string[] {
  for (const [name, value] of wanted) b.output(name, value);
  const found = evaluateGraph(b.build(), feeds);
  return wanted.flatMap(([name, , expected]) => {
    const tensor = found.get(name);
    if (tensor?.shape.join() !== expected.shape.join()) return [`${name} has shape [${tensor?.shape.join(', ')}]`];
    const error = relativeError(numbersOf(tensor), expected.data);
    return error < 1e-10 ? [] : [`${name} is off by ${error}`];
  });
}

function inputsOf(
  b: OpBuilder,
  stored: readonly Stored[],
): { readonly values: Value[]; readonly feeds: Map<string, Tensor> } {
  const values = stored.map(({ shape }, index) => b.input(`x${index}`, 'float64', shape));
  return { values, feeds: new Map(stored.map((one, index) => [`x${index}`, tensorFrom(one)])) };
}

describe('outputs, gradients and gradients of gradients are those of PyTorch', () => {
  const { 'wgan-gp': penalty, ...cases } = golden.cases;

  it('every stored case is compared', () => {
    expect(Object.keys(builds).toSorted()).toEqual(Object.keys(cases).toSorted());
  });

  it.each(Object.entries(cases))('%s', (name, stored) => {
    const b = new OpBuilder(name);
    const { values, feeds } = inputsOf(b, stored.inputs);
    const output = builds[name](b, values);
    const first = differentiate(
      b,
      gradients,
      b.reduceSum(b.mul(output, b.constant(tensorFrom(stored.weights)))),
      values,
    );
    const norm = first.map((gradient) => b.reduceSum(b.square(gradient))).reduce((sum, term) => b.add(sum, term));
    const second = differentiate(b, gradients, b.mul(norm, 0.5), values);
    const found = differences(b, feeds, [
      ['output', output, stored.output],
      ...first.map((value, index) => [`first/${index}`, value, stored.first[index]] as const),
      ...second.map((value, index) => [`second/${index}`, value, stored.second[index]] as const),
    ]);
    expect(found).toEqual([]);
  });

  it("the gradient penalty of a convolutional critic (WGAN-GP), by the critic's weights", () => {
    const b = new OpBuilder('wgan-gp');
    const { values, feeds } = inputsOf(b, penalty.inputs);
    const [x, ...weights] = values;
    const [kernel, bias, kernel2, linear] = weights;
    const leaky = (value: Value): Value => b.unary('LeakyRelu', value, { alpha: 0.2 });
    const hidden = leaky(b.conv(x, kernel, bias, { strides: [2, 2], ...same }));
    const score = b.matMul(
      b.reshape(leaky(b.conv(hidden, kernel2, null, { strides: [2, 2], ...same })), [0, -1]),
      linear,
    );
    const [gradient] = differentiate(b, gradients, b.reduceSum(score), [x]);
    const norms = b.reduce('ReduceL2', b.reshape(gradient, [0, -1]), [1]);
    const loss = b.reduceMean(b.square(b.sub(norms, 1)));
    const slopes = differentiate(b, gradients, loss, weights);
    const found = differences(b, feeds, [
      ['penalty', loss, penalty.penalty],
      ...slopes.map((value, index) => [`gradient/${index}`, value, penalty.gradients[index]] as const),
    ]);
    expect(found).toEqual([]);
  });
});
