/** Saliency against what is known of it: weights of a linear model, and finite differences of a convolutional one. */
import { describe, expect, it } from 'vitest';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { initialState } from '../../../core/program/initial-state.ts';
import { compileDocument } from '../../../core/spec/compile.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import type { Tensor } from '../../../core/tensor/tensor.ts';
import { floats, make, normals, parameter, pointsInfo, sessionOf, type Made, type MadeNetwork } from './family.ts';

describe('of a linear softmax classifier', () => {
  const weights = [0.5, -2, 1, 3, 0.25, -0.75];
  const linear: MadeNetwork = {
    takes: ['data'],
    apply: (p, { data }) => [p.b.matMul(data!, parameter(p, 'classifier/weights', [2, 3]))],
  };
  const made = make({ type: 'classifier' }, { classifier: linear });
  made.state.set('classifier/weights', floats([2, 3], weights));
  const x = floats([4, 2], [0.5, -1, 0.3, 0.2, -0.7, 1.4, 2, 0.1]);
  const classes = [0, 1, 2, 1];
  /** Of score k = Σ_j x_j·w_jk the derivative in x_j is w_jk, whatever x is. */
  const weight = (sample: number, feature: number): number => weights[3 * feature + classes[sample]];
  const expected = (by: (sample: number, feature: number) => number): number[] =>
    classes.flatMap((_, sample) => [0, 1].map((feature) => by(sample, feature)));
  const saliency = (method: string) => made.model.judge!.saliency(sessionOf(made), x, classes, method);

  it('the gradient is the column of weights of the class', async () => {
    expect(Array.from((await saliency('gradient')).data)).toEqual(expected(weight));
  });

  it('gradient × input is each term of the score', async () => {
    const found = await saliency('gradientTimesInput');
    expected((sample, feature) => weight(sample, feature) * x.data[2 * sample + feature]).forEach((value, i) =>
      expect(found.data[i]).toBeCloseTo(value, 6),
    );
  });

  it('noise on the input changes no gradient of a linear score, and SmoothGrad says so', async () => {
    const found = await saliency('smoothGradient');
    expected(weight).forEach((value, i) => expect(found.data[i]).toBeCloseTo(value, 5));
  });

  it('a way that does not exist is refused', async () => {
    await expect((async () => saliency('magic'))()).rejects.toThrow("no way called 'magic'");
  });
});

describe('of a small convolutional classifier', () => {
  const info: DataInfo = { ...pointsInfo, kind: 'image', shape: [1, 6, 6] };
  const text = JSON.stringify({
    lathe: 1,
    name: 'Small',
    data: { source: 'builtin:shapes', batchSize: 4 },
    task: { type: 'classifier' },
    networks: {
      classifier: {
        inputs: { x: 'image' },
        layers: [
          { type: 'conv2d', filters: 3, kernelSize: 3, activation: 'tanh' },
          { type: 'batchNormalization' },
          { type: 'averagePooling2d', poolSize: 2 },
          { type: 'flatten' },
          { type: 'dense', units: 5, activation: 'silu' },
          { id: 'scores', type: 'dense', units: 3 },
        ],
      },
    },
    training: { steps: 1, seed: 4 },
  });
  const model = compileDocument(parseDocument(text).document!, info);
  const made: Made = { model, state: new Map<string, Tensor>(initialState(model.registry.all, 4)) };
  const { judge } = model;
  const pixels = 36;
  const x = normals([2, 1, 6, 6], 'pictures');

  /** log p_a − log p_b = score a − score b: softmax cancels. */
  async function scoreDifference(values: Float32Array, sample: number, a: number, b: number): Promise<number> {
    const one = floats([1, 1, 6, 6], Array.from(values.subarray(sample * pixels, (sample + 1) * pixels)));
    const { data } = await judge!.probabilities(sessionOf(made), one);
    return Math.log(data[a]) - Math.log(data[b]);
  }

  it('agrees with finite differences of the scores', async () => {
    const ofFirst = await judge!.saliency(sessionOf(made), x, [0, 2], 'gradient');
    const ofOther = await judge!.saliency(sessionOf(made), x, [1, 1], 'gradient');
    const step = 0.01;
    for (const [sample, first] of [
      [0, 0],
      [1, 2],
    ] as const) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const at = sample * pixels + pixel;
        const moved = (by: number) => scoreDifference(x.data.with(at, x.data[at] + by), sample, first, 1);
        const difference = ((await moved(step)) - (await moved(-step))) / (2 * step);
        expect(ofFirst.data[at] - ofOther.data[at], `pixel ${pixel} of sample ${sample}`).toBeCloseTo(difference, 3);
      }
    }
  });
});
