/** The application without a face: what every shell (terminal, window, browser) asks for, in one object. */
import { join } from 'node:path';
import type { DataInfo } from '../../core/data/data-info.ts';
import type { DeviceId } from '../../core/protocol/devices.ts';
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
import type { RunUpdate } from '../../core/protocol/run-updates.ts';
import type { Placement } from '../../core/protocol/placement.ts';
import type { CheckResult } from '../../core/spec/check.ts';
import { parseDocument, type ModelDocument } from '../../core/spec/parse.ts';
import { openDataset } from './data/open.ts';
import type { DataProgress } from './data/source.ts';
import { runDemo, type DemoOptions } from './demo/demo.ts';
import { evaluationRows, type Evaluation } from './evaluation/evaluation.ts';
import { chooseHome, createHome, removeRunFolder, runFolder, type Home } from './home.ts';
import type { DrawOptions, HostOptions, JobOptions, ResumeOptions, TrainOptions } from './options.ts';
import { writeReport, type ReportFiles, type ReportOptions } from './report/write-report.ts';
import { TaskFailure } from './runs/failure.ts';
import { documentData } from './runs/load-model.ts';
import type { Job, ModelSource } from './runs/messages.ts';
import { newRun } from './runs/new-run.ts';
import { compareStates, replayEvent, type ReplayResult } from './runs/replay.ts';
import { RunService, type RunHandle } from './runs/run-service.ts';
import { ServedModel } from './runs/served-model.ts';
import { SpareWorker } from './runs/spare-worker.ts';
import { recordedTurns } from './runs/scalars.ts';
import { runJob, spawnChildWorker, type SpawnWorker } from './runs/worker-process.ts';
import { markDeadRuns } from './store/dead-runs.ts';
import type { RunFilter } from './store/runs.ts';
import { openStore, type Store } from './store/store.ts';
import { checkWithData, requireDevice } from './without-records.ts';

export type { DrawOptions, Evaluation, HostOptions, JobOptions, ReplayResult, RunFilter, RunHandle, TrainOptions };

