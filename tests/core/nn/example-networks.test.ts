import { describe, expect, it } from 'vitest';
import type { Dim } from '../../../core/graph/graph.ts';
import { layerTable } from '../../../core/nn/layer-table.ts';
import type { BlockSpecs, NetworkSpec } from '../../../core/nn/network-spec.ts';
import { applyNetwork } from '../../../core/nn/network.ts';
import { resolveNetwork } from '../../../core/nn/resolve-network.ts';
import { ProgramBuilder, StateRegistry } from '../../../core/program/program-builder.ts';
import { sizeOf, type DType } from '../../../core/tensor/tensor.ts';

/** Every layer's output shape by id, and the number of trained numbers. */
function shapesOf(
  spec: NetworkSpec,
  inputs: Readonly<Record<string, readonly [DType, readonly Dim[]]>>,
  blocks: BlockSpecs = {},
) {
  const { network, issues } = resolveNetwork('net', spec, blocks, layerTable, ['networks', 'net']);
  expect(issues).toEqual([]);
  if (!network) throw new Error('not resolved');
  const p = new ProgramBuilder('train', new StateRegistry());
  const shapes: Record<string, string> = {};
  const values = new Map(
    Object.entries(inputs).map(([name, [dtype, shape]]) => [name, p.argument(name, dtype, shape)]),
  );
  applyNetwork(p, network, values, {
    training: true,
    onLayer: (layer, output) => void (shapes[layer.id] = output.type.shape.join()),
  });
  const trained = p.registry.all.filter((state) => state.role === 'parameter');
  return { shapes, parameters: trained.reduce((sum, state) => sum + sizeOf(state.shape), 0) };
}

describe('networks of the kinds people build', () => {
  it('an encoder halves 28 to 14 and 7, whatever the batch', () => {
    const encoder = {
      inputs: { x: 'image' },
      layers: [
        { type: 'conv2d', filters: 32, kernelSize: 4, strides: 2, activation: 'relu' },
        { type: 'conv2d', filters: 64, kernelSize: 4, strides: 2, activation: 'relu' },
        { id: 'features', type: 'flatten' },
        { id: 'mean', type: 'dense', units: 16 },
        { id: 'logVariance', type: 'dense', units: 16, inputs: ['features'] },
      ],
      outputs: ['mean', 'logVariance'],
    };
    const { shapes, parameters } = shapesOf(encoder, { x: ['float32', ['N', 1, 28, 28]] });
    expect(shapes).toEqual({
      conv2d_1: 'N,32,14,14',
      conv2d_2: 'N,64,7,7',
      features: 'N,3136',
      mean: 'N,16',
      logVariance: 'N,16',
    });
    expect(parameters).toBe(32 * 16 + 32 + (64 * 32 * 16 + 64) + 2 * (3136 * 16 + 16));
  });

  it('a decoder doubles 7 to 14 and 28', () => {
    const decoder = {
      inputs: { z: 'latent' },
      layers: [
        { type: 'dense', units: 3136, activation: 'relu' },
        { type: 'reshape', shape: [64, 7, 7] },
        { type: 'conv2dTranspose', filters: 32, kernelSize: 4, strides: 2, activation: 'relu' },
        { type: 'conv2dTranspose', filters: 1, kernelSize: 4, strides: 2 },
      ],
    };
    const { shapes } = shapesOf(decoder, { z: ['float32', ['N', 16]] });
    expect(shapes).toMatchObject({ conv2dTranspose_1: 'N,32,14,14', conv2dTranspose_2: 'N,1,28,28' });
  });

  it('a denoiser with time, label, blocks, attention and skips gives back the shape of its image', () => {
    const blocks: BlockSpecs = {
      stage: {
        parameters: { filters: 16, resample: 'none' },
        layers: [
          { type: 'residualBlock', filters: '$filters', resample: '$resample', inputs: ['input', 'input2'] },
          { type: 'residualBlock', filters: '$filters', inputs: ['residualBlock_1', 'input2'] },
        ],
      },
    };
    const stage = (id: string, filters: number, inputs: readonly string[], resample = 'none') => ({
      id,
      type: 'block',
      use: 'stage',
      with: { filters, resample },
      inputs,
    });
    const denoiser = {
      inputs: { x: 'image', t: 'time', y: 'label' },
      layers: [
        { id: 'time', type: 'timeEmbedding', dimension: 16, units: 32, inputs: ['t'] },
        { id: 'class', type: 'classEmbedding', classes: 10, outputDim: 32, inputs: ['y'] },
        { id: 'condition', type: 'add', inputs: ['time', 'class'] },
        { id: 'open', type: 'conv2d', filters: 16, inputs: ['x'] },
        stage('high', 16, ['open', 'condition']),
        stage('low', 32, ['high', 'condition'], 'down'),
        { id: 'attention', type: 'selfAttention2d', heads: 2 },
        stage('up', 16, ['attention', 'condition'], 'up'),
        { id: 'skip', type: 'concatenate', inputs: ['up', 'high'] },
        { type: 'groupNormalization', groups: 8 },
        { type: 'activation', activation: 'silu' },
        { id: 'out', type: 'conv2d', filters: 3, kernelSize: 3 },
      ],
    };
    const inputs = { x: ['float32', ['N', 3, 8, 8]], t: ['float32', ['N']], y: ['int64', ['N']] } as const;
    const { shapes } = shapesOf(denoiser, inputs, blocks);
    expect(shapes).toMatchObject({
      condition: 'N,32',
      'low/residualBlock_2': 'N,32,4,4',
      skip: 'N,32,8,8',
      out: 'N,3,8,8',
    });
  });

  it('applied twice, shares its parameters and draws noise of its own', () => {
    const spec = { inputs: { x: 'points' }, layers: [{ type: 'dense', units: 3 }, { type: 'dropout' }] };
    const { network } = resolveNetwork('net', spec, {}, layerTable, []);
    if (!network) throw new Error('not resolved');
    const p = new ProgramBuilder('train', new StateRegistry());
    const x = new Map([['x', p.argument('x', 'float32', ['N', 2])]]);
    for (const tag of ['real', 'fake']) applyNetwork(p, network, x, { training: true, tag });
    expect(p.registry.all.map((state) => state.name)).toEqual(['net/dense_1/kernel', 'net/dense_1/bias']);
    const streams = p.build().inputs.flatMap(({ source }) => (source.kind === 'noise' ? [source.stream] : []));
    expect(streams).toEqual(['real/net/dropout_1/0', 'fake/net/dropout_1/0']);
  });
});
