/** Trains, kills the worker, the host or both with SIGKILL at a given moment, resumes, and tells what came of it. */
import { setTimeout } from 'node:timers/promises';
import { join } from 'node:path';
import { createHost, type Host } from '../main/host/host.ts';
import {
  lathe,
  only,
  parseEvents,
  sha256Of,
  start,
  tinyDocument,
  writeDocument,
  type Event,
  type Started,
} from './lathe-process.ts';

/** What is killed: the worker process, the host process, or its whole process group at once. */
export type Target = 'worker' | 'host' | 'group';

/** The values of every metric, in the order of their steps. */
export type Curves = Readonly<Record<string, readonly number[]>>;

export interface Whole {
  readonly sha256: string;
  readonly curves: Curves;
  /** From the worker's start to its end. */
  readonly trainingMs: number;
}

export interface KillOutcome {
  readonly sha256: string;
  readonly curves: Curves;
  /** Points that were told of before the kill and not found afterwards. */
  readonly lost: readonly string[];
  /** The step it went on from; 0 when it began again. */
  readonly resumedAt: number;
  /** How the run looked after the kill. */
  readonly status: string;
}

/** A document that trains for about a second. */
export const shortDocument = tinyDocument({
  steps: 3000,
  training: { checkpointEvery: 250, evaluateEvery: 250, sampleEvery: 1000 },
});

/** Trains without interruption. */
export async function trainWhole(cwd: string, document: string, home = 'whole'): Promise<Whole> {
  const file = writeDocument(cwd, document, `${home}.lathe.jsonc`);
  const started = start(['train', file, '--threads', '2', '--json', '--home', home], { cwd });
  await started.event(({ event }) => event === 'started');
  const startedMs = performance.now();
  const finished = await started.finished;
  const trainingMs = performance.now() - startedMs;
  return { sha256: sha256Of(finished), trainingMs, curves: await curvesOf(cwd, home) };
}

export interface KillPlan {
  readonly cwd: string;
  readonly document: string;
  readonly target: Target;
  /** The kill waits until this step was told of; 0: until the worker was started. */
  readonly afterStep?: number;
  /** And then this long. */
  readonly afterMs: number;
  readonly home: string;
}

export async function killAndResume({
  cwd,
  document,
  target,
  afterStep = 0,
  afterMs,
  home,
}: KillPlan): Promise<KillOutcome> {
  const file = writeDocument(cwd, document, `${home}.lathe.jsonc`);
  const started = start(['train', file, '--threads', '2', '--json', '--home', home], { cwd, detached: true });
  const { run, workerPid } = (await started.event(({ event }) => event === 'started')) as unknown as {
    run: string;
    workerPid: number;
  };
  if (afterStep > 0) await started.event(({ event, step }) => event === 'metrics' && Number(step) >= afterStep);
  await setTimeout(afterMs);
  kill(started, target, workerPid);
  const { stdout } = await started.finished;
  const told = toldPoints(parseEvents(stdout.slice(0, stdout.lastIndexOf('\n') + 1)));
  const [kept, status] = await reading(
    cwd,
    home,
    (host) => [keptPoints(host, run, told), host.run(run).status] as const,
  );
  const lost = [...told].filter(([point, value]) => kept.get(point) !== value).map(([point]) => point);
  // The kill came too late, nothing is left to resume; the command may not have told of the end any more.
  if (status === 'finished') {
    const sha256 = await reading(cwd, home, (host) => host.checkpointOf(run).sha256);
    return { sha256, curves: await curvesOf(cwd, home), lost, resumedAt: NaN, status };
  }
  const resumed = await lathe(['resume', run, '--json', '--home', home], { cwd });
  if (resumed.code !== 0) throw new Error(`resuming ended with ${resumed.code}: ${resumed.stderr}`);
  const resumedAt = Number(only(resumed, 'ready').step);
  return { sha256: sha256Of(resumed), curves: await curvesOf(cwd, home), lost, resumedAt, status };
}

function kill({ child }: Started, target: Target, workerPid: number): void {
  const pid = { worker: workerPid, host: child.pid ?? NaN, group: -(child.pid ?? NaN) }[target];
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** Values by `key step`. */
function toldPoints(events: readonly Event[]): ReadonlyMap<string, number> {
  const points = events
    .filter(({ event }) => event === 'metrics')
    .flatMap(({ points: all }) => all as { key: string; step: number; value: number }[]);
  return new Map(points.map(({ key, step, value }) => [`${key} ${step}`, value]));
}

function keptPoints(host: Host, run: string, told: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const kept = new Map<string, number>();
  for (const key of new Set([...told.keys()].map((point) => point.split(' ')[0]))) {
    const { steps, values } = host.metrics(run, key);
    for (const [at, step] of steps.entries()) kept.set(`${key} ${step}`, values[at]);
  }
  return kept;
}

function curvesOf(cwd: string, home: string): Promise<Curves> {
  return reading(cwd, home, (host) =>
    Object.fromEntries(host.metricKeys('latest').map((key) => [key, [...host.metrics('latest', key).values]])),
  );
}

async function reading<Result>(cwd: string, home: string, read: (host: Host) => Result): Promise<Result> {
  const host = createHost({ home: join(cwd, home), readOnly: true });
  try {
    return read(host);
  } finally {
    await host.close();
  }
}
