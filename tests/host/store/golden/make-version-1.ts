/** Made version-1.db, once, with the store as it was at version 1; kept to show what is in it. Never run it again. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { homePaths } from '../../../../main/host/home.ts';
import { openStore } from '../../../../main/host/store/store.ts';

const home = { ...homePaths(import.meta.dirname), database: join(import.meta.dirname, 'version-1.db') };
const store = openStore(home, { now: () => 1_800_000_000_000 });
const id = store.createRun({
  experiment: 'saved',
  name: 'saved run',
  family: 'vae',
  document: '{ "saved": true }',
  documentHash: 'd',
  dataSource: 'builtin:glyphs',
  baseDir: '/data',
  dataHash: 'h',
  seed: 7,
  threads: 2,
  device: 'cpu',
  engineBuild: 'onnxruntime 1.30.0',
  totalSteps: 3,
  tags: ['v1'],
  params: [{ key: 'saved', value: true }],
});
store.appendMetrics(
  id,
  [3, 2.5, NaN].map((value, step) => ({ key: 'loss', step, value, elapsedMs: step * 10 })),
);
const artifact = {
  kind: 'checkpoint',
  name: 'step 2',
  step: 2,
  path: 'checkpoints/step-00000002.safetensors',
  bytes: 8,
  sha256: 'ab',
  meta: { score: 2.5 },
} as const;
store.registerCheckpoint(id, { points: [], artifact });
store.addScores(id, [
  { step: 2, metric: 'frechet', value: 12.5, low: 11, high: 14, extractorHash: 'ex', n: 100, seed: 7 },
]);
store.addEvent(id, { level: 'info', code: 'finished', message: 'finished', data: { steps: 3 } });
store.updateRun(id, { status: 'finished', endedMs: 1_800_000_001_000 });
store.close();
const db = new Database(home.database);
db.exec('VACUUM');
db.close();
rmSync(home.lock);
