/**
 * Measures the store at the size of a busy year: 1,000 runs to list, one run with 1,000,000 points to read; prints,
 * asserts nothing.
 */

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHome } from '../main/host/home.ts';
import { openStore } from '../main/host/store/store.ts';
import type { NewRun } from '../main/host/store/runs.ts';

const runCount = 1000;
const pointCount = 1_000_000;
const batch = 1000;

function timed<T>(what: string, work: () => T): T {
  const start = performance.now();
  const result = work();
  console.log(`${what.padEnd(60)} ${(performance.now() - start).toFixed(1).padStart(9)} ms`);
  return result;
}

const folder = mkdtempSync(join(tmpdir(), 'lathe-bench-'));
try {
  const home = createHome({ root: join(folder, 'home'), named: true });
  let store = openStore(home);
  const run: NewRun = {
    experiment: 'bench',
    name: 'run',
    family: 'vae',
    document: `{ "text": "${'x'.repeat(8000)}" }`,
    documentHash: 'h',
    dataSource: 'builtin:glyphs',
    baseDir: '/data',
    dataHash: 'h',
    seed: 1,
    threads: 2,
    device: 'cpu',
    engineBuild: 'bench',
    totalSteps: pointCount,
    params: Array.from({ length: 60 }, (_, i) => ({ key: `field.${i}`, value: i })),
  };
  timed(`create ${runCount} runs with 60 params and 100 points each`, () => {
    for (let i = 0; i < runCount; i++) {
      const id = store.createRun(run);
      store.appendMetrics(
        id,
        Array.from({ length: 100 }, (_, step) => ({ key: 'loss', step, value: Math.random(), elapsedMs: step })),
      );
    }
  });
  const big = store.createRun(run);
  timed(`append ${pointCount} points in batches of ${batch}`, () => {
    for (let from = 0; from < pointCount; from += batch) {
      store.appendMetrics(
        big,
        Array.from({ length: batch }, (_, i) => ({
          key: 'loss',
          step: from + i,
          value: Math.random(),
          elapsedMs: from,
        })),
      );
    }
  });
  timed('close', () => store.close());
  console.log(`database: ${(statSync(home.database).size / 2 ** 20).toFixed(1)} MiB`);
  store = timed('open', () => openStore(home));
  const runs = timed('list all runs', () => store.listRuns());
  timed('last metrics of every run', () => runs.map(({ id }) => store.lastMetrics(id)));
  timed('metric names of the big run', () => store.metricKeys(big));
  timed(`read ${pointCount} points`, () => store.metrics(big, 'loss'));
  timed('read 1,000 points from its middle', () => store.metrics(big, 'loss', { fromStep: 500_000, toStep: 500_999 }));
  timed('register a checkpoint (synced)', () =>
    store.registerCheckpoint(big, {
      points: [],
      artifact: { kind: 'checkpoint', name: 'c', step: 1, path: 'c', bytes: 1, sha256: 'x' },
    }),
  );
  store.updateRun(big, { status: 'finished' });
  timed('delete the big run', () => store.deleteRun(big));
  store.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
