/** Gradient rule of Resize: the operator is linear and works axis by axis, so its transpose is applied axis by axis. */
import {
  GraphError,
  numberAttribute,
  numbersAttribute,
  stringAttribute,
  type Attributes,
  type Value,
} from '../../graph/graph.ts';
import { sizeOf, tensorOf } from '../../tensor/tensor.ts';
import type { OpBuilder } from '../builder.ts';
import { constantNumbers, normalAxes, range, simple, staticDim } from './rule.ts';

/** One axis that Resize changes. `scale` is output over input length, as given or as the sizes imply. */
interface ResizedAxis {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

export const resizeGradient = simple((b, query) => {
  const { x, y, dy, attributes } = query;
  refuseUnsupported(attributes);
  const listed = numbersAttribute(attributes, 'axes') ?? range(0, x.type.shape.length);
  const axes = normalAxes(listed, x.type.shape.length);
  const scales = constantNumbers(b, query, 2, 'scales');
  const changed = axes.flatMap((axis, entry): ResizedAxis[] => {
    const [from, to] = [x.type.shape[axis], y.type.shape[axis]];
    if (from === to) return [];
    const [known, wanted] = [
      staticDim(from, 'the size of a resized axis'),
      staticDim(to, 'the size of a resized axis'),
    ];
    return [{ axis, from: known, to: wanted, scale: scales && scales.length > 0 ? scales[entry] : wanted / known }];
  });
  const resized = changed.map((along) => ({
    ...along,
    weights: range(0, along.to).map((at) => axisWeights(at, along, attributes)),
  }));
  if (resized.length === 0) return [dy];
  if (resized.every(isRepeating)) return [summedRepeats(b, dy, resized)];
  return [resized.reduce((gradient, along) => appliedWeights(b, gradient, along), dy)];
});

function refuseUnsupported(attributes: Attributes): void {
  const mode = stringAttribute(attributes, 'mode', 'nearest');
  if (mode !== 'nearest' && mode !== 'linear')
    throw new GraphError(`resizing in mode '${mode}' has no gradient rule, only 'nearest' and 'linear' have`);
  if (numberAttribute(attributes, 'antialias', 0) !== 0)
    throw new GraphError('resizing with antialias has no gradient rule');
}

/** A spatial axis along which every element is repeated a whole number of times. */
function isRepeating({ axis, from, to, weights }: WeightedAxis): boolean {
  const times = to / from;
  const repeats = weights.every((row, at) => row.length === 1 && row[0].source === Math.floor(at / times));
  return axis >= 2 && Number.isInteger(times) && repeats;
}

/** Repeated elements sum their gradients: the mean of each block times its size, the fastest way to sum blocks. */
function summedRepeats(b: OpBuilder, dy: Value, resized: readonly WeightedAxis[]): Value {
  const kernel = range(2, dy.type.shape.length).map((axis) => {
    const along = resized.find((one) => one.axis === axis);
    return along ? along.to / along.from : 1;
  });
  return b.mul(b.averagePool(dy, { kernel, strides: kernel }), sizeOf(kernel));
}

/** dx = dy · A along the axis, A[to, from] holding each output's weights. */
function appliedWeights(b: OpBuilder, dy: Value, { axis, from, to, weights }: WeightedAxis): Value {
  const matrix = new Float64Array(to * from);
  weights.forEach((row, at) => row.forEach(({ source, weight }) => (matrix[at * from + source] += weight)));
  const constant = b.constant(tensorOf(dy.type.dtype, [to, from], matrix));
  const last = dy.type.shape.length - 1;
  if (axis === last) return b.matMul(dy, constant);
  const swap = range(0, last + 1)
    .with(axis, last)
    .with(last, axis);
  return b.transpose(b.matMul(b.transpose(dy, swap), constant), swap);
}

interface WeightedAxis extends ResizedAxis {
  /** For each output along the axis, the inputs it is made of. */
  readonly weights: readonly (readonly Weight[])[];
}

interface Weight {
  readonly source: number;
  readonly weight: number;
}

/** Which input elements make the output at place `at`, and with what weight (ONNX Resize, opset 19). */
function axisWeights(at: number, along: ResizedAxis, attributes: Attributes): readonly Weight[] {
  const place = sourcePlace(at, along, attributes);
  const inside = (source: number): number => Math.min(Math.max(source, 0), along.from - 1);
  if (stringAttribute(attributes, 'mode', 'nearest') === 'nearest') {
    return [
      { source: inside(nearest(place, stringAttribute(attributes, 'nearest_mode', 'round_prefer_floor'))), weight: 1 },
    ];
  }
  const clamped = Math.min(Math.max(place, 0), along.from - 1);
  const low = Math.floor(clamped);
  const fraction = clamped - low;
  return fraction === 0
    ? [{ source: low, weight: 1 }]
    : [
        { source: low, weight: 1 - fraction },
        { source: inside(low + 1), weight: fraction },
      ];
}

function sourcePlace(at: number, { from, to, scale }: ResizedAxis, attributes: Attributes): number {
  const mode = stringAttribute(attributes, 'coordinate_transformation_mode', 'half_pixel');
  switch (mode) {
    case 'half_pixel':
      return (at + 0.5) / scale - 0.5;
    case 'half_pixel_symmetric': {
      const adjustment = to / (scale * from);
      const centre = from / 2;
      return centre * (1 - adjustment) + (at + 0.5) / scale - 0.5;
    }
    case 'pytorch_half_pixel':
      return to > 1 ? (at + 0.5) / scale - 0.5 : 0;
    case 'align_corners':
      return to > 1 ? (at * (from - 1)) / (to - 1) : 0;
    case 'asymmetric':
      return at / scale;
    default:
      throw new GraphError(`resizing with coordinates '${mode}' has no gradient rule`);
  }
}

function nearest(place: number, mode: string): number {
  switch (mode) {
    case 'round_prefer_floor':
      return Math.ceil(place - 0.5);
    case 'round_prefer_ceil':
      return Math.floor(place + 0.5);
    case 'floor':
      return Math.floor(place);
    case 'ceil':
      return Math.ceil(place);
    default:
      throw new GraphError(`nearest_mode '${mode}' is not known`);
  }
}
