/** Trains on a disk that is too small for the checkpoints it is told to keep, and prints how the run ended. */
import { join } from 'node:path';
import { createHost } from '../../../../main/host/host.ts';
import { classifier } from '../documents.ts';

const host = createHost({ home: join(process.argv[2], 'home') });
const layers = [{ type: 'dense', units: 256 }];
let error: unknown;
const run = await host.train(classifier({ steps: 100_000, checkpointEvery: 10, keepEvery: 10 }, layers), '.', {
  threads: 1,
  onUpdate: (update) => {
    if (update.type === 'ended' || update.type === 'failed') error = update.failure;
  },
});
const { status, step } = await run.done;
console.log(JSON.stringify({ status, error, step, points: host.metrics(run.id, 'loss').steps.length }));
await host.close();
