/**
 * Trains documents for a few steps on one device, in a process of its own since native code may end it, and sends what came
 * out: `train-steps.ts DEVICE FOLDER STEPS`, then the documents' texts as messages.
 */
import { join } from 'node:path';
import type { DeviceId } from '../../../../core/protocol/devices.ts';
import type { Placement } from '../../../../core/protocol/placement.ts';
import { Batches } from '../../../../main/host/runs/batches.ts';
import { isDivergence } from '../../../../main/host/runs/engine.ts';
import { loadModel, type LoadedModel } from '../../../../main/host/runs/load-model.ts';
import { scalarAt } from '../../../../main/host/runs/scalars.ts';
import { taskSession } from '../../../../main/host/runs/task-session.ts';

export interface Trained {
  /** Curves of each step. */
  readonly steps: readonly Readonly<Record<string, number>>[];
  /** Sum of the absolute values of the state, read back after the last step. */
  readonly stateSum: number;
  /** The first numbers of the first sample drawn then. */
  readonly sampled: readonly number[];
  /** Of each parameter the square of its gradient in the first step, the only one that was asked for them, as training does now and then. */
  readonly watched: Readonly<Record<string, number>>;
  /** What the programs computed on the CPU although another device was asked for. */
  readonly onCpu: Placement['onCpu'];
  /** State tensors that were not in memory after the last step. */
  readonly heldTensors: number;
}

export async function trainSteps(text: string, device: DeviceId, folder: string, count: number): Promise<Trained> {
  const loaded = await loadModel(
    {
      document: text,
      baseDir: '.',
      dataCache: folder,
      extractorCache: join(folder, 'extractors'),
      threads: 1,
      device,
      mayUseCpu: true,
    },
    () => {},
  );
  const onCpu: Placement['onCpu'][number][] = [];
  loaded.engine.watchPlacement((placement) => onCpu.push(...placement.onCpu));
  try {
    const watched = new Map<string, number>();
    const steps = [await oneStep(loaded, 0, watched)];
    for (let step = 1; step < count; step++) steps.push(await oneStep(loaded, step));
    const heldTensors = isHome(loaded) ? 0 : loaded.model.registry.all.length;
    const state = await loaded.engine.readState();
    const stateSum = [...state.values()].reduce((sum, { data }) => data.reduce((all, x) => all + Math.abs(x), sum), 0);
    const outputs = await loaded.model.sample(taskSession(loaded), { count: 2, seed: 1, options: {} });
    const sampled = [...(outputs[0]?.data.data ?? [])].slice(0, 8).map(Number);
    return { steps, stateSum, sampled, watched: Object.fromEntries(watched), onCpu, heldTensors };
  } finally {
    await loaded.engine.release();
    loaded.dataset.close();
  }
}

/** Whether the state is in memory: the engine refuses to hand it out when it is not. */
function isHome({ engine }: LoadedModel): boolean {
  try {
    return engine.state.size > 0;
  } catch {
    return false;
  }
}

async function oneStep({ model, engine, dataset }: LoadedModel, step: number, watched?: Map<string, number>) {
  const { batchSize, seed } = model.plan;
  const batches = new Batches(dataset, model.task.range(model.config), batchSize, model.batchesPerStep, seed).read(
    step,
  );
  const result = await engine.trainStep(step, seed, {
    batch: (index) => batches[index],
    scalar: (name) => scalarAt(model.scalars, [], name, step),
    ...(watched && { watched }),
  });
  if (isDivergence(result)) throw new Error(`step ${step} diverged: ${JSON.stringify(result)}`);
  return result;
}

function main([device, folder, steps]: readonly string[]): void {
  process.on('message', (text) => {
    trainSteps(text as string, device as DeviceId, folder, Number(steps)).then(
      (trained) => process.send?.({ trained }),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
    );
  });
}

if (process.argv[1] === import.meta.filename) main(process.argv.slice(2));
