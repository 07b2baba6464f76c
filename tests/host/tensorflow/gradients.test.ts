/**
 * Our gradient graphs against TensorFlow.js's own differentiation of what its interpreter computes: every operator with a
 * gradient rule, on TensorFlow.js's cpu backend, which shares neither rules nor kernels with ours.
 */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { opTypes, type OpType } from '../../../core/graph/instruction-set.ts';
import { gradients } from '../../../core/ops/gradient.ts';
import { numbersOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { loadBackend, useBackend } from '../../../main/host/tensorflow/backends.ts';
import { toTf } from '../../../main/host/tensorflow/convert.ts';
import { TfSession } from '../../../main/host/tensorflow/session.ts';
import { gradientCases } from '../../core/ops/gradient-cases.ts';
import { gradientProgram, relativeError, type GradientCase } from '../../core/ops/gradient-check.ts';
import { gradientsOf, scalarOf, withNothing } from './differentiation.ts';

/** Both sides sum tens of float32 numbers in different orders. */
const tolerance = 1e-4;

/** Operators whose second derivative needs the slope of a TensorFlow.js operation that has none. */
const lacking: Partial<Readonly<Record<OpType, string>>> = {
  Conv: 'Conv2DBackpropFilter',
  ConvTranspose: 'Conv2DBackpropFilter',
  ReduceProd: 'Cumprod',
};

type Scalar = (...values: tf.Tensor[]) => tf.Tensor;

/** Σ ½‖gradient‖² + direction·gradient of the loss in its first values, as in the gradient program. */
function probeOf(loss: Scalar, feeds: ReadonlyMap<string, Tensor>, inputs: number): Scalar {
  return (...values) => {
    const rest = values.slice(inputs);
    const gradient = tf.grads((...some: tf.Tensor[]) => withNothing(loss(...some, ...rest), some));
    const terms = gradient(values.slice(0, inputs)).map((slope, index) => {
      const direction = toTf(feeds.get(`direction${index}`)!);
      return tf.sum(tf.mul(slope, tf.add(tf.mul(slope, 0.5), direction)));
    });
    return terms.reduce((sum, term) => tf.add(sum, term));
  };
}

/** The gradients that differ, in words: ours by the graph of `differentiate`, theirs by `tf.grads`. */
async function differences(one: GradientCase, order: 'first' | 'second'): Promise<string[]> {
  const { whole, feeds, differentiated } = gradientProgram(one, 'float32', false);
  const names = order === 'first' ? differentiated.filter((name) => name.startsWith('x')) : differentiated;
  const session = await TfSession.create(whole, { program: one.name, device: 'tfjs-cpu' });
  const wanted = names.map((name) => `${order}/${name}`);
  const ours = await session.run(Object.fromEntries(feeds), {}, wanted);
  await session.release();
  const loss = scalarOf(whole, 'loss', feeds, names);
  const scalar = order === 'first' ? loss : probeOf(loss, feeds, one.inputs.length);
  const theirs = gradientsOf(
    scalar,
    names.map((name) => feeds.get(name)!),
  );
  return names.flatMap((name, index) => {
    const found = numbersOf(ours[wanted[index]]);
    if (relativeError(found, theirs[index]) < tolerance) return [];
    return [`in ${name}: ${found.join(', ')} instead of ${theirs[index].join(', ')}`];
  });
}

describe("our gradients agree with TensorFlow.js's own differentiation", () => {
  beforeAll(async () => {
    await loadBackend('tfjs-cpu');
    useBackend('tfjs-cpu');
  });

  it('every operator with a gradient rule has a case', () => {
    const without = opTypes.filter((op) => (gradientCases[op] === 'constant') !== (gradients[op] === 'constant'));
    expect(without).toEqual([]);
  });

  for (const op of opTypes) {
    const cases = gradientCases[op];
    if (cases === 'constant') continue;
    describe(`of ${op}`, () => {
      it.each(cases)('$name', async (one) => expect(await differences(one, 'first')).toEqual([]));

      for (const one of cases.filter(({ second }) => second !== false)) {
        it(`${one.name}, second order`, async ({ skip }) => {
          const missing = `gradient function not found for ${lacking[op]}.`;
          const found = await differences(one, 'second').catch((error: unknown) => {
            if (error instanceof Error && error.message.includes(missing)) return skip(`TensorFlow.js: ${missing}`);
            throw error;
          });
          expect(found).toEqual([]);
        });
      }
    });
  }
});
