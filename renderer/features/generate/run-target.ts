/** Which run and which of its checkpoints are asked: kept in the address. */
import type { RunModel } from '../../../core/protocol/run-model.ts';
import type { Run } from '../../../core/protocol/records.ts';
import { useParam } from '../../state/navigation.ts';
import { useRun, useRuns } from '../../state/runs.ts';

/** A run's model at a checkpoint. */
export interface Target {
  readonly run: Run;
  readonly model: RunModel;
  /** Undefined: the newest checkpoint. */
  readonly step: number | undefined;
}

/** What of a target goes into a request. */
export const askOf = ({ run, step }: Target): { readonly run: string; readonly step?: number } => ({
  run: run.id,
  ...(step !== undefined && { step }),
});

/** Runs that have made at least one step, newest first. */
export const drawable = (runs: readonly Run[]): readonly Run[] => runs.filter((run) => run.currentStep > 0);

/** The run of the address, or the newest that can be drawn from. */
export function useChosenRun(): Run | undefined {
  const named = useRun(useParam('run'));
  const newest = useRuns((state) => state.runs.find((run) => run.currentStep > 0));
  return named ?? newest;
}

/** The checkpoint of the address, where the model has it. */
export function useChosenStep(model: RunModel | undefined): number | undefined {
  const named = useParam('step');
  const step = named === undefined ? undefined : Number(named);
  return step !== undefined && model?.checkpoints.includes(step) ? step : undefined;
}

/** Whether a model makes samples of its own whose distance to examples says something: scores of examples and texts have none. */
export const drawsFreely = ({ outputs }: RunModel): boolean =>
  outputs.some(({ kind }) => kind !== 'classScores' && kind !== 'text');

/** Whether a model makes its samples step by step: it then lets the number of steps be chosen. */
export const drawsInSteps = ({ sampleOptions }: RunModel): boolean =>
  sampleOptions.some((option) => option.name === 'steps');
