/** What a layer is: its configuration, its documentation, and how it adds itself to a program. */
import type { z } from 'zod';
import type { Dim, Value } from '../graph/graph.ts';
import type { OpBuilder } from '../ops/builder.ts';
import type { ParameterInit } from '../program/parameter-init.ts';
import type { Shape } from '../tensor/tensor.ts';

export type LayerCategory =
  | 'core'
  | 'convolution'
  | 'pooling'
  | 'normalisation'
  | 'shape'
  | 'merge'
  | 'attention'
  | 'recurrent'
  | 'embedding'
  | 'regularisation';

/** Where a program that takes one step of a sequence at a time is, and what layers keep between its runs. */
export interface Stepping {
  /** Steps of a whole sequence. */
  readonly steps: number;
  /** Number of this step, from 0: int64 []. */
  readonly position: Value;
  /** What a layer keeps from step to step under a local name, zeros before the first; `keep` gives its next value. */
  carried(name: string, shape: readonly Dim[]): { readonly value: Value; readonly keep: (next: Value) => void };
  /**
   * What a layer gave under a local name at every step so far, side by side along `axis`, which has size 1 in `fresh` and
   * size `steps` in the result: at the place of this step and at later ones stands nothing of use. `fresh` is kept.
   */
  past(name: string, fresh: Value, axis: number): Value;
}

/** What a layer may ask for while it builds itself. Names are local to the layer: `kernel`, `bias`, `movingMean`. */
export interface LayerContext {
  readonly b: OpBuilder;
  /** Whether the program trains: dropout drops, normalisation uses the batch and updates its moving averages. */
  readonly training: boolean;
  /** Given in programs that take one step of a sequence at a time: inputs are [N, 1, …] then. */
  readonly stepping?: Stepping;
  /** A trained parameter. `decay` (true) says whether weight decay applies. */
  parameter(name: string, shape: Shape, init: ParameterInit, options?: { readonly decay?: boolean }): Value;
  /** Kept state that is not trained; `update` gives it its next value (used in training programs only). */
  buffer(
    name: string,
    shape: Shape,
    init: ParameterInit,
  ): { readonly value: Value; readonly update: (next: Value) => void };
  /** Fresh random numbers for this layer, this application of it and this step. */
  noise(distribution: 'uniform' | 'normal', shape: readonly Dim[]): Value;
  /** Reports what is wrong, in a user's words, and stops building this layer. */
  fail(message: string, hint?: string): never;
}

export interface LayerDefinition<Config = unknown> {
  readonly type: string;
  readonly category: LayerCategory;
  /** One sentence for hovers, palettes and the document reference. */
  readonly summary: string;
  /** Fewest and most inputs, and what each is. */
  readonly inputs: { readonly fewest: number; readonly most: number; readonly names?: readonly string[] };
  /** Fields of the layer beyond id, type, inputs and bypass; every field has a description and, where sensible, a default. */
  readonly schema: z.ZodType<Config>;
  /** Whether a step of a sequence depends on itself and earlier ones alone, and `build` can go step by step; absent: no. */
  causal?(config: Config): boolean;
  build(context: LayerContext, inputs: readonly Value[], config: Config): Value;
}

/** Thrown by `LayerContext.fail`. */
export class LayerError extends Error {
  override readonly name = 'LayerError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
