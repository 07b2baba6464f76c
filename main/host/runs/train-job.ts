/** The training loop: steps, curves, samples, evaluations and checkpoints, in an order that resuming repeats exactly. */
import { engineBuildId } from '../compute/build-id.ts';
import { AlarmWatch } from './alarm-watch.ts';
import { Batches } from './batches.ts';
import type { JobControl } from './control.ts';
import { Curves } from './curves.ts';
import { divergenceFailure } from './divergence.ts';
import { isDivergence, type Divergence } from './engine.ts';
import { firstNotFinite } from './forensics.ts';
import { loadModel, parameterCount, type LoadedModel } from './load-model.ts';
import { isDue, Measurements } from './measurements.ts';
import { trainingMemory } from './memory-limit.ts';
import type { TrainJob, WorkerMessage } from './messages.ts';
import { tellPlacement } from './placement-event.ts';
import { RunCheckpoints } from './run-checkpoints.ts';
import { TrainingEnergy } from './training-energy.ts';
import { TurnedScalars } from './turned-scalars.ts';

type Send = (message: WorkerMessage) => void;

/** Trains until the document's steps are done, or the host says stop. */
export async function trainJob(job: TrainJob, control: JobControl, send: Send): Promise<void> {
  const startedMs = performance.now();
  const loaded = await loadModel(job.source, (done, total, what) => send({ type: 'progress', what, done, total }), {
    fork: job.fork,
    memory: trainingMemory(job, send),
  });
  tellPlacement(loaded.engine, send);
  const loop = new TrainingLoop(job, loaded, control, send);
  send({
    type: 'ready',
    step: loaded.step,
    totalSteps: loaded.model.plan.steps,
    engineBuild: engineBuildId(job.source.device),
    data: loaded.dataset.info,
    parameters: parameterCount(loaded.model.registry.all),
    compileMs: performance.now() - startedMs,
  });
  if (loaded.redrawn.length > 0) {
    const message = `${loaded.redrawn.length} state tensors did not fit and start anew: ${loaded.redrawn.slice(0, 8).join(', ')}`;
    send({ type: 'event', level: 'warning', code: 'redrawn', message });
  }
  try {
    await loop.run();
  } finally {
    await loop.release();
    await loaded.engine.release();
    loaded.dataset.close();
  }
}

class TrainingLoop {
  readonly #job: TrainJob;
  readonly #loaded: LoadedModel;
  readonly #control: JobControl;
  readonly #send: Send;
  readonly #batches: Batches;
  readonly #scalars: TurnedScalars;
  readonly #alarms: AlarmWatch;
  readonly #curves: Curves;
  readonly #energy: TrainingEnergy;
  readonly #checkpoints: RunCheckpoints;
  readonly #measurements: Measurements;
  #step: number;
  /** Time spent in training steps: pauses, samples, evaluations and checkpoints are left out. */
  #elapsedMs: number;

