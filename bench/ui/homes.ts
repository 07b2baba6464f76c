/** Homes for measurements, filled through the store: many runs, many points. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createHome } from '../../main/host/home.ts';
import { openStore } from '../../main/host/store/store.ts';
import type { NewRun } from '../../main/host/store/runs.ts';
import { benchDocument } from './documents.ts';

interface HomePlan {
  readonly runs: number;
  readonly pointsPerRun: number;
  /** Runs that have no points after this long stay without. */
  readonly fillForMs?: number;
}

interface MadeHome {
  readonly home: string;
  readonly ids: readonly string[];
  /** Runs that have all their points. */
  readonly filled: number;
}

const families = ['vae', 'gan', 'diffusion', 'classifier'] as const;

/** Points stand in batches, as training records them. */
const batch = 20_000;

/** Makes a home of finished runs, each with one loss curve that falls and wobbles. */
export function makeHome(folder: string, name: string, plan: HomePlan): MadeHome {
  const { runs, pointsPerRun, fillForMs = Infinity } = plan;
  const root = join(folder, name);
  mkdirSync(root, { recursive: true });
  // Made a while apart: ids go by the time, and thousands within a second might meet.
  let nowMs = Date.UTC(2026, 0, 1);
  const home = createHome({ root, named: true });
  const store = openStore(home, { now: () => (nowMs += 1000) });
  const ids = Array.from({ length: runs }, (_, i) => {
    const id = store.createRun(runOf(i, pointsPerRun, folder));
    store.updateRun(id, { status: 'finished', currentStep: pointsPerRun });
    return id;
  });
  for (let from = 0; from < pointsPerRun; from += batch) {
    const length = Math.min(batch, pointsPerRun - from);
    store.appendMetrics(
      ids[0]!,
      Array.from({ length }, (_unused, k) => pointAt(from + k)),
    );
  }
  store.close();
  return { home: root, ids, filled: copyPoints(join(root, 'lathe.db'), ids.length, fillForMs) };
}

/**
 * Gives the other runs the points of the first, scaled: within the database, for a hundred million points would take an
 * hour through the store. @returns how many runs have points in the end
 */
function copyPoints(file: string, runs: number, forMs: number): number {
  const database = new DatabaseSync(file);
  // Nobody else has the file, and it is thrown away afterwards.
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000');
  const rows = database.prepare('SELECT row FROM runs ORDER BY row').all() as { readonly row: number }[];
  const [first, ...others] = rows.map(({ row }) => row);
  const copy = database.prepare(
    'INSERT INTO metrics SELECT ?, key, step, value * ?, elapsed_ms FROM metrics WHERE run = ? ORDER BY key, step',
  );
  const end = performance.now() + forMs;
  let filled = 1;
  for (const row of others) {
    if (performance.now() > end) break;
    copy.run(row, 1 + (filled % 7) / 4, first!);
    filled++;
  }
  database.exec('PRAGMA journal_mode = WAL');
  database.close();
  return Math.min(filled, runs);
}

const pointAt = (step: number) => ({
  key: 'loss',
  step,
  value: 2 * Math.exp(-step / 20_000) + 0.1 * Math.sin(step * 0.7) + 0.2,
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
