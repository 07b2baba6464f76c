/** The pieces layer schemas are made of, so that the same field has the same words, limits and default everywhere. */
import { z } from 'zod';
import { initialiserNames, type ParameterInit } from '../program/parameter-init.ts';
import { activationNames } from './activations.ts';

/** Largest width, kernel or table a document may ask for: beyond it a typing error would exhaust the memory. */
const largestCount = 1_000_000;

/** A whole number from `least` up. */
export const count = (least = 1) => z.int().min(least).max(largestCount);

/** One number for both axes, or `[height, width]`. */
export const perAxis2d = (least = 1) =>
  z.union([count(least), z.tuple([count(least), count(least)])], {
    error: `expected a whole number from ${least} up, or two of them as [height, width]`,
  });

const initialiser = z.union(
  [
    z.enum(initialiserNames),
    z.strictObject({
      type: z.enum(initialiserNames).describe('Name of the initialiser.'),
      scale: z
        .number()
        .optional()
        .describe(
          'normal, truncatedNormal: standard deviation; uniform: half width; orthogonal: gain; constant: the value.',
        ),
    }),
  ],
  { error: `expected one of ${initialiserNames.join(', ')}, or an object with such a "type" and a "scale"` },
);
export type InitialiserField = z.output<typeof initialiser>;

export const kernelInitializer = initialiser
  .default('glorotUniform')
  .describe('How the kernel starts: a name, or an object with type and scale.');
export const biasInitializer = initialiser
  .default('zeros')
  .describe('How the bias starts: a name, or an object with type and scale.');
export const recurrentInitializer = initialiser
  .default('orthogonal')
  .describe("How the state's kernel starts: a name, or an object with type and scale.");
export const useBias = z.boolean().default(true).describe('Whether a bias is added.');
export const spectralNormalization = z
  .boolean()
  .default(false)
  .describe(
    'Divides the kernel by its largest singular value, estimated by one power iteration a training step (Miyato et al. 2018).',
  );

const activationName = z.enum(activationNames);
export const activationChoice = z.union(
  [
    activationName,
    z.strictObject({
      type: activationName.describe('Name of the function.'),
      alpha: z.number().optional().describe('leakyRelu: slope below zero (0.2); elu, celu: scale below zero (1).'),
    }),
  ],
  { error: `expected one of ${activationNames.join(', ')}, or an object with such a "type" and an "alpha"` },
);
export const activation = activationChoice.default('linear').describe('Function applied to the result.');

const paddingWords =
  "'same': as much zero padding as makes the output ceil(input / stride) long, the odd element at the end; " +
  "'valid': none; a number: that many elements at each end of each axis.";

/** The padding of a window; `words` when it means something else than in a convolution. */
export const padding = (fallback: 'same' | 'valid', words = paddingWords) =>
  z
    .union([z.enum(['same', 'valid']), count(0)], { error: "expected 'same', 'valid' or a whole number of elements" })
    .default(fallback)
    .describe(words);

/** Turns an initialiser field into the start of a parameter with these fans. */
export function initOf(field: InitialiserField, fanIn: number, fanOut: number): ParameterInit {
  return {
    ...(typeof field === 'string'
      ? { type: field }
      : { type: field.type, ...(field.scale !== undefined && { scale: field.scale }) }),
    fanIn,
    fanOut,
  };
}

/** `[a, b]` of a field that may be one number for both axes. */
export function pair(field: number | readonly [number, number]): readonly [number, number] {
  return typeof field === 'number' ? [field, field] : field;
}
