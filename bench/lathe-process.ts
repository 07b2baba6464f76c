/** Runs the real command line as a process of its own and reads its events; makes tiny documents to run it on. */
import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const entry = resolve(import.meta.dirname, '../main/cli/lathe.js');

export interface Event {
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of stdout, each parsed; throws when one is no JSON. */
  readonly events: readonly Event[];
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when an event has come that `test` accepts, rejects when the process ends before. */
  event(test: (event: Event) => boolean): Promise<Event>;
}

export interface LaunchOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A process group of its own, so that all of it can be killed at once. */
  readonly detached?: boolean;
}

/** Starts `lathe` with these words. The home is `home` in the working folder unless `--home` says otherwise. */
export function start(words: readonly string[], { cwd, env = {}, detached = false }: LaunchOptions): Started {
  const child = spawn(process.execPath, [entry, ...words], {
    cwd,
    detached,
    env: { ...process.env, LATHE_HOME: join(cwd, 'home'), LATHE_DEBUG: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  const watchers = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const look of watchers) look();
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const finished = new Promise<Finished>((done) => {
    child.on('close', (code, signal) =>
      done({
        code,
        signal,
        stdout,
        stderr,
        get events() {
          return parseEvents(stdout);
        },
      }),
    );
  });
  const event = (test: (event: Event) => boolean): Promise<Event> =>
    new Promise((found, missed) => {
      const look = (): void => {
        const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1);
        const hit = parseEvents(whole).find(test);
        if (!hit) return;
        watchers.delete(look);
        found(hit);
      };
      watchers.add(look);
      look();
      void finished.then(({ code }) => missed(new Error(`ended with ${code} before the event came: ${stderr}`)));
    });
  return { child, finished, event };
}

/** Runs `lathe` to its end. */
export function lathe(words: readonly string[], options: LaunchOptions): Promise<Finished> {
  return start(words, options).finished;
}

export function parseEvents(text: string): readonly Event[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Event]));
}

/** The one event of a kind. */
export function only({ events }: Finished, kind: string): Event {
  const found = events.filter(({ event }) => event === kind);
  if (found.length !== 1) throw new Error(`${found.length} events '${kind}'`);
  return found[0];
}

export interface TinyOptions {
  readonly steps?: number;
  readonly source?: string;
  readonly learningRate?: number;
  readonly optimizer?: string;
  /** More fields of `training`, as JSON members. */
  readonly training?: Readonly<Record<string, unknown>>;
}

/** A two-layer classifier of points that trains in a moment; its `training` starts on line 14. */
export function tinyDocument({
  steps = 60,
  source = 'builtin:points/moons',
  learningRate = 0.01,
  optimizer = 'adam',
  training = {},
}: TinyOptions = {}): string {
  const more = Object.entries(training).map(([key, value]) => `,\n    "${key}": ${JSON.stringify(value)}`);
  return `{
  "lathe": 1,
  "name": "Tiny",
  "data": { "source": "${source}", "batchSize": 32 },
  "task": { "type": "classifier" },
  "networks": {
    "classifier": {
      "inputs": { "x": "data" },
      "layers": [
        { "type": "dense", "units": 16, "activation": "tanh" },
        { "type": "dense", "units": 2 },
      ],
    },
  },
  "training": {
    "steps": ${steps},
    "seed": 3,
    "optimizer": { "type": "${optimizer}", "learningRate": ${learningRate} }${more.join('')}
  },
}
`;
}

/** Writes a document into a folder. @returns its name there */
export function writeDocument(folder: string, text: string, name = 'tiny.lathe.jsonc'): string {
  writeFileSync(join(folder, name), text);
  return name;
}

/** The final checkpoint's sha256 of a run that was trained with `--json`. */
export function sha256Of(finished: Finished): string {
  const ended = only(finished, 'ended') as unknown as { readonly checkpoint?: { readonly sha256: string } };
  if (!ended.checkpoint) throw new Error(`no checkpoint: ${finished.stderr}`);
  return ended.checkpoint.sha256;
}
