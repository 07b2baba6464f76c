/** Starts, steers and ends runs; those that do not fit beside the others wait their turn. */
import { availableParallelism } from 'node:os';
import type { ParsedInput } from '../../core/protocol/methods.ts';
import type { ReplayOutcome, Run, WaitingRun } from '../../core/protocol/records.ts';
import type { RunUpdate } from '../../core/protocol/run-updates.ts';
import { parseDocument } from '../../core/spec/parse.ts';
import type { RequestContext } from '../door/services.ts';
import { removeRunFolder } from '../host/home.ts';
import type { Host, RunHandle } from '../host/host.ts';
import { failureOf } from '../host/runs/failure.ts';
import { documentData } from '../host/runs/load-model.ts';
import { replayEvent } from '../host/runs/replay.ts';
import type { DataService } from './data.ts';
import type { RunHub } from './run-hub.ts';
import { RunQueue } from './run-queue.ts';
import { ServiceError } from './service-error.ts';
import type { SettingsService } from './settings.ts';
import { toldProgress } from './told-progress.ts';
import { withoutUndefined } from './without-undefined.ts';

type Context = Pick<RequestContext, 'signal' | 'progress'>;

export class RunControl {
  readonly #host: Host;
  readonly #settings: SettingsService;
  readonly #data: DataService;
  readonly #hub: RunHub;
  readonly #handles = new Map<string, RunHandle>();
  readonly #queue: RunQueue;
  /** Runs that are looked at before they go on. */
  readonly #resuming = new Set<string>();
  #closed = false;

