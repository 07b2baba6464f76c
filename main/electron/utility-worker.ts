/** Workers as Electron utility processes: the packaged application cannot start Node processes of its own. */
import type { HostOptions } from '../host/host.ts';

type SpawnWorker = NonNullable<HostOptions['spawnWorker']>;
type WorkerProcess = ReturnType<SpawnWorker>;

/** What is needed of a utility process. */
export interface UtilityProcess {
  readonly pid: number | undefined;
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'exit', listener: (code: number) => void): unknown;
  kill(): boolean;
}

/** @param fork Electron's `utilityProcess.fork` on the worker's entry. */
export function utilityWorkers(fork: () => UtilityProcess): SpawnWorker {
  return (): WorkerProcess => {
    const child = fork();
    let isGone = false;
    child.once('exit', () => (isGone = true));
    return {
      // Known once it runs, so it is asked for each time.
      get pid() {
        return child.pid;
      },
      send: (message) => void (isGone || child.postMessage(message)),
      onMessage: (listener) =>
        void child.on('message', (message) => listener(message as Parameters<typeof listener>[0])),
      onExit: (listener) => void child.once('exit', (code) => listener(`code ${code}`)),
      kill: () => void child.kill(),
    };
  };
}
