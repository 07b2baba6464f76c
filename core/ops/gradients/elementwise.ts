/**
 * Gradient rules of the element-by-element operators.
 *
 * Where a derivative does not exist, the rules choose: 0 for Abs, Relu, Sqrt at 0; the left derivative for the other
 * activations; the inside's 1 for Clip at its bounds; equal shares between operands that tie for Min and Max (as PyTorch's
 * `maximum` and `amax`).
 */
import { numberAttribute, stringAttribute, type Attributes, type Value } from '../../graph/graph.ts';
import type { OpBuilder, Operand } from '../builder.ts';
import { indicator, isFloat, keepWhere, nonZero, required, simple, sumTo } from './rule.ts';
import type { GradientQuery, GradientRule, GradientTable } from './rule.ts';

interface Point {
  readonly x: Value;
  readonly y: Value;
  readonly dy: Value;
  readonly attributes: Attributes;
}

/** A rule for one operand, from its formula for dx. */
const unary = (formula: (b: OpBuilder, point: Point) => Value): GradientRule =>
  simple((b, query) => [formula(b, query)]);

/** 1 where x is not 0. By way of truth values: on ONNX Runtime's CPU provider half the time of Sign or of Greater and Where. */
const nonZeroMask = (b: OpBuilder, x: Value): Value => b.cast(b.cast(x, 'bool'), x.type.dtype);

/** x > 0: dy · above; else dy · below. */
function piecewise(b: OpBuilder, { x, dy }: Point, above: number, below: Operand): Value {
  const slope = typeof below === 'number' ? b.scalar(below, x.type.dtype) : below;
  return b.mul(dy, b.where(b.greater(x, 0), b.scalar(above, x.type.dtype), slope));
}

/** The point with y in the place of x where both have the same sign: x then need not be kept for the way back. */
const fromResult = (point: Point, sameSign: boolean): Point => (sameSign ? { ...point, x: point.y } : point);

const sqrtTwo = Math.SQRT2;
const inverseSqrtTwoPi = 1 / Math.sqrt(2 * Math.PI);
const geluScale = Math.sqrt(2 / Math.PI);
const geluCubic = 0.044715;

/** Gelu'(x) = Φ(x) + x·φ(x), or the derivative of its tanh approximation (Hendrycks and Gimpel, arXiv 1606.08415). */
function geluGradient(b: OpBuilder, { x, dy, attributes }: Point): Value {
  if (stringAttribute(attributes, 'approximate', 'none') === 'tanh') {
    const square = b.square(x);
    const t = b.tanh(b.mul(b.mul(x, geluScale), b.add(b.mul(square, geluCubic), 1)));
    const inner = b.add(b.mul(square, 3 * geluCubic * geluScale), geluScale);
    const tail = b.mul(b.mul(x, b.sub(1, b.square(t))), inner);
    return b.mul(dy, b.mul(b.add(b.add(t, 1), tail), 0.5));
  }
  const cdf = b.mul(b.add(b.erf(b.mul(x, 1 / sqrtTwo)), 1), 0.5);
  const density = b.mul(b.exp(b.mul(b.square(x), -0.5)), inverseSqrtTwoPi);
  return b.mul(dy, b.add(cdf, b.mul(x, density)));
}

/**
 * Mish(x) = x·tanh(softplus(x)) (Misra, arXiv 1908.08681). With e = eˣ and n = e(e + 2), tanh(softplus(x)) is n/(n + 2)
 * and its derivative 4e(e + 1)/(n + 2)²: rational in e, which is ten times faster than Softplus. Beyond x = 20 both are at
 * their limits in double precision too.
 */
function mishGradient(b: OpBuilder, { x, dy }: Point): Value {
  const e = b.exp(b.min(x, 20));
  const n = b.mul(e, b.add(e, 2));
  const divisor = b.add(n, 2);
  const slope = b.div(b.mul(b.mul(e, b.add(e, 1)), 4), divisor);
  return b.mul(dy, b.div(b.add(n, b.mul(x, slope)), divisor));
}

