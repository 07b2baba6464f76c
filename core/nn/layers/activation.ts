/** Activation functions as layers of their own. */
import { z } from 'zod';
import { activate } from '../activations.ts';
import { activationChoice } from '../fields.ts';
import { defineLayer, oneInput, sizeAt } from './define.ts';

export const activationLayer = defineLayer({
  type: 'activation',
  category: 'core',
  summary: 'Applies a function to every element.',
  inputs: oneInput,
  causal: () => true,
  schema: z.strictObject({
    activation: activationChoice.describe('The function: a name, or an object with type and alpha.'),
  }),
  build(context, [x], config) {
    return activate(context.b, x, config.activation);
  },
});

export const prelu = defineLayer({
  type: 'prelu',
  category: 'core',
  summary: 'relu with a learned slope below zero for every channel or feature (He et al. 2015).',
  inputs: oneInput,
  schema: z.strictObject({
    initialSlope: z.number().default(0.25).describe('Slope below zero that training starts from.'),
  }),
  build(context, [x], config) {
    const { b } = context;
    const rank = x.type.shape.length;
    if (rank < 2) context.fail(`expected features or channels, found [${x.type.shape.join(', ')}]`);
    const start = { type: 'constant', scale: config.initialSlope } as const;
    const slope = context.parameter('slope', [sizeAt(context, x, 1)], start, { decay: false });
    return b.emit('PRelu', [
      x,
      rank === 2 ? slope : b.reshape(slope, [-1, ...Array.from({ length: rank - 2 }, () => 1)]),
    ]);
  },
});
