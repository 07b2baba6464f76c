/** Temporary folders and odd disks for the tests of files. */

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lathe-test-'));
  // Made for its owner alone; open to all, so that a test about rights meets the rights it set itself.
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Runs a shell command in a mount namespace of its own, where `$DIR` is a disk of 256 KiB;
 * the mount ends with the command. Needs Linux and the right to make namespaces.
 * @returns what it printed, or null (the reason is printed) where such a disk cannot be made.
 */
export function onSmallDisk(command: string, ...args: readonly string[]): string | null {
  const folder = temporaryFolder();
  const script = `mount -t tmpfs -o size=256k tmpfs "$0" || exit 77; DIR="$0"; ${command}`;
  const result = spawnSync('unshare', ['-rm', 'sh', '-c', script, folder, ...args], { encoding: 'utf8' });
  if (result.error !== undefined || result.status === 77 || /unshare/.test(result.stderr)) {
    console.log(`skipped: no disk of its own can be mounted here (${result.error?.message ?? result.stderr.trim()})`);
    return null;
  }
  if (result.status !== 0) throw new Error(result.stderr);
  return result.stdout;
}

/**
 * Runs `work` as a user who owns nothing, so that permissions count even where the tests run as root.
 * @returns false (the reason is printed) where that cannot be done.
 */
export async function withoutRights(work: () => Promise<void> | void): Promise<boolean> {
  if (process.platform === 'win32') {
    console.log('skipped: folders have no permission bits on Windows');
    return false;
  }
  const user = process.geteuid?.() ?? -1;
  if (user === 0) process.seteuid!(65534);
  try {
    await work();
  } finally {
    if (user === 0) process.seteuid!(user);
  }
  return true;
}