/** HardSwish(x) = x·h(x) with h(x) = clip(x/6 + 1/2, 0, 1). */
function hardSwishGradient(b: OpBuilder, { x, dy }: Point): Value {
  const h = b.unary('HardSigmoid', x, { alpha: 1 / 6, beta: 0.5 });
  return b.mul(dy, b.add(h, b.mul(b.mul(x, inside(b, h)), 1 / 6)));
}

/** 1 where 0 < h < 1, else 0, for an h within [0, 1]. */
const inside = (b: OpBuilder, h: Value): Value => nonZeroMask(b, b.mul(h, b.sub(1, h)));

/** The square root's derivative is taken to be 0 at 0, where it is infinite: a norm of zeros must not poison a step. */
function sqrtGradient(b: OpBuilder, { y, dy }: Point): Value {
  return b.mul(dy, b.div(b.mul(nonZeroMask(b, y), 0.5), nonZero(b, y)));
}

function castGradient(b: OpBuilder, { x, y, dy }: Point): Value | null {
  return isFloat(x.type.dtype) && isFloat(y.type.dtype) ? b.cast(dy, x.type.dtype) : null;
}

/** A rule for two broadcast operands, from the formulas for the gradient before broadcasting is undone. */
const binary = (
  first: (b: OpBuilder, a: Value, c: Value, dy: Value, y: Value) => Value,
  second: (b: OpBuilder, a: Value, c: Value, dy: Value, y: Value) => Value,
): GradientRule =>
  simple((b, query) => {
    const { x, y, dy } = query;
    const c = required(query, 1);
    const firstOf = (): Value => sumTo(b, first(b, x, c, dy, y), x.type);
    const secondOf = (): Value => sumTo(b, second(b, x, c, dy, y), c.type);
    return [query.wanted(0) ? firstOf() : null, query.wanted(1) ? secondOf() : null];
  });

const product = binary(
  (b, _a, c, dy) => b.mul(dy, c),
  (b, a, _c, dy) => b.mul(dy, a),
);

const mulGradient: GradientRule = (b, query) => {
  const [a, c] = query.inputs;
  const dy = query.gradients[0];
  return dy && a && a === c ? [b.mul(b.mul(dy, 2), a), null] : product(b, query);
};

const divGradient = binary(
  (b, _a, c, dy) => b.div(dy, c),
  (b, _a, c, dy, y) => b.neg(b.div(b.mul(dy, y), c)),
);

/**
 * d(aᵖ)/da = p·aᵖ⁻¹, 0 where p = 0; d(aᵖ)/dp = aᵖ·ln a, taken to be 0 where a ≤ 0 (there aᵖ is no function of a real p).
 * Squares and other constant powers get short forms.
 */
const powGradient: GradientRule = simple((b, query) => {
  const { x, y, dy } = query;
  const power = required(query, 1);
  const p = b.cast(power, x.type.dtype);
  const da = query.wanted(0) ? sumTo(b, b.mul(dy, powerDerivative(b, x, power, p)), x.type) : null;
  if (!query.wanted(1) || !isFloat(power.type.dtype)) return [da, null];
  const base = b.where(b.greater(x, 0), x, 1);
  const dp = b.mul(b.mul(dy, b.pow(base, p)), b.log(base));
  return [da, sumTo(b, b.cast(dp, y.type.dtype), power.type)];
});

function powerDerivative(b: OpBuilder, x: Value, power: Value, p: Value): Value {
  const known = b.constantOf(power);
  const exponent = known?.data.length === 1 ? Number(known.data[0]) : undefined;
  if (exponent === 2) return b.mul(x, 2);
  if (exponent === 3) return b.mul(b.square(x), 3);
  if (exponent !== undefined && exponent !== 0) return b.mul(b.pow(x, exponent - 1), exponent);
  return b.mul(p, b.pow(x, b.sub(nonZero(b, p), 1)));
}

