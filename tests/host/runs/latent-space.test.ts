/** The codes of each family that has them: decoding what sampling starts from gives its samples, codes of examples their copies. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sampleNoise } from '../../../core/tasks/common.ts';
import { loadModel } from '../../../main/host/runs/load-model.ts';
import { taskSession } from '../../../main/host/runs/task-session.ts';
import { pointsDocument, vaeDocument } from '../../services/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'lathe-latent-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dense = (units: number, activation?: string) => ({ type: 'dense', units, ...(activation && { activation }) });
const ganDocument = pointsDocument(
  { type: 'gan', latentSize: 4 },
  {
    generator: { inputs: { z: 'latent' }, layers: [dense(8, 'relu'), dense(2)] },
    discriminator: { inputs: { x: 'points' }, layers: [dense(8, 'relu'), dense(1)] },
  },
);
const autoencoderDocument = pointsDocument(
  { type: 'autoencoder' },
  {
    encoder: { inputs: { x: 'points' }, layers: [dense(8, 'tanh'), dense(1)] },
    decoder: { inputs: { z: 'latent' }, layers: [dense(8, 'tanh'), dense(2)] },
  },
);

async function drawn(document: string) {
  const source = {
    document,
    baseDir: folder,
    dataCache: folder,
    extractorCache: folder,
    threads: 1,
    device: 'cpu',
  } as const;
  const loaded = await loadModel(source, () => {});
  const session = taskSession(loaded);
  const outputs = await loaded.model.sample(session, { count: 70, seed: 5, options: {} });
  const release = async (): Promise<void> => {
    await loaded.engine.release();
    loaded.dataset.close();
  };
  return { session, latent: loaded.model.latent!, outputs, release };
}

it.each([
  ['vae', vaeDocument(), 3],
  ['gan', ganDocument, 4],
])('%s: the codes that sampling draws decode to the samples', async (_family, document, size) => {
  const { session, latent, outputs, release } = await drawn(document);
  expect(latent.shape).toEqual([size]);
  const decoded = await latent.decode(session, sampleNoise(5, 'sample', 70, [size]), []);
  expect(decoded.data.data).toEqual(outputs.find(({ name }) => name === 'samples')!.data.data);
  await release();
});

it.each([
  ['vae', vaeDocument()],
  ['autoencoder', autoencoderDocument],
])('%s: the codes of examples decode to their reconstructions', async (_family, document) => {
  const { session, latent, outputs, release } = await drawn(document);
  const codes = await latent.encode!(session, session.examples('test', 0, 70));
  const decoded = await latent.decode(session, codes, []);
  const copies = outputs.find(({ name }) => name === 'reconstructions')!.data.data;
  expect(decoded.data.data).toHaveLength(copies.length);
  decoded.data.data.forEach((value, i) => expect(value).toBeCloseTo(copies[i], 5));
  await release();
});
