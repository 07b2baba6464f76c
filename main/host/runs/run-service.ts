/** Starts runs, records what their workers say, and marks how they end. */
import { join } from 'node:path';
import type { DeviceId } from '../../../core/protocol/devices.ts';
import { cpuFallbackCode } from '../../../core/protocol/placement.ts';
import type { Artifact, RunFailure, RunStatus } from '../../../core/protocol/records.ts';
import type { RunUpdate, ScalarTurn } from '../../../core/protocol/run-updates.ts';
import { cachesOf, createRunFolder, runFolder, type Home } from '../home.ts';
import { removeSuperseded, type RetainedCheckpoint } from '../files/retention.ts';
import type { NewRun } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import { isServeMessage, type HostMessage, type TrainJob } from './messages.ts';
import { failureOf, TaskFailure } from './failure.ts';
import { memoryLimitEvent, memoryLimitOf } from './memory-limit.ts';
import { recordedTurns, type Resumption } from './scalars.ts';
import type { SpawnWorker, WorkerProcess } from './worker-process.ts';

export interface RunOutcome {
  readonly id: string;
  readonly status: RunStatus;
  readonly step: number;
}

/** A run in progress. */
export interface RunHandle {
  readonly id: string;
  /** The worker's process. */
  readonly workerPid: number | undefined;
  /** Settles when the worker is gone; never rejects: failures are the run's status and error. */
  readonly done: Promise<RunOutcome>;
  stop(reason: 'stopped' | 'interrupted'): void;
  pause(): void;
  continue(): void;
  /** Makes one more step and pauses. */
  step(): void;
  /** Turns a scalar of the training step by hand; null gives it back to its schedule. */
  turn(name: string, value: number | null): void;
  kill(): void;
}

/** A registered checkpoint as a file. */
export interface CheckpointFile {
  readonly path: string;
  readonly sha256: string;
  readonly step: number;
}

export interface StartOptions {
  readonly checkpoint?: Pick<CheckpointFile, 'path' | 'sha256'>;
  readonly fork?: boolean;
  readonly turns?: readonly ScalarTurn[];
  readonly stepLimit?: number;
  /** A person's consent to compute on the CPU what the run's device lacks; kept with the run. */
  readonly mayUseCpu?: boolean;
  /** The memory that training may take, in bytes; kept with the run. */
  readonly memoryBytes?: number;
  readonly onUpdate?: (update: RunUpdate) => void;
}

/** What is kept with a run. */
type KeptOptions = Pick<StartOptions, 'mayUseCpu' | 'memoryBytes'>;

/** Of a shell's options, those that concern how a run starts. */
export function startOptions({ onUpdate, stepLimit, mayUseCpu, memoryBytes }: StartOptions): StartOptions {
  return {
    ...(onUpdate && { onUpdate }),
    ...(stepLimit !== undefined && { stepLimit }),
    ...(mayUseCpu !== undefined && { mayUseCpu }),
    ...(memoryBytes !== undefined && { memoryBytes }),
  };
}

export class RunService {
  readonly #store: Store;
  readonly #home: Home;
  readonly #spawn: SpawnWorker;
  readonly #now: () => number;
  readonly #running = new Map<string, RunHandle>();

  constructor(store: Store, home: Home, spawn: SpawnWorker, now: () => number) {
    this.#store = store;
    this.#home = home;
    this.#spawn = spawn;
    this.#now = now;
  }

  /** Runs in progress in this process. */
  get running(): readonly RunHandle[] {
    return [...this.#running.values()];
  }

  /** Records a new run and starts it. */
  start(run: NewRun, options: StartOptions = {}): RunHandle {
    const id = this.#store.createRun({ ...run, status: 'running' });
    this.#keep(id, run.device, options);
    return this.#launch(id, options);
  }

  /** Records a new run that waits until it may `begin`. @returns its id. */
  enqueue(run: NewRun, options: KeptOptions = {}): string {
    const id = this.#store.createRun({ ...run, status: 'queued' });
    this.#keep(id, run.device, options);
    return id;
  }

  /** Records what a person said of how the run may compute, for when it goes on. */
  #keep(id: string, device: string, { mayUseCpu, memoryBytes }: KeptOptions): void {
    if (mayUseCpu) this.#consent(id, device);
    if (memoryBytes !== undefined) this.#store.addEvent(id, memoryLimitEvent(memoryBytes));
  }