/** a mod c = a − c·q with q = trunc(a/c) (fmod) or floor(a/c), which are piecewise constant. */
const modGradient: GradientRule = (b, query) => {
  const fmod = numberAttribute(query.attributes, 'fmod', 0) === 1;
  const rule = binary(
    (_b, _a, _c, dy) => dy,
    (_b, a, c, dy) => {
      const ratio = b.div(a, c);
      const quotient = fmod ? b.mul(b.sign(ratio), b.floor(b.abs(ratio))) : b.floor(ratio);
      return b.neg(b.mul(dy, quotient));
    },
  );
  return rule(b, query);
};

/** Min and Max: all to the winner; operands that tie share equally. `sign` is 1 for Max, −1 for Min. */
const extremeGradient = (sign: 1 | -1): GradientRule =>
  simple((b, query) => {
    const operands = query.inputs.map((_, index) => required(query, index));
    if (operands.length === 1) return [query.dy];
    if (operands.length === 2) return shareOfTwo(b, query, operands[0], operands[1], query.dy, sign);
    const masks = operands.map((operand) => indicator(b, b.equal(operand, query.y), query.y));
    const winners = masks.slice(1).reduce((sum, mask) => b.add(sum, mask), masks[0]);
    const share = b.div(query.dy, winners);
    return operands.map((operand, index) =>
      query.wanted(index) ? sumTo(b, b.mul(share, masks[index]), operand.type) : null,
    );
  });

/** (1 ± sign(a − c)) / 2 is 1 for the winner, 0 for the loser and ½ for both in a tie. */
function shareOfTwo(b: OpBuilder, query: GradientQuery, a: Value, c: Value, dy: Value, sign: 1 | -1): (Value | null)[] {
  const tilt = b.mul(b.sign(b.sub(a, c)), sign * 0.5);
  const da = query.wanted(0) ? sumTo(b, b.mul(dy, b.add(tilt, 0.5)), a.type) : null;
  const dc = query.wanted(1) ? sumTo(b, b.mul(dy, b.sub(0.5, tilt)), c.type) : null;
  return [da, dc];
}

const preluGradient: GradientRule = binary(
  (b, x, slope, dy) => b.where(b.greater(x, 0), dy, b.mul(dy, slope)),
  (b, x, _slope, dy) => b.neg(b.mul(dy, b.relu(b.neg(x)))),
);

const whereGradient: GradientRule = (b, query) => {
  const dy = query.gradients[0];
  if (!dy) return [];
  const condition = required(query, 0);
  const first = query.wanted(1) ? sumTo(b, b.where(condition, dy, 0), required(query, 1).type) : null;
  const second = query.wanted(2) ? sumTo(b, b.where(condition, 0, dy), required(query, 2).type) : null;
  return [null, first, second];
};

/** Inside the bounds, and on them, all to x; outside, all to the bound that held. */
const clipGradient: GradientRule = simple((b, query) => {
  const { x, y, dy } = query;
  const [, low, high] = query.inputs;
  const dx = query.wanted(0) ? keepWhere(b, b.equal(x, y), dy) : null;
  const dlow = low && query.wanted(1) ? sumTo(b, keepWhere(b, b.less(x, low), dy), low.type) : null;
  const dhigh = high && query.wanted(2) ? sumTo(b, keepWhere(b, b.greater(x, high), dy), high.type) : null;
  return [dx, dlow, dhigh];
});

const alphaOf = (point: Point, fallback: number): number => numberAttribute(point.attributes, 'alpha', fallback);

/** Makes every normal number of float32 at least 1 in size. What is smaller still, and above 0, has a slope between the two. */
const largest = 3e38;

/** 1 where y is above 0 and alpha elsewhere, without truth values; the slope of this is taken for 0. */
function leakySlope(b: OpBuilder, y: Value, alpha: number): Value {
  return b.stopGradient(b.clip(b.mul(y, largest), alpha, 1));
}

