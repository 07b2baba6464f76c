/** Workers as Electron utility processes: the packaged application cannot start Node processes of its own. */
import { workerFlags, type HostOptions } from '../host/host.ts';

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

/**
 * Electron adds what is meant for Node to Chromium's command line, where flags of V8 are one switch. V8 reads it before it
 * makes the heap.
 */
const execArgv = [`--js-flags=${workerFlags.join(' ')}`];

/** @param fork Electron's `utilityProcess.fork` on the worker's entry. */
export function utilityWorkers(fork: (options: { readonly execArgv: string[] }) => UtilityProcess): SpawnWorker {
  return (): WorkerProcess => {
    const child = fork({ execArgv });
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
