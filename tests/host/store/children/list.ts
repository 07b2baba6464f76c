/** Opens a home for writing and prints what came of it as one line of JSON. */
import { homePaths } from '../../../../main/host/home.ts';
import { StoreError } from '../../../../main/host/store/errors.ts';
import { openStore } from '../../../../main/host/store/store.ts';

try {
  const store = openStore(homePaths(process.argv[2]!));
  console.log(JSON.stringify({ runs: store.listRuns().length }));
  store.close();
} catch (error) {
  if (!(error instanceof StoreError)) throw error;
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