export const elementwiseGradients = {
  Identity: unary((_b, { dy }) => dy),
  Neg: unary((b, { dy }) => b.neg(dy)),
  Abs: unary((b, { x, dy }) => b.mul(dy, b.sign(x))),
  Sign: 'constant',
  Exp: unary((b, { y, dy }) => b.mul(dy, y)),
  Log: unary((b, { x, dy }) => b.div(dy, x)),
  Sqrt: unary(sqrtGradient),
  Reciprocal: unary((b, { y, dy }) => b.neg(b.mul(dy, b.square(y)))),
  Floor: 'constant',
  Ceil: 'constant',
  Round: 'constant',
  Sin: unary((b, { x, dy }) => b.mul(dy, b.cos(x))),
  Cos: unary((b, { x, dy }) => b.neg(b.mul(dy, b.sin(x)))),
  Tanh: unary((b, { y, dy }) => b.mul(dy, b.sub(1, b.square(y)))),
  Erf: unary((b, { x, dy }) => b.mul(dy, b.mul(b.exp(b.neg(b.square(x))), 2 / Math.sqrt(Math.PI)))),
  Sigmoid: unary((b, { y, dy }) => b.mul(dy, b.mul(y, b.sub(1, y)))),
  Relu: unary((b, { y, dy }) =>
    b.uses('relu-mask') ? b.mul(dy, nonZeroMask(b, y)) : keepWhere(b, b.greater(y, 0), dy),
  ),
  LeakyRelu: unary((b, point) => {
    const alpha = alphaOf(point, 0.01);
    if (alpha > 0 && alpha < 1 && b.uses('leaky-slope')) return b.mul(point.dy, leakySlope(b, point.y, alpha));
    return piecewise(b, fromResult(point, alpha > 0), 1, alpha);
  }),
  Elu: unary((b, point) => {
    const alpha = alphaOf(point, 1);
    return piecewise(b, fromResult(point, alpha > 0), 1, b.add(point.y, alpha));
  }),
  Selu: unary((b, point) => {
    const alpha = alphaOf(point, 1.67326319217681884765625);
    const gamma = numberAttribute(point.attributes, 'gamma', 1.05070102214813232421875);
    return piecewise(b, point, gamma, b.add(point.y, gamma * alpha));
  }),
  Celu: unary((b, point) => piecewise(b, point, 1, b.add(b.mul(point.y, 1 / alphaOf(point, 1)), 1))),
  Softplus: unary((b, { x, dy }) => b.mul(dy, b.sigmoid(x))),
  Softsign: unary((b, { x, dy }) => b.div(dy, b.square(b.add(b.abs(x), 1)))),
  HardSigmoid: unary((b, point) => b.mul(point.dy, b.mul(inside(b, point.y), alphaOf(point, 0.2)))),
  HardSwish: unary(hardSwishGradient),
  Mish: unary(mishGradient),
  Gelu: unary(geluGradient),
  Not: 'constant',
  IsNaN: 'constant',
  Cast: simple((b, query) => [castGradient(b, query)]),

  Add: binary(
    (_b, _a, _c, dy) => dy,
    (_b, _a, _c, dy) => dy,
  ),
  Sub: binary(
    (_b, _a, _c, dy) => dy,
    (b, _a, _c, dy) => b.neg(dy),
  ),
  Mul: mulGradient,
  Div: divGradient,
  Pow: powGradient,
  Mod: modGradient,
  Min: extremeGradient(-1),
  Max: extremeGradient(1),
  PRelu: preluGradient,
  Equal: 'constant',
  Greater: 'constant',
  GreaterOrEqual: 'constant',
  Less: 'constant',
  LessOrEqual: 'constant',
  And: 'constant',
  Or: 'constant',
  Where: whereGradient,
  Clip: clipGradient,
} as const satisfies Partial<GradientTable>;
