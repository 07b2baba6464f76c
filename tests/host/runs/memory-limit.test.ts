/** Claims about the memory a run may take: kept with it, held to, and changed where it goes on. */
import { describe, expect, it } from 'vitest';
import { memoryLimitOf } from '../../../main/host/runs/memory-limit.ts';
import { classifier } from './documents.ts';
import { finished, freshHost, trained } from './fixtures.ts';

const host = freshHost();
/** Less than a worker takes before its first step. */
const tooLittle = 64 * 2 ** 20;
const plenty = 2 ** 40;

describe('the memory limit of a run', () => {
  it('ends it before its first step when it is out of reach, saying what to do', async () => {
    const run = await trained(host, classifier({ steps: 3 }), { memoryBytes: tooLittle });
    expect(run).toMatchObject({ status: 'failed', step: 0 });
    expect(host.run(run.id).error?.message).toMatch(/may take 64 MiB: choose a smaller data\.batchSize/);
  });

  it('is changed by a resumption, and holds from there on', async () => {
    const run = await trained(host, classifier({ steps: 3 }), { memoryBytes: tooLittle });
    const again = await finished((onUpdate) => host.resume(run.id, { memoryBytes: plenty, onUpdate }));
    expect(again).toMatchObject({ status: 'finished', step: 3 });
    expect(memoryLimitOf(host.events(run.id))).toBe(plenty);
  });

  it('is that of its replay', async () => {
    const run = await trained(host, classifier({ steps: 3 }), { memoryBytes: plenty });
    const { replay, identical } = await host.replay(run.id);
    expect(identical).toBe(true);
    expect(memoryLimitOf(host.events(replay))).toBe(plenty);
  });

  it('is unknown where none was set', async () => {
    const run = await trained(host, classifier({ steps: 1 }));
    expect(memoryLimitOf(host.events(run.id))).toBeUndefined();
  });

  it('is refused for another device than the CPU, and nothing is recorded', async () => {
    const before = host.runs().length;
    const refused = host.train(classifier({ steps: 1 }), '.', { device: 'webgpu', memoryBytes: plenty });
    await expect(refused).rejects.toThrow(/memory limit holds for training on the CPU/);
    expect(host.runs()).toHaveLength(before);
  });
});
