/** How runs begin and go on: train, queue, resume, fork. */
import type { DeviceId } from '../../../core/protocol/devices.ts';
import type { RunDetail } from '../../../core/protocol/records.ts';
import type { ForkOptions, ResumeOptions, TrainOptions } from '../options.ts';
import type { Store } from '../store/store.ts';
import type { Admission } from './admission.ts';
import { TaskFailure } from './failure.ts';
import { requireLimitable } from './memory-limit.ts';
import type { RunModels } from './run-models.ts';
import { startOptions, type RunHandle, type RunService } from './run-service.ts';

export class Training {
  readonly #store: Store;
  readonly #runs: RunService;
  readonly #models: RunModels;
  readonly #admission: Admission;

  constructor(store: Store, runs: RunService, models: RunModels, admission: Admission) {
    this.#store = store;
    this.#runs = runs;
    this.#models = models;
    this.#admission = admission;
  }

  /** Records and starts a run. @throws DocumentError with every issue, DataError; nothing is recorded then. */
  async train(text: string, baseDir: string, options: TrainOptions): Promise<RunHandle> {
    return this.#runs.start(await this.#admission.newRun(text, baseDir, options), startOptions(options));
  }

  /** Records a run that waits until `begin`. @returns its id. @throws as `train` does */
  async enqueue(text: string, baseDir: string, options: TrainOptions): Promise<string> {
    return this.#runs.enqueue(await this.#admission.newRun(text, baseDir, options), options);
  }

  /** Starts a run that was queued. @throws TaskFailure when it cannot go on */
  begin(id: string, options: Pick<TrainOptions, 'onUpdate' | 'stepLimit'>): RunHandle {
    return this.#runs.begin(id, startOptions(options));
  }

  /**
   * Resumes an interrupted, stopped or diverged run where its latest checkpoint left it, on its device or another.
   * @throws TaskFailure when it cannot go on, or not there; the run is then as it was.
   */
  async resume(reference: string, options: ResumeOptions): Promise<RunHandle> {
    return this.begin(await this.enqueueAgain(reference, options), options);
  }

  /** Has a run wait until `begin` resumes it. @returns its id. @throws as `resume` does */
  async enqueueAgain(reference: string, options: ResumeOptions): Promise<string> {
    const run = this.#resumable(reference);
    const { mayUseCpu, onUpdate } = options;
    const device = options.device ?? (run.device as DeviceId);
    requireLimitable(device, options.memoryBytes);
    await this.#admission.requireDevice(device);
    await this.#admission.requirePlacement(
      { ...run, device },
      { mayUseCpu: mayUseCpu ?? this.#runs.mayUseCpu(run.id, device), onUpdate },
    );
    // Another resumption may have come first.
    this.#runs.enqueueAgain(this.#resumable(run.id).id, device, options);
    return run.id;
  }

  #resumable(reference: string): RunDetail {
    const run = this.#store.getRun(reference);
    if (run.status === 'running') throw new TaskFailure('running', `run ${run.id} is running`);
    if (run.status === 'finished')
      throw new TaskFailure(
        'finished',
        `run ${run.id} has finished`,
        'fork it with more steps: lathe fork RUN --set training.steps=N',
      );
    return run;
  }

  /** Starts a new run from a checkpoint of another one, with a changed document: same batches and noise from there on. */
  async fork(reference: string, text: string, options: ForkOptions): Promise<RunHandle> {
    const { run, checkpoint } = await this.#newFork(reference, text, options);
    return this.#runs.start(run, { ...startOptions(options), checkpoint, fork: true });
  }

  /** Records a fork that waits until `begin`. @returns its id. @throws as `fork` does */
  async enqueueFork(reference: string, text: string, options: ForkOptions): Promise<string> {
    return this.#runs.enqueue((await this.#newFork(reference, text, options)).run, options);
  }

  async #newFork(reference: string, text: string, options: ForkOptions) {
    const parent = this.#store.getRun(reference);
    const checkpoint = this.#models.checkpoint(parent, options.step);
    const named = { name: `${parent.name} (fork)`, experiment: parent.experiment, threads: parent.threads, ...options };
    const run = await this.#admission.newRun(text, parent.baseDir, named);
    return { run: { ...run, parent: { run: parent.id, step: checkpoint.step } }, checkpoint };
  }
}
