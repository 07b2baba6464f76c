/** The home folder: where Lathe keeps its database, the files of every run and its caches. */

import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { errorCode, explainFileError, FileError } from './files/atomic.ts';

/** Absolute paths inside one home folder. */
export interface Home {
  readonly root: string;
  readonly database: string;
  /** A small SQLite file whose lock says who writes; see `store/lock.ts`. */
  readonly lock: string;
  readonly runs: string;
  readonly dataCache: string;
  readonly extractorCache: string;
  readonly sessionCache: string;
}

export interface HomeChoice {
  readonly root: string;
  /**
   * Whether a person named it; a named home may not need more than its last folder made, so that a typing mistake is
   * found.
   */
  readonly named: boolean;
}

/**
 * Where the home is: the `--home` option, else LATHE_HOME, else the platform's place for application data
 * ($XDG_DATA_HOME or ~/.local/share, ~/Library/Application Support, %LOCALAPPDATA%).
 */
export function chooseHome(
  option: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): HomeChoice {
  const named = option || environment['LATHE_HOME'];
  if (named) return { root: resolve(named), named: true };
  return { root: platformHome(environment, platform), named: false };
}

function platformHome(environment: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  const user = homedir();
  switch (platform) {
    case 'win32':
      return join(environment['LOCALAPPDATA'] || join(user, 'AppData', 'Local'), 'Lathe');
    case 'darwin':
      return join(user, 'Library', 'Application Support', 'Lathe');
    default:
      return join(environment['XDG_DATA_HOME'] || join(user, '.local', 'share'), 'lathe');
  }
}

/** The paths of a home, without touching the disk. */
export function homePaths(root: string): Home {
  return {
    root,
    database: join(root, 'lathe.db'),
    lock: join(root, 'lock.db'),
    runs: join(root, 'runs'),
    dataCache: join(root, 'cache', 'data'),
    extractorCache: join(root, 'cache', 'extractors'),
    sessionCache: join(root, 'cache', 'sessions'),
  };
}

/**
 * Makes the home's folders where they are missing and checks that they can be written.
 * @throws FileError naming the folder: its parent is missing, it is a file, it is read-only, permission is denied.
 */
export function createHome(choice: HomeChoice): Home {
  const home = homePaths(choice.root);
  try {
    mkdirSync(home.root, { recursive: !choice.named });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw explainFileError(error, home.root, 'write');
  }
  try {
    if (!statSync(home.root).isDirectory()) {
      throw new FileError(
        'not-a-folder',
        home.root,
        `the home ${home.root} is a file; name a folder with --home or LATHE_HOME`,
      );
    }
    for (const folder of [home.runs, home.dataCache, home.extractorCache, home.sessionCache]) {
      mkdirSync(folder, { recursive: true });
    }
    // Asking for rights (access) is no answer on Windows, nor under a changed user; making a file is.
    const probe = join(home.root, `.probe-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw explainFileError(error, home.root, 'write');
  }
  return home;
}

/** The caches alone, as a worker is told them. */
export function cachesOf({ dataCache, extractorCache, sessionCache }: Home) {
  return { dataCache, extractorCache, sessionCache };
}

/** The folder that holds a run's files. */
export function runFolder(home: Home, runId: string): string {
  const folder = join(home.runs, runId);
  if (dirname(folder) !== home.runs) throw new RangeError(`'${runId}' is not the id of a run`);
  return folder;
}

/** Makes a run's folder with room for its checkpoints and samples. @throws FileError */
export function createRunFolder(home: Home, runId: string): string {
  const folder = runFolder(home, runId);
  try {
    for (const name of ['checkpoints', 'samples']) mkdirSync(join(folder, name), { recursive: true });
  } catch (error) {
    throw explainFileError(error, folder, 'write');
  }
  return folder;
}

/** Deletes a run's files; call it after the store has forgotten the run. @throws FileError */
export async function removeRunFolder(home: Home, runId: string): Promise<void> {
  const folder = runFolder(home, runId);
  await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
    throw explainFileError(error, folder, 'write');
  });
}
