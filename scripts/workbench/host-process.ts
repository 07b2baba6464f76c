/** The real host as a process of its own behind its local server, and runs made by the command line, for tests and measurements. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { isBuilt } from '../start/built.ts';

const root = join(import.meta.dirname, '../..');

/** Builds the screens when their sources are newer than what was built. */
export function buildScreens(): void {
  if (isBuilt(root)) return;
  const build = spawnSync(process.execPath, [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (build.status !== 0) throw new Error(`the screens could not be built:\n${build.stdout}${build.stderr}`);
}

export interface HostProcess {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** The link for one more window; each works once. */
  takeLink(): Promise<string>;
  /** Ends it as a person would, waiting until its store is closed. */
  stop(): Promise<void>;
  /** Ends it and its workers as a crash would, with no chance to write anything. */
  kill(): Promise<void>;
}

export interface HostOptions {
  readonly home: string;
  /** 0: any free port. */
  readonly port?: number;
  /** A program and its arguments that the host is started through: `unshare`, `-n`, … */
  readonly through?: readonly string[];
}

/** Starts a host; settles when it answers. */
export async function startHost({ home, port = 0, through = [] }: HostOptions): Promise<HostProcess> {
  const own = [process.execPath, join(root, 'main/server/serve.ts'), '--home', home, '--port', String(port)];
  const [program, ...args] = [...through, ...own];
  // A group of its own, so that a crash takes its workers too.
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const stopWithThis = (): void => void child.kill();
  process.once('exit', stopWithThis);
  child.once('exit', () => process.off('exit', stopWithThis));
  const errors: string[] = [];
  child.stderr.on('data', (text: Buffer) => errors.push(String(text)));
  const links = new LinkQueue(child);
  const first = await links.take().catch(() => {
    throw new Error(`the host did not start:\n${errors.join('')}`);
  });
  links.giveBack(first);
  const { origin, port: taken } = new URL(first);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    if (signal === 'SIGKILL') process.kill(-child.pid!, signal);
    else child.kill(signal);
    await ended;
  };
  return {
    port: Number(taken),
    origin,
    takeLink: () => links.take(),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** Links in the order in which the host prints them. */
class LinkQueue {
  readonly #links: string[] = [];
  readonly #waiting: ((link: string) => void)[] = [];
  readonly #ended: Promise<never>;

  constructor(child: ChildProcess) {
    const lines = createInterface({ input: child.stdout! });
    lines.on('line', (line) => {
      const link = /http:\/\/\S+/.exec(line)?.[0];
      const waiting = link === undefined ? undefined : this.#waiting.shift();
      if (waiting) waiting(link!);
      else if (link !== undefined) this.#links.push(link);
    });
    this.#ended = once(lines, 'close').then(() => {
      throw new Error('the host ended before it printed a link');
    });
    this.#ended.catch(() => {});
  }

  take(): Promise<string> {
    const link = this.#links.shift();
    if (link !== undefined) return Promise.resolve(link);
    return Promise.race([new Promise<string>((resolve) => this.#waiting.push(resolve)), this.#ended]);
  }

  giveBack(link: string): void {
    this.#links.unshift(link);
  }
}

/** Trains a document by the command line, one thread; throws with its words when that fails. */
export function trainHere(document: string, home: string, ...options: readonly string[]): void {
  lathe('train', document, '--home', home, '--threads', '1', ...options);
}

/** Trains the demo's three families into a home; throws with its words when that fails. */
export const demoHere = (home: string): void => lathe('demo', '--home', home, '--out', join(home, 'demo'));

function lathe(...args: readonly string[]): void {
  const run = spawnSync(process.execPath, [join(root, 'main/cli/lathe.js'), ...args], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`lathe ${args.slice(0, 2).join(' ')} failed:\n${run.stderr}`);
}
