/** The application without a face: what every shell (terminal, window, browser) asks for, in one object. */
import { join } from 'node:path';
import type { DataInfo } from '../../core/data/data-info.ts';
import type {
  Artifact,
  JsonValue,
  MetricPoint,
  MetricSeries,
  Param,
  Run,
  RunDetail,
  RunEvent,
  Score,
} from '../../core/protocol/records.ts';
import type { CheckResult } from '../../core/spec/check.ts';
import type { DataProgress } from './data/source.ts';
import { runDemo, type DemoOptions } from './demo/demo.ts';
import type { Evaluation } from './evaluation/evaluation.ts';
import { chooseHome, createHome, removeRunFolder, runFolder, type Home } from './home.ts';
import type { DrawOptions, ForkOptions, HostOptions, JobOptions, ResumeOptions, TrainOptions } from './options.ts';
import { writeReport, type ReportFiles, type ReportOptions } from './report/write-report.ts';
import { Admission } from './runs/admission.ts';
import { DocumentError } from './runs/accept-document.ts';
import { Drawing } from './runs/drawing.ts';
import { Jobs } from './runs/jobs.ts';
import type { Job } from './runs/messages.ts';
import { replayRun, type ReplayOptions, type ReplayResult } from './runs/replay.ts';
import { RunModels } from './runs/run-models.ts';
import { RunService, type RunHandle } from './runs/run-service.ts';
import { ServedModel } from './runs/served-model.ts';
import { SpareWorker } from './runs/spare-worker.ts';
import { Training } from './runs/training.ts';
import { spawnChildWorker, workerFlags, type SpawnWorker } from './runs/worker-process.ts';
import { markDeadRuns } from './store/dead-runs.ts';
import type { RunFilter } from './store/runs.ts';
import { openStore, type Store } from './store/store.ts';
import { checkWithData } from './without-records.ts';

export { DocumentError, workerFlags };
export type { DrawOptions, Evaluation, HostOptions, JobOptions, ReplayResult, RunFilter, RunHandle, TrainOptions };

/** Opens the home and the store. @throws FileError, StoreError, HomeLockedError */
export function createHost(options: HostOptions = {}): Host {
  const home = createHome(chooseHome(options.home));
  const now = options.now ?? Date.now;
  const store = openStore(home, { readOnly: options.readOnly ?? false, now });
  if (store.readOnly) markDeadRuns(home, store, now);
  const spawn = options.spawnWorker ?? spawnChildWorker;
  return new Host(home, store, spawn, now, options.keepsSpareWorker ? new SpareWorker(spawn) : undefined);
}

export class Host {
  readonly home: Home;
  readonly store: Store;
  readonly #spare: SpareWorker | undefined;
  /** Starts a worker, or gives the one that waits. */
  readonly #worker: SpawnWorker;
  readonly #runs: RunService;
  readonly #jobs: Jobs;
  readonly #models: RunModels;
  readonly #admission: Admission;
  readonly #training: Training;
  readonly #drawing: Drawing;

  /** Use `createHost`. */
  constructor(home: Home, store: Store, spawn: SpawnWorker, now: () => number, spare?: SpareWorker) {
    this.home = home;
    this.store = store;
    this.#spare = spare;
    this.#worker = spare?.take ?? spawn;
    this.#runs = new RunService(store, home, this.#worker, now);
    this.#jobs = new Jobs(this.#worker, spare);
    this.#models = new RunModels(home, store, this.#runs);
    this.#admission = new Admission(home, this.#jobs, spawn);
    this.#training = new Training(store, this.#runs, this.#models, this.#admission);
    this.#drawing = new Drawing(store, this.#jobs, this.#models, this.#admission);
  }

  /** Whether a run trains now. */
  get isTraining(): boolean {
    return this.#runs.running.length > 0;
  }

