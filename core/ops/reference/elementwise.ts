/** Reference kernels of element-by-element operators. */
import { numberAttribute, stringAttribute, type Attributes } from '../../graph/graph.ts';
import { erf } from './erf.ts';
import { broadcastOffsets, doublesAt, fromDoubles, result, tensorAt, type Kernel, type KernelQuery } from './kernel.ts';

/** One operand: `compute` gets an element and the node's attributes. */
export function unary(compute: (x: number, attributes: Attributes) => number): Kernel {
  return (query) =>
    result(
      query,
      doublesAt(query, 0).map((x) => compute(x, query.attributes)),
    );
}

/** Any number of operands that broadcast, combined from the left; `isInteger` tells whether they are integers. */
export function combined(
  compute: (a: number, b: number, isInteger: boolean, attributes: Attributes) => number,
): Kernel {
  return (query) => {
    const { shape } = query.outputs[0];
    const isInteger = !tensorAt(query, 0).dtype.startsWith('float');
    const operands = query.inputs.map((_, index) => spread(query, index));
    const values = new Float64Array(broadcastOffsets([], shape).length);
    for (let at = 0; at < values.length; at++) {
      values[at] = operands.map((operand) => operand(at)).reduce((a, b) => compute(a, b, isInteger, query.attributes));
    }
    return result(query, values);
  };
}

/** Element `at` of an input as it broadcasts to the result. */
function spread(query: KernelQuery, index: number): (at: number) => number {
  const values = doublesAt(query, index);
  const offsets = broadcastOffsets(tensorAt(query, index).shape, query.outputs[0].shape);
  return (at) => values[offsets[at]];
}

export const cast: Kernel = (query) => {
  const [{ dtype, shape }] = query.outputs;
  const x = tensorAt(query, 0);
  return [x.dtype === dtype ? { ...x, shape } : fromDoubles(dtype, shape, doublesAt(query, 0))];
};

export const where: Kernel = (query) => {
  const [condition, a, b] = [spread(query, 0), spread(query, 1), spread(query, 2)];
  const offsets = broadcastOffsets([], query.outputs[0].shape);
  return result(
    query,
    Float64Array.from(offsets, (_, at) => (condition(at) ? a(at) : b(at))),
  );
};

export const clip: Kernel = (query) => {
  const low = query.inputs[1] ? doublesAt(query, 1)[0] : -Infinity;
  const high = query.inputs[2] ? doublesAt(query, 2)[0] : Infinity;
  return result(
    query,
    doublesAt(query, 0).map((x) => Math.min(Math.max(x, low), high)),
  );
};

export const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
export const mish = (x: number): number => x * Math.tanh(softplus(x));
export const hardSwish = (x: number): number => x * Math.max(0, Math.min(1, x / 6 + 0.5));

/** Halves go to the even neighbour. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

const alpha = (attributes: Attributes, fallback: number): number => numberAttribute(attributes, 'alpha', fallback);

export const leakyRelu = (x: number, a: Attributes): number => (x < 0 ? alpha(a, 0.01) * x : x);
export const elu = (x: number, a: Attributes): number => (x < 0 ? alpha(a, 1) * Math.expm1(x) : x);
/** Defaults of the ONNX specification (Klambauer et al. 2017). */
export const selu = (x: number, a: Attributes): number =>
  numberAttribute(a, 'gamma', 1.0507010221481323) * (x <= 0 ? alpha(a, 1.6732631921768188) * Math.expm1(x) : x);
export const celu = (x: number, a: Attributes): number =>
  Math.max(0, x) + Math.min(0, alpha(a, 1) * Math.expm1(x / alpha(a, 1)));
export const hardSigmoid = (x: number, a: Attributes): number =>
  Math.max(0, Math.min(1, alpha(a, 0.2) * x + numberAttribute(a, 'beta', 0.5)));

/** Hendrycks and Gimpel 2016; `approximate` = 'tanh' is their cheaper form. */
export function gelu(x: number, attributes: Attributes): number {
  if (stringAttribute(attributes, 'approximate', 'none') === 'tanh') {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
  }
  return 0.5 * x * (1 + erf(x / Math.SQRT2));
}

export const divide = (a: number, b: number, isInteger: boolean): number => (isInteger ? Math.trunc(a / b) : a / b);

/** fmod = 1 takes the dividend's sign (C's fmod), 0 the divisor's. */
export function modulo(a: number, b: number, _isInteger: boolean, attributes: Attributes): number {
  const rest = a % b;
  if (numberAttribute(attributes, 'fmod', 0) === 1 || rest === 0) return rest;
  return rest < 0 === b < 0 ? rest : rest + b;
}
