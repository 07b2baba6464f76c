/** How much room a folder takes, entry by entry, asked of the host folder by folder. */
import type { HostClient } from '../../client/host-client.ts';
import { pathIn } from '../../components/files/paths.ts';

export interface EntrySize {
  readonly name: string;
  readonly bytes: number;
  readonly files: number;
}

/** Folders looked into at once. */
const together = 8;

/**
 * Sizes of what is directly in a folder, folders with all they hold, largest first. Hidden files are not counted.
 * @throws HostError, also when given up
 */
export async function folderSizes(
  host: Pick<HostClient, 'call'>,
  path: string,
  signal: AbortSignal,
  onCounted: (files: number) => void,
): Promise<readonly EntrySize[]> {
  let counted = 0;
  const { entries } = await host.call('files.list', { path }, { signal });
  const sizes = new Map(
    entries.map((entry) => [
      entry.name,
      { name: entry.name, bytes: entry.bytes, files: entry.kind === 'file' ? 1 : 0 },
    ]),
  );
  const waiting = entries
    .filter((entry) => entry.kind === 'folder')
    .map((entry) => ({ top: entry.name, path: pathIn(path, entry.name) }));
  while (waiting.length > 0) {
    const some = waiting.splice(0, together);
    const found = await Promise.all(
      some.map(async (folder) => ({ ...folder, entries: await entriesOf(host, folder.path, signal) })),
    );
    for (const folder of found) {
      const sum = sizes.get(folder.top)!;
      for (const entry of folder.entries) {
        if (entry.kind === 'folder') waiting.push({ top: folder.top, path: pathIn(folder.path, entry.name) });
        else {
          sum.bytes += entry.bytes;
          sum.files++;
          counted++;
        }
      }
    }
    onCounted(counted);
  }
  return [...sizes.values()].sort((a, b) => b.bytes - a.bytes);
}

/** A folder that has gone meanwhile, as of a run deleted just now, holds nothing. */
async function entriesOf(host: Pick<HostClient, 'call'>, path: string, signal: AbortSignal) {
  try {
    return (await host.call('files.list', { path }, { signal })).entries;
  } catch (error) {
    if (signal.aborted) throw error;
    return [];
  }
}
