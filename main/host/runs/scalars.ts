/** Scalars of the training step (learning rates, loss weights): their schedules, and the turns a person gave them. */
import type { RunEvent } from '../../../core/protocol/records.ts';
import type { ScalarTurn } from '../../../core/protocol/run-updates.ts';
import type { CompiledModel } from '../../../core/tasks/task.ts';

type Scalars = CompiledModel['scalars'];

/** The value of a scalar at a step: the one last given by hand, else its schedule's. @param turns ordered by step. */
export function scalarAt(scalars: Scalars, turns: readonly ScalarTurn[], name: string, step: number): number {
  const turned = turnedValue(turns, name, step);
  if (turned !== undefined) return turned;
  const spec = scalars.find((scalar) => scalar.name === name);
  if (!spec) throw new Error(`the training step reads the scalar '${name}', which the family does not give`);
  return spec.valueAt(step);
}

/** The value a scalar was last given by hand, unless it was given back to its schedule since. */
export function turnedValue(turns: readonly ScalarTurn[], name: string, step: number): number | undefined {
  return turns.findLast((turn) => turn.name === name && turn.step <= step)?.value ?? undefined;
}

/** Why a turn cannot be taken; undefined when it can. */
export function refusedTurn(scalars: Scalars, name: string, value: number | null): string | undefined {
  const names = scalars.map((scalar) => scalar.name);
  if (!names.includes(name)) return `there is no scalar '${name}' to turn; this run has ${names.join(', ')}`;
  if (value !== null && !Number.isFinite(value)) return `${name} cannot be set to ${value}: it takes finite numbers`;
  return undefined;
}

/** The data of a run's `resumed` event. */
export interface Resumption {
  readonly step: number;
  /** Whether turns made after that step are not taken again: they led to divergence. */
  readonly forgetsTurns: boolean;
}

/** Turns that make up a run's course, by step: those its events tell of, without the ones a resumption forgot. */
export function recordedTurns(events: readonly RunEvent[]): readonly ScalarTurn[] {
  let turns: ScalarTurn[] = [];
  for (const { code, data } of events) {
    if (code === 'turned') turns.push(data as unknown as ScalarTurn);
    if (code !== 'resumed') continue;
    const resumption = data as unknown as Resumption | null;
    if (resumption?.forgetsTurns) turns = turns.filter((turn) => turn.step < resumption.step);
  }
  return turns.toSorted((a, b) => a.step - b.step);
}
