/** Opens a home's store for writing, leaves a run running, says so, and stays. */
import { homePaths } from '../../../../main/host/home.ts';
import { openStore } from '../../../../main/host/store/store.ts';
import { newRun } from './new-run.ts';

const store = openStore(homePaths(process.argv[2]!));
console.log(store.createRun(newRun));
setInterval(() => store.readOnly, 1000);
