/** Compares two checkpoints tensor by tensor: whether a replay was bit for bit the same, and if not, by how much. */
import { numbersOf, type Tensor } from '../../../core/tensor/tensor.ts';
import { readCheckpoint } from '../files/checkpoint.ts';

export interface StateDifference {
  readonly tensor: string;
  /** Largest absolute difference of two elements; Infinity when one state lacks the tensor or has another shape. */
  readonly largest: number;
  /** That difference over the largest magnitude in the first tensor. */
  readonly relative: number;
}

/** What a replayed run says about the first one. */
export interface ReplayResult {
  readonly run: string;
  readonly replay: string;
  readonly step: number;
  /** Whether every tensor of the final state is equal bit for bit. */
  readonly identical: boolean;
  readonly sha256: readonly [string, string];
  /** Largest differences, for runs that are not identical. */
  readonly differences: readonly StateDifference[];
  /** Whether the same engine build ran both. */
  readonly sameEngine: boolean;
}

const figure = (value: number): string => String(Number(value.toPrecision(3)));

/** The outcome in one sentence. */
function replayWords({ replay, step, identical, differences, sameEngine }: ReplayResult): string {
  if (identical) return `replayed as ${replay}: identical to the last bit at step ${step}`;
  const [worst] = differences;
  const engine = sameEngine ? '' : ', computed by another engine build';
  return `replayed as ${replay}: ${differences.length} tensors differ at step ${step}${engine}; most of all ${worst.tensor}, by ${figure(worst.largest)} (${figure(worst.relative)} of its largest value)`;
}

/** What the run that was replayed keeps of it. */
export function replayEvent(result: ReplayResult) {
  const { replay, step, identical, sameEngine, differences } = result;
  return {
    level: identical ? 'info' : 'warning',
    code: 'replayed',
    message: replayWords(result),
    data: { replay, step, identical, sameEngine, differing: differences.length },
  } as const;
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
