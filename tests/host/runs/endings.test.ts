/** Claims about ends that nobody asked for: a worker killed, a host killed, records that cannot be written. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createHome, homePaths } from '../../../main/host/home.ts';
import { RunService } from '../../../main/host/runs/run-service.ts';
import { spawnChildWorker, type SpawnWorker, type WorkerProcess } from '../../../main/host/runs/worker-process.ts';
import type { WorkerMessage } from '../../../main/host/runs/messages.ts';
import { openStore, type Store } from '../../../main/host/store/store.ts';
import { StoreError } from '../../../main/host/store/errors.ts';
import { createHost } from '../../../main/host/host.ts';
import { classifier } from './documents.ts';
import { codesOf, freshHost, isAlive, lastingFolder, once, resumed, trained } from './fixtures.ts';

const host = freshHost();
const endless = classifier({ steps: 10_000_000, checkpointEvery: 200, evaluateEvery: 1_000_000 });

describe('a worker killed', () => {
  it('at once, while it loads, and in mid-run leaves an interrupted run, a live host and no process', async () => {
    for (const afterMs of [0, 150, 1500]) {
      const run = await host.train(endless, '.', { threads: 1 });
      await setTimeout(afterMs);
      process.kill(run.workerPid ?? NaN, 'SIGKILL');
      expect(await run.done).toMatchObject({ status: 'interrupted' });
      expect(isAlive(run.workerPid ?? NaN)).toBe(false);
      expect(codesOf(host, run.id).at(-1)).toBe('worker-died');
      expect(host.run(run.id).error?.message).toContain('SIGKILL');
      const again = await resumed(host, run.id, { stepLimit: 2 });
      expect(again.status).toBe('stopped');
    }
  });
});

describe('a host killed', () => {
  it('takes its worker with it; the run is interrupted when the home is opened again', async () => {
    const home = join(lastingFolder(), 'home');
    const child = spawn(process.execPath, [join(import.meta.dirname, 'children', 'train-forever.ts'), home, endless], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let complaints = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    while (!said.includes('checkpoint') || !said.includes('{')) await setTimeout(20);
    const { pid, id } = JSON.parse(said.split('\n').find((line) => line.startsWith('{')) ?? '') as {
      pid: number;
      id: string;
    };
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    const deadline = Date.now() + 10_000;
    while (isAlive(pid) && Date.now() < deadline) await setTimeout(20);
    expect(isAlive(pid)).toBe(false);
    // The worker's stderr is the host's: a dying worker prints nothing into the terminal.
    expect(complaints).toBe('');
    const again = createHost({ home });
    expect(again.run(id).status).toBe('interrupted');
    expect(again.run(id).currentStep).toBeGreaterThanOrEqual(200);
    expect((await resumed(again, id, { stepLimit: 3 })).status).toBe('stopped');
    await again.close();
  });
});

/** A store whose writes of one kind fail from some point on. */
function failing(store: Store, method: 'appendMetrics' | 'registerCheckpoint', everything = false): Store {
  let broken = false;
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown => {
        if (name === method || (broken && everything)) {
          broken = true;
          throw new StoreError('disk-full', 'the disk is full: the records cannot be written');
        }
        return (value as (...all: readonly unknown[]) => unknown).apply(target, args as unknown[]);
      };
    },
  });
}

