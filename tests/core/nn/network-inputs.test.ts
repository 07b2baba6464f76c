import { expect, it } from 'vitest';
import { inputKindOf } from '../../../core/nn/network-inputs.ts';

it('reads the words for inputs', () => {
  expect(['image', 'points', 'table', 'data', 'latent', 'noise', 'label', 'time'].map(inputKindOf)).toEqual([
    'data',
    'data',
    'data',
    'data',
    'latent',
    'latent',
    'label',
    'time',
  ]);
  expect(inputKindOf('constructor')).toBeUndefined();
});
