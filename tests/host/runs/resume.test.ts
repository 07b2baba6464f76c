/** Claims about stopping and resuming: whatever happens in between, the run ends as if nothing had. */
import { describe, expect, it } from 'vitest';
import { classifier, everythingGan } from './documents.ts';
import { codesOf, curvesOf, freshHost, lastSha256, once, resumed, trained } from './fixtures.ts';

const host = freshHost();
const steps = 60;
const document = everythingGan({ steps, checkpointEvery: 20, evaluateEvery: 20, sampleEvery: 30, scoreEvery: 15 });

describe('a run with moving averages, batch statistics, dropout, optimizer state and live scores', () => {
  it('ends with the same bytes and the same curves wherever it was stopped', async () => {
    const whole = await trained(host, document);
    expect(whole.status).toBe('finished');
    const curves = curvesOf(host, whole.id);
    for (const stops of [[1], [20], [33, 1, 7]]) {
      const first = await trained(host, document, { stepLimit: stops[0] });
      expect([first.status, first.step]).toEqual(['stopped', stops[0]]);
      for (const more of stops.slice(1)) await resumed(host, first.id, { stepLimit: more });
      expect((await resumed(host, first.id)).status).toBe('finished');
      expect(lastSha256(host, first.id)).toBe(lastSha256(host, whole.id));
      expect(curvesOf(host, first.id)).toEqual(curves);
    }
  });

  it('has each curve exactly once a step, and training time never runs backwards', async () => {
    const run = await trained(host, document, { stepLimit: 25 });
    await resumed(host, run.id);
    const keys = host.metricKeys(run.id);
    expect(keys).toContain('score.frechetDistance');
    const everyStep = Array.from({ length: steps }, (_, i) => i + 1);
    for (const key of keys) {
      const { steps: at, elapsedMs } = host.metrics(run.id, key);
      expect(elapsedMs).toEqual(elapsedMs.toSorted());
      if (key.startsWith('score.')) expect([...at]).toEqual([15, 30, 45, 60]);
      else if (!key.startsWith('validation.')) expect([...at], key).toEqual(everyStep);
    }
  });
});

describe('a worker killed between two checkpoints', () => {
  it('leaves an interrupted run that resumes to the same bytes and curves', async () => {
    const slow = everythingGan({ steps: 1500, checkpointEvery: 150, evaluateEvery: 200, sampleEvery: 500 });
    const whole = await trained(host, slow);
    const atMetrics = once(
      (update) => update.type === 'metrics' && update.step > 160,
      (run) => run.kill(),
    );
    const killed = await trained(host, slow, {}, atMetrics);
    expect(killed.status).toBe('interrupted');
    expect(host.run(killed.id).error?.code).toBe('worker-died');
    expect(codesOf(host, killed.id)).toContain('worker-died');
    const again = await resumed(host, killed.id);
    const from = again.updates.find((update) => update.type === 'ready')?.step ?? 0;
    expect(from).toBeGreaterThanOrEqual(150);
    expect(from % 150).toBe(0);
    expect(again.status).toBe('finished');
    expect(host.run(killed.id).error).toBeNull();
    expect(lastSha256(host, killed.id)).toBe(lastSha256(host, whole.id));
    expect(curvesOf(host, killed.id)).toEqual(curvesOf(host, whole.id));
  });

  it('forgets points beyond the step it goes on from', async () => {
    const long = classifier({ steps: 100_000, checkpointEvery: 400 });
    const act = once(
      (update) => update.type === 'metrics' && update.step % 400 > 20 && update.step > 400,
      (run) => run.kill(),
    );
    const killed = await trained(host, long, {}, act);
    const told = killed.updates.filter((update) => update.type === 'metrics').at(-1)?.step ?? 0;
    expect(host.run(killed.id).currentStep).toBeGreaterThanOrEqual(told);
    expect(curvesOf(host, killed.id).loss.length).toBeGreaterThanOrEqual(told);
    const again = await resumed(host, killed.id, { stepLimit: 1 });
    expect(again.step % 400).toBe(1);
    expect(curvesOf(host, killed.id).loss.map(([step]) => step)).toEqual(
      Array.from({ length: again.step }, (_, i) => i + 1),
    );
  });
});

describe('the best checkpoint', () => {
  it('is kept across a resume, besides the latest', async () => {
    const document = classifier({ steps: 120, checkpointEvery: 20, evaluateEvery: 20, bestMetric: 'accuracy' });
    const first = await trained(host, document, { stepLimit: 60 });
    const scores = new Map(curvesOf(host, first.id)['validation.accuracy']);
    const best = [...scores].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
    const kept = host.artifacts(first.id).filter((artifact) => artifact.kind === 'checkpoint');
    expect(new Set(kept.map((artifact) => artifact.step))).toEqual(new Set([best, 60]));
    await resumed(host, first.id);
    const all = [...curvesOf(host, first.id)['validation.accuracy']];
    const bestOfAll = all.reduce((a, b) => (b[1] > a[1] ? b : a))[0];
    const after = host.artifacts(first.id).filter((artifact) => artifact.kind === 'checkpoint');
    expect(new Set(after.map((artifact) => artifact.step))).toEqual(new Set([bestOfAll, 120]));
  });
});

describe('what cannot be resumed', () => {
  it('says so: a finished run, and a run in progress', async () => {
    const done = await trained(host, classifier({ steps: 2 }));
    await expect(host.resume(done.id)).rejects.toThrow(/has finished/);
    const live = await host.train(classifier({ steps: 100_000 }), '.', { threads: 1 });
    await expect(host.resume(live.id)).rejects.toThrow(/is running/);
    live.stop('stopped');
    expect((await live.done).status).toBe('stopped');
  });
});
