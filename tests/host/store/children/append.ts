/** Appends batches of points as fast as it can and prints the last committed step after each, until it is killed. */
import { homePaths } from '../../../../main/host/home.ts';
import { openStore } from '../../../../main/host/store/store.ts';
import { newRun } from './new-run.ts';

const store = openStore(homePaths(process.argv[2]!));
const run = store.createRun(newRun);
console.log(run);
for (let step = 0; ; step += 100) {
  const points = Array.from({ length: 100 }, (_, i) => ({
    key: 'loss',
    step: step + i,
    value: step + i,
    elapsedMs: step,
  }));
  store.appendMetrics(run, points, step + 100);
  process.stdout.write(`${step + 99}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
