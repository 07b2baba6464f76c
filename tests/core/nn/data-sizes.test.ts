import { expect, it } from 'vitest';
import { withDataSizes } from '../../../core/nn/data-sizes.ts';
import { layerTable } from '../../../core/nn/layer-table.ts';
import { resolveNetwork } from '../../../core/nn/resolve-network.ts';

it('fills in the number of classes where it is left to the data', () => {
  const layers = [
    { type: 'classEmbedding', outputDim: 2 },
    { type: 'classEmbedding', outputDim: 2, classes: 3, inputs: ['x'] },
  ];
  const { network } = resolveNetwork('net', { inputs: { x: 'label' }, layers }, {}, layerTable, ['networks', 'net']);
  if (!network) throw new Error('not resolved');
  expect(
    withDataSizes(network, { classes: 10, tokens: 0 }).layers.map(
      (layer) => (layer.config as { classes: number }).classes,
    ),
  ).toEqual([10, 3]);
});
