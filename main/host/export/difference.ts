/** Compares what an exported model computes with what the live one does. */
import type { Tensor } from '../../../core/tensor/tensor.ts';
import { TaskFailure } from '../runs/failure.ts';

/** An exported model may differ from the live one by this much, relative to the largest number of the output. */
export const tolerance = 1e-5;
/**
 * A network's output whose numbers are all smaller than this is measured against it, not against themselves: a small
 * result is often the difference of larger numbers, and ONNX Runtime rounds those in another way once weights are
 * constants that it may fuse.
 */
export const networkScale = 0.1;
/** The same for the training step, which is the very graph the live model runs, and whose state holds tiny numbers. */
export const stateScale = 1e-6;

export interface Difference {
  /** Largest absolute difference of two elements. */
  readonly absolute: number;
  /** The same as a share of the largest magnitude among the expected elements, or of the smallest scale if that is larger. */
  readonly relative: number;
}

/**
 * Largest difference of two tensors; infinite when their types or shapes differ. Equal NaN and infinities are equal.
 * @param smallestScale the least magnitude that the difference is taken as a share of.
 */
export function differenceOf(expected: Tensor, found: Tensor, smallestScale: number): Difference {
  const alike = expected.dtype === found.dtype && expected.shape.join() === found.shape.join();
  if (!alike) return { absolute: Infinity, relative: Infinity };
  let absolute = 0;
  let scale = smallestScale;
  for (let i = 0; i < expected.data.length; i++) {
    const a = Number(expected.data[i]);
    const b = Number(found.data[i]);
    if (Object.is(a, b) || a === b) {
      if (Number.isFinite(a)) scale = Math.max(scale, Math.abs(a));
      continue;
    }
    const apart = Math.abs(a - b);
    absolute = Math.max(absolute, Number.isNaN(apart) ? Infinity : apart);
    if (Number.isFinite(a)) scale = Math.max(scale, Math.abs(a));
  }
  return { absolute, relative: absolute === 0 ? 0 : absolute / scale };
}

/** Largest differences of one file's outputs over several runs of it. */
export class FileCheck {
  readonly #file: string;
  readonly #smallestScale: number;
  readonly #outputs = new Map<string, Difference>();

  constructor(file: string, smallestScale: number) {
    this.#file = file;
    this.#smallestScale = smallestScale;
  }

  /** @throws TaskFailure when they differ by more than the tolerance. */
  compare(output: string, expected: Tensor, found: Tensor | undefined): void {
    const difference = found
      ? differenceOf(expected, found, this.#smallestScale)
      : { absolute: Infinity, relative: Infinity };
    const known = this.#outputs.get(output);
    if (!known || difference.relative > known.relative) this.#outputs.set(output, difference);
    if (difference.relative <= tolerance) return;
    throw new TaskFailure(
      'exportDiffers',
      `${this.#file} does not compute what the model does: its output '${output}' is off by ${difference.absolute} ` +
        `(${difference.relative} of its largest number), at most ${tolerance} is accepted; nothing was exported`,
      'this is a fault of Lathe: please report it with the document',
    );
  }

  get outputs(): Readonly<Record<string, Difference>> {
    return Object.fromEntries(this.#outputs);
  }

  /** The largest over all outputs. */
  get largest(): Difference {
    const all = [...this.#outputs.values()];
    return {
      absolute: Math.max(0, ...all.map((difference) => difference.absolute)),
      relative: Math.max(0, ...all.map((difference) => difference.relative)),
    };
  }
}
