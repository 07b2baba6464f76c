/** Claims about runs whose numbers stop being finite: they end, say where it began, and keep a state to go on from. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFiniteTensor } from '../../../core/tensor/tensor.ts';
import { readCheckpoint } from '../../../main/host/files/checkpoint.ts';
import { classifier } from './documents.ts';
import { codesOf, curvesOf, finished, freshHost, lastingFolder, resumed, trained } from './fixtures.ts';

const host = freshHost();

/** A classifier that begins to explode when its learning rate warms up. */
const layers = [{ id: 'hidden', type: 'dense', units: 16 }];
const exploding = (learningRate: number): string =>
  classifier({ steps: 200, checkpointEvery: 1, evaluateEvery: 1000, optimizer: { type: 'sgd', learningRate } }, layers);

async function lastCheckpoint(id: string) {
  const artifact = host.artifacts(id).findLast((each) => each.kind === 'checkpoint');
  return {
    step: artifact?.step,
    ...(await readCheckpoint(host.artifactPath(id, artifact ?? { path: '' }), artifact?.sha256)),
  };
}

describe('a learning rate far too high', () => {
  it('ends as diverged, names a node of the document, and keeps the last good checkpoint', async () => {
    const run = await trained(host, exploding(1e6));
    expect(run.status).toBe('diverged');
    const { error } = host.run(run.id);
    expect(error).toMatchObject({
      code: 'diverged',
      step: run.step + 1,
      hint: expect.stringContaining('learning rate') as string,
    });
    expect(error?.message).toMatch(
      /^step \d+: loss is NaN; .*the first infinity came out of Gemm in classifier\/(hidden|scores)$/,
    );
    expect(error?.node).toMatch(/^classifier\/(hidden|scores): Gemm /);
    expect(codesOf(host, run.id)).toContain('diverged');
    const { step, tensors } = await lastCheckpoint(run.id);
    expect(step).toBe(run.step);
    for (const [name, value] of tensors) expect(isFiniteTensor(value), name).toBe(true);
  });

  it('diverges again at the same step when resumed, and goes on when forked with a lower one from an earlier step', async () => {
    const keeping = { steps: 20, checkpointEvery: 1, keepEvery: 1, evaluateEvery: 1000 };
    const run = await trained(host, classifier({ ...keeping, optimizer: { type: 'sgd', learningRate: 1e6 } }, layers));
    const again = await resumed(host, run.id);
    expect([again.status, again.step]).toEqual(['diverged', run.step]);
    const calm = classifier({ ...keeping, optimizer: { type: 'sgd', learningRate: 1e-9 } }, layers);
    const fork = await finished((onUpdate) => host.fork(run.id, calm, { onUpdate, step: 1 }));
    expect([fork.status, fork.step]).toEqual(['finished', 20]);
  });
});

describe('a turn that ruins a run', () => {
  it('is not taken again when the run is resumed', async () => {
    const document = classifier({ steps: 1200, checkpointEvery: 100, evaluateEvery: 10_000 }, layers);
    let turned = false;
    const run = await trained(host, document, {}, (handle, update) => {
      if (update.type !== 'checkpoint' || turned) return;
      turned = true;
      handle.turn('learningRate.classifier', 1e30);
    });
    expect(run.status).toBe('diverged');
    expect((await resumed(host, run.id)).status).toBe('finished');
    expect(await host.replay(run.id)).toMatchObject({ identical: true, step: 1200 });
  });
});

describe('an update that overflows', () => {
  it('never becomes a checkpoint, though the curves of its step were finite', async () => {
    const folder = lastingFolder();
    writeFileSync(
      join(folder, 'points.npy'),
      npy(
        [64, 2],
        Float32Array.from({ length: 128 }, (_, i) => 1000 * Math.sin(i)),
      ),
    );
    const document = (checkpointEvery: number): string =>
      JSON.stringify({
        lathe: 1,
        name: 'Overflow',
        data: { source: 'npy:points.npy', batchSize: 16, split: { validation: 0, test: 0 } },
        task: { type: 'autoencoder' },
        networks: {
          encoder: { inputs: { x: 'data' }, layers: [{ type: 'dense', units: 2 }] },
          decoder: { inputs: { z: 'latent' }, layers: [{ type: 'dense', units: 2 }] },
        },
        training: { steps: 5, checkpointEvery, optimizer: { type: 'sgd', learningRate: 3e38 } },
      });
    // Found when the checkpoint is about to be written.
    const careful = await finished((onUpdate) => host.train(document(1), folder, { threads: 1, onUpdate }));
    expect([careful.status, careful.step]).toEqual(['diverged', 1]);
    expect(curvesOf(host, careful.id).loss.map(([, loss]) => Number.isFinite(loss))).toEqual([true]);
    expect(host.run(careful.id).error?.message).toMatch(/^step 1: (encoder|decoder)\/\S+ has (NaN|infinity)$/);
    expect(host.artifacts(careful.id).filter((artifact) => artifact.kind === 'checkpoint')).toEqual([]);
    // Found in the figures of the next step, which says that the state was spoiled before it.
    const late = await finished((onUpdate) => host.train(document(5), folder, { threads: 1, onUpdate }));
    expect(late.status).toBe('diverged');
    expect(host.run(late.id).error?.message).toMatch(/^step 2: .*(encoder|decoder)\/\S+ has (NaN|infinity)$/);
  });
});

/** A file in NumPy's format, version 1.0. */
function npy(shape: readonly number[], values: Float32Array): Buffer {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const padded = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + '\n';
  const start = Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    Buffer.from(Uint16Array.of(padded.length).buffer),
    Buffer.from(padded),
  ]);
  return Buffer.concat([start, Buffer.from(values.buffer)]);
}
