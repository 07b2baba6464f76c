/** A host that only waits, with a spare worker; tells the worker's process. */
import { createHost } from '../../../../main/host/host.ts';
import { spawnChildWorker } from '../../../../main/host/runs/worker-process.ts';

const [home] = process.argv.slice(2);
createHost({
  home,
  keepsSpareWorker: true,
  spawnWorker: () => {
    const worker = spawnChildWorker();
    console.log(worker.pid);
    return worker;
  },
});
setInterval(() => {}, 60_000);