describe('records that cannot be written', () => {
  const newRun = {
    experiment: 'Default',
    name: 'Full',
    family: 'classifier',
    document: endless,
    baseDir: '.',
    documentHash: 'd',
    dataSource: 'builtin:points/8gaussians',
    dataHash: 'h',
    seed: 5,
    threads: 1,
    device: 'cpu',
    engineBuild: '',
    totalSteps: 0,
  };

  it.each(['appendMetrics', 'registerCheckpoint'] as const)(
    '%s: the run ends and says why, the host lives',
    async (method) => {
      const home = createHome({ root: join(lastingFolder(), 'home'), named: true });
      const store = openStore(home);
      const service = new RunService(failing(store, method), home, spawnChildWorker, Date.now);
      const run = service.start(newRun);
      expect((await run.done).status).toBe('interrupted');
      expect(store.getRun(run.id)).toMatchObject({
        status: 'interrupted',
        error: { code: 'disk-full', message: expect.stringContaining('disk is full') as string },
      });
      expect(isAlive(run.workerPid ?? NaN)).toBe(false);
      expect(service.running).toEqual([]);
      const healed = new RunService(store, home, spawnChildWorker, Date.now);
      healed.enqueueAgain(run.id, 'cpu');
      expect((await healed.begin(run.id, { stepLimit: 2 }).done).status).toBe('stopped');
      store.close();
    },
  );

  it('not even the end of the run: the host lives, and the next opening finds the run interrupted', async () => {
    const home = createHome({ root: join(lastingFolder(), 'home'), named: true });
    const store = openStore(home);
    const run = new RunService(failing(store, 'appendMetrics', true), home, spawnChildWorker, Date.now).start(newRun);
    expect((await run.done).status).toBe('interrupted');
    store.close();
    const reopened = openStore(homePaths(home.root));
    expect(reopened.getRun(run.id).status).toBe('interrupted');
    reopened.close();
  });

  it('nothing the worker says after a gap is written', async () => {
    const home = createHome({ root: join(lastingFolder(), 'home'), named: true });
    const store = openStore(home);
    const { spawnWorker, say, exit } = scriptedWorker();
    const run = new RunService(failing(store, 'appendMetrics'), home, spawnWorker, Date.now).start(newRun);
    say({ type: 'metrics', step: 1, points: [{ key: 'loss', step: 1, value: 1, elapsedMs: 1 }], stepsPerSecond: 1 });
    say({ type: 'ended', status: 'finished', step: 10 });
    exit();
    expect((await run.done).status).toBe('interrupted');
    store.close();
  });

  it('a run folder that cannot be made fails the run instead of leaving it running', () => {
    const home = createHome({ root: join(lastingFolder(), 'home'), named: true });
    const store = openStore(home);
    const elsewhere = { ...home, runs: join(home.root, 'lathe.db', 'runs') };
    expect(() => new RunService(store, elsewhere, spawnChildWorker, Date.now).start(newRun)).toThrow(/lathe\.db/);
    expect(store.getRun('latest')).toMatchObject({ status: 'failed' });
    store.close();
  });

  it('a full disk under the checkpoints: the run fails in plain words, its points are kept', () => {
    const script = `mount -t tmpfs -o size=2m tmpfs "$0" || exit 77; "$1" "$2" "$0"`;
    const child = join(import.meta.dirname, 'children', 'fill-disk.ts');
    const result = spawnSync('unshare', ['-rm', 'sh', '-c', script, lastingFolder(), process.execPath, child], {
      encoding: 'utf8',
    });
    if (result.error || result.status === 77 || /unshare/.test(result.stderr)) {
      console.log(`skipped: no disk of its own can be mounted here (${result.error?.message ?? result.stderr.trim()})`);
      return;
    }
    expect(result.stderr).toBe('');
    const { status, error, points, step } = JSON.parse(result.stdout) as {
      status: string;
      error: { message: string };
      points: number;
      step: number;
    };
    expect(['failed', 'interrupted']).toContain(status);
    expect(error.message).toContain('the disk is full');
    expect(points).toBe(step);
  });
});

/** A worker that says what it is told to. */
function scriptedWorker() {
  let onMessage: (message: WorkerMessage) => void = () => {};
  let onExit: (detail: string) => void = () => {};
  const worker: WorkerProcess = {
    pid: undefined,
    send: () => {},
    onMessage: (listener) => (onMessage = listener),
    onExit: (listener) => (onExit = listener),
    kill: () => {},
  };
  const spawnWorker: SpawnWorker = () => worker;
  return { spawnWorker, say: (message: WorkerMessage) => onMessage(message), exit: () => onExit('code 0') };
}

describe('a listener', () => {
  it('hears of the end exactly once', async () => {
    const act = once(
      (update) => update.type === 'metrics',
      (run) => run.kill(),
    );
    const run = await trained(host, endless, {}, act);
    expect(run.updates.filter((update) => update.type === 'ended')).toEqual([
      expect.objectContaining({ status: 'interrupted' }),
    ]);
  });
});