  constructor(job: TrainJob, loaded: LoadedModel, control: JobControl, send: Send) {
    const { model, dataset, step } = loaded;
    const { batchSize, seed } = model.plan;
    this.#job = job;
    this.#loaded = loaded;
    this.#control = control;
    this.#send = send;
    this.#step = step;
    this.#elapsedMs = job.elapsedMs;
    this.#batches = new Batches(dataset, model.task.range(model.config), batchSize, model.batchesPerStep, seed);
    // A checkpoint knows all turns before it.
    const turns = [...loaded.turns, ...job.turns.filter((turn) => turn.step >= step)];
    this.#scalars = new TurnedScalars(model.scalars, turns, send);
    this.#alarms = new AlarmWatch(model.task.metrics, send);
    this.#curves = new Curves(step, send);
    this.#energy = new TrainingEnergy(job, step);
    this.#checkpoints = new RunCheckpoints(job, loaded);
    this.#measurements = new Measurements({
      job,
      loaded,
      batches: this.#batches,
      scalars: this.#scalars,
      alarms: this.#alarms,
      record: this.#record,
      send,
    });
  }

  async run(): Promise<void> {
    try {
      await this.#run();
    } catch (error) {
      // What was measured is kept whatever went wrong after it.
      this.#flush();
      throw error;
    }
  }

  async release(): Promise<void> {
    this.#energy.close();
    await this.#measurements.release();
  }

  async #run(): Promise<void> {
    // A fork is whole from its first moment on: it needs its parent's files no more.
    if (this.#job.fork) await this.#checkpoint();
    const { steps } = this.#loaded.model.plan;
    const last = Math.min(steps, this.#step + (this.#job.stepLimit ?? Infinity));
    while (this.#step < last && !this.#control.stop) {
      const diverged = await this.#oneStep();
      if (diverged) return this.#endDiverged(diverged, this.#step + 1);
      const isLast = this.#step === steps;
      await this.#measurements.measure(this.#step, isLast);
      if (isDue(this.#loaded.document.training.checkpointEvery, this.#step, isLast)) {
        if (await this.#spoiled()) return;
        await this.#checkpoint();
      }
      await this.#listen();
    }
    if (!this.#checkpoints.has(this.#step)) {
      if (await this.#spoiled()) return;
      await this.#checkpoint();
    }
    const status = this.#step >= steps ? 'finished' : (this.#control.stop ?? 'stopped');
    this.#send({ type: 'ended', status, step: this.#step });
  }

  /** Runs one step. @returns what went wrong, if its figures were not finite. */
  async #oneStep(): Promise<Divergence | undefined> {
    const step = this.#step;
    this.#scalars.turn(this.#control.takeTurns(), step);
    const startedMs = performance.now();
    const { model, engine, document } = this.#loaded;
    const batches = this.#batches.read(step);
    const watched = this.#measurements.watchGradients();
    const result = await engine.trainStep(step, model.plan.seed, {
      batch: (index) => batches[index],
      scalar: (name) => this.#scalars.at(name, step),
      ...(watched && { watched }),
    });
    if (isDivergence(result)) return result;
    this.#step++;
    this.#elapsedMs += performance.now() - startedMs;
    if (watched) await this.#measurements.norms(this.#step, watched);
    if (this.#step % document.training.logEvery === 0) {
      for (const [key, value] of Object.entries(result)) this.#record(key, value);
      for (const [name, value] of this.#scalars.allAt(step)) this.#record(name, value);
    }
    return undefined;
  }

  readonly #record = (key: string, value: number): void => {
    this.#curves.add({ key, step: this.#step, value, elapsedMs: this.#elapsedMs });
    this.#alarms.point({ key, value });
  };

  /** Sends what was measured now and then, hears what the host says, and waits while paused. */
  async #listen(): Promise<void> {
    this.#control.countStep();
    if (this.#curves.due) this.#flush();
    let hasPaused = false;
    await this.#control.listen(() => {
      hasPaused = true;
      this.#energy.pause();
      this.#flush();
      this.#send({ type: 'paused', paused: true, step: this.#step });
    });
    if (!hasPaused) return;
    this.#energy.continue();
    this.#send({ type: 'paused', paused: false, step: this.#step });
    this.#curves.skipTime();
  }

  #flush(): void {
    this.#curves.flush(this.#step, this.#energy.read(this.#step));
  }

  async #checkpoint(): Promise<void> {
    const step = this.#step;
    const score = this.#measurements.scoreAt(step);
    const figures = { score, elapsedMs: this.#elapsedMs, ...this.#energy.measured(step) };
    const written = await this.#checkpoints.write(step, figures, this.#scalars.before(step));
    this.#send({ type: 'checkpoint', step, points: this.#curves.take(), ...written });
  }

  /** Ends the run when its state is not finite: such a state is no checkpoint to go on from. */
  async #spoiled(): Promise<boolean> {
    const bad = firstNotFinite(await this.#loaded.engine.readParts());
    if (bad === undefined) return false;
    this.#endDiverged({ metrics: {}, input: bad }, this.#step);
    return true;
  }

  /** @param step the step, counted from 1, after which something was not finite. */
  #endDiverged(divergence: Divergence, step: number): void {
    this.#flush();
    const failure = divergenceFailure(divergence, step);
    this.#send({ type: 'ended', status: 'diverged', step: this.#step, failure });
  }
}
