/** Types and window arithmetic of convolution and pooling. */
import {
  GraphError,
  numberAttribute,
  numbersAttribute,
  stringAttribute,
  type Attributes,
  type Dim,
  type TypeQuery,
} from '../../graph/graph.ts';
import { addDims, ceilDivide, divideExactly, floorDivide, formatShape, multiplyDims, subtractDims } from './dims.ts';
import {
  constantInts,
  expectEqual,
  floats,
  inputType,
  optionalType,
  sameDType,
  unknownShape,
  type Rule,
} from './rule.ts';

/** A window with every default filled in; `output` is its size along each spatial axis. */
export interface ResolvedWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before the first element of each spatial axis (symbolic only where auto_pad meets a symbolic size). */
  readonly padsBegin: readonly Dim[];
  readonly output: readonly Dim[];
}

/** Attributes shared by every windowed operator, with their defaults. */
function windowOf(attributes: Attributes, kernel: readonly number[]) {
  const listed = (name: string, length: number, fallback: number): readonly number[] => {
    const values = numbersAttribute(attributes, name) ?? Array.from({ length }, () => fallback);
    if (values.length !== length) throw new GraphError(`${name} must have ${length} numbers, it has ${values.length}`);
    return values;
  };
  const rank = kernel.length;
  const window = {
    strides: listed('strides', rank, 1),
    dilations: listed('dilations', rank, 1),
    pads: listed('pads', rank * 2, 0),
  };
  if ([...kernel, ...window.strides, ...window.dilations].some((value) => !Number.isInteger(value) || value < 1)) {
    throw new GraphError('window, strides and dilations must be whole numbers of at least 1');
  }
  return { ...window, autoPad: stringAttribute(attributes, 'auto_pad', 'NOTSET') };
}

const sized = (sizes: readonly Dim[]): string => sizes.join('x');

/** Output size and leading padding of a convolution or pooling window over `spatial`. @throws GraphError when it does not fit. */
export function slidingWindow(
  attributes: Attributes,
  spatial: readonly Dim[],
  kernel: readonly number[],
): ResolvedWindow {
  const { strides, dilations, pads, autoPad } = windowOf(attributes, kernel);
  const ceil = numberAttribute(attributes, 'ceil_mode', 0) === 1;
  const axes = spatial.map((size, axis) => {
    const reach = (kernel[axis] - 1) * dilations[axis] + 1;
    const stride = strides[axis];
    if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') return samePadding(size, reach, stride, autoPad);
    const [begin, end] = autoPad === 'VALID' ? [0, 0] : [pads[axis], pads[axis + spatial.length]];
    const room = addDims(size, begin + end - reach);
    if (typeof room === 'number' && room < 0) {
      throw new GraphError(
        `a ${sized(kernel)} window does not fit the ${sized(spatial)} input${begin + end > 0 ? ' with its padding' : ''}`,
      );
    }
    let count = addDims(ceil ? ceilDivide(room, stride) : floorDivide(room, stride), 1);
    // The last window must start inside the input or the padding before it.
    if (ceil && typeof count === 'number' && typeof size === 'number' && (count - 1) * stride >= size + begin) count--;
    return { output: count, begin };
  });
  return {
    kernel,
    strides,
    dilations,
    padsBegin: axes.map((axis) => axis.begin),
    output: axes.map((axis) => axis.output),
  };
}

function samePadding(
  size: Dim,
  reach: number,
  stride: number,
  autoPad: 'SAME_UPPER' | 'SAME_LOWER',
): { output: Dim; begin: Dim } {
  const output = ceilDivide(size, stride);
  const total = addDims(subtractDims(multiplyDims(subtractDims(output, 1), stride), size), reach);
  const whole = typeof total === 'number' ? Math.max(0, total) : total;
  return { output, begin: autoPad === 'SAME_UPPER' ? floorDivide(whole, 2) : ceilDivide(whole, 2) };
}

/** Output size and leading padding of a transposed convolution over `spatial`. */
export function transposedWindow(
  attributes: Attributes,
  spatial: readonly Dim[],
  kernel: readonly number[],
): ResolvedWindow {
  const { strides, dilations, pads, autoPad } = windowOf(attributes, kernel);
  const extra = numbersAttribute(attributes, 'output_padding') ?? kernel.map(() => 0);
  const wanted = numbersAttribute(attributes, 'output_shape');
  const same = autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER';
  const axes = spatial.map((size, axis) => {
    const reach = (kernel[axis] - 1) * dilations[axis] + 1;
    const full = addDims(multiplyDims(subtractDims(size, 1), strides[axis]), reach + extra[axis]);
    if (!wanted && !same) {
      const [begin, end] = autoPad === 'VALID' ? [0, 0] : [pads[axis], pads[axis + spatial.length]];
      const output = addDims(full, -begin - end);
      if (typeof output === 'number' && output < 1)
        throw new GraphError(`the padding leaves nothing of the ${sized(spatial)} input`);
      return { output, begin };
    }
    const output = wanted ? wanted[wanted.length - spatial.length + axis] : multiplyDims(size, strides[axis]);
    const total = subtractDims(full, output);
    const whole = typeof total === 'number' ? Math.max(0, total) : total;
    return { output, begin: autoPad === 'SAME_UPPER' ? floorDivide(whole, 2) : ceilDivide(whole, 2) };
  });
  return {
    kernel,
    strides,
    dilations,
    padsBegin: axes.map((axis) => axis.begin),
    output: axes.map((axis) => axis.output),
  };
}

