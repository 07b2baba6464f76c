/** Claims about opening a home: one writer, many readers, every old version, and no harm to files that are not ours. */

import { copyFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { homePaths } from '../../../main/host/home.ts';
import { HomeLockedError, StoreError } from '../../../main/host/store/errors.ts';
import { applicationId, currentVersion, migrate, migrations } from '../../../main/host/store/migrations.ts';
import { openStore } from '../../../main/host/store/store.ts';
import { onSmallDisk } from '../files/fixtures.ts';
import { sampleRun, startChild, temporaryFolder, temporaryHome } from './fixtures.ts';

function errorOf(work: () => unknown): StoreError {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** Readies a database file that a Lathe did not write, or wrote otherwise. */
function plant(file: string, sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.close();
}

describe('migrations', () => {
  it('bring an empty file to the current version and mark it as ours', () => {
    const home = temporaryHome();
    openStore(home).close();
    const db = new Database(home.database, { readonly: true });
    expect(db.pragma('user_version', { simple: true })).toBe(currentVersion);
    expect(db.pragma('application_id', { simple: true })).toBe(applicationId);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
  });

  it('keep every record of a saved version-1 database', () => {
    const home = temporaryHome();
    copyFileSync(join(import.meta.dirname, 'golden', 'version-1.db'), home.database);
    const store = openStore(home);
    const run = store.getRun('latest');
    expect(run).toMatchObject({
      experiment: 'saved',
      name: 'saved run',
      status: 'finished',
      seed: 7,
      tags: ['v1'],
      document: '{ "saved": true }',
    });
    expect(store.params(run.id)).toEqual([{ key: 'saved', value: true }]);
    expect([...store.metrics(run.id, 'loss').values]).toEqual([3, 2.5, NaN]);
    expect(store.artifacts(run.id)).toMatchObject([
      { kind: 'checkpoint', step: 2, sha256: 'ab', meta: { score: 2.5 } },
    ]);
    expect(store.scores(run.id)).toMatchObject([
      { metric: 'frechet', value: 12.5, low: 11, high: 14, extractorHash: 'ex' },
    ]);
    expect(store.events(run.id)).toMatchObject([{ code: 'finished', level: 'info', data: { steps: 3 } }]);
    store.close();
  });

  it('take only the steps that are missing, each whole or not at all', () => {
    const home = temporaryHome();
    openStore(home).close();
    const db = new Database(home.database);
    expect(() => migrate(db, home.database, [...migrations, 'CREATE TABLE extra (a); CREATE TABLE runs (b);'])).toThrow(
      /already exists/,
    );
    expect(db.pragma('user_version', { simple: true })).toBe(currentVersion);
    expect(db.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").pluck().get()).toBe(0);
    migrate(db, home.database, [...migrations, 'CREATE TABLE extra (a);']);
    expect(db.pragma('user_version', { simple: true })).toBe(currentVersion + 1);
    db.close();
    const error = errorOf(() => openStore(home));
    expect(error.code).toBe('newer');
    expect(error.message).toContain(home.database);
  });
});

describe('files that are not ours', () => {
  it('a file that is no database is refused by name and left as it is, by writer and reader', () => {
    const home = temporaryHome();
    const bytes = Buffer.from('this is a letter, not a database. '.repeat(100));
    writeFileSync(home.database, bytes);
    for (const readOnly of [false, true]) {
      const error = errorOf(() => openStore(home, { readOnly }));
      expect(error.code).toBe('corrupt');
      expect(error.message).toContain(home.database);
    }
    expect(readFileSync(home.database)).toEqual(bytes);
  });

  it('a database cut short is refused and left as it is', () => {
    const home = temporaryHome();
    const store = openStore(home);
    store.createRun(sampleRun);
    store.close();
    truncateSync(home.database, 6000);
    const bytes = readFileSync(home.database);
    const error = errorOf(() => openStore(home));
    expect(error.code).toBe('corrupt');
    expect(error.message).toContain(home.database);
    expect(readFileSync(home.database)).toEqual(bytes);
  });

  it("another program's database is refused and left as it is", () => {
    const home = temporaryHome();
    plant(home.database, 'CREATE TABLE letters (text)');
    const bytes = readFileSync(home.database);
    expect(errorOf(() => openStore(home)).code).toBe('foreign');
    expect(readFileSync(home.database)).toEqual(bytes);
  });

  it('a home that could not be opened is not left locked', () => {
    const home = temporaryHome();
    plant(home.database, 'CREATE TABLE letters (text)');
    errorOf(() => openStore(home));
    expect(errorOf(() => openStore(home)).code).toBe('foreign');
  });
});

describe('readers', () => {
  it('see committed records while another store writes, and cannot write', () => {
    const home = temporaryHome();
    const writer = openStore(home);
    const id = writer.createRun(sampleRun);
    const reader = openStore(home, { readOnly: true });
    expect(reader.getRun('latest').id).toBe(id);
    writer.appendMetrics(id, [{ key: 'loss', step: 0, value: 1, elapsedMs: 0 }]);
    expect([...reader.metrics(id, 'loss').values]).toEqual([1]);
    expect(reader.getRun(id).status).toBe('running');
    expect(errorOf(() => reader.createRun(sampleRun)).code).toBe('read-only');
    reader.close();
    writer.close();
  });

  it('open a home that nobody writes', () => {
    const home = temporaryHome();
    const writer = openStore(home);
    const id = writer.createRun(sampleRun);
    writer.close();
    const reader = openStore(home, { readOnly: true });
    expect(reader.getRun(id).name).toBe(sampleRun.name);
    reader.close();
  });

  it('say so when nothing has been recorded yet, and make no file', () => {
    const home = homePaths(temporaryFolder());
    expect(errorOf(() => openStore(home, { readOnly: true })).code).toBe('missing');
    expect(existsSync(home.database)).toBe(false);
  });

  it('bring an older database up to date first', () => {
    const home = temporaryHome();
    writeFileSync(home.database, '');
    const reader = openStore(home, { readOnly: true });
    expect(reader.listRuns()).toEqual([]);
    reader.close();
  });
});

describe('one writer', () => {
  it('a second store in the same process is refused', () => {
    const home = temporaryHome();
    const store = openStore(home);
    const error = errorOf(() => openStore(home));
    expect(error).toBeInstanceOf(HomeLockedError);
    expect((error as HomeLockedError).pid).toBe(process.pid);
    store.close();
    openStore(home).close();
  });

  it('a second process is told who holds the home, and reads all the same', async () => {
    const home = temporaryHome();
    const store = openStore(home);
    const child = startChild('try-open.ts', home.root);
    const answer = JSON.parse(await child.line()) as Record<string, unknown>;
    expect(answer).toMatchObject({ opened: false, pid: process.pid, home: home.root });
    expect(answer['message']).toMatch(new RegExp(`process ${process.pid} .*--home`));
    store.close();
    expect(JSON.parse(await startChild('try-open.ts', home.root).line())).toEqual({ opened: true });
  });

  it('kill -9 lets go of the home, and the run it left is marked interrupted, once', async () => {
    const home = temporaryHome();
    const child = startChild('hold.ts', home.root);
    const id = await child.line();
    const error = errorOf(() => openStore(home)) as HomeLockedError;
    expect(error.pid).toBe(child.process.pid);
    const reader = openStore(home, { readOnly: true });
    expect(reader.getRun(id).status).toBe('running');
    reader.close();
    await child.kill();
    const store = openStore(home);
    expect(store.interrupted).toEqual([id]);
    expect(store.getRun(id).status).toBe('interrupted');
    expect(store.getRun(id).endedMs).not.toBeNull();
    expect(store.events(id).map((event) => event.code)).toEqual(['interrupted']);
    store.close();
    const again = openStore(home);
    expect(again.interrupted).toEqual([]);
    again.close();
  });

  it('of many processes that open at once, only one at a time gets in', async () => {
    const home = temporaryHome();
    const children = Array.from({ length: 4 }, () => startChild('hold.ts', home.root));
    const outcomes = await Promise.allSettled(children.map((child) => child.line()));
    const words = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'opened' : String(outcome.reason)));
    expect(words.filter((text) => text === 'opened').length).toBe(1);
    expect(words.filter((text) => text.includes('HomeLockedError')).length).toBe(3);
  });
});

describe('kill -9 while points are appended', () => {
  it('loses nothing committed and leaves no half batch', async () => {
    for (const batches of [1, 7, 30]) {
      const home = temporaryHome();
      const child = startChild('append.ts', home.root);
      const id = await child.line();
      let committed = -1;
      for (let i = 0; i < batches; i++) committed = Number(await child.line());
      await child.kill();
      const store = openStore(home);
      const { steps, values } = store.metrics(id, 'loss');
      expect(steps.length).toBeGreaterThan(committed);
      expect(steps.length % 100).toBe(0);
      expect(steps.every((step, i) => step === i && values[i] === i)).toBe(true);
      expect(store.getRun(id)).toMatchObject({ status: 'interrupted', currentStep: steps.length });
      store.close();
    }
  });
});

describe('odd disks', () => {
  const child = (name: string): string => join(import.meta.dirname, 'children', name);

  it('a disk that fills up loses nothing committed, and the store goes on when there is room', () => {
    const printed = onSmallDisk('"$1" "$2" "$DIR"', process.execPath, child('fill.ts'));
    if (printed === null) return;
    const { code, message, committed, kept, afterwards } = JSON.parse(printed) as Record<string, unknown>;
    expect([code, message]).toEqual(['disk-full', expect.stringContaining('the disk is full')]);
    expect(committed).toBeGreaterThan(0);
    expect(kept).toBe(committed);
    expect(afterwards).toBe('stopped');
  });

  it('a home on a read-only disk is called so', () => {
    const command = '"$1" "$2" "$DIR" > /dev/null && mount -o remount,ro "$DIR" && "$1" "$2" "$DIR"';
    const printed = onSmallDisk(command, process.execPath, child('list.ts'));
    if (printed === null) return;
    expect(JSON.parse(printed)).toMatchObject({
      code: 'read-only',
      message: expect.stringContaining('read-only') as string,
    });
  });
});
