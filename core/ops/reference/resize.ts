/** Reference kernel of Resize: one axis after another, each output element a weighted sum of input elements. */
import { numberAttribute, stringAttribute, type Attributes } from '../../graph/graph.ts';
import { type Shape } from '../../tensor/tensor.ts';
import { resizeAxes } from '../types/shape.ts';
import { doublesAt, forEachLane, listAt, result, tensorAt, type Kernel } from './kernel.ts';

interface Weight {
  readonly from: number;
  readonly weight: number;
}

export const resize: Kernel = (query) => {
  const { shape: input } = tensorAt(query, 0);
  const { shape: output } = query.outputs[0];
  const axes = resizeAxes(query, input.length);
  const scales = listAt(query, 2);
  let [values, shape]: [Float64Array, Shape] = [doublesAt(query, 0), input];
  axes.forEach((axis, at) => {
    const scale = scales && scales.length > 0 ? scales[at] : output[axis] / input[axis];
    if (scale === 1 && output[axis] === input[axis]) return;
    const weights = Array.from({ length: output[axis] }, (_, place) =>
      axisWeights(query.attributes, place, input[axis], output[axis], scale),
    );
    values = alongAxis(values, shape, axis, weights);
    shape = shape.with(axis, output[axis]);
  });
  return result(query, values);
};

function alongAxis(
  values: Float64Array,
  shape: Shape,
  axis: number,
  weights: readonly (readonly Weight[])[],
): Float64Array {
  const length = weights.length;
  const results = new Float64Array((values.length / shape[axis]) * length);
  forEachLane(shape, axis, (start, step, _length, lane) => {
    const target = Math.floor(lane / step) * length * step + (lane % step);
    weights.forEach((parts, place) => {
      results[target + place * step] = parts.reduce(
        (sum, { from, weight }) => sum + weight * values[start + from * step],
        0,
      );
    });
  });
  return results;
}

/** Where output element `place` lies among the input elements (ONNX coordinate_transformation_mode). */
function sourceCoordinate(mode: string, place: number, from: number, to: number, scale: number): number {
  switch (mode) {
    case 'asymmetric':
      return place / scale;
    case 'align_corners':
      return to === 1 ? 0 : (place * (from - 1)) / (to - 1);
    case 'pytorch_half_pixel':
      return to > 1 ? (place + 0.5) / scale - 0.5 : 0;
    case 'half_pixel_symmetric':
      return (from / 2) * (1 - to / (scale * from)) + (place + 0.5) / scale - 0.5;
    default:
      return (place + 0.5) / scale - 0.5;
  }
}

/** The input elements an output element is made of along one axis; their weights sum to 1. */
export function axisWeights(
  attributes: Attributes,
  place: number,
  from: number,
  to: number,
  scale: number,
): readonly Weight[] {
  const transformation = stringAttribute(attributes, 'coordinate_transformation_mode', 'half_pixel');
  const x = sourceCoordinate(transformation, place, from, to, scale);
  const mode = stringAttribute(attributes, 'mode', 'nearest');
  const inside = (at: number): number => Math.max(0, Math.min(from - 1, at));
  if (mode === 'nearest') {
    return [{ from: inside(nearest(stringAttribute(attributes, 'nearest_mode', 'round_prefer_floor'), x)), weight: 1 }];
  }
  const cubic = mode === 'cubic';
  const squeeze = numberAttribute(attributes, 'antialias', 0) === 1 ? Math.min(1, scale) : 1;
  const a = numberAttribute(attributes, 'cubic_coeff_a', -0.75);
  const reach = Math.ceil((cubic ? 2 : 1) / squeeze);
  const excluded = numberAttribute(attributes, 'exclude_outside', 0) === 1;
  const parts: Weight[] = [];
  for (let at = Math.floor(x) - reach; at <= Math.floor(x) + reach + 1; at++) {
    const distance = Math.abs(at - x) * squeeze;
    const weight = cubic ? cubicWeight(distance, a) : Math.max(0, 1 - distance);
    if (weight !== 0 && !(excluded && at !== inside(at))) parts.push({ from: inside(at), weight });
  }
  const total = parts.reduce((sum, part) => sum + part.weight, 0);
  return parts.map((part) => ({ ...part, weight: part.weight / total }));
}

function nearest(mode: string, x: number): number {
  switch (mode) {
    case 'floor':
      return Math.floor(x);
    case 'ceil':
      return Math.ceil(x);
    case 'round_prefer_ceil':
      return Math.floor(x + 0.5);
    default:
      return Math.ceil(x - 0.5);
  }
}

/** Keys 1981, "Cubic convolution interpolation for digital image processing". */
function cubicWeight(x: number, a: number): number {
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}
