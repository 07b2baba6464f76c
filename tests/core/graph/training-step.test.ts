import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../core/autodiff/differentiate.ts';
import type { Graph } from '../../../core/graph/graph.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import { OpBuilder } from '../../../core/ops/builder.ts';
import { gradients } from '../../../core/ops/gradient.ts';
import { optimise } from '../../../core/ops/optimise.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { numbersOf, tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { noise } from '../ops/operator-cases.ts';

/** Loss and gradients of a small network: convolution, batch statistics, pooling, dense layer, cross-entropy. */
function trainingStep(): Graph {
  const b = new OpBuilder('step');
  const x = b.input('x', 'float32', ['N', 2, 8, 8]);
  const labels = b.input('labels', 'int64', ['N']);
  const kernel = b.input('kernel', 'float32', [4, 2, 3, 3]);
  const scale = b.input('scale', 'float32', [4]);
  const weight = b.input('weight', 'float32', [64, 5]);
  const bias = b.input('bias', 'float32', [5]);
  const hidden = b.conv(x, kernel, null, { pads: [1, 1, 1, 1] });
  const centred = b.sub(hidden, b.reduceMean(hidden, [0, 2, 3], true));
  const deviation = b.sqrt(b.add(b.reduceMean(b.square(centred), [0, 2, 3], true), 1e-5));
  const normal = b.mul(b.div(centred, deviation), b.reshape(scale, [1, 4, 1, 1]));
  const pooled = b.maxPool(b.relu(normal), { kernel: [2, 2], strides: [2, 2] }).output;
  const scores = b.add(b.matMul(b.reshape(pooled, [0, -1]), weight), bias);
  const loss = b.neg(b.reduceMean(b.reduceSum(b.mul(b.logSoftmax(scores), b.oneHot(labels, 5)), [1])));
  b.output('loss', loss);
  const parameters = [kernel, scale, weight, bias];
  differentiate(b, gradients, loss, parameters).forEach((gradient, at) =>
    b.output(`d${parameters[at].name}`, gradient),
  );
  return b.build();
}

function feeds(batch: number): Map<string, Tensor> {
  return new Map([
    ['x', noise([batch, 2, 8, 8], 1)],
    [
      'labels',
      tensorOf(
        'int64',
        [batch],
        Array.from({ length: batch }, (_, at) => at % 5),
      ),
    ],
    ['kernel', noise([4, 2, 3, 3], 2, 0.5)],
    ['scale', noise([4], 3)],
    ['weight', noise([64, 5], 4, 0.3)],
    ['bias', noise([5], 5)],
  ]);
}

describe('a training step', () => {
  const graph = trainingStep();
  const optimised = optimise(graph, { verify: true });

  it('keeps its loss and gradients bit for bit when optimised', () => {
    for (const batch of [1, 3]) {
      const before = evaluateGraph(graph, feeds(batch));
      const after = evaluateGraph(optimised, feeds(batch));
      expect([...after.keys()]).toEqual(['loss', 'dkernel', 'dscale', 'dweight', 'dbias']);
      const numbers = (results: ReadonlyMap<string, Tensor>): unknown =>
        Object.fromEntries([...results].map(([name, value]) => [name, numbersOf(value).map((number) => number + 0)]));
      expect(numbers(after)).toEqual(numbers(before));
    }
    expect(optimised.nodes.length).toBeLessThan(graph.nodes.length);
  });

  it('agrees with ONNX Runtime', async () => {
    const session = await ort.InferenceSession.create(encodeModel(optimised), {
      logSeverityLevel: 3,
      intraOpNumThreads: 1,
    });
    const fed = [...feeds(3)].map(([name, { dtype, shape, data }]) => [
      name,
      new ort.Tensor(dtype, data as Float32Array, shape),
    ]);
    const results = await session.run(Object.fromEntries(fed));
    for (const [name, value] of evaluateGraph(optimised, feeds(3))) {
      const numbers = Array.from(results[name].data as Float32Array);
      expect([...results[name].dims]).toEqual(value.shape);
      numbersOf(value).forEach((expected, at) =>
        expect(Math.abs(numbers[at] - expected), `${name}[${at}]`).toBeLessThan(2e-5),
      );
    }
  });
});
