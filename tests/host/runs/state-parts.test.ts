/** A checkpoint says nothing of what is updated together: each model goes on from the other's. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { OptimisationName } from '../../../core/ops/optimisations.ts';
import { inParts } from '../../../core/program/state-parts.ts';
import { readCheckpoint, writeCheckpoint, type WrittenCheckpoint } from '../../../main/host/files/checkpoint.ts';
import { loadModel } from '../../../main/host/runs/load-model.ts';
import { sourceOf, trainLive } from '../export/documents.ts';
import { lastingFolder } from './fixtures.ts';

const folder = lastingFolder();
const source = sourceOf('vae', folder);
const apart: readonly OptimisationName[] = ['packed-updates'];

async function trained(name: string, without: readonly OptimisationName[]): Promise<WrittenCheckpoint> {
  const loaded = await loadModel(source, () => {}, { without });
  await trainLive(loaded, 0, 5);
  const tensors = inParts(loaded.model.registry.all, loaded.engine.state);
  const written = await writeCheckpoint(folder, name, { tensors, meta: { step: 5, turns: [] } });
  await loaded.engine.release();
  loaded.dataset.close();
  return written;
}

async function continued(checkpoint: WrittenCheckpoint, without: readonly OptimisationName[]) {
  const loaded = await loadModel({ ...source, checkpoint }, () => {}, { without });
  const curves = await trainLive(loaded, 5, 3);
  await loaded.engine.release();
  loaded.dataset.close();
  return curves;
}

it('holds the same tensors either way, and the run goes on from each as it would have', async () => {
  const [together, alone] = [await trained('together', []), await trained('alone', apart)];
  const [first, second] = [await readCheckpoint(together.path), await readCheckpoint(alone.path)];
  const shapes = ({ tensors }: typeof first) => new Map([...tensors].map(([name, { shape }]) => [name, shape]));
  expect(shapes(first)).toEqual(shapes(second));
  expect(first.tensors.get('adam.carriedSum/decoder/dense_1/kernel')?.shape).toEqual([2, 8]);
  const expected = await continued(alone, apart);
  for (const [checkpoint, without] of [
    [together, []],
    [together, apart],
    [alone, []],
  ] as const) {
    const curves = await continued(checkpoint, without);
    curves.forEach((curve, at) => {
      for (const [name, value] of Object.entries(expected[at])) expect(curve[name], name).toBeCloseTo(value, 4);
    });
  }
});

it('that lacks a part is refused by the part’s name, and a fork starts that part anew', async () => {
  const whole = await readCheckpoint((await trained('whole', [])).path);
  const missing = 'adam.carriedSum/decoder/dense_1/kernel';
  const tensors = new Map([...whole.tensors].filter(([name]) => name !== missing));
  const checkpoint = await writeCheckpoint(folder, 'lacking', { tensors, meta: { step: 5, turns: [] } });
  await expect(loadModel({ ...source, checkpoint }, () => {})).rejects.toThrow(
    `${join(folder, 'lacking')} does not fit the document: it lacks ${missing}`,
  );
  const fork = await loadModel({ ...source, checkpoint }, () => {}, { fork: true });
  expect(fork.redrawn).toEqual([missing]);
  const state = inParts(fork.model.registry.all, fork.engine.state);
  expect(new Set(state.get(missing)?.data)).toEqual(new Set([0]));
  const kept = 'adam.carriedSquares/decoder/dense_1/kernel';
  expect(state.get(kept)?.data).toEqual(whole.tensors.get(kept)?.data);
  await fork.engine.release();
  fork.dataset.close();
});
