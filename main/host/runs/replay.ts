/** Runs a finished or stopped run again from its seed and compares the final states. */
import type { DeviceId } from '../../../core/protocol/devices.ts';
import type { Run, RunDetail } from '../../../core/protocol/records.ts';
import type { TrainOptions } from '../options.ts';
import type { NewRun } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import type { Admission } from './admission.ts';
import { TaskFailure } from './failure.ts';
import { newRun } from './new-run.ts';
import { memoryLimitOf } from './memory-limit.ts';
import type { RunModels } from './run-models.ts';
import { startOptions, type CheckpointFile, type RunHandle, type RunOutcome, type RunService } from './run-service.ts';
import { recordedTurns } from './scalars.ts';
import { compareStates, type StateDifference } from './state-differences.ts';

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

export type ReplayOptions = Pick<TrainOptions, 'onUpdate' | 'device' | 'mayUseCpu'> & {
  readonly onStart?: (replay: RunHandle, steps: number) => void;
};

/** What a replay takes part in: the records, the runs in progress, their models, and who may start. */
export interface ReplayPlace {
  readonly store: Store;
  readonly runs: RunService;
  readonly models: RunModels;
  readonly admission: Admission;
}

/** The outcome, which the run that was replayed keeps too. @throws TaskFailure when it cannot start, or ends early */
export async function replayRun(place: ReplayPlace, reference: string, options: ReplayOptions): Promise<ReplayResult> {
  const { store, runs, models, admission } = place;
  const run = store.getRun(reference);
  const device = options.device ?? (run.device as DeviceId);
  await admission.requireDevice(device);
  const target = models.checkpoint(run);
  const start = run.parent ? models.checkpoint(store.getRun(run.parent.run), run.parent.step) : undefined;
  const again = await runAgain(admission, run, { ...options, device });
  const mayUseCpu = options.mayUseCpu ?? runs.mayUseCpu(run.id, device);
  await admission.requirePlacement(again, { ...options, mayUseCpu });
  const memoryBytes = memoryLimitOf(store.events(run.id));
  const steps = target.step - (start?.step ?? 0);
  const handle = runs.start(again, {
    ...startOptions({ ...options, stepLimit: steps, mayUseCpu, ...(memoryBytes !== undefined && { memoryBytes }) }),
    turns: recordedTurns(store.events(run.id)),
    ...(start && { checkpoint: start, fork: true }),
  });
  options.onStart?.(handle, steps);
  requireEnd(store, run, target, await handle.done);
  const result = await compare(place, run, handle.id, target);
  store.addEvent(run.id, replayEvent(result));
  return result;
}

/** The same run on the same data. @throws TaskFailure `data-changed` */
async function runAgain(
  admission: Admission,
  run: RunDetail,
  { onUpdate, device }: Pick<ReplayOptions, 'onUpdate'> & { readonly device: DeviceId },
): Promise<NewRun> {
  const { document, data } = await admission.document(run.document, run.baseDir, onUpdate);
  if (data.contentHash !== run.dataHash)
    throw new TaskFailure('data-changed', `the data of run ${run.id} has changed since (${run.dataSource})`);
  const { name, experiment, threads, parent } = run;
  const options = { name: `${name} (replay)`, experiment, threads, device };
  return { ...newRun(run.document, document, data, run.baseDir, options), parent };
}

/** @throws TaskFailure `replay` when it ended elsewhere than the run it repeats */
function requireEnd(store: Store, run: Run, target: CheckpointFile, { id, step, status }: RunOutcome): void {
  if (step === target.step) return;
  throw new TaskFailure(
    'replay',
    `the replay of run ${run.id} ended at step ${step} of ${target.step}: ${store.getRun(id).error?.message ?? status}`,
  );
}

async function compare(
  { store, models }: ReplayPlace,
  run: Run,
  replay: string,
  target: CheckpointFile,
): Promise<ReplayResult> {
  const repeated = store.getRun(replay);
  const again = models.checkpoint(repeated, target.step);
  const differences = await compareStates(target.path, again.path);
  return {
    run: run.id,
    replay,
    step: target.step,
    identical: differences.every((difference) => difference.largest === 0),
    sha256: [target.sha256, again.sha256],
    differences: differences.filter((difference) => difference.largest > 0),
    sameEngine: repeated.engineBuild === run.engineBuild,
  };
}
