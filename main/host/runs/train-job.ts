/** The training loop: steps, curves, samples, evaluations and checkpoints, in an order that resuming repeats exactly. */
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { isAccelerator } from '../../../core/protocol/devices.ts';
import type { MetricPoint } from '../../../core/protocol/records.ts';
import type { RunEnergy, ScalarTurn } from '../../../core/protocol/run-updates.ts';
import { canonicalDocument } from '../../../core/spec/document-hash.ts';
import { shuffled } from '../evaluation/shuffled.ts';
import { checkpointName, writeCheckpoint } from '../files/checkpoint.ts';
import { planRetention, type RetainedCheckpoint } from '../files/retention.ts';
import { writeSampleArtifacts } from '../images/sample-artifacts.ts';
import { engineBuildId } from '../compute/build-id.ts';
import { ActivityWatch } from './activity.ts';
import { Batches } from './batches.ts';
import { AlarmWatch } from './alarm-watch.ts';
import type { JobControl } from './control.ts';
import { RunEnergyCount, type MeasuredEnergy } from './energy.ts';
import { GpuEnergyMeter } from './gpu-energy.ts';
import { isDivergence, type Divergence } from './engine.ts';
import { Findings } from './findings.ts';
import { firstNotFinite, wordOf } from './forensics.ts';
import { LiveScores } from './live-scores.ts';
import { loadModel, parameterCount, type CheckpointMeta, type LoadedModel } from './load-model.ts';
import type { TrainJob, WorkerMessage } from './messages.ts';
import { NormWatch } from './norms.ts';
import { tellPlacement } from './placement-event.ts';
import { refusedTurn, scalarAt } from './scalars.ts';
import { taskSession } from './task-session.ts';

/** Points are sent together this often, in milliseconds. */
const flushEveryMs = 200;
/** Held-out examples an evaluation during training looks at. */
const evaluationLimit = 1024;

type Send = (message: WorkerMessage) => void;

