/** Claims about steering a run while it goes: pausing, stopping, turning scalars. */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { JobControl } from '../../../main/host/runs/control.ts';
import { classifier } from './documents.ts';
import { codesOf, curvesOf, freshHost, lastSha256, once, resumed, trained } from './fixtures.ts';

const host = freshHost();
const rate = 'learningRate.classifier';

describe('JobControl', () => {
  it('waits while paused and goes on when told', async () => {
    const control = new JobControl();
    control.receive({ type: 'pause' });
    let through = false;
    const waiting = control.listen().then(() => (through = true));
    await setTimeout(20);
    expect(through).toBe(false);
    control.receive({ type: 'turn', name: 'x', value: 1 });
    await setTimeout(5);
    expect(through).toBe(false);
    control.receive({ type: 'continue' });
    await waiting;
    expect(control.takeTurns()).toEqual([{ name: 'x', value: 1 }]);
    expect(control.takeTurns()).toEqual([]);
  });

  it('a stop ends a pause, and the first reason counts', async () => {
    const control = new JobControl();
    control.receive({ type: 'pause' });
    const waiting = control.listen();
    control.receive({ type: 'stop', reason: 'interrupted' });
    control.receive({ type: 'stop', reason: 'stopped' });
    await waiting;
    expect(control.stop).toBe('interrupted');
  });
});

it('tells its first step by itself, whatever takes how long', async () => {
  const { updates } = await trained(host, classifier({ steps: 40 }));
  const [first] = updates.filter((update) => update.type === 'metrics');
  expect(first).toMatchObject({ step: 1 });
  expect(new Set(first!.points.map(({ step }) => step))).toEqual(new Set([1]));
});

describe('a paused run', () => {
  it('makes no steps, has all its points recorded, counts no time, and ends as if it had not paused', async () => {
    const document = classifier({ steps: 1500, checkpointEvery: 1000 });
    const whole = await trained(host, document);
    let seen: { readonly told: number; readonly later: number; readonly points: number } | undefined;
    const act = once(
      (update) => update.type === 'metrics',
      (run) => {
        run.pause();
        void setTimeout(500).then(async () => {
          const told = host.run(run.id).currentStep;
          await setTimeout(400);
          seen = { told, later: host.run(run.id).currentStep, points: curvesOf(host, run.id).loss.length };
          run.continue();
        });
      },
    );
    const paused = await trained(host, document, {}, act);
    expect(paused.status).toBe('finished');
    expect(seen?.later).toBe(seen?.told);
    expect(seen?.points).toBe(seen?.told);
    expect(seen?.told).toBeLessThan(1500);
    expect(lastSha256(host, paused.id)).toBe(lastSha256(host, whole.id));
    const { startedMs, endedMs } = host.run(paused.id);
    const trainedMs = host.metrics(paused.id, 'loss').elapsedMs.at(-1) ?? Infinity;
    expect(trainedMs).toBeLessThan((endedMs ?? 0) - (startedMs ?? 0) - 800);
  });
});

describe('stopping', () => {
  it('leaves a checkpoint at the very step, also while paused', async () => {
    const act = once(
      (update) => update.type === 'metrics',
      (run) => {
        run.pause();
        run.stop('stopped');
      },
    );
    const run = await trained(host, classifier({ steps: 100_000 }), {}, act);
    expect(run.status).toBe('stopped');
    expect(host.artifacts(run.id).findLast((artifact) => artifact.kind === 'checkpoint')?.step).toBe(run.step);
    expect(curvesOf(host, run.id).loss.length).toBe(run.step);
    expect(codesOf(host, run.id)).toContain('stopped');
  });

  it('takes as many steps as it was told', async () => {
    const run = await trained(host, classifier({ steps: 50 }), { stepLimit: 3 });
    expect([run.status, run.step]).toEqual(['stopped', 3]);
    expect((await resumed(host, run.id, { stepLimit: 47 })).status).toBe('finished');
  });

  it('closing the host interrupts what is running', async () => {
    const other = freshHost();
    const run = await other.train(classifier({ steps: 1_000_000 }), '.', { threads: 1 });
    const closed = other.close();
    expect((await run.done).status).toBe('interrupted');
    await closed;
  });
});

describe('turning a scalar', () => {
  const document = classifier({ steps: 2000, checkpointEvery: 500 });

  async function turnedRun() {
    const set = once(
      (update) => update.type === 'ready',
      (run) => run.turn(rate, 0.01),
    );
    const release = once(
      (update) => update.type === 'event' && update.code === 'turned',
      (run) => run.turn(rate, null),
    );
    return trained(host, document, {}, (run, update) => {
      set(run, update);
      release(run, update);
    });
  }

  it('holds from the step its event names until it is given back, is kept in the checkpoint, and is replayed', async () => {
    const run = await turnedRun();
    const turns = host.events(run.id).filter((event) => event.code === 'turned');
    const [from, to] = turns.map((event) => (event.data as { step: number }).step);
    expect(turns.map((event) => event.message)).toEqual([`${rate} set to 0.01`, `${rate} follows its schedule again`]);
    for (const [step, value] of curvesOf(host, run.id)[rate]) {
      expect(value, `step ${step}`).toBe(step > from && step <= to ? 0.01 : 0.05);
    }
    const replay = await host.replay(run.id);
    expect(replay).toMatchObject({ identical: true, differences: [], step: 2000 });
    // The same bytes, so the checkpoint's own record of the turns is the same too.
    expect(replay.sha256[0]).toBe(replay.sha256[1]);
    const plain = await trained(host, document);
    expect(lastSha256(host, plain.id)).not.toBe(lastSha256(host, run.id));
  });

  it('is done again by a run that was killed before its checkpoint knew of it', async () => {
    const act = once(
      (update) => update.type === 'ready',
      (run) => run.turn(rate, 0.01),
    );
    const killer = once(
      (update) => update.type === 'event' && update.code === 'turned',
      (run) => void setTimeout(60).then(() => run.kill()),
    );
    const long = classifier({ steps: 4000, checkpointEvery: 4000 });
    const killed = await trained(host, long, {}, (run, update) => {
      act(run, update);
      killer(run, update);
    });
    expect(killed.status).toBe('interrupted');
    const turned = host.events(killed.id).find((event) => event.code === 'turned')!;
    const { step } = turned.data as { step: number };
    expect((await resumed(host, killed.id)).status).toBe('finished');
    const values = new Map(curvesOf(host, killed.id)[rate]);
    expect([values.get(step), values.get(step + 1), values.get(4000)]).toEqual([0.05, 0.01, 0.01]);
    expect((await host.replay(killed.id)).identical).toBe(true);
  });

  it('refuses names and values that make no sense, and goes on', async () => {
    const act = once(
      (update) => update.type === 'ready',
      (run) => {
        run.turn('momentum', 1);
        run.turn(rate, NaN);
      },
    );
    const run = await trained(host, classifier({ steps: 1500 }), {}, act);
    expect(run.status).toBe('finished');
    const refused = host.events(run.id).filter((event) => event.code === 'turn-refused');
    expect(refused.map((event) => event.message)).toEqual([
      expect.stringContaining("no scalar 'momentum'"),
      expect.stringContaining('NaN'),
    ]);
    expect(new Set(curvesOf(host, run.id)[rate].map(([, value]) => value))).toEqual(new Set([0.05]));
  });
});
