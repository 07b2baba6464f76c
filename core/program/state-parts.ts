/** State as files keep it: of a tensor that holds several each part by its own name, whatever is put together where. */
import { sizeOf, type Shape, type Tensor } from '../tensor/tensor.ts';
import type { Part, StateSpec } from './program.ts';

/** The same tensors with parts in the place of those that hold them. Nothing is copied. */
export function inParts<T extends Tensor>(
  specs: readonly StateSpec[],
  state: ReadonlyMap<string, T>,
): ReadonlyMap<string, T> {
  const partsOf = new Map(specs.map(({ name, parts }) => [name, parts]));
  return new Map(
    [...state].flatMap(([name, value]) => {
      const parts = partsOf.get(name);
      return parts ? [...cut(value, parts)] : [[name, value] as const];
    }),
  );
}

/** The parts of a flat tensor, by name. Nothing is copied. */
export function cut<T extends Tensor>(value: T, parts: readonly Part[]): ReadonlyMap<string, T> {
  let end = 0;
  return new Map(
    parts.map(({ name, shape }) => {
      const start = end;
      end += sizeOf(shape);
      return [name, { ...value, shape, data: value.data.subarray(start, end) }];
    }),
  );
}

/**
 * A tensor of the state, put together where it holds several.
 * @param initial what it starts from, and stays where nothing is found.
 * @param find the tensor or part of this name and shape; undefined where there is none.
 */
export function fromParts(
  { name, shape, parts }: StateSpec,
  initial: Tensor<'float32'>,
  find: (name: string, shape: Shape) => Tensor<'float32'> | undefined,
): Tensor<'float32'> {
  if (!parts) return find(name, shape) ?? initial;
  const whole = { ...initial, data: initial.data.slice() };
  for (const [part, { shape: own, data }] of cut(whole, parts)) data.set(find(part, own)?.data ?? []);
  return whole;
}
