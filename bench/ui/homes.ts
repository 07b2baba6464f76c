/** Homes for measurements, filled through the store: many runs, many points. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createHome } from '../../main/host/home.ts';
import { openStore } from '../../main/host/store/store.ts';
import type { NewRun } from '../../main/host/store/runs.ts';
import { benchDocument } from './documents.ts';

interface HomePlan {
  readonly runs: number;
  readonly pointsPerRun: number;
}

const families = ['vae', 'gan', 'diffusion', 'classifier'] as const;

/** Points stand in batches, as training records them. */
const batch = 20_000;

/**
 * Makes a home of finished runs, each with one loss curve that falls and wobbles.
 * @returns the home's folder and the runs' ids
 */
export function makeHome(
  folder: string,
  name: string,
  { runs, pointsPerRun }: HomePlan,
): { readonly home: string; readonly ids: readonly string[] } {
  const root = join(folder, name);
  mkdirSync(root, { recursive: true });
  // Made a while apart: ids go by the time, and thousands within a second might meet.
  let nowMs = Date.UTC(2026, 0, 1);
  const store = openStore(createHome({ root, named: true }), { now: () => (nowMs += 1000) });
  const ids = Array.from({ length: runs }, (_, i) => {
    const id = store.createRun(runOf(i, pointsPerRun, folder));
    for (let from = 0; from < pointsPerRun; from += batch) {
      const length = Math.min(batch, pointsPerRun - from);
      store.appendMetrics(
        id,
        Array.from({ length }, (_unused, k) => pointAt(i, from + k)),
      );
    }
    store.updateRun(id, { status: 'finished', currentStep: pointsPerRun });
    return id;
  });
  store.close();
  return { home: root, ids };
}

const pointAt = (run: number, step: number) => ({
  key: 'loss',
  step,
  value: (1 + (run % 7)) * Math.exp(-step / 20_000) + 0.1 * Math.sin(step * 0.7 + run) + 0.2,
  elapsedMs: step * 3,
});

function runOf(index: number, totalSteps: number, baseDir: string): NewRun {
  return {
    experiment: `Experiment ${index % 12}`,
    name: `Run ${String(index).padStart(5, '0')}`,
    family: families[index % families.length]!,
    document: benchDocument(`Run ${index}`, 1),
    documentHash: `h${index}`,
    dataSource: 'builtin:points/8gaussians',
    baseDir,
    dataHash: 'h',
    seed: index,
    threads: 2,
    device: 'cpu',
    engineBuild: 'bench',
    totalSteps,
    tags: [`tag ${index % 5}`],
    params: [
      { key: 'training.optimizer.learningRate', value: 10 ** -(2 + (index % 30) / 10) },
      { key: 'training.seed', value: index },
      { key: 'data.batchSize', value: 32 << (index % 4) },
      ...Array.from({ length: 12 }, (_, i) => ({ key: `field.${i}`, value: i === index % 12 ? index : i })),
    ],
  };
}
