/** Measures now and then how large each layer's weights and gradients are. */
import type { LayerNorms } from '../../../core/protocol/run-updates.ts';
import type { StateSpec } from '../../../core/program/program.ts';
import type { State } from './engine.ts';
import { sumOfSquares } from './sum-of-squares.ts';

const everyMs = 1000;
/** Measuring takes at most one part in so many of the time. */
const leastShare = 50;

export class NormWatch {
  readonly #parameters: readonly StateSpec[];
  #nextMs = 0;

  /** @param specs all of the model's state; only parameters are measured. */
  constructor(specs: readonly StateSpec[]) {
    this.#parameters = specs.filter((spec) => spec.role === 'parameter');
  }

  /** Whether it is time to measure again. */
  get due(): boolean {
    return performance.now() >= this.#nextMs;
  }

  /** One entry a layer, in the order of the model. @param squares sums of squares of the parameters' gradients, by name */
  measure(state: State, squares: ReadonlyMap<string, number>): readonly LayerNorms[] {
    const startedMs = performance.now();
    const layers = new Map<string, { weight: number; gradient: number | null }>();
    for (const { name } of this.#parameters) {
      const layer = name.slice(0, Math.max(0, name.lastIndexOf('/'))) || name;
      const sums = layers.get(layer) ?? { weight: 0, gradient: null };
      sums.weight += sumOfSquares(state.get(name)?.data ?? []);
      const square = squares.get(name);
      if (square !== undefined) sums.gradient = (sums.gradient ?? 0) + square;
      layers.set(layer, sums);
    }
    const now = performance.now();
    this.#nextMs = now + Math.max(everyMs, leastShare * (now - startedMs));
    return [...layers].map(([name, { weight, gradient }]) => ({
      name,
      weight: Math.sqrt(weight),
      gradient: gradient === null ? null : Math.sqrt(gradient),
    }));
  }
}