  /** Runs that waited when the home was last closed wait again. */
  constructor(host: Host, settings: SettingsService, data: DataService, hub: RunHub) {
    this.#host = host;
    this.#settings = settings;
    this.#data = data;
    this.#hub = hub;
    this.#queue = new RunQueue({
      limits: () => ({ ...settings.get(), cores: this.#cores }),
      demand: (run) => host.run(run),
      begin: (run) => this.#begin(run),
    });
    for (const { id } of host.runs({ statuses: ['queued'], descending: false })) this.#queue.add(id);
    settings.subscribe(() => this.#queue.look());
  }

  /** Records a run and starts it when a slot is free. @throws DocumentError, DataError */
  async start({ text, baseDir, ...named }: ParsedInput<'runs.start'>, context: Context): Promise<Run> {
    await this.#dataReady(text, baseDir, context);
    return this.#enqueued(await this.#host.enqueue(text, baseDir, this.#options(named, context)));
  }

  /** Has an interrupted, stopped, diverged or failed run go on when a slot is free. @throws TaskFailure */
  async resume({ run: reference, mayUseCpu }: ParsedInput<'runs.resume'>, { progress }: Context): Promise<Run> {
    const { id, status } = this.#host.run(reference);
    if (status === 'queued' || this.#resuming.has(id))
      throw new ServiceError('queued', `run ${id} waits for a free slot already`);
    this.#resuming.add(id);
    try {
      await this.#host.enqueueAgain(id, { ...withoutUndefined({ mayUseCpu }), onUpdate: toldProgress(progress) });
    } finally {
      this.#resuming.delete(id);
    }
    return this.#enqueued(id);
  }

  /** Trains a run again at once, and compares. @throws DocumentError, DataError, TaskFailure */
  async replay(
    { run: reference, mayUseCpu }: ParsedInput<'runs.replay'>,
    { signal, progress }: Context,
  ): Promise<ReplayOutcome> {
    const { id, document, baseDir } = this.#host.run(reference);
    await this.#dataReady(document, baseDir, { signal, progress });
    let replay: RunHandle | undefined;
    let steps = 0;
    const stop = (): void => replay?.stop('stopped');
    signal.addEventListener('abort', stop, { once: true });
    try {
      const result = await this.#host.replay(id, {
        ...withoutUndefined({ mayUseCpu }),
        onStart: (handle, total) => {
          [replay, steps] = [handle, total];
          this.#handles.set(handle.id, handle);
          this.#queue.beside(handle.id, handle.done);
          this.#publish(handle.id);
          if (signal.aborted) stop();
        },
        onUpdate: (update) => {
          if (replay) this.#hear(replay.id, update);
          if (update.type === 'metrics') progress('steps', update.step, steps);
        },
      });
      // A short replay ends before any of its metrics are sent.
      progress('steps', steps, steps);
      const event = replayEvent(result);
      this.#hub.say(id, { type: 'event', ...event });
      const { differences, sha256: _, ...outcome } = result;
      return { ...outcome, differing: differences.length, largest: differences.slice(0, 5), words: event.message };
    } catch (error) {
      throw signal.aborted ? new ServiceError('cancelled', 'the replay was cancelled') : error;
    } finally {
      signal.removeEventListener('abort', stop);
      if (replay) {
        this.#handles.delete(replay.id);
        if (!this.#closed && this.#exists(replay.id)) this.#publish(replay.id);
      }
    }
  }

  /** @throws DocumentError, DataError, TaskFailure */
  async fork({ run: reference, text, ...named }: ParsedInput<'runs.fork'>, context: Context): Promise<Run> {
    const parent = this.#host.run(reference);
    await this.#dataReady(text, parent.baseDir, context);
    return this.#enqueued(await this.#host.enqueueFork(parent.id, text, this.#options(named, context)));
  }

  /** What waits, in order, and for what. */
  get waiting(): readonly WaitingRun[] {
    return this.#queue.waiting;
  }

  /** Does something to a run in progress. @throws ServiceError `not-running` */
  steer(reference: string, act: (handle: RunHandle) => void): null {
    act(this.#handle(reference));
    return null;
  }

  #handle(reference: string): RunHandle {
    const run = this.#host.run(reference);
    const handle = this.#handles.get(run.id);
    // A run has ended a moment before its worker has.
    if (handle && run.status === 'running') return handle;
    const hint =
      run.status === 'finished'
        ? 'fork it with more steps'
        : run.status === 'queued'
          ? 'it starts when another run ends, or with more slots'
          : 'resume it first';
    throw new ServiceError('not-running', `run ${run.id} is not running: it is ${run.status}`, { hint });
  }

  /** Ends a run with a checkpoint; one that waits is taken out of the queue. */
  stop({ run: reference }: ParsedInput<'runs.stop'>): null {
    const { id } = this.#host.run(reference);
    if (this.#queue.remove(id)) {
      this.#host.store.updateRun(id, { status: 'stopped', endedMs: Date.now() });
      this.#host.store.addEvent(id, { level: 'info', code: 'stopped', message: 'taken out of the queue' });
      this.#publish(id);
    } else {
      this.#handle(id).stop('stopped');
    }
    return null;
  }

  edit({ run: reference, ...patch }: ParsedInput<'runs.edit'>): Run {
    const { id } = this.#host.run(reference);
    this.#host.store.updateRun(id, withoutUndefined(patch));
    return this.#publish(id);
  }

  /** All of them or none. @throws StoreError for one that is running */
  async delete({ runs }: ParsedInput<'runs.delete'>): Promise<null> {
    const { store, home } = this.#host;
    const ids = [...new Set(runs.map((reference) => this.#host.run(reference).id))];
    store.transaction(() => ids.forEach((id) => store.deleteRun(id)));
    for (const id of ids) {
      this.#queue.remove(id);
      this.#hub.publish({ type: 'deleted', run: id });
    }
    for (const id of ids) await removeRunFolder(home, id);
    return null;
  }

  /** Tells every screen how a run stands now. */
  tell(run: string): void {
    this.#publish(run);
  }

  /** Starts nothing any more and says nothing more: the store may be closed before the last worker's end is heard of. */
  close(): void {
    this.#closed = true;
    this.#queue.close();
  }

  /** Imports the data in a worker first: the host must not stand still for it. Faults of the document are found later. */
  async #dataReady(text: string, baseDir: string, context: Context): Promise<void> {
    const { document } = parseDocument(text);
    if (document)
      await this.#data.ready(documentData(document, { baseDir, dataCache: this.#host.home.dataCache }), context);
  }

  /** Cores that runs may take together. */
  get #cores(): number {
    return this.#settings.get().cores || availableParallelism();
  }

  /** Threads of a run that asks for no number of its own. */
  get usualThreads(): number {
    const { slots, threadsPerRun } = this.#settings.get();
    return threadsPerRun || Math.max(1, Math.floor(this.#cores / slots));
  }

  /** What was asked of a new run, and what the settings say of it. */
  #options<Named extends { readonly mayUseCpu?: boolean | undefined }>(named: Named, { progress }: Context) {
    const { device, cpuFallback, memoryPerRun } = this.#settings.get();
    const mayUseCpu = named.mayUseCpu ?? cpuFallback;
    // On other devices a limit would be refused: theirs is not the memory it speaks of.
    const isLimited = device === 'cpu' && memoryPerRun > 0;
    return {
      ...withoutUndefined(named),
      usualThreads: this.usualThreads,
      device,
      mayUseCpu,
      ...(isLimited && { memoryBytes: memoryPerRun * 2 ** 30 }),
      onUpdate: toldProgress(progress),
    };
  }

  #enqueued(id: string): Run {
    this.#publish(id);
    this.#queue.add(id);
    return runOf(this.#host, id);
  }

  async #begin(id: string): Promise<void> {
    try {
      const handle = this.#host.begin(id, { onUpdate: (update) => this.#hear(id, update) });
      this.#handles.set(id, handle);
      this.#publish(id);
      await handle.done;
    } catch (error) {
      this.#failed(id, error);
    }
    this.#handles.delete(id);
    if (!this.#closed && this.#exists(id)) this.#publish(id);
  }

  /** A run may be deleted between its end and that of its worker. */
  #exists(id: string): boolean {
    return id in this.#host.store.lastMetricsOf([id]);
  }

  #failed(id: string, error: unknown): void {
    if (this.#closed) return;
    const failure = failureOf(error);
    this.#host.store.updateRun(id, { status: 'failed', endedMs: Date.now(), error: failure });
    this.#hub.say(id, { type: 'failed', failure });
  }

  #hear(id: string, update: RunUpdate): void {
    if (this.#closed) return;
    this.#hub.say(id, update);
    if (
      update.type === 'ready' ||
      update.type === 'metrics' ||
      update.type === 'checkpoint' ||
      update.type === 'ended' ||
      update.type === 'failed'
    )
      this.#publish(id);
  }

  #publish(id: string): Run {
    const run = runOf(this.#host, id);
    this.#hub.publish({ type: 'run', run });
    return run;
  }
}

/** A run as listings have it, without its document's text. */
function runOf(host: Host, id: string): Run {
  const { document: _document, ...run } = host.run(id);
  return run;
}
