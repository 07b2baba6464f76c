import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { applyNetwork } from '../../../core/nn/network.ts';
import { initialState } from '../../../core/program/initial-state.ts';
import { ProgramBuilder, StateRegistry } from '../../../core/program/program-builder.ts';
import { RandomStream } from '../../../core/random/random.ts';
import { numbersOf, sizeOf, tensorOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { feedBack, layerNetwork } from './layer-case.ts';

const ones = (shape: readonly number[]) => new Float32Array(sizeOf(shape)).fill(1);

/** A layer in training, with state and noise drawn as a run draws them. */
function trained(
  type: string,
  fields: Record<string, unknown>,
  shape: readonly number[],
  input: ArrayLike<number> = ones(shape),
  steps = 1,
) {
  const p = new ProgramBuilder('train', new StateRegistry());
  const x = p.argument('input0', 'float32', shape);
  const network = layerNetwork({ type, fields, inputs: [{ dtype: 'float32', shape }] });
  const [output] = applyNetwork(p, network, new Map([['input0', x]]), { training: true });
  if (!output) throw new Error('not built');
  p.result('output', output);
  const program = p.build();
  const feeds = new Map<string, Tensor>(initialState(p.registry.all, 3));
  feeds.set('input0', tensorOf('float32', shape, input));
  let results = new Map<string, Tensor>();
  for (let step = 0; step < steps; step++) {
    for (const input of program.inputs) {
      if (input.source.kind !== 'noise') continue;
      const { stream, distribution } = input.source;
      const drawn = new Float32Array(sizeOf(input.shape as readonly number[]));
      const random = new RandomStream(3, stream, step);
      if (distribution === 'uniform') random.fillUniform(drawn);
      else random.fillNormal(drawn);
      feeds.set(input.name, tensorOf('float32', input.shape as readonly number[], drawn));
    }
    results = evaluateGraph(program.graph, feeds);
    feedBack(program, results, feeds);
  }
  return numbersOf(results.get('output') as Tensor);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);

describe('dropout in training', () => {
  const count = 40_000;
  it.each([0.1, 0.5, 0.8])('with rate %d zeroes that share and keeps the mean', (rate) => {
    const output = trained('dropout', { rate }, [100, 400]);
    const zeroed = output.filter((value) => value === 0).length / count;
    // four standard errors of a share
    expect(Math.abs(zeroed - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / count));
    expect(new Set(output.map((value) => value.toFixed(5)))).toEqual(new Set(['0.00000', (1 / (1 - rate)).toFixed(5)]));
    expect(Math.abs(mean(output) - 1)).toBeLessThan(4 * Math.sqrt(rate / (1 - rate) / count));
  });

  it('drops whole channels when it is spatial', () => {
    const output = trained('spatialDropout', { rate: 0.5 }, [20, 30, 3, 3]);
    for (let channel = 0; channel < 600; channel++)
      expect(new Set(output.slice(9 * channel, 9 * channel + 9)).size).toBe(1);
  });

  it('adds noise of the deviation asked for', () => {
    const output = trained('gaussianNoise', { deviation: 0.3 }, [100, 400]);
    const centre = mean(output);
    expect(Math.abs(centre - 1)).toBeLessThan((4 * 0.3) / Math.sqrt(count));
    expect(Math.sqrt(mean(output.map((value) => (value - centre) ** 2)))).toBeCloseTo(0.3, 2);
  });
});

describe('spectral normalisation', () => {
  it('after many power iterations leaves a kernel whose largest singular value is 1', () => {
    const identity = Matrix.eye(9).to1DArray();
    const kernel = trained('dense', { units: 6, useBias: false, spectralNormalization: true }, [9, 9], identity, 300);
    const { diagonal } = new SingularValueDecomposition(Matrix.from1DArray(9, 6, kernel));
    expect(diagonal[0]).toBeCloseTo(1, 4);
    expect(diagonal[1]).toBeLessThan(1);
  });
});
