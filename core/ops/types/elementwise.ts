/** Types of element-by-element operators. */
import { GraphError, numberAttribute, type TensorType, type TypeQuery } from '../../graph/graph.ts';
import type { DType } from '../../tensor/tensor.ts';
import { broadcast, checkBroadcastTo, expectRank, inputType, optionalType, sameDType, type Rule } from './rule.ts';

/** ONNX's numbers for element types (TensorProto.DataType). */
const dtypeOfNumber: Readonly<Record<number, DType>> = {
  1: 'float32',
  2: 'uint8',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  11: 'float64',
};

const plain = ({ dtype, shape }: TensorType): TensorType => ({ dtype, shape });

/** One operand, and a result of its type. */
export function same(allowed: readonly DType[]): Rule {
  return (query) => [plain(inputType(query, 0, allowed))];
}

/** One operand of `allowed`, and a truth value for each element. */
export function test(allowed: readonly DType[]): Rule {
  return (query) => [{ dtype: 'bool', shape: inputType(query, 0, allowed).shape }];
}

/** Operands of one data type that broadcast; the result is of `result`, or of their type. */
export function together(allowed: readonly DType[], result?: DType): Rule {
  return (query) => {
    const types = query.inputs.map((_, index) => inputType(query, index, allowed));
    return [{ dtype: result ?? sameDType(...types), shape: checked(types, result) }];
  };
}

function checked(types: readonly TensorType[], result: DType | undefined): TensorType['shape'] {
  if (result) sameDType(...types);
  return broadcast(...types.map((type) => type.shape));
}

/** The exponent may be of another type; the result is of the base's. */
export function powerRule(allowed: readonly DType[]): Rule {
  return (query) => {
    const base = inputType(query, 0, allowed);
    return [{ dtype: base.dtype, shape: broadcast(base.shape, inputType(query, 1, allowed).shape) }];
  };
}

/** Floating point needs fmod = 1: ONNX defines Mod for integers only otherwise. */
export function modRule(allowed: readonly DType[]): Rule {
  const rule = together(allowed);
  return (query) => {
    const types = rule(query);
    if (types[0].dtype.startsWith('float') && numberAttribute(query.attributes, 'fmod', 0) !== 1) {
      throw new GraphError(`Mod of ${types[0].dtype} needs fmod = 1`);
    }
    return types;
  };
}

/** The slope broadcasts to the input, never the other way. */
export function preluRule(allowed: readonly DType[]): Rule {
  return (query) => {
    const x = inputType(query, 0, allowed);
    const slope = inputType(query, 1, allowed);
    sameDType(x, slope);
    checkBroadcastTo(slope.shape, x.shape, 'slope');
    return [plain(x)];
  };
}

export const whereRule: Rule = (query) => {
  const condition = inputType(query, 0, ['bool']);
  const [a, b] = [inputType(query, 1), inputType(query, 2)];
  return [{ dtype: sameDType(a, b), shape: broadcast(condition.shape, a.shape, b.shape) }];
};

export function clipRule(allowed: readonly DType[]): Rule {
  return (query) => {
    const x = inputType(query, 0, allowed);
    for (const [index, what] of [
      [1, 'lower bound'],
      [2, 'upper bound'],
    ] as const) {
      const bound = optionalType(query, index, allowed);
      if (!bound) continue;
      sameDType(x, bound);
      expectRank(bound.shape, 0, what);
    }
    return [plain(x)];
  };
}

export const castRule: Rule = (query: TypeQuery) => {
  const to = numberAttribute(query.attributes, 'to', 0);
  const dtype = dtypeOfNumber[to];
  if (!dtype) throw new GraphError(`cannot cast to ONNX data type ${to}`);
  return [{ dtype, shape: inputType(query, 0).shape }];
};
