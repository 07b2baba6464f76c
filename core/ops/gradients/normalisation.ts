/** Gradient rules of the normalisations kept whole: they compute mean and variance again from the input. */
import { numberAttribute, type Value } from '../../graph/graph.ts';
import type { OpBuilder } from '../builder.ts';
import { normalAxis, range, required, simple, sumTo } from './rule.ts';
import type { GradientTable, SimpleQuery } from './rule.ts';

/** x̂ = (x − mean) / √(variance + ε), and 1 / √(variance + ε), over `axes`. */
function normalised(
  b: OpBuilder,
  x: Value,
  axes: readonly number[],
  epsilon: number,
): { readonly unit: Value; readonly inverse: Value } {
  const centred = b.sub(x, b.reduceMean(x, axes, true));
  const variance = b.reduceMean(b.square(centred), axes, true);
  const inverse = b.reciprocal(b.sqrt(b.add(variance, epsilon)));
  return { unit: b.mul(centred, inverse), inverse };
}

/**
 * Gradients of y = x̂·scale + bias, with `scale` shaped to broadcast against x:
 * dx = (dx̂ − mean dx̂ − x̂ · mean(dx̂·x̂)) / √(variance + ε). Ioffe and Szegedy, arXiv 1502.03167, section 3.
 */
function affineGradients(
  b: OpBuilder,
  query: SimpleQuery,
  axes: readonly number[],
  scale: Value,
  scaleAt: number,
): (Value | null)[] {
  const { x, dy, attributes, wanted } = query;
  const { unit, inverse } = normalised(b, x, axes, numberAttribute(attributes, 'epsilon', 1e-5));
  const gradients: (Value | null)[] = query.inputs.map(() => null);
  if (wanted(0)) {
    const dunit = b.mul(dy, scale);
    const slope = b.reduceMean(b.mul(dunit, unit), axes, true);
    gradients[0] = b.mul(b.sub(b.sub(dunit, b.reduceMean(dunit, axes, true)), b.mul(unit, slope)), inverse);
  }
  if (wanted(scaleAt)) gradients[scaleAt] = toParameter(b, b.mul(dy, unit), scale, required(query, scaleAt));
  const bias = query.inputs[scaleAt + 1];
  if (bias && wanted(scaleAt + 1)) gradients[scaleAt + 1] = toParameter(b, dy, scale, bias);
  return gradients;
}

/** Sums to the broadcast form of a parameter and gives it the parameter's own shape. */
function toParameter(b: OpBuilder, gradient: Value, broadcast: Value, parameter: Value): Value {
  const sum = sumTo(b, gradient, broadcast.type);
  return sum.type.shape.length === parameter.type.shape.length
    ? sumTo(b, sum, parameter.type)
    : b.reshapeLike(sum, parameter);
}

/** A value a channel, [C], as [1, C, 1, …]. */
function perChannel(b: OpBuilder, value: Value, rank: number): Value {
  return b.reshape(value, [1, -1, ...range(2, rank).map(() => 1)]);
}

const layerNormalizationGradient = simple((b, query) => {
  const rank = query.x.type.shape.length;
  const axes = range(normalAxis(numberAttribute(query.attributes, 'axis', -1), rank), rank);
  return affineGradients(b, query, axes, required(query, 1), 1);
});

const instanceNormalizationGradient = simple((b, query) => {
  const rank = query.x.type.shape.length;
  return affineGradients(b, query, range(2, rank), perChannel(b, required(query, 1), rank), 1);
});

/** Inference form: y = scale · (x − mean) / √(variance + ε) + bias with given mean and variance. */
const batchNormalizationGradient = simple((b, query) => {
  const { x, dy, attributes, wanted } = query;
  const rank = x.type.shape.length;
  const [scale, mean, variance] = [1, 3, 4].map((index) => perChannel(b, required(query, index), rank));
  const inverse = b.reciprocal(b.sqrt(b.add(variance, numberAttribute(attributes, 'epsilon', 1e-5))));
  const slope = b.mul(scale, inverse);
  const unit = (): Value => b.mul(b.sub(x, mean), inverse);
  const ask = (index: number, gradient: () => Value): Value | null =>
    wanted(index) ? toParameter(b, gradient(), scale, required(query, index)) : null;
  return [
    wanted(0) ? b.mul(dy, slope) : null,
    ask(1, () => b.mul(dy, unit())),
    ask(2, () => dy),
    ask(3, () => b.neg(b.mul(dy, slope))),
    ask(4, () => b.mul(b.mul(dy, unit()), b.mul(b.mul(slope, inverse), -0.5))),
  ];
});

export const normalisationGradients = {
  BatchNormalization: batchNormalizationGradient,
  LayerNormalization: layerNormalizationGradient,
  InstanceNormalization: instanceNormalizationGradient,
} as const satisfies Partial<GradientTable>;