  #consent(id: string, device: string): void {
    const message = `what ${device} lacks may run on the CPU`;
    this.#store.addEvent(id, { level: 'info', code: cpuFallbackCode, message, data: { device } });
  }

  /** Whether the run may compute on the CPU what a device lacks: consent is given for one device. */
  mayUseCpu(id: string, device: string): boolean {
    const consents = this.#store.events(id).filter(({ code }) => code === cpuFallbackCode);
    return consents.some(({ data }) => (data as { readonly device?: string } | null)?.device === device);
  }

  /**
   * Has a recorded run wait until it may `begin` again from its latest checkpoint, or from its beginning if it has none.
   * Scalars turned after that checkpoint are turned again at the same steps, unless the run diverged with them.
   * @param device where it goes on; consent to the CPU's help is for that device.
   * @throws TaskFailure when it is a fork without a checkpoint whose parent's is gone.
   */
  enqueueAgain(id: string, device: DeviceId, options: KeptOptions = {}): void {
    const { status, device: before } = this.#store.getRun(id);
    const { checkpoint } = this.#startOf(id);
    const resumption: Resumption = { step: checkpoint?.step ?? 0, forgetsTurns: status === 'diverged' };
    const from = checkpoint ? `resumed from ${checkpoint.path}` : 'started again from the beginning';
    const message = device === before ? from : `${from}, on ${device} instead of ${before}`;
    this.#store.updateRun(id, { status: 'queued', endedMs: null, error: null, device });
    this.#store.addEvent(id, { level: 'info', code: 'resumed', message, data: { ...resumption } });
    this.#keep(id, device, options);
  }

  /** Starts a queued run where it is to start. @throws TaskFailure as `enqueueAgain` does */
  begin(id: string, options: Pick<StartOptions, 'stepLimit' | 'onUpdate'> = {}): RunHandle {
    const { startedMs } = this.#store.getRun(id);
    const start = this.#startOf(id);
    const turns = recordedTurns(this.#store.events(id));
    this.#store.updateRun(id, { status: 'running', startedMs: startedMs ?? this.#now() });
    return this.#launch(id, { ...options, turns, ...start });
  }

  /** The checkpoint a run goes on from: its own, or while it has none its parent's. */
  #startOf(
    id: string,
  ): Pick<StartOptions, 'checkpoint' | 'fork'> & { readonly checkpoint?: { readonly step: number } } {
    const { parent } = this.#store.getRun(id);
    const own = this.latestCheckpoint(id);
    const checkpoint = own ?? (parent ? this.latestCheckpoint(parent.run, parent.step) : undefined);
    if (parent && !checkpoint)
      throw new TaskFailure(
        'no-checkpoint',
        `run ${id} has no checkpoint yet, and its parent ${parent.run} keeps none of step ${parent.step}`,
      );
    return { fork: !own && parent !== null, ...(checkpoint && { checkpoint }) };
  }

  /** The newest registered checkpoint of a run as a file, or the one at `step`. */
  latestCheckpoint(id: string, step?: number): CheckpointFile | undefined {
    const all = this.#store.artifacts(id, 'checkpoint');
    const found = step === undefined ? all.at(-1) : all.find((artifact) => artifact.step === step);
    if (!found) return undefined;
    return { path: join(runFolder(this.#home, id), found.path), sha256: found.sha256, step: found.step ?? 0 };
  }

  /** Starts a worker; when even that fails the run says so, instead of looking alive. */
  #launch(id: string, options: StartOptions): RunHandle {
    try {
      return this.#startWorker(id, options);
    } catch (error) {
      this.#store.updateRun(id, { status: 'failed', endedMs: this.#now(), error: failureOf(error) });
      throw error;
    }
  }

  #startWorker(id: string, options: StartOptions): RunHandle {
    const job = this.#job(id, options);
    const worker = this.#spawn();
    const finished = this.#record(id, worker, options.onUpdate ?? (() => {}));
    const send = (message: HostMessage): void => worker.send(message);
    const handle: RunHandle = {
      id,
      workerPid: worker.pid,
      done: finished.finally(() => this.#running.delete(id)),
      stop: (reason) => send({ type: 'stop', reason }),
      pause: () => send({ type: 'pause' }),
      continue: () => send({ type: 'continue' }),
      step: () => send({ type: 'step' }),
      turn: (name, value) => send({ type: 'turn', name, value }),
      kill: () => worker.kill(),
    };
    this.#running.set(id, handle);
    worker.send({ type: 'job', job });
    return handle;
  }

  #job(id: string, options: StartOptions): TrainJob {
    const run = this.#store.getRun(id);
    const folder = createRunFolder(this.#home, id);
    const checkpoints = this.#store.artifacts(id, 'checkpoint').map(retained);
    const { checkpoint } = options;
    const memoryBytes = memoryLimitOf(this.#store.events(id));
    const own = checkpoints.find((each) => join(folder, each.path) === checkpoint?.path);
    return {
      kind: 'train',
      source: {
        document: run.document,
        baseDir: run.baseDir,
        ...cachesOf(this.#home),
        threads: run.threads,
        device: run.device as DeviceId,
        mayUseCpu: this.mayUseCpu(id, run.device),
        ...(checkpoint && { checkpoint: { path: checkpoint.path, sha256: checkpoint.sha256 } }),
      },
      runFolder: folder,
      elapsedMs: own?.elapsedMs ?? 0,
      energy: own ? own.energy : { joules: 0, steps: 0 },
      gpuEnergy: own ? own.gpuEnergy : { joules: 0, steps: 0 },
      fork: options.fork ?? false,
      checkpoints,
      turns: options.turns ?? [],
      ...(memoryBytes !== undefined && { memoryBytes }),
      ...(options.stepLimit !== undefined && { stepLimit: options.stepLimit }),
    };
  }

  /** Writes down everything the worker says, until it is gone. What cannot be written ends the run, not the host. */
  #record(id: string, worker: WorkerProcess, onUpdate: (update: RunUpdate) => void): Promise<RunOutcome> {
    return new Promise((resolve) => {
      let ended = false;
      let step = 0;
      let lost: RunFailure | undefined;
      worker.onMessage((update) => {
        // After a gap nothing more is written, or the record would look whole.
        if (lost || isServeMessage(update)) return;
        try {
          this.#write(id, update);
        } catch (error) {
          lost = failureOf(error);
          return worker.kill();
        }
        ended ||= update.type === 'ended' || update.type === 'failed';
        if ('step' in update) step = update.step;
        onUpdate(update);
      });
      worker.onExit((detail) => {
        if (!ended) this.#markInterrupted(id, step, lost ?? workerDied(detail), onUpdate);
        resolve(this.#outcome(id, step));
      });
    });
  }

  #outcome(id: string, step: number): RunOutcome {
    try {
      const { status, currentStep } = this.#store.getRun(id);
      // Its worker is gone: `running` only means that its end could not be written down.
      return { id, status: status === 'running' ? 'interrupted' : status, step: currentStep };
    } catch {
      return { id, status: 'interrupted', step };
    }
  }

  #markInterrupted(id: string, step: number, failure: RunFailure, onUpdate: (update: RunUpdate) => void): void {
    try {
      this.#store.updateRun(id, { status: 'interrupted', endedMs: this.#now(), error: failure });
      this.#store.addEvent(id, { level: 'error', code: failure.code, message: failure.message });
    } catch {
      // The store cannot be written at all; the run shows as interrupted when it is opened again.
    }
    onUpdate({ type: 'ended', status: 'interrupted', step, failure });
  }

  #write(id: string, update: RunUpdate): void {
    switch (update.type) {
      case 'ready':
        this.#store.rewind(id, update.step);
        return this.#store.updateRun(id, { engineBuild: update.engineBuild, totalSteps: update.totalSteps });
      case 'metrics':
        return this.#store.appendMetrics(id, update.points, update.step);
      case 'checkpoint':
        this.#store.registerCheckpoint(id, {
          points: update.points,
          artifact: { ...update.artifact, kind: 'checkpoint', step: update.step },
          superseded: update.superseded,
        });
        return this.#forget(id, update.superseded);
      case 'norms':
        return this.#store.addNorms(id, update.step, update.layers);
      case 'insight':
        return this.#store.addInsights(id, [update]);
      case 'artifact':
        this.#store.addArtifact(id, update.artifact);
        return undefined;
      case 'event':
        return this.#store.addEvent(id, { ...update });
      case 'ended':
        this.#store.updateRun(id, {
          status: update.status,
          endedMs: this.#now(),
          currentStep: update.step,
          error: update.failure ?? null,
        });
        return this.#store.addEvent(id, endEvent(update));
      case 'failed':
        this.#store.updateRun(id, { status: 'failed', endedMs: this.#now(), error: update.failure });
        return this.#store.addEvent(id, { level: 'error', code: update.failure.code, message: update.failure.message });
      case 'progress':
      case 'paused':
      case 'result':
        return undefined;
    }
  }

  /** Deletes files of checkpoints that are no longer registered; one left behind by a crash is only wasted space. */
  #forget(id: string, paths: readonly string[]): void {
    void removeSuperseded(
      runFolder(this.#home, id),
      paths.map((path) => ({ step: 0, path })),
    ).catch((error: unknown) => {
      this.#noteLeftBehind(id, failureOf(error));
    });
  }

  /** The store may be closed by the time a file turns out not to be deletable: that is no reason to fall over. */
  #noteLeftBehind(id: string, { message }: RunFailure): void {
    try {
      this.#store.addEvent(id, { level: 'warning', code: 'left-behind', message });
    } catch {
      // Nothing but wasted space was to be told.
    }
  }
}

/** A checkpoint as the worker needs it, with the training time up to it. */
function retained({
  step,
  path,
  meta,
}: Artifact): RetainedCheckpoint & Pick<TrainJob, 'elapsedMs' | 'energy' | 'gpuEnergy'> {
  const { score, elapsedMs, energy, gpuEnergy } = (meta ?? {}) as Partial<
    Pick<TrainJob, 'elapsedMs' | 'energy' | 'gpuEnergy'>
  > & { readonly score?: number | null };
  return {
    step: step ?? 0,
    path,
    elapsedMs: elapsedMs ?? 0,
    energy: energy ?? null,
    gpuEnergy: gpuEnergy ?? null,
    ...(typeof score === 'number' && { score }),
  };
}

function workerDied(detail: string): RunFailure {
  const message = `the worker process ended without a word (${detail}); the run can be resumed from its last checkpoint`;
  return { code: 'worker-died', message };
}

function endEvent(update: RunUpdate & { readonly type: 'ended' }) {
  const level = update.status === 'diverged' ? 'error' : 'info';
  return {
    level,
    code: update.status,
    message: update.failure?.message ?? `${update.status} after ${update.step} steps`,
  } as const;
}
