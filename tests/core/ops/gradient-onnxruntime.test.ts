import { describe, expect, it } from 'vitest';
import { opTypes } from '../../../core/graph/instruction-set.ts';
import { encodeModel } from '../../../core/onnx/encode.ts';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { numbersOf } from '../../../core/tensor/tensor.ts';
import { OrtSession } from '../../../main/host/onnxruntime/session.ts';
import { gradientCases } from './gradient-cases.ts';
import { gradientProgram, relativeError, type GradientCase } from './gradient-check.ts';

/** The reference rounds to float32 after every node and ONNX Runtime fuses some; sums over tens of elements stay this close. */
const tolerance = 1e-4;

/** The outputs that differ from the reference, in words. */
async function differences(one: GradientCase, symbolic: boolean): Promise<string[]> {
  const { whole, feeds } = gradientProgram(one, 'float32', symbolic);
  const session = await OrtSession.create(encodeModel(whole), { program: one.name, threads: 1, device: 'cpu' });
  try {
    const found = await session.run(
      Object.fromEntries([...feeds].filter(([name]) => session.inputNames.includes(name))),
    );
    return [...evaluateGraph(whole, feeds)].flatMap(([name, wanted]) => {
      const { shape, data } = found[name];
      if (shape.join() !== wanted.shape.join())
        return [`${name} has shape [${shape.join(', ')}], not [${wanted.shape.join(', ')}]`];
      const close = relativeError(numbersOf(found[name]), numbersOf(wanted)) < tolerance;
      return close ? [] : [`${name} is ${data.join(', ')} instead of ${wanted.data.join(', ')}`];
    });
  } finally {
    await session.release();
  }
}

/** Sizes at which the rules choose the forms that small cases do not reach. */
const network: GradientCase = {
  name: 'a convolutional classifier',
  inputs: [
    { shape: [2, 2, 13, 13], batch: true },
    { shape: [12, 2, 3, 3] },
    { shape: [12] },
    { shape: [10, 12, 3, 3] },
    { shape: [9, 10, 4, 4] },
    { shape: [9 * 3 * 3, 4] },
  ],
  build: (b, [x, first, bias, second, third, dense]) => {
    const same = { pads: [1, 1, 1, 1] };
    const wide = b.softplus(b.conv(b.tanh(b.conv(x, first, bias, same)), second, null, same));
    const pooled = b.maxPool(wide, { kernel: [2, 2], strides: [2, 2] }).output;
    const deep = b.conv(pooled, third, null, { strides: [2, 2], ...same });
    return b.logSoftmax(b.matMul(b.reshape(b.mul(deep, 0.1), [0, -1]), dense));
  },
};

describe('the graphs of first and second gradients run on ONNX Runtime and agree with the reference', () => {
  it('a convolutional classifier', async () => expect(await differences(network, true)).toEqual([]));

  for (const op of opTypes) {
    const cases = gradientCases[op];
    if (cases === 'constant') continue;
    describe(`of ${op}`, () => {
      it.each(cases)('$name', async (one) =>
        expect(
          await differences(
            one,
            one.inputs.some((input) => input.batch),
          ),
        ).toEqual([]),
      );
    });
  }
});
