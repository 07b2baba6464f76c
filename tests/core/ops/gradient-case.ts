/** What gradient cases are written with. */
import type { Attributes } from '../../../core/graph/graph.ts';
import type { OpType } from '../../../core/graph/instruction-set.ts';
import type { GradientCase, InputSpec } from './gradient-check.ts';

export type Build = GradientCase['build'];

export const apart = (...shape: number[]): InputSpec => ({ shape });
export const positive = (...shape: number[]): InputSpec => ({ shape, values: 'positive' });
export const exactly = (shape: readonly number[], values: readonly number[]): InputSpec => ({ shape, values });
/** The same input with its first axis symbolic in the symbolic form of the case. */
export const batch = (spec: InputSpec): InputSpec => ({ ...spec, batch: true });
export const check = (name: string, inputs: readonly InputSpec[], build: Build): GradientCase => ({
  name,
  inputs,
  build,
});
export const firstOnly = (name: string, inputs: readonly InputSpec[], build: Build): GradientCase => ({
  name,
  inputs,
  build,
  second: false,
});

/** The operator itself, on all inputs. */
export const plain =
  (op: OpType, attributes: Attributes = {}): Build =>
  (b, inputs) =>
    b.emit(op, inputs, attributes);
