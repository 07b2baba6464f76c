/** Starts workers and talks to them: one process a job, which dies with its host and takes nothing with it. */
import { fork } from 'node:child_process';
import { extname, join } from 'node:path';
import type { RunUpdate } from '../../../core/protocol/run-updates.ts';
import { isServeMessage, type HostMessage, type Job, type WorkerMessage } from './messages.ts';

/** A started worker, however it was started (child process here, utility process in Electron). */
export interface WorkerProcess {
  readonly pid: number | undefined;
  send(message: HostMessage): void;
  /** Called with each message, in order. */
  onMessage(listener: (message: WorkerMessage) => void): void;
  /** Called once when the process is gone. `detail` says how, for people: `signal SIGKILL`, `code 3`. */
  onExit(listener: (detail: string) => void): void;
  kill(): void;
}

export type SpawnWorker = () => WorkerProcess;

/**
 * How Node is to keep a worker's heap, in MiB: its new objects are few and short-lived, its tensors lie outside. As Node
 * would have it, compiling a model lets the space for new objects grow by some 20 MiB that are never given back.
 */
export const workerFlags = ['--max-semi-space-size=2'] as const;

/** Starts the worker as a Node child process; its stderr is the host's. */
export const spawnChildWorker: SpawnWorker = () => {
  // Beside this file, under its extension: the application runs from sources and from a build.
  const entry = join(import.meta.dirname, `worker${extname(import.meta.filename)}`);
  const child = fork(entry, [], {
    execArgv: [...process.execArgv, ...workerFlags],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  // A worker that died in mid-message: its exit says so.
  child.on('error', () => {});
  return {
    pid: child.pid,
    send: (message) => void (child.connected && child.send(message, () => {})),
    onMessage: (listener) => void child.on('message', (message) => listener(message as WorkerMessage)),
    onExit: (listener) =>
      void child.once('close', (code, signal) => listener(signal ? `signal ${signal}` : `code ${code}`)),
    kill: () => void child.kill('SIGKILL'),
  };
};

/**
 * Runs a job that ends in one result.
 * @param onUpdate hears of progress and events.
 * @throws TaskFailure-like errors as data: `reject` gets the failure's message with `code` and `hint`.
 */
export function runJob<Result>(
  spawn: SpawnWorker,
  job: Job,
  onUpdate: (message: RunUpdate) => void,
): { readonly done: Promise<Result>; readonly cancel: () => void } {
  const worker = spawn();
  const done = new Promise<Result>((resolve, reject) => {
    worker.onMessage((message) => {
      if (message.type === 'result') resolve(message.value as Result);
      else if (message.type === 'failed') reject(Object.assign(new Error(message.failure.message), message.failure));
      else if (!isServeMessage(message)) onUpdate(message);
    });
    worker.onExit((detail) =>
      reject(
        Object.assign(new Error(`the worker process ended before its ${job.kind} job did (${detail})`), {
          code: 'worker-died',
        }),
      ),
    );
  });
  worker.send({ type: 'job', job });
  return { done, cancel: () => worker.kill() };
}
