/** Tries a training step on its device to learn where its nodes run, before a run of it is recorded. */
import type { Placement } from '../../../core/protocol/placement.ts';
import type { DataProgress } from '../data/source.ts';
import { Batches } from './batches.ts';
import { loadModel } from './load-model.ts';
import type { PlacementJob } from './messages.ts';
import { scalarAt } from './scalars.ts';

/** @returns where the training step ran; null where the engine does not tell. @throws EngineError when it does not run there */
export async function placementJob({ source }: PlacementJob, onProgress: DataProgress): Promise<Placement | null> {
  const { model, dataset, engine } = await loadModel({ ...source, mayUseCpu: true }, onProgress);
  let found: Placement | null = null;
  engine.watchPlacement((placement) => (found = placement));
  const { plan, scalars, task, config, batchesPerStep } = model;
  onProgress(0, 1, `trying a step on ${source.device}`);
  try {
    const batches = new Batches(dataset, task.range(config), plan.batchSize, batchesPerStep, plan.seed).read(0);
    // Whether its figures are finite does not matter here: the run itself will tell.
    await engine.trainStep(0, plan.seed, {
      batch: (index) => batches[index],
      scalar: (name) => scalarAt(scalars, [], name, 0),
    });
    return found;
  } finally {
    onProgress(1, 1, `trying a step on ${source.device}`);
    await engine.release();
    dataset.close();
  }
}
