/** Looking at gradients changes nothing: the state after a few steps is the same bit for bit, and the sums are what the step says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Batches } from '../../../main/host/runs/batches.ts';
import { isDivergence } from '../../../main/host/runs/engine.ts';
import { loadModel } from '../../../main/host/runs/load-model.ts';
import { scalarAt } from '../../../main/host/runs/scalars.ts';
import { vaeDocument } from '../../services/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'lathe-watch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function trained(document: string, isWatched: (step: number) => boolean) {
  const source = {
    document,
    baseDir: folder,
    dataCache: folder,
    extractorCache: folder,
    threads: 1,
    device: 'cpu',
  } as const;
  const { engine, model, dataset } = await loadModel(source, () => {});
  const batches = new Batches(dataset, model.task.range(model.config), model.plan.batchSize, 1, model.plan.seed);
  const sums: { readonly step: number; readonly norm: number; readonly watched: ReadonlyMap<string, number> }[] = [];
  for (let step = 0; step < 6; step++) {
    const [batch] = batches.read(step);
    const watched = isWatched(step) ? new Map<string, number>() : undefined;
    const figures = await engine.trainStep(step, model.plan.seed, {
      batch: () => batch,
      scalar: (name) => scalarAt(model.scalars, [], name, step),
      ...(watched && { watched }),
    });
    if (isDivergence(figures)) throw new Error('diverged');
    if (watched) sums.push({ step, norm: figures['gradientNorm.vae'], watched });
  }
  const state = new Map([...engine.state].map(([name, value]) => [name, value.data.slice()]));
  await engine.release();
  dataset.close();
  return {
    state,
    sums,
    parameters: model.registry.all.filter(({ role }) => role === 'parameter').map(({ name }) => name),
  };
}

/** A VAE of points whose encoder has so many layers more. */
function deepVae(layers: number): string {
  const document = JSON.parse(vaeDocument()) as Networks;
  const more = Array.from({ length: layers }, (_, at) => ({
    id: `more${at}`,
    type: 'dense',
    units: 2,
    activation: 'tanh',
  }));
  document.networks.encoder.layers.unshift(...more);
  return JSON.stringify(document);
}

interface Networks {
  readonly networks: { readonly encoder: { readonly layers: object[] } };
}

it.each([
  ['one by one', vaeDocument()],
  ['of more than 256 parameters, as flat gradients', deepVae(140)],
])('%s: changes no bit, whenever one looks', async (_, document) => {
  const plain = await trained(document, () => false);
  const watched = await trained(document, (step) => step % 2 === 1);
  expect(watched.state).toEqual(plain.state);
  expect(watched.sums.map(({ step }) => step)).toEqual([1, 3, 5]);
  for (const { norm, watched: squares } of watched.sums) {
    expect([...squares.keys()].toSorted()).toEqual(watched.parameters.toSorted());
    expect(Math.sqrt([...squares.values()].reduce((sum, square) => sum + square, 0))).toBeCloseTo(norm, 3);
  }
});