/** A document with errors. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
  readonly issues: CheckResult['issues'];

  constructor(issues: CheckResult['issues']) {
    const [first, ...others] = issues.filter((issue) => issue.severity === 'error');
    super(
      `the document has errors: ${first?.message ?? 'it cannot be read'}${others.length > 0 ? `, and ${others.length} more` : ''}`,
    );
    this.issues = issues;
  }
}

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
  readonly #spawn: SpawnWorker;
  readonly #spare: SpareWorker | undefined;
  /** Starts a worker, or gives the one that waits. */
  readonly #worker: SpawnWorker;
  readonly #runs: RunService;
  /** Ends each job in progress that is no run. */
  readonly #cancels = new Set<() => void>();

  /** Use `createHost`. */
  constructor(home: Home, store: Store, spawn: SpawnWorker, now: () => number, spare?: SpareWorker) {
    this.home = home;
    this.store = store;
    this.#spawn = spawn;
    this.#spare = spare;
    this.#worker = spare?.take ?? spawn;
    this.#runs = new RunService(store, home, this.#worker, now);
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
    for (const cancel of this.#cancels) cancel();
  }

  /** Checks a document's text against its data, which is opened (and imported the first time). */
  async check(text: string, baseDir: string, onProgress?: DataProgress): Promise<CheckResult> {
    return checkWithData(text, baseDir, this.home.dataCache, onProgress);
  }

  /** Records and starts a run. @throws DocumentError with every issue, DataError; nothing is recorded then. */
  async train(text: string, baseDir: string, options: TrainOptions = {}): Promise<RunHandle> {
    await this.requireDevice(options.device);
    const { document, data } = await this.#accepted(text, baseDir, options.onUpdate);
    const run = newRun(text, document, data, baseDir, options);
    await this.#requirePlacement(run, options);
    return this.#runs.start(run, startOptions(options));
  }

  /** Records a run that waits until `begin`. @returns its id. @throws as `train` does */
  async enqueue(text: string, baseDir: string, options: TrainOptions = {}): Promise<string> {
    await this.requireDevice(options.device);
    const { document, data } = await this.#accepted(text, baseDir, options.onUpdate);
    const run = newRun(text, document, data, baseDir, options);
    await this.#requirePlacement(run, options);
    return this.#runs.enqueue(run, options);
  }

  /** Has a run wait until `begin` resumes it. @returns its id. @throws as `resume` does */
  async enqueueAgain(reference: string, options: ResumeOptions = {}): Promise<string> {
    const run = this.#resumable(reference);
    const { mayUseCpu, onUpdate } = options;
    const device = options.device ?? (run.device as DeviceId);
    await this.requireDevice(device);
    await this.#requirePlacement(
      { ...run, device },
      { mayUseCpu: mayUseCpu ?? this.#runs.mayUseCpu(run.id, device), onUpdate },
    );
    // Another resumption may have come first.
    this.#runs.enqueueAgain(this.#resumable(run.id).id, device, options);
    return run.id;
  }

  /** Records a fork that waits until `begin`. @returns its id. @throws as `fork` does */
  async enqueueFork(
    reference: string,
    text: string,
    options: TrainOptions & { readonly step?: number } = {},
  ): Promise<string> {
    return this.#runs.enqueue((await this.#newFork(reference, text, options)).run, options);
  }

  /** Starts a run that was queued. @throws TaskFailure when it cannot go on */
  begin(id: string, options: Pick<TrainOptions, 'onUpdate' | 'stepLimit'> = {}): RunHandle {
    return this.#runs.begin(id, startOptions(options));
  }

  /**
   * Resumes an interrupted, stopped or diverged run where its latest checkpoint left it, on its device or another.
   * @throws TaskFailure when it cannot go on, or not there; the run is then as it was.
   */
  async resume(reference: string, options: ResumeOptions = {}): Promise<RunHandle> {
    return this.begin(await this.enqueueAgain(reference, options), options);
  }

  #resumable(reference: string): RunDetail {
    const run = this.store.getRun(reference);
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
  async fork(
    reference: string,
    text: string,
    options: TrainOptions & { readonly step?: number } = {},
  ): Promise<RunHandle> {
    const { run, checkpoint } = await this.#newFork(reference, text, options);
    return this.#runs.start(run, { ...startOptions(options), checkpoint, fork: true });
  }

  async #newFork(reference: string, text: string, options: TrainOptions & { readonly step?: number }) {
    const parent = this.store.getRun(reference);
    const checkpoint = this.#checkpoint(parent, options.step);
    await this.requireDevice(options.device);
    const { document, data } = await this.#accepted(text, parent.baseDir, options.onUpdate);
    const named = { name: `${parent.name} (fork)`, experiment: parent.experiment, threads: parent.threads, ...options };
    const run = {
      ...newRun(text, document, data, parent.baseDir, named),
      parent: { run: parent.id, step: checkpoint.step },
    };
    await this.#requirePlacement(run, options);
    return { run, checkpoint };
  }

  /** Runs a finished or stopped run again from its seed and compares the final states. */
  async replay(
    reference: string,
    options: Pick<TrainOptions, 'onUpdate' | 'device' | 'mayUseCpu'> & {
      readonly onStart?: (replay: RunHandle, steps: number) => void;
    } = {},
  ): Promise<ReplayResult> {
    const run = this.store.getRun(reference);
    const device = options.device ?? (run.device as DeviceId);
    await this.requireDevice(device);
    const target = this.#checkpoint(run);
    const start = run.parent ? this.#parentCheckpoint(run.parent) : undefined;
    const { document, data } = await this.#accepted(run.document, run.baseDir, options.onUpdate);
    if (data.contentHash !== run.dataHash)
      throw new TaskFailure('data-changed', `the data of run ${run.id} has changed since (${run.dataSource})`);
    const turns = recordedTurns(this.store.events(run.id));
    const again = newRun(run.document, document, data, run.baseDir, {
      name: `${run.name} (replay)`,
      experiment: run.experiment,
      threads: run.threads,
      device,
    });
    const mayUseCpu = options.mayUseCpu ?? this.#runs.mayUseCpu(run.id, device);
    await this.#requirePlacement(again, { ...options, mayUseCpu });
    const handle = this.#runs.start(
      { ...again, parent: run.parent },
      {
        ...startOptions(options),
        turns,
        ...(start && { checkpoint: start, fork: true }),
        stepLimit: target.step - (start?.step ?? 0),
        mayUseCpu,
      },
    );
    options.onStart?.(handle, target.step - (start?.step ?? 0));
    const outcome = await handle.done;
    if (outcome.step !== target.step)
      throw new TaskFailure(
        'replay',
        `the replay of run ${run.id} ended at step ${outcome.step} of ${target.step}: ${this.store.getRun(handle.id).error?.message ?? outcome.status}`,
      );
    const result = await this.#compare(run, handle.id, target);
    this.store.addEvent(run.id, replayEvent(result));
    return result;
  }

  /** Draws samples of a run into a folder. */
  async sample(reference: string, outFolder: string, draw: DrawOptions): Promise<JsonValue> {
    const run = this.store.getRun(reference);
    const job = {
      kind: 'sample',
      source: await this.#drawn(run, draw),
      outFolder,
      prefix: 'samples',
      ...drawFields(draw),
    } as const;
    return this.job(job, draw);
  }

  /** Evaluates a run and records its scores. */
  async evaluate(reference: string, draw: DrawOptions): Promise<Evaluation> {
    const run = this.store.getRun(reference);
    const job = { kind: 'evaluate', source: await this.#drawn(run, draw), ...drawFields(draw) } as const;
    const result = await this.job<Evaluation>(job, draw);
    if (!this.store.readOnly) this.#record(run.id, result);
    return result;
  }

  #record(id: string, result: Evaluation): void {
    const insights = result.insights.map((found) => ({ ...found, step: result.step }));
    this.store.transaction(() => {
      this.store.addScores(id, evaluationRows(result));
      this.store.addInsights(id, insights);
    });
  }

  /** Exports a run's networks, its training step and its state into a folder. */
  export(
    reference: string,
    outFolder: string,
    options: JobOptions & { readonly step?: number } = {},
  ): Promise<JsonValue> {
    const run = this.store.getRun(reference);
    return this.job({ kind: 'export', source: this.#source(run, options.step), outFolder }, options);
  }

  /** Loads a run's model in a worker of its own, which answers requests until it is closed. @param step as in `DrawOptions` */
  serve(reference: string, step?: number): ServedModel {
    return new ServedModel(this.#worker(), this.#source(this.store.getRun(reference), step));
  }

  /** Which checkpoint `serve` and the jobs take: equal words mean an equal model. */
  checkpointOf(reference: string, step?: number): { readonly step: number; readonly sha256: string } {
    return this.#checkpoint(this.store.getRun(reference), step);
  }

  /** What the data of a run is. */
  async dataInfo(reference: string): Promise<DataInfo> {
    const run = this.store.getRun(reference);
    const { document } = parseDocument(run.document);
    if (!document) throw new TaskFailure('document', `the document of run ${run.id} cannot be read`);
    const dataset = await openDataset({
      ...documentData(document, { baseDir: run.baseDir, dataCache: this.home.dataCache }),
      memoryLimit: 0,
    });
    dataset.close();
    return dataset.info;
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

  async #accepted(
    text: string,
    baseDir: string,
    onUpdate?: (update: RunUpdate) => void,
  ): Promise<{ document: ModelDocument; data: DataInfo }> {
    const onProgress: DataProgress = (done, total, what) => onUpdate?.({ type: 'progress', what, done, total });
    const checked = await checkWithData(text, baseDir, this.home.dataCache, onProgress);
    const { document } = parseDocument(text);
    if (!document || !checked.data || checked.issues.some((issue) => issue.severity === 'error'))
      throw new DocumentError(checked.issues);
    return { document, data: checked.data };
  }

  /**
   * Refuses a training step that would run on the CPU in part, where that is not allowed, by trying one.
   * @throws CpuFallbackRefusal naming the operators, EngineError when it does not run at all
   */
  async #requirePlacement(
    { document, baseDir, threads, device }: Pick<RunDetail, 'document' | 'baseDir' | 'threads' | 'device'>,
    {
      mayUseCpu,
      onUpdate,
    }: Pick<TrainOptions, 'mayUseCpu'> & { readonly onUpdate?: TrainOptions['onUpdate'] | undefined },
  ): Promise<void> {
    const { CpuFallbackRefusal, mayLeaveToCpu } = await import('./compute/cpu-fallback.ts');
    if (mayUseCpu || !mayLeaveToCpu(device as DeviceId)) return;
    const source = { document, baseDir, threads, device: device as DeviceId, ...this.#caches };
    const placement = await this.job<Placement | null>(
      { kind: 'placement', source },
      { ...(onUpdate && { onUpdate }) },
    );
    if (placement && placement.onCpu.length > 0) throw new CpuFallbackRefusal(placement);
  }

  get #caches(): Pick<ModelSource, 'dataCache' | 'extractorCache' | 'sessionCache'> {
    const { dataCache, extractorCache, sessionCache } = this.home;
    return { dataCache, extractorCache, sessionCache };
  }

  #checkpoint(run: Run, step?: number) {
    const found = this.#runs.latestCheckpoint(run.id, step);
    if (found) return found;
    const kept = this.store.artifacts(run.id, 'checkpoint').map((artifact) => artifact.step);
    throw new TaskFailure(
      'no-checkpoint',
      step === undefined
        ? `run ${run.id} has no checkpoint yet`
        : `run ${run.id} keeps no checkpoint of step ${step}; it has ${kept.join(', ') || 'none'}`,
      step === undefined ? undefined : 'training.keepEvery keeps more of them',
    );
  }

  #parentCheckpoint(parent: { readonly run: string; readonly step: number }) {
    return this.#checkpoint(this.store.getRun(parent.run), parent.step);
  }

  #source(run: RunDetail, step?: number): ModelSource {
    const { path, sha256 } = this.#checkpoint(run, step);
    return {
      document: run.document,
      baseDir: run.baseDir,
      ...this.#caches,
      threads: run.threads,
      device: run.device as DeviceId,
      mayUseCpu: this.#runs.mayUseCpu(run.id, run.device),
      checkpoint: { path, sha256 },
    };
  }

  async #drawn(run: RunDetail, { step, device, mayUseCpu }: DrawOptions): Promise<ModelSource> {
    const source = this.#source(run, step);
    await this.requireDevice(device ?? source.device);
    return { ...source, ...(device && { device }), ...(mayUseCpu !== undefined && { mayUseCpu }) };
  }

  /** @throws TaskFailure `device` when another device than the CPU does not compute here */
  requireDevice(device: DeviceId = 'cpu'): Promise<void> {
    return requireDevice(device, this.#spawn);
  }

  /** Does a job that ends in one result in a worker of its own. @throws TaskFailure `cancelled`, and whatever the job throws */
  async job<Result = JsonValue>(job: Job, { onUpdate = () => {}, signal }: JobOptions = {}): Promise<Result> {
    const cancelled = (): TaskFailure => new TaskFailure('cancelled', 'it was cancelled');
    if (signal?.aborted) throw cancelled();
    const { done, cancel } = runJob<Result>(this.#worker, job, onUpdate);
    // Data is imported for a run, as a rule, which then wants a worker too.
    if (job.kind === 'data') this.#spare?.startNow();
    this.#cancels.add(cancel);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await done;
    } catch (error) {
      throw signal?.aborted ? cancelled() : error;
    } finally {
      this.#cancels.delete(cancel);
      signal?.removeEventListener('abort', cancel);
    }
  }

  async #compare(
    run: Run,
    replay: string,
    target: { readonly path: string; readonly sha256: string; readonly step: number },
  ): Promise<ReplayResult> {
    const again = this.#checkpoint(this.store.getRun(replay), target.step);
    const differences = await compareStates(target.path, again.path);
    return {
      run: run.id,
      replay,
      step: target.step,
      identical: differences.every((difference) => difference.largest === 0),
      sha256: [target.sha256, again.sha256],
      differences: differences.filter((difference) => difference.largest > 0),
      sameEngine: this.store.getRun(replay).engineBuild === run.engineBuild,
    };
  }
}

function startOptions({ onUpdate, stepLimit, mayUseCpu }: Pick<TrainOptions, 'onUpdate' | 'stepLimit' | 'mayUseCpu'>) {
  return {
    ...(onUpdate && { onUpdate }),
    ...(stepLimit !== undefined && { stepLimit }),
    ...(mayUseCpu !== undefined && { mayUseCpu }),
  };
}

function drawFields({ count, seed, options }: DrawOptions) {
  return { count, seed, options };
}
