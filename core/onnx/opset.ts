/** Brings nodes written against ONNX opsets 11 to 21 to the form of opset 20, which the instruction set has. */
import { OnnxError } from './proto.ts';
import type { Attributes } from '../graph/graph.ts';

/** Opsets that can be read. Between them no operator we have changed its meaning, except as said below. */
export const oldestOpset = 11;
export const newestOpset = 21;

/** Attributes that became an input: since which opset, and as which input. */
const becameInputs: Readonly<
  Record<string, { readonly attribute: string; readonly since: number; readonly input: number }>
> = {
  Squeeze: { attribute: 'axes', since: 13, input: 1 },
  Unsqueeze: { attribute: 'axes', since: 13, input: 1 },
  Split: { attribute: 'split', since: 13, input: 1 },
  ReduceSum: { attribute: 'axes', since: 13, input: 1 },
  ReduceMean: { attribute: 'axes', since: 18, input: 1 },
  ReduceMax: { attribute: 'axes', since: 18, input: 1 },
  ReduceMin: { attribute: 'axes', since: 18, input: 1 },
  ReduceProd: { attribute: 'axes', since: 18, input: 1 },
  ReduceSumSquare: { attribute: 'axes', since: 18, input: 1 },
  ReduceL2: { attribute: 'axes', since: 18, input: 1 },
  ReduceLogSumExp: { attribute: 'axes', since: 18, input: 1 },
};

/** Attributes that say nothing about the element types Lathe has. */
const meaningless: Readonly<Record<string, readonly string[]>> = {
  // Cast 19: only for float8 targets.
  Cast: ['saturate'],
};

/** The input that `attribute` of `op` became, when a model of this opset still has it as an attribute. */
export function inputOfAttribute(op: string, attribute: string, opset: number): number | undefined {
  const change = Object.hasOwn(becameInputs, op) ? becameInputs[op] : undefined;
  return change && change.attribute === attribute && opset < change.since ? change.input : undefined;
}

export function isMeaningless(op: string, attribute: string): boolean {
  return Object.hasOwn(meaningless, op) && meaningless[op].includes(attribute);
}

/** The node as far as its attributes' conversion needs to know it. */
export interface OldNode {
  readonly op: string;
  readonly attributes: Attributes;
  readonly inputCount: number;
  readonly outputCount: number;
  /** Rank of the first input. */
  readonly rank: number;
  readonly opset: number;
}

/**
 * Attributes as opset 20 would have them.
 * - Split before 18 split evenly when told nothing; from 18 on `num_outputs` says so.
 * - Softmax and LogSoftmax before 13 flattened to two axes at `axis` (default 1): the same as now only on the last axis.
 * @throws OnnxError when the old meaning cannot be had.
 */
export function convertAttributes({ op, attributes, inputCount, outputCount, rank, opset }: OldNode): Attributes {
  if (op === 'Split' && opset < 18 && inputCount === 1) return { ...attributes, num_outputs: outputCount };
  if ((op === 'Softmax' || op === 'LogSoftmax') && opset < 13) {
    const axis = typeof attributes['axis'] === 'number' ? attributes['axis'] : 1;
    if (axis !== -1 && axis !== rank - 1) {
      throw new OnnxError(
        `${op} along axis ${axis} of ${rank} means something else before opset 13; export the model with opset 13 or later`,
      );
    }
    return { ...attributes, axis: -1 };
  }
  return attributes;
}
