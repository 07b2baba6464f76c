/** What a rule that replaces an operator is given: a way to emit nodes as formulas, at the place of the node it replaces. */
import type { Attributes, Node, Value } from '../../graph/graph.ts';
import type { OpType } from '../../graph/instruction-set.ts';
import type { RewriteContext } from '../../graph/passes/rewrite.ts';
import { scalarTensor, tensorOf, type Tensor } from '../../tensor/tensor.ts';
import { inferTypes } from '../types.ts';

export interface Emit {
  /** A new node with one output, marked as coming from where the replaced one came from. */
  (op: OpType, inputs: readonly (Value | null)[], attributes?: Attributes): Value;
  readonly constant: (tensor: Tensor) => Value;
  /** A float32 scalar. */
  readonly scalar: (value: number) => Value;
  /** A 1-D int64 constant: axes, shapes, indices. */
  readonly ints: (values: readonly number[]) => Value;
}

/** Gives the value that stands for a node's output, one for each where it has several, or undefined to leave the node as it is. */
export type Replacement = (node: Node, emit: Emit) => Value | readonly Value[] | undefined;

export function emitterOf({ origin }: Node, context: RewriteContext): Emit {
  const emit = (op: OpType, inputs: readonly (Value | null)[], attributes: Attributes = {}): Value => {
    const [type] = inferTypes(op, {
      inputs: inputs.map((input) => input?.type ?? null),
      constants: inputs.map((input) => (input ? context.constantOf(input) : undefined)),
      attributes,
      outputCount: 1,
    });
    return context.addNode({ op, inputs, attributes, origin }, type);
  };
  return Object.assign(emit, {
    constant: context.addConstant,
    scalar: (value: number) => context.addConstant(scalarTensor('float32', value)),
    ints: (values: readonly number[]) => context.addConstant(tensorOf('int64', [values.length], values)),
  });
}