/** Batch, channels and spatial axes of an input with at least one spatial axis. */
function imageShape(shape: readonly Dim[]): { batch: Dim; channels: Dim; spatial: readonly Dim[] } {
  if (shape.length < 3)
    throw new GraphError(`the input must have batch, channel and spatial axes, its shape is ${formatShape(shape)}`);
  const [batch, channels, ...spatial] = shape;
  return { batch, channels, spatial };
}

function weightKernel(query: TypeQuery, weight: readonly Dim[], spatial: readonly Dim[]): readonly number[] {
  const kernel = weight.slice(2);
  if (kernel.length !== spatial.length || kernel.some((dim) => typeof dim !== 'number')) {
    throw new GraphError(
      `weights of shape ${formatShape(weight)} do not fit an input with ${spatial.length} spatial axes`,
    );
  }
  const given = numbersAttribute(query.attributes, 'kernel_shape');
  if (given && given.join() !== kernel.join())
    throw new GraphError(`kernel_shape is ${sized(given)}, the weights are ${sized(kernel)}`);
  return kernel as readonly number[];
}

export const convRule: Rule = (query) => {
  const [x, weight, bias] = [inputType(query, 0, floats), inputType(query, 1, floats), optionalType(query, 2, floats)];
  const { batch, channels, spatial } = imageShape(x.shape);
  const kernel = weightKernel(query, weight.shape, spatial);
  const group = numberAttribute(query.attributes, 'group', 1);
  const [outputs, perGroup] = weight.shape;
  expectEqual(
    channels,
    multiplyDims(perGroup, group),
    `the channels of the input and of the weights${group > 1 ? ` (${group} groups)` : ''} differ`,
  );
  if (divideExactly(outputs, group) === undefined)
    throw new GraphError(`${outputs} output channels do not divide into ${group} groups`);
  if (bias) expectEqual(bias.shape[0] ?? 1, outputs, 'the bias and the output channels differ');
  return [
    {
      dtype: sameDType(x, weight, bias),
      shape: [batch, outputs, ...slidingWindow(query.attributes, spatial, kernel).output],
    },
  ];
};

export const convTransposeRule: Rule = (query) => {
  const [x, weight, bias] = [inputType(query, 0, floats), inputType(query, 1, floats), optionalType(query, 2, floats)];
  const { batch, channels, spatial } = imageShape(x.shape);
  const kernel = weightKernel(query, weight.shape, spatial);
  const group = numberAttribute(query.attributes, 'group', 1);
  const outputs = multiplyDims(weight.shape[1], group);
  expectEqual(channels, weight.shape[0], 'the channels of the input and of the weights differ');
  if (divideExactly(channels, group) === undefined)
    throw new GraphError(`${channels} input channels do not divide into ${group} groups`);
  if (bias) expectEqual(bias.shape[0] ?? 1, outputs, 'the bias and the output channels differ');
  return [
    {
      dtype: sameDType(x, weight, bias),
      shape: [batch, outputs, ...transposedWindow(query.attributes, spatial, kernel).output],
    },
  ];
};

/** The window of a pooling node. */
export function poolKernel(attributes: Attributes, spatialRank: number): readonly number[] {
  const kernel = numbersAttribute(attributes, 'kernel_shape');
  if (!kernel) throw new GraphError('kernel_shape is missing');
  if (kernel.length !== spatialRank)
    throw new GraphError(`the window has ${kernel.length} axes, the input ${spatialRank}`);
  return kernel;
}

export const poolRule: Rule = (query) => {
  const x = inputType(query, 0, floats);
  const { batch, channels, spatial } = imageShape(x.shape);
  const shape = [
    batch,
    channels,
    ...slidingWindow(query.attributes, spatial, poolKernel(query.attributes, spatial.length)).output,
  ];
  return [{ dtype: x.dtype, shape }, ...(query.outputCount > 1 ? [{ dtype: 'int64', shape } as const] : [])];
};

export const globalPoolRule: Rule = (query) => {
  const x = inputType(query, 0, floats);
  const { batch, channels, spatial } = imageShape(x.shape);
  return [{ dtype: x.dtype, shape: [batch, channels, ...spatial.map(() => 1)] }];
};

export const maxUnpoolRule: Rule = (query) => {
  const [x, places] = [inputType(query, 0, floats), inputType(query, 1, ['int64'])];
  if (places.shape.length !== x.shape.length) throw new GraphError('the indices must have the shape of the input');
  places.shape.forEach((dim, axis) => expectEqual(x.shape[axis], dim, 'the shapes of input and indices differ'));
  const { batch, channels, spatial } = imageShape(x.shape);
  if (query.inputs[2]) {
    const known = query.constants[2] ? constantInts(query, 2, 'output shape') : query.inputs[2].elements;
    return [{ dtype: x.dtype, shape: known ?? unknownShape(x.shape.length) }];
  }
  const kernel = poolKernel(query.attributes, spatial.length);
  return [{ dtype: x.dtype, shape: [batch, channels, ...transposedWindow(query.attributes, spatial, kernel).output] }];
};