  /** Lets go of the home. Runs in progress are interrupted. */
  async close(): Promise<void> {
    this.interrupt();
    await Promise.all([this.#spare?.close(), ...this.#runs.running.map((run) => run.done)]);
    this.store.close();
  }

  /** Asks everything in progress to end: runs with a checkpoint at the next step, other jobs at once. */
  interrupt(): void {
    for (const run of this.#runs.running) run.stop('interrupted');
    this.#jobs.interrupt();
  }

  /** Checks a document's text against its data, which is opened (and imported the first time). */
  async check(text: string, baseDir: string, onProgress?: DataProgress): Promise<CheckResult> {
    return checkWithData(text, baseDir, this.home.dataCache, onProgress);
  }

  /** Records and starts a run. @throws DocumentError with every issue, DataError; nothing is recorded then. */
  train(text: string, baseDir: string, options: TrainOptions = {}): Promise<RunHandle> {
    return this.#training.train(text, baseDir, options);
  }

  /** Records a run that waits until `begin`. @returns its id. @throws as `train` does */
  enqueue(text: string, baseDir: string, options: TrainOptions = {}): Promise<string> {
    return this.#training.enqueue(text, baseDir, options);
  }

  /** Has a run wait until `begin` resumes it. @returns its id. @throws as `resume` does */
  enqueueAgain(reference: string, options: ResumeOptions = {}): Promise<string> {
    return this.#training.enqueueAgain(reference, options);
  }

  /** Records a fork that waits until `begin`. @returns its id. @throws as `fork` does */
  enqueueFork(reference: string, text: string, options: ForkOptions = {}): Promise<string> {
    return this.#training.enqueueFork(reference, text, options);
  }

  /** Starts a run that was queued. @throws TaskFailure when it cannot go on */
  begin(id: string, options: Pick<TrainOptions, 'onUpdate' | 'stepLimit'> = {}): RunHandle {
    return this.#training.begin(id, options);
  }

  /**
   * Resumes an interrupted, stopped or diverged run where its latest checkpoint left it, on its device or another.
   * @throws TaskFailure when it cannot go on, or not there; the run is then as it was.
   */
  resume(reference: string, options: ResumeOptions = {}): Promise<RunHandle> {
    return this.#training.resume(reference, options);
  }

  /** Starts a new run from a checkpoint of another one, with a changed document: same batches and noise from there on. */
  fork(reference: string, text: string, options: ForkOptions = {}): Promise<RunHandle> {
    return this.#training.fork(reference, text, options);
  }

  /** Runs a finished or stopped run again from its seed and compares the final states. */
  replay(reference: string, options: ReplayOptions = {}): Promise<ReplayResult> {
    const place = { store: this.store, runs: this.#runs, models: this.#models, admission: this.#admission };
    return replayRun(place, reference, options);
  }

  /** Draws samples of a run into a folder. */
  sample(reference: string, outFolder: string, draw: DrawOptions): Promise<JsonValue> {
    return this.#drawing.sample(reference, outFolder, draw);
  }

  /** Evaluates a run and records its scores. */
  evaluate(reference: string, draw: DrawOptions): Promise<Evaluation> {
    return this.#drawing.evaluate(reference, draw);
  }

  /** Exports a run's networks, its training step and its state into a folder. */
  export(
    reference: string,
    outFolder: string,
    options: JobOptions & { readonly step?: number } = {},
  ): Promise<JsonValue> {
    const run = this.store.getRun(reference);
    return this.job({ kind: 'export', source: this.#models.source(run, options.step), outFolder }, options);
  }

  /** Loads a run's model in a worker of its own, which answers requests until it is closed. @param step as in `DrawOptions` */
  serve(reference: string, step?: number): ServedModel {
    return new ServedModel(this.#worker(), this.#models.source(this.store.getRun(reference), step));
  }

  /** Which checkpoint `serve` and the jobs take: equal words mean an equal model. */
  checkpointOf(reference: string, step?: number): { readonly step: number; readonly sha256: string } {
    return this.#models.checkpoint(this.store.getRun(reference), step);
  }

  /** What the data of a run is. */
  dataInfo(reference: string): Promise<DataInfo> {
    return this.#models.dataInfo(this.store.getRun(reference));
  }

  /** Compares runs in one page, one picture and one JSON file. */
  report(references: readonly string[], outFolder: string, options: ReportOptions): Promise<ReportFiles> {
    return writeReport(this, references, outFolder, options);
  }

  /** Trains and compares the demo's three families. */
  demo(options: DemoOptions): ReturnType<typeof runDemo> {
    return runDemo(this, options);
  }

  /** Deletes a run with its files. @throws StoreError when it is running */
  async deleteRun(reference: string): Promise<void> {
    const { id } = this.store.getRun(reference);
    this.store.deleteRun(id);
    await removeRunFolder(this.home, id);
  }

  runs(filter: RunFilter = {}): Run[] {
    return this.store.listRuns(filter);
  }

  run(reference: string): RunDetail {
    return this.store.getRun(reference);
  }

  metrics(reference: string, key: string): MetricSeries {
    return this.store.metrics(this.store.getRun(reference).id, key);
  }

  metricKeys(reference: string): string[] {
    return this.store.metricKeys(this.store.getRun(reference).id);
  }

  /** The last point of each metric, sorted by name. */
  lastMetrics(reference: string): MetricPoint[] {
    return this.store.lastMetrics(this.store.getRun(reference).id);
  }

  /** The fields of the run's document, flattened. */
  params(reference: string): Param[] {
    return this.store.params(this.store.getRun(reference).id);
  }

  artifacts(reference: string): Artifact[] {
    return this.store.artifacts(this.store.getRun(reference).id);
  }

  scores(reference: string): Score[] {
    return this.store.scores(this.store.getRun(reference).id);
  }

  events(reference: string): RunEvent[] {
    return this.store.events(this.store.getRun(reference).id);
  }

  /** The absolute path of a run's artifact. */
  artifactPath(reference: string, artifact: Pick<Artifact, 'path'>): string {
    return join(runFolder(this.home, this.store.getRun(reference).id), artifact.path);
  }

  /** Does a job that ends in one result in a worker of its own. @throws TaskFailure `cancelled`, and whatever the job throws */
  job<Result = JsonValue>(job: Job, options: JobOptions = {}): Promise<Result> {
    return this.#jobs.do<Result>(job, options);
  }
}
