/**
 * Appends points to a home on a small disk, where a block of 64 KiB was set aside, until the disk is full; then frees
 * the block.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHome } from '../../../../main/host/home.ts';
import { StoreError } from '../../../../main/host/store/errors.ts';
import { openStore } from '../../../../main/host/store/store.ts';
import { newRun } from './new-run.ts';

const home = createHome({ root: join(process.argv[2]!, 'h'), named: true });
const store = openStore(home);
const run = store.createRun(newRun);
store.appendMetrics(run, [{ key: 'loss', step: 0, value: 0, elapsedMs: 0 }]);
const reserve = join(home.root, 'reserve');
writeFileSync(reserve, new Uint8Array(65_536));
let committed = 1;
try {
  for (; ; committed += 10) {
    store.appendMetrics(
      run,
      Array.from({ length: 10 }, (_, i) => ({ key: 'loss', step: committed + i, value: 1, elapsedMs: 0 })),
    );
  }
} catch (error) {
  if (!(error instanceof StoreError)) throw error;
  const kept = store.metrics(run, 'loss').steps.length;
  rmSync(reserve);
  store.updateRun(run, { status: 'stopped' });
  const afterwards = store.getRun(run).status;
  console.log(JSON.stringify({ code: error.code, message: error.message, committed, kept, afterwards }));
}
