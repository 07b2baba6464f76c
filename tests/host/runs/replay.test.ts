/** Claims about replaying a run: the same state bit for bit, or a refusal that says why not. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tensor, type Tensor } from '../../../core/tensor/tensor.ts';
import { writeCheckpoint } from '../../../main/host/files/checkpoint.ts';
import { replayEvent } from '../../../main/host/runs/replay.ts';
import { compareStates } from '../../../main/host/runs/state-differences.ts';
import { everythingGan } from './documents.ts';
import { freshHost, lastingFolder, resumed, trained } from './fixtures.ts';

const host = freshHost();

describe('compareStates', () => {
  const folder = lastingFolder();
  const write = async (name: string, tensors: Readonly<Record<string, Tensor>>) =>
    (await writeCheckpoint(folder, name, { tensors: new Map(Object.entries(tensors)), meta: {} })).path;
  const vector = (...values: number[]): Tensor => tensor('float32', [values.length], Float32Array.from(values));

  it('tells the largest absolute and relative difference of each tensor, largest first', async () => {
    const a = await write('a', { same: vector(1, NaN, -Infinity), near: vector(2, -4), zero: vector(0) });
    const b = await write('b', { same: vector(1, NaN, -Infinity), near: vector(2.5, -4), zero: vector(0.25) });
    expect(await compareStates(a, b)).toEqual([
      { tensor: 'near', largest: 0.5, relative: 0.125 },
      { tensor: 'zero', largest: 0.25, relative: 0.25 },
      { tensor: 'same', largest: 0, relative: 0 },
    ]);
  });

  it('has no number for a missing tensor, another shape, or a NaN against a number', async () => {
    const a = await write('c', { gone: vector(1), shape: vector(1, 2), nan: vector(1) });
    const b = await write('d', { shape: vector(1), nan: vector(NaN) });
    for (const { largest, relative } of await compareStates(a, b))
      expect([largest, relative]).toEqual([Infinity, Infinity]);
  });
});

describe('what a run keeps of its replay', () => {
  const result = { run: 'a', replay: 'b', step: 5, sha256: ['x', 'y'], sameEngine: false, identical: false } as const;
  const worst = { tensor: 'vae/kernel', largest: 0.00012345, relative: 0.5 };

  it('names by how much it differs, where most, and another engine build', () => {
    const { level, message, data } = replayEvent({ ...result, differences: [worst, { ...worst, tensor: 'other' }] });
    expect(level).toBe('warning');
    expect(message).toContain('2 tensors differ at step 5, computed by another engine build');
    expect(message).toContain('vae/kernel, by 0.000123 (0.5 of its largest value)');
    expect(data).toEqual({ replay: 'b', step: 5, identical: false, sameEngine: false, differing: 2 });
  });
});

describe('a replay', () => {
  it('is identical, for a run that finished and for one that was stopped and resumed', async () => {
    const document = everythingGan({ steps: 24, checkpointEvery: 10 });
    const run = await trained(host, document, { stepLimit: 7 });
    const stopped = await host.replay(run.id);
    expect(stopped).toMatchObject({ step: 7, identical: true, differences: [], sameEngine: true });
    await resumed(host, run.id);
    const whole = await host.replay(run.id);
    expect(whole).toMatchObject({ step: 24, identical: true });
    expect(whole.sha256[0]).toBe(whole.sha256[1]);
    expect(host.run(whole.replay)).toMatchObject({ status: 'finished', name: 'Everything (replay)' });
  });

  it('is refused once the data has changed, and nothing is recorded', async () => {
    const folder = lastingFolder();
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${(i * 3) % 5},${i % 2 === 0 ? 'even' : 'odd'}`);
    writeFileSync(join(folder, 'data.csv'), `a,b,kind\n${rows.join('\n')}\n`);
    const document = JSON.stringify({
      lathe: 1,
      name: 'Table',
      data: { source: 'table:data.csv', target: 'kind', batchSize: 8 },
      task: { type: 'classifier' },
      networks: { classifier: { inputs: { x: 'table' }, layers: [{ type: 'dense', units: 2 }] } },
      training: { steps: 5 },
    });
    const run = await (await host.train(document, folder, { threads: 1 })).done;
    expect(run.status).toBe('finished');
    appendFileSync(join(folder, 'data.csv'), '1,1,even\n');
    const before = host.runs().length;
    await expect(host.replay(run.id)).rejects.toThrow(/data of run .* has changed/);
    expect(host.runs().length).toBe(before);
  });

  it('of a run without a checkpoint says so', async () => {
    const run = await host.train(everythingGan({ steps: 10 }), '.', { threads: 1 });
    run.kill();
    await run.done;
    await expect(host.replay(run.id)).rejects.toThrow(/no checkpoint yet/);
  });
});