/** Trains until the document's steps are done, or the host says stop. */
export async function trainJob(job: TrainJob, control: JobControl, send: Send): Promise<void> {
  const startedMs = performance.now();
  const loaded = await loadModel(job.source, (done, total, what) => send({ type: 'progress', what, done, total }), {
    fork: job.fork,
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
  /** Turns of the whole run, by step; those of later steps are still to come. */
  #turns: readonly ScalarTurn[];
  readonly #documentHash: string;
  readonly #norms: NormWatch;
  readonly #activity: ActivityWatch;
  readonly #alarms: AlarmWatch;
  readonly #energy: RunEnergyCount;
  /** Only where the run computes on a graphics processor. */
  readonly #gpuMeter: GpuEnergyMeter | undefined;
  readonly #gpuEnergy: RunEnergyCount | undefined;
  #scores: LiveScores | undefined;
  #checkpoints: readonly RetainedCheckpoint[];
  #points: MetricPoint[] = [];
  #step: number;
  /** The watched held-out figure, if it was measured after this very step. */
  #score: { readonly step: number; readonly value: number } | null = null;
  #checkpointedStep: number;
  /** Time spent in training steps: pauses, samples, evaluations and checkpoints are left out. */
  #elapsedMs: number;
  #flushedMs = performance.now();
  #flushedStep: number;
  #hasFlushed = false;

  constructor(job: TrainJob, loaded: LoadedModel, control: JobControl, send: Send) {
    this.#job = job;
    this.#loaded = loaded;
    this.#control = control;
    this.#send = send;
    this.#step = loaded.step;
    this.#energy = new RunEnergyCount(job.energy, loaded.step);
    if (isAccelerator(job.source.device)) {
      this.#gpuMeter = GpuEnergyMeter.open();
      this.#gpuEnergy = new RunEnergyCount(job.gpuEnergy, loaded.step, this.#gpuMeter);
    }
    this.#flushedStep = loaded.step;
    // A run's own checkpoint is already there; that of a fork's parent is not.
    this.#checkpointedStep = job.source.checkpoint && !job.fork ? loaded.step : -1;
    this.#elapsedMs = job.elapsedMs;
    this.#checkpoints = job.checkpoints;
    // A checkpoint knows all turns before it.
    this.#turns = byStep([...loaded.turns, ...job.turns.filter((turn) => turn.step >= loaded.step)]);
    this.#documentHash = createHash('sha256').update(canonicalDocument(loaded.document)).digest('hex');
    const { model, dataset } = loaded;
    this.#norms = new NormWatch(model.registry.all);
    this.#activity = new ActivityWatch(model.train, model.plan.batchSize);
    this.#alarms = new AlarmWatch(model.task.metrics, send);
    this.#batches = new Batches(
      dataset,
      model.task.range(model.config),
      model.plan.batchSize,
      model.batchesPerStep,
      model.plan.seed,
    );
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
    this.#gpuMeter?.close();
    await this.#scores?.release();
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
      await this.#measure(isLast);
      if (this.#due(this.#loaded.document.training.checkpointEvery, isLast)) {
        if (await this.#spoiled()) return;
        await this.#checkpoint();
      }
      await this.#listen();
    }
    if (this.#checkpointedStep !== this.#step) {
      if (await this.#spoiled()) return;
      await this.#checkpoint();
    }
    const status = this.#step >= steps ? 'finished' : (this.#control.stop ?? 'stopped');
    this.#send({ type: 'ended', status, step: this.#step });
  }

  /** Runs one step. @returns what went wrong, if its figures were not finite. */
  async #oneStep(): Promise<Divergence | undefined> {
    this.#takeTurns();
    const startedMs = performance.now();
    const { model, engine, document } = this.#loaded;
    const batches = this.#batches.read(this.#step);
    const watched = this.#norms.due ? new Map<string, number>() : undefined;
    const result = await engine.trainStep(this.#step, model.plan.seed, {
      batch: (index) => batches[index],
      scalar: (name) => this.#scalarAt(name, this.#step),
      ...(watched && { watched }),
    });
    if (isDivergence(result)) return result;
    this.#step++;
    this.#elapsedMs += performance.now() - startedMs;
    if (watched) await this.#measureNorms(watched);
    if (this.#step % document.training.logEvery === 0) {
      for (const [key, value] of Object.entries(result)) this.#record(key, value);
      for (const { name } of model.scalars) this.#record(name, this.#scalarAt(name, this.#step - 1));
    }
    return undefined;
  }

  async #measureNorms(squares: ReadonlyMap<string, number>): Promise<void> {
    const layers = this.#norms.measure(await this.#loaded.engine.readState(), squares);
    this.#send({ type: 'norms', step: this.#step, layers });
    this.#alarms.norms(layers);
  }

  #due(every: number, isLast: boolean): boolean {
    return every > 0 && (isLast || this.#step % every === 0);
  }

  /** Samples, evaluates and scores where the document says so, and at the end. */
  async #measure(isLast: boolean): Promise<void> {
    const { training } = this.#loaded.document;
    if (this.#due(training.sampleEvery, isLast)) await this.#sample();
    if (this.#due(training.evaluateEvery, isLast)) await this.#evaluate();
    if (this.#due(training.scoreEvery, isLast)) await this.#scoreSamples();
    if (isLast || this.#activity.due) await this.#lookAtUnits();
  }

  async #lookAtUnits(): Promise<void> {
    const { engine, model } = this.#loaded;
    const insight = await this.#activity.measure((program, ahead) => {
      const step = this.#step + ahead;
      const batches = this.#batches.read(step);
      return engine.probe(program, step, model.plan.seed, {
        batch: (index) => batches[index],
        scalar: (name) => this.#scalarAt(name, step),
      });
    });
    if (!insight) return;
    this.#send({ type: 'insight', step: this.#step, split: 'train', insight });
    this.#alarms.activity(insight);
  }

  /** Sends what was measured now and then, hears what the host says, and waits while paused. */
  async #listen(): Promise<void> {
    this.#control.countStep();
    // Somebody waits for the first point: it goes at once.
    if (!this.#hasFlushed || performance.now() - this.#flushedMs > flushEveryMs) this.#flush();
    let hasPaused = false;
    await this.#control.listen(() => {
      hasPaused = true;
      this.#energy.pause();
      this.#gpuEnergy?.pause();
      this.#flush();
      this.#send({ type: 'paused', paused: true, step: this.#step });
    });
    if (!hasPaused) return;
    this.#energy.continue();
    this.#gpuEnergy?.continue();
    this.#send({ type: 'paused', paused: false, step: this.#step });
    this.#flushedMs = performance.now();
  }

  /** Ends the run when its state is not finite: such a state is no checkpoint to go on from. */
  async #spoiled(): Promise<boolean> {
    const bad = firstNotFinite(await this.#loaded.engine.readState());
    if (bad === undefined) return false;
    this.#endDiverged({ metrics: {}, input: bad }, this.#step);
    return true;
  }

  #scalarAt(name: string, step: number): number {
    return scalarAt(this.#loaded.model.scalars, this.#turns, name, step);
  }

  /** Notes what was turned by hand since the last step: it holds from this step on. */
  #takeTurns(): void {
    for (const { name, value } of this.#control.takeTurns()) {
      const refused = refusedTurn(this.#loaded.model.scalars, name, value);
      if (refused !== undefined) {
        this.#send({ type: 'event', level: 'warning', code: 'turn-refused', message: refused });
        continue;
      }
      const turn = { step: this.#step, name, value };
      this.#turns = byStep([...this.#turns, turn]);
      const message = value === null ? `${name} follows its schedule again` : `${name} set to ${value}`;
      this.#send({ type: 'event', level: 'info', code: 'turned', message, data: { ...turn } });
    }
  }

  #record(key: string, value: number): void {
    this.#points.push({ key, step: this.#step, value, elapsedMs: this.#elapsedMs });
    this.#alarms.point({ key, value });
  }

  #takePoints(): MetricPoint[] {
    const points = this.#points;
    this.#points = [];
    return points;
  }

  #flush(): void {
    const now = performance.now();
    const stepsPerSecond = (1000 * (this.#step - this.#flushedStep)) / Math.max(1, now - this.#flushedMs);
    this.#flushedMs = now;
    this.#flushedStep = this.#step;
    this.#hasFlushed = true;
    this.#send({
      type: 'metrics',
      step: this.#step,
      points: this.#takePoints(),
      stepsPerSecond,
      rssBytes: process.memoryUsage.rss(),
      energy: this.#energy.read(this.#step),
      ...(this.#gpuEnergy && { gpuEnergy: this.#gpuEnergy.read(this.#step) }),
    });
  }

  async #sample(): Promise<void> {
    const { model, dataset, document } = this.#loaded;
    const seed = document.training.seed;
    const outputs = await model.sample(taskSession(this.#loaded), {
      count: document.training.sampleCount,
      seed,
      options: {},
    });
    for (const artifact of await writeSampleArtifacts(this.#job.runFolder, this.#step, seed, dataset.info, outputs)) {
      this.#send({ type: 'artifact', artifact });
    }
  }

  async #evaluate(): Promise<void> {
    const { model, document } = this.#loaded;
    if (this.#loaded.dataset.info.counts.validation === 0) return;
    // Stored order may be class by class: the first of them would stand for nothing.
    const ordered = { ...this.#loaded, dataset: shuffled(this.#loaded.dataset) };
    const findings = new Findings();
    const session = taskSession(ordered, undefined, findings.note);
    const figures = await model.evaluate(session, 'validation', evaluationLimit);
    for (const insight of findings.insights(model, this.#loaded.dataset.info.classes))
      this.#send({ type: 'insight', step: this.#step, split: 'validation', insight });
    for (const [name, value] of Object.entries(figures)) this.#record(`validation.${name}`, value);
    const watched = document.training.bestMetric ?? watchedMetric(this.#loaded)?.name;
    const value = watched === undefined ? undefined : figures[watched.replace(/^validation\./, '')];
    this.#score = value !== undefined && Number.isFinite(value) ? { step: this.#step, value } : null;
  }

  async #scoreSamples(): Promise<void> {
    if (!LiveScores.fits(this.#loaded)) return;
    const { extractorCache: cacheDir, threads } = this.#job.source;
    const onProgress = (done: number, total: number): void =>
      this.#send({ type: 'progress', what: 'training the feature extractor', done, total });
    this.#scores ??= await LiveScores.create(this.#loaded, { cacheDir, threads, onProgress });
    for (const [name, value] of Object.entries(await this.#scores.measure())) this.#record(name, value);
  }

  async #checkpoint(): Promise<void> {
    const { model, dataset, engine } = this.#loaded;
    const score = this.#score?.step === this.#step ? this.#score.value : null;
    const energy = measured(this.#energy.read(this.#step));
    const gpuEnergy = measured(this.#gpuEnergy?.read(this.#step));
    const meta: CheckpointMeta = {
      step: this.#step,
      seed: model.plan.seed,
      documentHash: this.#documentHash,
      dataHash: dataset.info.contentHash,
      engineBuild: engineBuildId(this.#job.source.device),
      threads: this.#job.source.threads,
      score,
      turns: this.#turns.filter((turn) => turn.step < this.#step).map((turn) => ({ ...turn })),
    };
    const name = checkpointName(this.#step);
    const written = await writeCheckpoint(join(this.#job.runFolder, 'checkpoints'), name, {
      tensors: await engine.readState(),
      meta,
    });
    const path = `checkpoints/${name}`;
    const superseded = this.#retain(path, score);
    this.#checkpointedStep = this.#step;
    const artifact = {
      kind: 'checkpoint',
      name,
      step: this.#step,
      path,
      bytes: written.bytes,
      sha256: written.sha256,
      meta: {
        score,
        elapsedMs: this.#elapsedMs,
        energy,
        gpuEnergy,
      },
    } as const;
    this.#send({ type: 'checkpoint', step: this.#step, points: this.#takePoints(), artifact, superseded });
  }

  /** Adds a checkpoint to those kept. @returns paths of those that are no longer needed. */
  #retain(path: string, score: number | null): string[] {
    const goal = watchedMetric(this.#loaded)?.goal ?? null;
    const added = { step: this.#step, path, ...(score !== null && { score }) };
    const others = this.#checkpoints.filter((checkpoint) => checkpoint.path !== path);
    const { keep, superseded } = planRetention([...others, added], {
      everySteps: this.#loaded.document.training.keepEvery,
      best: goal,
    });
    this.#checkpoints = keep;
    return superseded.map((checkpoint) => checkpoint.path);
  }

  /** @param step the step, counted from 1, after which something was not finite. */
  #endDiverged(divergence: Divergence, step: number): void {
    const { node } = divergence;
    this.#flush();
    this.#send({
      type: 'ended',
      status: 'diverged',
      step: this.#step,
      failure: {
        code: 'diverged',
        message: `step ${step}: ${describeDivergence(divergence)}`,
        step,
        ...(node && { node: `${node.origin}: ${node.op} ${node.value}` }),
        hint: 'resume from the last checkpoint with a lower learning rate, or clip the gradients (training.optimizer.clip)',
      },
    });
  }
}

const measured = (energy: RunEnergy | undefined): MeasuredEnergy | null =>
  energy && 'joules' in energy ? energy : null;

function describeDivergence({ metrics, node, input }: Divergence): string {
  const figures = Object.entries(metrics).filter(([, value]) => !Number.isFinite(value));
  const names = figures.map(([name, value]) => `${name} is ${value}`);
  if (node) names.push(`the first ${node.found} came out of ${node.op} in ${node.origin || 'the loss'}`);
  if (input) names.push(`${input.name} has ${wordOf(input.value)}`);
  return names.join('; ');
}

const byStep = (turns: readonly ScalarTurn[]): readonly ScalarTurn[] => turns.toSorted((a, b) => a.step - b.step);

/** The held-out figure that says which checkpoint is best: the document's, or the family's first one with a goal. */
function watchedMetric({ model, document }: LoadedModel) {
  const heldOut = model.task.metrics.filter((metric) => metric.heldOut && metric.goal);
  const wanted = document.training.bestMetric?.replace(/^validation\./, '');
  return heldOut.find((metric) => metric.name === wanted) ?? heldOut[0];
}
