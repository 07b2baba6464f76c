/** Every operator's cases on the backends of TensorFlow.js that need nothing but Node, against the reference kernels. */
import { describe, expect, it } from 'vitest';
import { opTypes } from '../../../core/graph/instruction-set.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { numbersOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { TfSession } from '../../../main/host/tensorflow/session.ts';
import { caseGraph, operatorCases } from '../../core/ops/operator-cases.ts';

/** Two roundings to float32 a node; `tf.erf` is the 1.5e-7 formula 7.1.26 of Abramowitz and Stegun. */
const tolerance = 2e-6;

function expectClose(found: Tensor, wanted: Tensor): void {
  expect({ dtype: found.dtype, shape: found.shape }).toEqual({ dtype: wanted.dtype, shape: wanted.shape });
  const numbers = numbersOf(wanted);
  const far = numbersOf(found).filter((value, at) => {
    const same = Object.is(value, numbers[at]) || value === numbers[at];
    return !same && !(Math.abs(value - numbers[at]) <= tolerance * Math.max(1, ...numbers.map(Math.abs)));
  });
  expect(far, `found ${found.data.join(', ')}; wanted ${wanted.data.join(', ')}`).toEqual([]);
}

describe.each(['tfjs-cpu', 'tfjs-wasm'] as const)('%s agrees with the reference kernels', (device) => {
  for (const op of opTypes) {
    operatorCases[op].forEach((operatorCase, index) => {
      const shapes = operatorCase.inputs.map((input) => (input ? `[${input.shape.join()}]` : '–')).join(' ');
      it(`${op} ${index}: ${shapes} ${Object.keys(operatorCase.attributes ?? {}).join(' ')}`, async () => {
        const { graph, feeds } = caseGraph(op, operatorCase);
        const creation = TfSession.create(graph, { program: op, device });
        if (graph.outputs.some(({ value }) => value.type.dtype === 'float64'))
          return expect(creation).rejects.toThrow('TensorFlow.js has no float64');
        const session = await creation;
        const found = await session.run(Object.fromEntries(feeds));
        await session.release();
        for (const [name, wanted] of evaluateGraph(graph, feeds)) expectClose(found[name], wanted);
      });
    });
  }
});
