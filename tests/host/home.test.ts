/** Claims about the home folder: where it is, what is made in it, and what is said when it cannot be. */

import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../main/host/files/atomic.ts';
import {
  chooseHome,
  createHome,
  createRunFolder,
  homePaths,
  removeRunFolder,
  runFolder,
} from '../../main/host/home.ts';
import { temporaryFolder, withoutRights } from './files/fixtures.ts';

function errorOf(work: () => unknown): FileError {
  try {
    work();
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('choosing', () => {
  it("takes the option, then LATHE_HOME, then the platform's place", () => {
    const environment = { LATHE_HOME: 'from-environment', XDG_DATA_HOME: '/data' };
    expect(chooseHome('option', environment, 'linux')).toEqual({ root: resolve('option'), named: true });
    expect(chooseHome(undefined, environment, 'linux')).toEqual({ root: resolve('from-environment'), named: true });
    expect(chooseHome('', { LATHE_HOME: '', XDG_DATA_HOME: '/data' }, 'linux')).toEqual({
      root: join('/data', 'lathe'),
      named: false,
    });
    expect(chooseHome(undefined, {}, 'linux').root).toBe(join(homedir(), '.local', 'share', 'lathe'));
    expect(chooseHome(undefined, {}, 'darwin').root).toBe(join(homedir(), 'Library', 'Application Support', 'Lathe'));
    expect(chooseHome(undefined, { LOCALAPPDATA: 'L' }, 'win32').root).toBe(join('L', 'Lathe'));
  });
});

describe('making', () => {
  it('makes every folder, and again does no harm', () => {
    const root = join(temporaryFolder(), 'home');
    const home = createHome({ root, named: true });
    writeFileSync(home.database, 'x');
    expect(createHome({ root, named: true })).toEqual(home);
    for (const folder of [home.runs, home.dataCache, home.extractorCache, home.sessionCache]) {
      expect(statSync(folder).isDirectory()).toBe(true);
    }
    expect(readdirSync(root).sort()).toEqual(['cache', 'lathe.db', 'runs']);
  });

  it("makes missing parents only for the platform's place", () => {
    const root = join(temporaryFolder(), 'no', 'such', 'home');
    const error = errorOf(() => createHome({ root, named: true }));
    expect(error.code).toBe('missing');
    expect(error.message).toContain(`the folder ${resolve(root, '..')} does not exist`);
    expect(existsSync(createHome({ root, named: false }).runs)).toBe(true);
  });

  it('refuses a file, and a path through a file', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'x');
    expect(errorOf(() => createHome({ root: file, named: true })).code).toBe('not-a-folder');
    expect(errorOf(() => createHome({ root: join(file, 'home'), named: true })).code).toBe('not-a-folder');
  });

  it('refuses a folder that may not be written', async () => {
    const root = join(temporaryFolder(), 'home');
    mkdirSync(root);
    createHome({ root, named: true });
    chmodSync(root, 0o555);
    await withoutRights(() => {
      const error = errorOf(() => createHome({ root, named: true }));
      expect(error.code).toBe('denied');
      expect(error.message).toContain(root);
    });
  });
});

describe('run folders', () => {
  it('are made inside the home, with room for checkpoints and samples, and removed whole', async () => {
    const home = createHome({ root: join(temporaryFolder(), 'home'), named: true });
    const folder = createRunFolder(home, '0abc');
    expect(folder).toBe(join(home.runs, '0abc'));
    expect(readdirSync(folder).sort()).toEqual(['checkpoints', 'samples']);
    await removeRunFolder(home, '0abc');
    await removeRunFolder(home, '0abc');
    expect(readdirSync(home.runs)).toEqual([]);
  });

  it.each(['..', '../x', '', '.', 'a/b'])('%j is no run', (id) => {
    expect(() => runFolder(homePaths(resolve('/h')), id)).toThrow(RangeError);
  });
});
