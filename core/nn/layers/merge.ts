/** Layers that join several inputs. */
import { z } from 'zod';
import type { Dim, Value } from '../../graph/graph.ts';
import type { LayerContext } from '../layer.ts';
import { defineLayer, showShape } from './define.ts';

/**
 * Gives all inputs one rank. An input of fewer axes gets axes of 1 at its end, so that an embedding [N, C] joins an
 * image [N, C, H, W] channel by channel. Then axes must be equal or 1.
 */
function alignedInputs(context: LayerContext, inputs: readonly Value[]): readonly Value[] {
  const rank = Math.max(...inputs.map((input) => input.type.shape.length));
  const aligned = inputs.map((input) => {
    const own = input.type.shape.length;
    return own === rank
      ? input
      : context.b.unsqueeze(
          input,
          Array.from({ length: rank - own }, (_, axis) => own + axis),
        );
  });
  const meets = (a: Dim, b: Dim) => a === b || a === 1 || b === 1;
  const [first, ...rest] = aligned;
  for (const other of rest) {
    if (first.type.shape.every((dim, axis) => meets(dim, other.type.shape[axis]))) continue;
    context.fail(
      `its inputs have shapes ${inputs.map((input) => showShape(input.type.shape)).join(' and ')}, which do not match`,
      matchHint,
    );
  }
  return aligned;
}

const matchHint = 'make them equal; [N, C] also joins [N, C, H, W], channel by channel';

const several = { fewest: 2, most: 64 } as const;

function elementwise(type: string, summary: string, join: (context: LayerContext, a: Value, b: Value) => Value) {
  return defineLayer({
    type,
    category: 'merge',
    summary,
    inputs: several,
    causal: () => true,
    schema: z.strictObject({}),
    build: (context, inputs) => alignedInputs(context, inputs).reduce((sum, next) => join(context, sum, next)),
  });
}

const rule = 'An embedding [N, C] joins an image [N, C, H, W] channel by channel.';

export const add = elementwise('add', `Adds its inputs element by element. ${rule}`, ({ b }, x, y) => b.add(x, y));
export const multiply = elementwise('multiply', `Multiplies its inputs element by element. ${rule}`, ({ b }, x, y) =>
  b.mul(x, y),
);
export const maximum = elementwise('maximum', 'The largest of its inputs, element by element.', ({ b }, x, y) =>
  b.max(x, y),
);

export const subtract = defineLayer({
  type: 'subtract',
  category: 'merge',
  summary: 'Takes the second input from the first, element by element.',
  inputs: { fewest: 2, most: 2, names: ['from', 'what'] },
  schema: z.strictObject({}),
  build(context, inputs) {
    const [from, what] = alignedInputs(context, inputs);
    return context.b.sub(from, what);
  },
});

export const average = defineLayer({
  type: 'average',
  category: 'merge',
  summary: 'The mean of its inputs, element by element.',
  inputs: several,
  schema: z.strictObject({}),
  build(context, inputs) {
    const { b } = context;
    const sum = alignedInputs(context, inputs).reduce((total, next) => b.add(total, next));
    return b.mul(sum, 1 / inputs.length);
  },
});

export const concatenate = defineLayer({
  type: 'concatenate',
  category: 'merge',
  summary: 'Puts its inputs one after another, along the channels unless told otherwise.',
  inputs: several,
  schema: z.strictObject({
    axis: z
      .int()
      .min(-5)
      .max(5)
      .default(1)
      .describe(
        'Axis to join along, counted with the batch axis as 0: 1 is the channels; negative counts from the end.',
      ),
  }),
  build(context, inputs, config) {
    const rank = inputs[0].type.shape.length;
    const axis = config.axis < 0 ? config.axis + rank : config.axis;
    const shapes = inputs.map((input) => showShape(input.type.shape)).join(' and ');
    if (axis < 1 || axis >= rank)
      context.fail(`axis ${config.axis} cannot be joined along in inputs ${shapes}`, 'use axis 1');
    const fits = inputs.every(
      ({ type: { shape } }) =>
        shape.length === rank && shape.every((dim, at) => at === axis || dim === inputs[0].type.shape[at]),
    );
    if (!fits)
      context.fail(`its inputs ${shapes} differ beside axis ${axis}`, 'give them the same height and width first');
    return context.b.concat(inputs, axis);
  },
});
