/** Claims about the worker that waits for the next job: who gets it, what follows it, and that it never outlives its host. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it, vi } from 'vitest';
import { SpareWorker } from '../../../main/host/runs/spare-worker.ts';
import { spawnChildWorker, type SpawnWorker, type WorkerProcess } from '../../../main/host/runs/worker-process.ts';
import { classifier } from './documents.ts';
import { freshHost, isAlive, lastingFolder, trained } from './fixtures.ts';

const patience = { timeout: 60_000, interval: 20 };

const started: WorkerProcess[] = [];
const spawnNoted: SpawnWorker = () => {
  const worker = spawnChildWorker();
  started.push(worker);
  return worker;
};
afterEach(() => {
  for (const worker of started.splice(0)) worker.kill();
});

const isGone = ({ pid }: WorkerProcess): Promise<void> =>
  vi.waitFor(() => expect(isAlive(pid ?? NaN)).toBe(false), patience);

it('gives the waiting worker once, then has another one wait', async () => {
  const spare = new SpareWorker(spawnNoted, 0);
  await vi.waitFor(() => expect(started).toHaveLength(1), patience);
  const first = spare.take();
  expect(first).toBe(started[0]);
  await vi.waitFor(() => expect(started).toHaveLength(2), patience);
  expect(spare.take()).toBe(started[1]);
  await spare.close();
});

it('starts a worker for whoever asks before one waits', async () => {
  const spare = new SpareWorker(spawnNoted, 600_000);
  expect(spare.take()).toBe(started[0]);
  expect(spare.take()).toBe(started[1]);
  await spare.close();
  expect(started).toHaveLength(2);
});

it('has the next one wait at once where it is known to be needed', async () => {
  const spare = new SpareWorker(spawnNoted, 600_000);
  spare.take();
  spare.startNow();
  spare.startNow();
  expect(started).toHaveLength(2);
  expect(spare.take()).toBe(started[1]);
  await spare.close();
  spare.startNow();
  expect(started).toHaveLength(2);
});

it('gives no worker that ended while it waited', async () => {
  const spare = new SpareWorker(spawnNoted, 0);
  await vi.waitFor(() => expect(started).toHaveLength(1), patience);
  const ended = new Promise<string>((resolve) => started[0]!.onExit(resolve));
  started[0]!.kill();
  await ended;
  expect(spare.take()).toBe(started[1]);
  await spare.close();
});

it('goes on without a spare where none can be started', async () => {
  let tried = 0;
  const spare = new SpareWorker(() => {
    tried++;
    throw new Error('no more processes');
  }, 0);
  await vi.waitFor(() => expect(tried).toBe(1), patience);
  expect(() => spare.take()).toThrow('no more processes');
  await spare.close();
});

it('ends with its host, whether it waits or would be started later', async () => {
  const waiting = new SpareWorker(spawnNoted, 0);
  await vi.waitFor(() => expect(started).toHaveLength(1), patience);
  await waiting.close();
  expect(isAlive(started[0]!.pid ?? NaN)).toBe(false);
  const later = new SpareWorker(spawnNoted, 0);
  await later.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(started).toHaveLength(1);
});

it('trains a run of the host, which ends without leaving one behind', async () => {
  const host = freshHost({ spawnWorker: spawnNoted, keepsSpareWorker: true });
  await vi.waitFor(() => expect(started).toHaveLength(1), patience);
  const { status } = await trained(host, classifier({ steps: 3 }));
  expect(status).toBe('finished');
  // The very process that waited did it, and ended with it.
  await isGone(started[0]!);
  await host.close();
  for (const worker of started) await isGone(worker);
});

it('ends when its host is killed', async () => {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'children', 'wait-with-spare.ts'), join(lastingFolder(), 'home')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  expect(isAlive(Number(line))).toBe(true);
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(isAlive(Number(line))).toBe(false), patience);
});
