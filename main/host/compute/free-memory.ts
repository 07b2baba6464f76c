/** How much memory is free: on the machine, and in the group of processes that a container or a service is limited to. */
import { readFileSync } from 'node:fs';
import { freemem, platform, totalmem } from 'node:os';
import { join } from 'node:path';

const groups = '/sys/fs/cgroup';

/** Bytes that new allocations can have without others being paged out. */
export function freeMemory(): number {
  return Math.min(
    freeOf(platform(), freemem(), totalmem()),
    ...groupsOf(text('/proc/self/cgroup')).map((group) => freeIn((name) => text(join(group, name)))),
  );
}

/**
 * What a system has left, of the numbers that Node tells, in bytes. macOS fills its memory with files and calls free only
 * what it holds nothing in, often a fiftieth: there half of the memory is counted on, and it gives way or compresses.
 */
export function freeOf(system: NodeJS.Platform, freeBytes: number, totalBytes: number): number {
  return system === 'darwin' ? Math.max(freeBytes, totalBytes / 2) : freeBytes;
}

/** Folders of the process's group and of those around it (Linux, cgroup version 2); none elsewhere. */
function groupsOf(membership: string | undefined): readonly string[] {
  const path = /^0::\/(.*)$/m.exec(membership ?? '')?.[1];
  if (path === undefined) return [];
  const parts = path.split('/').filter((part) => part !== '');
  return Array.from({ length: parts.length + 1 }, (_, count) => join(groups, ...parts.slice(0, count)));
}

/**
 * What a group has left. Files that it has read count as used, but give way.
 * @param read gives a file of the group, undefined where there is none
 */
export function freeIn(read: (name: string) => string | undefined): number {
  const most = Number(read('memory.max') ?? 'max');
  if (!Number.isFinite(most)) return Infinity;
  const used = Number(read('memory.current') ?? 0);
  const files = Number(/^inactive_file (\d+)$/m.exec(read('memory.stat') ?? '')?.[1] ?? 0);
  return Math.max(0, most - used + files);
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
