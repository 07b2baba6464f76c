/** Which units of which layers are looked at, and that their highest activation is what a forward pass by hand gives. */
import { describe, expect, it } from 'vitest';
import { evaluateGraph } from '../../../core/ops/reference/evaluate.ts';
import { activityProbe } from '../../../core/program/activity.ts';
import { initialState } from '../../../core/program/initial-state.ts';
import { compileDocument } from '../../../core/spec/compile.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { tensorOf, zeros, type Tensor } from '../../../core/tensor/tensor.ts';

type Layers = readonly Readonly<Record<string, unknown>>[];
const points: DataInfo = {
  source: 'test',
  kind: 'points',
  shape: [2],
  target: 'class',
  classes: ['a', 'b'],
  counts: { train: 100, validation: 10, test: 10 },
  contentHash: '',
};

function compiled(task: object, networks: Readonly<Record<string, { inputs: object; layers: Layers }>>, info = points) {
  const text = JSON.stringify({
    lathe: 1,
    name: 'Probed',
    data: { source: 'builtin:points/8gaussians', batchSize: 3 },
    task,
    networks,
    training: { steps: 1, seed: 1 },
  });
  const { document, issues } = parseDocument(text);
  if (!document) throw new Error(issues[0]!.message);
  return compileDocument(document, info);
}

const dense = (id: string, units: number, activation?: string) => ({
  id,
  type: 'dense',
  units,
  ...(activation && { activation }),
});
const classifier = (layers: Layers, info = points) =>
  compiled(
    { type: 'classifier' },
    { classifier: { inputs: { x: 'data' }, layers: [...layers, dense('scores', 2)] } },
    info,
  );

describe('a probe', () => {
  it('tells the highest activation of each unit of each rectified layer over the batch', () => {
    const model = classifier([
      dense('first', 3, 'relu'),
      dense('second', 2, 'tanh'),
      { id: 'third', type: 'activation', activation: 'relu' },
    ]);
    const { program, layers } = activityProbe(model.train)!;
    expect(layers.map(({ name, units }) => [name, units])).toEqual([
      ['classifier/first', 3],
      ['classifier/third', 2],
    ]);
    const state = new Map<string, Tensor>(initialState(model.registry.all, 1));
    const kernel = [1, -1, 0.5, 0, -2, 0.5];
    const bias = [0, -1, 0];
    state.set('classifier/first/kernel', tensorOf('float32', [2, 3], kernel));
    state.set('classifier/first/bias', tensorOf('float32', [3], bias));
    const x = [2, 1, -3, 0.5, 0.5, 4];
    const values = new Map(
      program.inputs.map(({ name, source }) => [
        name,
        source.kind === 'state' ? state.get(source.state)! : tensorOf('float32', [3, 2], x),
      ]),
    );
    const results = evaluateGraph(program.graph, values);
    const activation = (row: number, unit: number): number =>
      Math.max(0, x[2 * row]! * kernel[unit]! + x[2 * row + 1]! * kernel[3 + unit]! + bias[unit]!);
    const expected = [0, 1, 2].map((unit) => Math.max(...[0, 1, 2].map((row) => activation(row, unit))));
    expect(expected).toEqual([2, 1, 2.25]);
    expect(Array.from(results.get(layers[0]!.results[0]!)!.data as Float32Array)).toEqual(expected);
  });

  it('takes the channels of a convolution for units, each with its highest over the picture', () => {
    const info: DataInfo = { ...points, kind: 'image', shape: [1, 4, 4] };
    const model = classifier(
      [{ id: 'conv', type: 'conv2d', filters: 5, kernelSize: 3, activation: 'relu' }, { type: 'flatten' }],
      info,
    );
    const { program, layers } = activityProbe(model.train)!;
    expect(layers).toMatchObject([{ name: 'classifier/conv', units: 5 }]);
    const state = initialState(model.registry.all, 1);
    const x = zeros('float32', [3, 1, 4, 4]);
    x.data.fill(0.5);
    const values = new Map<string, Tensor>(
      program.inputs.map(({ name, source }) => [name, source.kind === 'state' ? state.get(source.state)! : x]),
    );
    expect(evaluateGraph(program.graph, values).get(layers[0]!.results[0]!)!.shape).toEqual([5]);
  });

  it('takes the applications of one network together, and reads nothing an update would make', () => {
    const model = compiled(
      { type: 'gan', latentSize: 2, criticSteps: 2 },
      {
        generator: { inputs: { z: 'latent' }, layers: [dense('g', 4, 'relu'), dense('out', 2)] },
        discriminator: {
          inputs: { x: 'data' },
          layers: [dense('d', 4, 'relu'), { id: 'again', type: 'activation', activation: 'relu' }, dense('score', 1)],
        },
      },
    );
    const { program, layers } = activityProbe(model.train)!;
    const applications = (name: string) =>
      layers.filter((layer) => layer.name === name).map(({ results }) => results.length);
    expect(layers).toHaveLength(3);
    // The first critic step judges a real and a made batch; the second sees an updated critic, but the generator as it was.
    expect(applications('discriminator/d')).toEqual([2]);
    expect(applications('discriminator/again')).toEqual([2]);
    expect(applications('generator/g')[0]).toBeGreaterThanOrEqual(1);
    expect(program.graph.nodes.filter(({ origin }) => origin.startsWith('optimizer/'))).toEqual([]);
    expect(program.inputs.some(({ source }) => source.kind === 'scalar')).toBe(false);
  });

  it('does not exist where nothing is rectified', () => {
    expect(activityProbe(classifier([dense('h', 3, 'leakyRelu')]).train)).toBeUndefined();
  });
});
