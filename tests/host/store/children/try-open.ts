/** Tries to open a home's store for writing and prints what came of it as one line of JSON. */
import { homePaths } from '../../../../main/host/home.ts';
import { HomeLockedError } from '../../../../main/host/store/errors.ts';
import { openStore } from '../../../../main/host/store/store.ts';

try {
  openStore(homePaths(process.argv[2]!)).close();
  console.log(JSON.stringify({ opened: true }));
} catch (error) {
  if (!(error instanceof HomeLockedError)) throw error;
  console.log(JSON.stringify({ opened: false, pid: error.pid, home: error.home, message: error.message }));
}
