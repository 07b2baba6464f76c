/** A program: one graph together with where each of its inputs comes from and where each of its outputs goes. */
import type { Dim, Graph } from '../graph/graph.ts';
import type { DType, Shape } from '../tensor/tensor.ts';
import type { ParameterInit } from './parameter-init.ts';

/**
 * One tensor a model keeps between steps. `parameter` is trained, `buffer` is kept by a layer (moving averages),
 * `optimizer` by the optimizer, `ema` is the moving average of a parameter or buffer.
 */
export type StateRole = 'parameter' | 'buffer' | 'optimizer' | 'ema';

/** One of several tensors that lie one after another in a flat one. */
export interface Part {
  readonly name: string;
  readonly shape: Shape;
}

/** Part of a state tensor; in files each is a tensor of its own. */
export interface StatePart extends Part {
  /** The parameter it is kept for. */
  readonly of: string;
}

export interface StateSpec {
  /**
   * `encoder/mean/kernel`; optimizer and EMA state carry a prefix: `adam.carriedSum/encoder/mean/kernel`, and where it is
   * kept for several parameters, `adam.carriedSum/encoder/mean/kernel..encoder/out/bias`.
   */
  readonly name: string;
  readonly shape: Shape;
  readonly role: StateRole;
  readonly init: ParameterInit;
  /** Whether weight decay applies (kernels and embeddings, not biases and normalisation). */
  readonly decay: boolean;
  /** What it is made of, where it holds several tensors. */
  readonly parts?: readonly StatePart[];
}

/** Where a program's input comes from each time it runs. */
export type InputSource =
  /** A tensor of the model's state. */
  | { readonly kind: 'state'; readonly state: string }
  /** Samples or targets of the step's batch number `index` (0 unless a step takes several, as critics do). */
  | { readonly kind: 'batch'; readonly field: 'x' | 'y'; readonly index: number }
  /** Fresh random numbers from RandomStream(seed, stream, step): uniform on [0, 1) or standard normal. */
  | { readonly kind: 'noise'; readonly stream: string; readonly distribution: 'uniform' | 'normal' }
  /** A number that follows a schedule or a user's hand: learning rates, loss weights. */
  | { readonly kind: 'scalar'; readonly scalar: string }
  /** Given by whoever runs the program. */
  | { readonly kind: 'argument' };

export interface ProgramInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly Dim[];
  readonly source: InputSource;
}

/** Where an output goes: back to the state, into the curves, or to whoever ran the program. */
export type OutputTarget =
  | { readonly kind: 'state'; readonly state: string }
  | { readonly kind: 'metric'; readonly metric: string }
  /** A number about one parameter that is fetched only now and then: the sum of its gradient's squares. */
  | { readonly kind: 'watch'; readonly watch: 'gradientSquare'; readonly of: string }
  /** The gradients themselves, for whoever wants the sums of their squares: flat, one after another. */
  | { readonly kind: 'watch'; readonly watch: 'gradients'; readonly of: readonly Part[] }
  | { readonly kind: 'result' };

export interface ProgramOutput {
  readonly name: string;
  readonly target: OutputTarget;
}

export interface Program {
  readonly name: string;
  readonly graph: Graph;
  /** One for each graph input, same names, same order. */
  readonly inputs: readonly ProgramInput[];
  /** One for each graph output, same names, same order. */
  readonly outputs: readonly ProgramOutput[];
}
