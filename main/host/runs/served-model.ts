/** A model that a worker keeps loaded: asks it, hears of its progress, and lets go of it. */
import type { RunFailure } from '../../../core/protocol/records.ts';
import { TaskFailure } from './failure.ts';
import type { ModelSource, ServeAnswers, ServeMessage, ServeRequest } from './messages.ts';
import { isServeMessage } from './messages.ts';
import type { WorkerProcess } from './worker-process.ts';

export interface AskOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (what: string, done: number, total: number | null) => void;
}

interface Pending {
  readonly resolve: (answer: ServeAnswers[keyof ServeAnswers]) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: NonNullable<AskOptions['onProgress']>;
}

/** A process that took so long to end after it was told to is killed, in milliseconds. */
const endWithinMs = 3000;

export class ServedModel {
  readonly #worker: WorkerProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #ready: Promise<void>;
  readonly #gone: Promise<void>;
  #nextId = 1;
  #over: TaskFailure | undefined;

  constructor(worker: WorkerProcess, source: ModelSource) {
    this.#worker = worker;
    let sayReady: () => void = () => {};
    let sayFailed: (error: Error) => void = () => {};
    this.#ready = new Promise((resolve, reject) => ([sayReady, sayFailed] = [resolve, reject]));
    // Whoever asks hears of it; nobody may be asking.
    this.#ready.catch(() => {});
    worker.onMessage((message) => {
      if (isServeMessage(message)) this.#hear(message);
      else if (message.type === 'ready') sayReady();
      else if (message.type === 'failed') this.#end(failureOf(message.failure), sayFailed);
      else if (message.type === 'progress')
        for (const each of this.#pending.values()) each.onProgress(message.what, message.done, message.total ?? null);
    });
    this.#gone = new Promise((resolve) => {
      worker.onExit((detail) => {
        this.#end(
          new TaskFailure('worker-died', `the process that held the model ended (${detail})`, 'ask again'),
          sayFailed,
        );
        resolve();
      });
    });
    worker.send({ type: 'job', job: { kind: 'serve', source } });
  }

  /** Whether it can still be asked. */
  get alive(): boolean {
    return this.#over === undefined;
  }

  /** Requests not yet answered. */
  get busy(): boolean {
    return this.#pending.size > 0;
  }

  /** @throws TaskFailure: what the worker refused it with, `cancelled`, `worker-died` */
  async ask<Kind extends ServeRequest['kind']>(
    request: Extract<ServeRequest, { readonly kind: Kind }>,
    options: AskOptions = {},
  ): Promise<ServeAnswers[Kind]> {
    const { signal, onProgress = () => {} } = options;
    const id = this.#nextId++;
    const cancelled = (): TaskFailure => new TaskFailure('cancelled', 'it was cancelled');
    if (signal?.aborted) throw cancelled();
    if (this.#over) throw this.#over;
    const cancel = (): void => {
      this.#worker.send({ type: 'cancel', id });
      this.#settle(id)?.reject(cancelled());
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const answer = new Promise<ServeAnswers[keyof ServeAnswers]>((resolve, reject) =>
        this.#pending.set(id, { resolve, reject, onProgress }),
      );
      this.#ready.then(
        () => this.#pending.has(id) && this.#worker.send({ type: 'request', id, request }),
        (error: Error) => this.#settle(id)?.reject(error),
      );
      return (await answer) as ServeAnswers[Kind];
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Ends the worker once it has answered what it works on. */
  async close(): Promise<void> {
    this.#worker.send({ type: 'stop', reason: 'stopped' });
    const timer = setTimeout(() => this.#worker.kill(), endWithinMs);
    await this.#gone;
    clearTimeout(timer);
  }

  #hear(message: ServeMessage): void {
    switch (message.type) {
      case 'answered':
        return this.#settle(message.id)?.resolve(message.answer);
      case 'refused':
        return this.#settle(message.id)?.reject(failureOf(message.failure));
      case 'working':
        return this.#pending.get(message.id)?.onProgress(message.what, message.done, message.total);
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #end(failure: TaskFailure, sayFailed: (error: Error) => void): void {
    this.#over ??= failure;
    sayFailed(this.#over);
    for (const id of this.#pending.keys()) this.#settle(id)?.reject(this.#over);
  }
}

function failureOf({ code, message, hint }: RunFailure): TaskFailure {
  return new TaskFailure(code, message, hint);
}
