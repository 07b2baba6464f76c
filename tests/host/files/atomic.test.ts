/** Claims about writing files: whole or not at all, and errors in plain words that name the file. */

import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  clearStaleTemporaries,
  explainFileError,
  FileError,
  removeFile,
  writeFileAtomic,
} from '../../../main/host/files/atomic.ts';
import { onSmallDisk, temporaryFolder, withoutRights } from './fixtures.ts';

const childFile = join(import.meta.dirname, 'children', 'write.ts');

async function errorOf(work: Promise<unknown>): Promise<FileError> {
  const error: unknown = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof FileError) return error;
  throw error;
}

describe('writing a file', () => {
  it('writes all chunks, replaces what was there, and says size and sha256', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.bin');
    writeFileSync(path, 'old and longer than the new one');
    const written = await writeFileAtomic(path, [Uint8Array.of(1, 2), 'é', new Uint8Array(0), Uint8Array.of(3)]);
    const expected = Buffer.from([1, 2, 0xc3, 0xa9, 3]);
    expect(readFileSync(path)).toEqual(expected);
    expect(written).toEqual({ bytes: 5, sha256: createHash('sha256').update(expected).digest('hex') });
    expect(readdirSync(folder)).toEqual(['a.bin']);
  });

  it('leaves the old file and no rubbish when the chunks fail half-way', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.bin');
    writeFileSync(path, 'old');
    function* chunks(): Generator<Uint8Array> {
      yield new Uint8Array(1000);
      throw new Error('no more');
    }
    const error = await errorOf(writeFileAtomic(path, chunks()));
    expect(error.message).toContain(path);
    expect(error.message).toContain('no more');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.bin']);
  });
});

describe('errors', () => {
  it('a missing folder is named', async () => {
    const folder = join(temporaryFolder(), 'gone');
    const error = await errorOf(writeFileAtomic(join(folder, 'a'), []));
    expect([error.code, error.path]).toEqual(['missing', join(folder, 'a')]);
    expect(error.message).toContain(`the folder ${folder} does not exist`);
  });

  it('a file where a folder should be is named', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const error = await errorOf(writeFileAtomic(join(file, 'a'), []));
    expect(error.code).toBe('not-a-folder');
    expect(error.message).toContain(file);
  });

  it('a folder in the place of the file is left alone', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a'));
    expect((await errorOf(writeFileAtomic(join(folder, 'a'), ['x']))).code).toBe('failed');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('a folder without the right to write is named', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o555);
    await withoutRights(async () => {
      const error = await errorOf(writeFileAtomic(join(folder, 'a'), ['x']));
      expect(error.code).toBe('denied');
      expect(error.message).toContain('permission denied');
    });
    chmodSync(folder, 0o755);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('a full disk is called so, and the old file is still there', () => {
    const command = 'echo old > "$DIR/a"; "$1" "$2" "$DIR/a" 1000000 && cat "$DIR/a" && ls -A "$DIR"';
    const printed = onSmallDisk(command, process.execPath, childFile);
    if (printed === null) return;
    const [answer, ...rest] = printed.trim().split('\n');
    expect(JSON.parse(answer)).toMatchObject({
      code: 'disk-full',
      message: expect.stringContaining('the disk is full') as string,
    });
    expect(rest).toEqual(['old', 'a']);
  });

  it('a read-only disk is called so', () => {
    const printed = onSmallDisk('mount -o remount,ro "$DIR" && "$1" "$2" "$DIR/a" 10', process.execPath, childFile);
    if (printed === null) return;
    expect(JSON.parse(printed)).toMatchObject({
      code: 'read-only',
      message: expect.stringContaining('read-only disk') as string,
    });
  });

  it('an error that is already explained stays as it is', () => {
    const error = new FileError('corrupt', 'a', 'b');
    expect(explainFileError(error, 'other', 'read')).toBe(error);
  });
});

describe('cleaning up', () => {
  it('removes what dead processes left, and what is older than a day, and nothing else', async () => {
    const folder = temporaryFolder();
    const dead = `.a.bin.${2 ** 22 + 1}-0123abcd.tmp`;
    const alive = `.a.bin.${process.pid}-0123abcd.tmp`;
    const old = `.b.bin.${process.pid}-0123abcd.tmp`;
    for (const name of [dead, alive, old, 'a.tmp', '.hidden', 'a.bin']) writeFileSync(join(folder, name), '');
    const longAgo = Date.now() / 1000 - 2 * 86_400;
    utimesSync(join(folder, old), longAgo, longAgo);
    expect((await clearStaleTemporaries(folder)).sort()).toEqual([dead, old].sort());
    expect(readdirSync(folder).sort()).toEqual([alive, 'a.tmp', '.hidden', 'a.bin'].sort());
  });

  it('removing a file that is gone is fine', async () => {
    const path = join(temporaryFolder(), 'a');
    writeFileSync(path, '');
    await removeFile(path);
    await removeFile(path);
    expect(existsSync(path)).toBe(false);
  });
});
