/** The system's own dialog for a file or folder, in the desktop window. */
import type { Bridge, FileDialog } from '../../../core/protocol/bridge.ts';
import { pathIn, withEnding } from './paths.ts';

interface Asked extends Omit<FileDialog, 'path'> {
  /** Folder it begins in. */
  readonly start?: string;
  /** Of a file to be saved. */
  readonly name?: string;
}

/** @returns the path a person chose, with an ending where it was to have one; null when they chose none */
export async function askSystem(
  bridge: Pick<Bridge, 'chooseFile'>,
  { title, kind, start, name, endings = [] }: Asked,
): Promise<string | null> {
  const path = start !== undefined && name !== undefined ? pathIn(start, name) : (name ?? start);
  const chosen = await bridge.chooseFile({
    title,
    kind,
    ...(path !== undefined && { path }),
    ...(endings.length > 0 && { endings }),
  });
  return chosen !== null && kind === 'save-file' ? withEnding(chosen, endings) : chosen;
}
