/** What is known of the elements of small int64 values that carry shapes: numbers, or names of dimensions. */
import { numberAttribute, unknownDim, type Dim, type TensorType, type TypeQuery } from '../../graph/graph.ts';
import type { OpType } from '../../graph/instruction-set.ts';
import { numbersOf } from '../../tensor/tensor.ts';
import { addDims, divideExactly, multiplyDims, productOf, subtractDims } from './dims.ts';
import { knownInts } from './rule.ts';
import { shapeSlice, slicedRange } from './shape.ts';

type ElementRule = (query: TypeQuery, output: TensorType) => readonly Dim[] | undefined;

/** Longest list tracked; shapes are far shorter. */
const mostElements = 64;

const first: ElementRule = (query) => knownInts(query, 0);

function elementwise(combine: (a: Dim, b: Dim) => Dim): ElementRule {
  return (query, output) => {
    const [a, b] = [knownInts(query, 0), knownInts(query, 1)];
    if (!a || !b) return undefined;
    const length = output.shape.length === 0 ? 1 : Number(output.shape[0]);
    return Array.from({ length }, (_, at) => combine(a[a.length === 1 ? 0 : at], b[b.length === 1 ? 0 : at]));
  };
}

/** Only the operators shape arithmetic is written with; the elements of every other value stay unknown. */
const elementRules: Partial<Readonly<Record<OpType, ElementRule>>> = {
  Shape: (query) => {
    const type = query.inputs[0];
    return type ? shapeSlice(query, type.shape) : undefined;
  },
  Identity: first,
  Cast: (query) => (query.inputs[0]?.dtype === 'int64' ? knownInts(query, 0) : undefined),
  Squeeze: first,
  Unsqueeze: first,
  Reshape: first,
  Constant: ({ attributes: { value } }) =>
    typeof value === 'object' && 'dtype' in value ? numbersOf(value) : undefined,
  Concat: (query) => {
    const parts = query.inputs.map((_, index) => knownInts(query, index));
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  },
  Gather: (query) => {
    const [values, at] = [knownInts(query, 0), query.constants[1]];
    return values && at ? numbersOf(at).map((index) => values.at(index) ?? unknownDim) : undefined;
  },
  Slice: (query) => {
    const [values, start, end] = [knownInts(query, 0), query.constants[1], query.constants[2]];
    if (!values || !start || !end) return undefined;
    const step = query.constants[4] ? numbersOf(query.constants[4])[0] : 1;
    const [from, to] = slicedRange(values.length, Number(start.data[0]), Number(end.data[0]), step);
    return Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, at) => values[from + at * step]);
  },
  ReduceProd: (query) => {
    const values =
      query.inputs[1] && numberAttribute(query.attributes, 'noop_with_empty_axes', 0) === 1
        ? undefined
        : knownInts(query, 0);
    return values && query.inputs[0]?.shape.length === 1 ? [productOf(values)] : undefined;
  },
  Add: elementwise(addDims),
  Sub: elementwise(subtractDims),
  Mul: elementwise(multiplyDims),
  Div: elementwise((a, b) => divideExactly(a, b) ?? unknownDim),
};

/** `output` with its elements when they are known. */
export function withElements(op: OpType, query: TypeQuery, output: TensorType): TensorType {
  const rule = elementRules[op];
  const { shape } = output;
  if (!rule || output.dtype !== 'int64' || shape.length > 1) return output;
  if (shape.length === 1 && !(typeof shape[0] === 'number' && shape[0] <= mostElements)) return output;
  const elements = rule(query, output);
  return elements ? { ...output, elements } : output;
}
