/** Claims about forks: a changed document that goes on from another run's checkpoint. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../../main/host/files/checkpoint.ts';
import type { Host } from '../../../main/host/host.ts';
import { classifier, everythingGan } from './documents.ts';
import { curvesOf, finished, freshHost, lastSha256, once, resumed, trained, type Finished } from './fixtures.ts';

const host = freshHost();
const narrow = [{ id: 'first', type: 'dense', units: 16, activation: 'tanh' }];
const forked = (text: string, parent: string, step?: number, act?: Parameters<typeof finished>[1]): Promise<Finished> =>
  finished((onUpdate) => host.fork(parent, text, { onUpdate, ...(step !== undefined && { step }) }), act);

async function lastState(on: Host, id: string) {
  const artifact = on.artifacts(id).findLast((each) => each.kind === 'checkpoint');
  return readCheckpoint(on.artifactPath(id, artifact ?? { path: '' }), artifact?.sha256);
}

describe('a fork', () => {
  it('with nothing changed but the number of steps goes on exactly as its parent would have', async () => {
    const parent = await trained(host, everythingGan({ steps: 30 }), { stepLimit: 20 });
    const longer = everythingGan({ steps: 30, description: undefined });
    const fork = await forked(longer, parent.id);
    await resumed(host, parent.id);
    expect((await lastState(host, fork.id)).tensors).toEqual((await lastState(host, parent.id)).tensors);
    const losses = curvesOf(host, parent.id);
    for (const [key, points] of Object.entries(curvesOf(host, fork.id))) {
      if (!key.startsWith('validation.')) expect(points, key).toEqual(losses[key].filter(([step]) => step > 20));
    }
    expect(host.run(fork.id)).toMatchObject({ parent: { run: parent.id, step: 20 }, status: 'finished' });
  });

  it('says which tensors a new layer draws anew, and takes over the others', async () => {
    const parent = await trained(host, classifier({ steps: 10 }, narrow));
    const deeper = classifier({ steps: 10 }, [...narrow, { id: 'second', type: 'dense', units: 4 }]);
    const fork = await forked(deeper, parent.id);
    expect([fork.status, fork.step]).toEqual(['finished', 10]);
    const warning = host.events(fork.id).find((event) => event.code === 'redrawn');
    expect(warning?.message).toContain('classifier/second/kernel');
    expect(warning?.message).toContain('classifier/scores/kernel');
    expect(warning?.message).not.toContain('classifier/first/kernel');
    const [before, after] = [await lastState(host, parent.id), await lastState(host, fork.id)];
    expect(after.tensors.get('classifier/first/kernel')).toEqual(before.tensors.get('classifier/first/kernel'));
    expect(after.tensors.get('classifier/second/kernel')?.shape).toEqual([16, 4]);
  });

  it('of a step whose checkpoint was superseded says which steps there are', async () => {
    const parent = await trained(host, classifier({ steps: 30, checkpointEvery: 10, evaluateEvery: 1000 }, narrow));
    const steps = host.artifacts(parent.id).filter((artifact) => artifact.kind === 'checkpoint');
    expect(steps.map((artifact) => artifact.step)).toEqual([30]);
    await expect(host.fork(parent.id, classifier({ steps: 40 }, narrow), { step: 10 })).rejects.toThrow(
      /no checkpoint of step 10; it has 30/,
    );
  });

  it('that is killed at once resumes from its parent’s checkpoint, with the parent’s weights', async () => {
    const parent = await trained(host, classifier({ steps: 40 }, narrow), { stepLimit: 20 });
    const longer = classifier({ steps: 60 }, narrow);
    const whole = await forked(longer, parent.id);
    const handle = await host.fork(parent.id, longer);
    handle.kill();
    expect((await handle.done).status).toBe('interrupted');
    expect((await resumed(host, handle.id)).status).toBe('finished');
    expect(lastSha256(host, handle.id)).toBe(lastSha256(host, whole.id));
  });

  it('needs its parent no more once it has begun', async () => {
    const parent = await trained(host, classifier({ steps: 20 }, narrow), { stepLimit: 10 });
    const longer = classifier({ steps: 200_000 }, narrow);
    const act = once(
      (update) => update.type === 'checkpoint',
      (run) => run.kill(),
    );
    const fork = await forked(longer, parent.id, undefined, act);
    await host.deleteRun(parent.id);
    const again = await resumed(host, fork.id, { stepLimit: 5 });
    expect([again.status, again.step]).toEqual(['stopped', 15]);
  });

  it('is replayed from its parent’s checkpoint', async () => {
    const parent = await trained(host, classifier({ steps: 20 }, narrow), { stepLimit: 10 });
    const fork = await forked(
      classifier({ steps: 30, optimizer: { type: 'adam', learningRate: 0.01 } }, narrow),
      parent.id,
    );
    expect(await host.replay(fork.id)).toMatchObject({ identical: true, step: 30 });
    expect(host.run((await host.replay(fork.id)).replay).parent).toEqual({ run: parent.id, step: 10 });
  });
});

describe('a checkpoint', () => {
  it('with one changed byte is refused, with its path', async () => {
    const run = await trained(host, classifier({ steps: 20 }, narrow), { stepLimit: 10 });
    const artifact = host.artifacts(run.id).findLast((each) => each.kind === 'checkpoint');
    const path = host.artifactPath(run.id, artifact ?? { path: '' });
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] ^= 1;
    const { writeFileSync } = await import('node:fs');
    writeFileSync(path, bytes);
    const again = await resumed(host, run.id);
    expect(again.status).toBe('failed');
    expect(host.run(run.id).error?.message).toContain(path);
    expect(curvesOf(host, run.id).loss.length).toBe(10);
  });
});
