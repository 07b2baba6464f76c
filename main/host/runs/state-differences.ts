/** Compares two checkpoints tensor by tensor: whether they are equal bit for bit, and if not, by how much they differ. */
import { numbersOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { readCheckpoint } from '../files/checkpoint.ts';

export interface StateDifference {
  readonly tensor: string;
  /** Largest absolute difference of two elements; Infinity when one state lacks the tensor or has another shape. */
  readonly largest: number;
  /** That difference over the largest magnitude in the first tensor. */
  readonly relative: number;
}

/** One entry a tensor, largest difference first. @throws FileError */
export async function compareStates(firstPath: string, secondPath: string): Promise<readonly StateDifference[]> {
  const [first, second] = [await readCheckpoint(firstPath), await readCheckpoint(secondPath)];
  const names = new Set([...first.tensors.keys(), ...second.tensors.keys()]);
  const differences = [...names].map((name) => difference(name, first.tensors.get(name), second.tensors.get(name)));
  return differences.toSorted((a, b) => b.largest - a.largest);
}

function difference(tensor: string, a: Tensor | undefined, b: Tensor | undefined): StateDifference {
  if (!a || !b || a.shape.join() !== b.shape.join()) return { tensor, largest: Infinity, relative: Infinity };
  const [left, right] = [numbersOf(a), numbersOf(b)];
  let largest = 0;
  let magnitude = 0;
  for (let i = 0; i < left.length; i++) {
    // Equal NaNs and equal infinities are no difference; a NaN against a number is.
    const gap = Object.is(left[i], right[i]) ? 0 : Math.abs(left[i] - right[i]);
    largest = Math.max(largest, Number.isNaN(gap) ? Infinity : gap);
    magnitude = Math.max(magnitude, Math.abs(left[i]));
  }
  return { tensor, largest, relative: largest === 0 ? 0 : largest / (magnitude || 1) };
}
