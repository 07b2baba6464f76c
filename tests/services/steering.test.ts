/** Queueing, pausing, stepping, turning, stopping and resuming runs. */
import { describe, expect, it } from 'vitest';
import type { Run } from '../../core/protocol/records.ts';
import type { RunStreamItem } from '../../core/protocol/streams.ts';
import { openServices, vaeDocument } from './support.ts';

const { ask, services, until, watch, folder: baseDir } = openServices();
const own = { timeout: 240_000 };
const endless = { steps: 1_000_000, checkpointEvery: 1_000_000 };
const start = (training: object, name: string): Promise<Run> =>
  ask('runs.start', { text: vaeDocument(training), baseDir, name });

/** Waits until a run has said something of that kind. */
async function heard<Type extends RunStreamItem['type']>(
  said: readonly RunStreamItem[],
  type: Type,
  from = 0,
): Promise<Extract<RunStreamItem, { type: Type }>> {
  for (;;) {
    const found = said.slice(from).find((item) => item.type === type);
    if (found) return found as Extract<RunStreamItem, { type: Type }>;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a run in progress', own, () => {
  it('pauses, makes exactly one step at a time, and goes on', async () => {
    const run = await start(endless, 'stepped');
    const said = watch(run.id);
    await heard(said, 'metrics');
    await ask('runs.pause', { run: run.id });
    const paused = await heard(said, 'paused');
    let { step } = paused;
    for (let i = 0; i < 3; i++) {
      const from = said.length;
      await ask('runs.step', { run: run.id });
      await heard(said, 'metrics', from);
      await until(run.id, 'running');
      const stopped = await waitFor(() => said.slice(from).find((item) => item.type === 'paused' && item.paused));
      expect(stopped).toMatchObject({ step: step + 1 });
      step++;
      const [loss] = await ask('runs.metrics', { run: run.id, keys: ['loss'] });
      expect(loss.steps.at(-1)).toBe(step);
    }
    // Whoever comes now is told how it stands.
    const late = watch(run.id);
    expect(late).toMatchObject([{ type: 'ready', step }, { type: 'norms' }, { type: 'paused', paused: true, step }]);
    await ask('runs.turn', { run: run.id, scalar: 'learningRate.vae', value: 0.5 });
    await ask('runs.continue', { run: run.id });
    await waitFor(() => said.some((item) => item.type === 'event' && item.code === 'turned'));
    await ask('runs.stop', { run: run.id });
    expect(await until(run.id, 'stopped')).toMatchObject({ status: 'stopped' });
    const { scalars } = await ask('runs.model', { run: run.id });
    expect(scalars.find(({ name }) => name === 'learningRate.vae')).toMatchObject({ value: 0.5 });
    await expect(ask('runs.step', { run: run.id })).rejects.toMatchObject({
      code: 'not-running',
      hint: 'resume it first',
    });
    const before = (await ask('runs.get', { run: run.id })).currentStep;
    await ask('runs.resume', { run: run.id });
    await waitFor(async () => (await ask('runs.get', { run: run.id })).currentStep > before);
    await ask('runs.stop', { run: run.id });
    await until(run.id, 'stopped');
  });

  it('cannot be deleted', async () => {
    const run = await start(endless, 'kept');
    await until(run.id, 'running');
    await expect(ask('runs.delete', { runs: [run.id] })).rejects.toMatchObject({ code: 'invalid' });
    await ask('runs.stop', { run: run.id });
    await until(run.id, 'stopped');
  });
});

describe('the queue', own, () => {
  it('starts runs in the order they came, as many at once as there are slots', async () => {
    const first = await start(endless, 'first');
    const others = [
      await start({ steps: 5 }, 'second'),
      await start({ steps: 5 }, 'third'),
      await start({ steps: 5 }, 'fourth'),
    ];
    await until(first.id, 'running');
    expect((await ask('runs.list', { statuses: ['queued'] })).map(({ name }) => name).toSorted()).toEqual([
      'fourth',
      'second',
      'third',
    ]);
    // One is taken out, and is not started any more.
    await ask('runs.stop', { run: others[1].id });
    expect(await ask('runs.get', { run: others[1].id })).toMatchObject({ status: 'stopped', startedMs: null });
    await expect(ask('runs.resume', { run: others[0].id })).rejects.toMatchObject({ code: 'queued' });
    // Another slot: the next one starts beside the first.
    await ask('settings.set', { slots: 2 });
    const second = await until(others[0].id, 'finished');
    const fourth = await until(others[2].id, 'finished');
    expect(fourth.startedMs!).toBeGreaterThanOrEqual(second.endedMs!);
    expect(await ask('runs.get', { run: first.id })).toMatchObject({ status: 'running' });
    await ask('runs.stop', { run: first.id });
    await until(first.id, 'stopped');
    expect(await ask('runs.get', { run: others[1].id })).toMatchObject({ status: 'stopped' });
  });

  it('waits for the next time when the home is closed', async () => {
    const before = openServices();
    const running = await before.ask('runs.start', { text: vaeDocument(endless), baseDir });
    const waiting = await before.ask('runs.start', { text: vaeDocument({ steps: 5 }), baseDir });
    await before.until(running.id, 'running');
    await before.close();
    const after = openServices(before.folder);
    await after.until(waiting.id, 'finished');
    expect(await after.ask('runs.get', { run: running.id })).toMatchObject({ status: 'interrupted' });
    await after.close();
  });

  it('says nothing of runs that are not there', () => {
    expect(() => services.streams.run.subscribe({ run: 'nothing' }, () => {})).toThrow(
      expect.objectContaining({ code: 'unknown-run' }),
    );
  });
});

async function waitFor<T>(look: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a replay', own, () => {
  it('is identical, keeps the outcome as an event of the run, and the replay as a run', async () => {
    const { ask, until, folder } = openServices();
    const run = await ask('runs.start', { text: vaeDocument({ steps: 12 }), baseDir: folder, name: 'first' });
    await until(run.id, 'finished');
    const told: number[] = [];
    const outcome = await ask('runs.replay', { run: run.id }, { progress: (_, done) => told.push(done) });
    expect(outcome).toMatchObject({ run: run.id, step: 12, identical: true, differing: 0, sameEngine: true });
    expect(told.at(-1)).toBe(12);
    expect(await ask('runs.get', { run: outcome.replay })).toMatchObject({
      status: 'finished',
      name: 'first (replay)',
    });
    const event = (await ask('runs.events', { run: run.id })).find(({ code }) => code === 'replayed');
    expect(event).toMatchObject({ level: 'info', data: { replay: outcome.replay, identical: true, step: 12 } });
    expect(event?.message).toMatch(/identical to the last bit at step 12/);
  });

  it('can be given up, and says so', async () => {
    const { ask, until, folder, services: own } = openServices();
    const run = await ask('runs.start', { text: vaeDocument({ steps: 100 }), baseDir: folder });
    await until(run.id, 'finished');
    const giveUp = new AbortController();
    // Before its worker has made a step.
    const stop = own.streams.runs.subscribe({}, () => giveUp.abort());
    await expect(ask('runs.replay', { run: run.id }, { signal: giveUp.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    stop();
    const replays = await ask('runs.list', { text: 'replay' });
    expect(replays.map(({ status, currentStep }) => [status, currentStep])).toEqual([['stopped', 0]]);
    expect((await ask('runs.events', { run: run.id })).some(({ code }) => code === 'replayed')).toBe(false);
  });
});
