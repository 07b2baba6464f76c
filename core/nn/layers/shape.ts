/** Layers that only rearrange: flatten, reshape, permute, pad and crop. */
import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import { count } from '../fields.ts';
import type { LayerContext } from '../layer.ts';
import { imageWords } from './convolution.ts';
import { defineLayer, oneInput, requireRank, showShape, sizeAt } from './define.ts';

/** Elements of one sample, all of whose axes must be known. */
function sampleSize(context: LayerContext, x: Value): number {
  let size = 1;
  for (let axis = 1; axis < x.type.shape.length; axis++) size *= sizeAt(context, x, axis);
  return size;
}

export const flatten = defineLayer({
  type: 'flatten',
  category: 'shape',
  summary: 'Lays every sample out as one row of features: [N, features].',
  inputs: oneInput,
  schema: z.strictObject({}),
  build(context, [x]) {
    return x.type.shape.length === 2 ? x : context.b.reshape(x, [0, sampleSize(context, x)]);
  },
});

export const reshape = defineLayer({
  type: 'reshape',
  category: 'shape',
  summary: 'Gives every sample another shape with as many elements.',
  inputs: oneInput,
  schema: z.strictObject({
    shape: z
      .array(
        z.union([z.literal(-1), count()], { error: 'expected a whole number from 1 up, or −1 for "whatever is left"' }),
      )
      .min(1)
      .max(6)
      .describe('Shape of one sample, without the batch axis; one entry may be −1: whatever is left.'),
  }),
  build(context, [x], { shape }) {
    const size = sampleSize(context, x);
    const free = shape.indexOf(-1);
    if (shape.lastIndexOf(-1) !== free)
      context.fail(`shape ${showShape(shape)} has more than one −1`, 'leave one −1 at most');
    const known = shape.reduce((product, dim) => (dim === -1 ? product : product * dim), 1);
    const left = size / known;
    const found = `its input ${showShape(x.type.shape)} has ${size} elements a sample`;
    if (free < 0 && left !== 1) context.fail(`shape ${showShape(shape)} has ${known} elements, ${found}`);
    if (!Number.isInteger(left)) context.fail(`shape ${showShape(shape)} does not divide evenly: ${found}`);
    return context.b.reshape(x, [0, ...shape.map((dim) => (dim === -1 ? left : dim))]);
  },
});

export const permute = defineLayer({
  type: 'permute',
  category: 'shape',
  summary: 'Changes the order of the axes of every sample.',
  inputs: oneInput,
  schema: z.strictObject({
    dims: z
      .array(count())
      .min(1)
      .max(6)
      .describe('The new order of the axes, counted from 1 (the batch axis stays first): [2, 1] swaps two.'),
  }),
  build(context, [x], { dims }) {
    const rank = x.type.shape.length - 1;
    const sorted = dims.toSorted((a, b) => a - b);
    if (dims.length !== rank || sorted.some((dim, index) => dim !== index + 1)) {
      context.fail(
        `dims ${showShape(dims)} must hold each of 1 to ${rank} once, for its input ${showShape(x.type.shape)}`,
      );
    }
    return context.b.transpose(x, [0, ...dims]);
  },
});

const side = count(0);
const sides = z
  .union([side, z.tuple([side, side]), z.tuple([z.tuple([side, side]), z.tuple([side, side])])], {
    error: 'expected a whole number, [vertical, horizontal] or [[top, bottom], [left, right]]',
  })
  .default(1);

/** [top, bottom, left, right] of a field that may be one number, two, or all four. */
function foursides(field: z.output<typeof sides>): readonly [number, number, number, number] {
  if (typeof field === 'number') return [field, field, field, field];
  const [vertical, horizontal] = field;
  const [top, bottom] = typeof vertical === 'number' ? [vertical, vertical] : vertical;
  const [left, right] = typeof horizontal === 'number' ? [horizontal, horizontal] : horizontal;
  return [top, bottom, left, right];
}

export const zeroPadding2d = defineLayer({
  type: 'zeroPadding2d',
  category: 'shape',
  summary: 'Adds a border of zeros to an image.',
  inputs: oneInput,
  schema: z.strictObject({
    padding: sides.describe('Pixels added: a number, [vertical, horizontal] or [[top, bottom], [left, right]].'),
  }),
  build(context, [x], { padding }) {
    requireRank(context, x, [4], imageWords);
    const [top, bottom, left, right] = foursides(padding);
    return context.b.pad(x, [0, 0, top, left, 0, 0, bottom, right]);
  },
});

export const cropping2d = defineLayer({
  type: 'cropping2d',
  category: 'shape',
  summary: 'Cuts a border off an image.',
  inputs: oneInput,
  schema: z.strictObject({
    cropping: sides.describe('Pixels cut off: a number, [vertical, horizontal] or [[top, bottom], [left, right]].'),
  }),
  build(context, [x], { cropping }) {
    requireRank(context, x, [4], imageWords);
    const [top, bottom, left, right] = foursides(cropping);
    const height = sizeAt(context, x, 2);
    const width = sizeAt(context, x, 3);
    if (top + bottom >= height || left + right >= width)
      context.fail(`nothing is left of its ${height}×${width} input`, 'crop less');
    return context.b.slice(x, [top, left], [height - bottom, width - right], [2, 3]);
  },
});
