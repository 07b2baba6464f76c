/** Brings data into the workbench: files and folders of the machine by name, dropped ones by their bytes. */
import type { HostClient } from '../../client/host-client.ts';
import { baseName, folderOf } from '../../components/files/paths.ts';
import { type DroppedFile, safeName } from './dropped.ts';
import { type DataRequest, schemeOfFile, schemeOfFolder } from './sources.ts';

type Host = Pick<HostClient, 'call'>;

/** A request for a file of the host's machine. @throws Error in words for one that cannot be read as data */
export function requestForFile(path: string): DataRequest {
  const scheme = schemeOfFile(path);
  if (!scheme)
    throw new Error(
      `${baseName(path)} is no table (.csv, .tsv), no text (.txt, .md) and no NumPy array (.npy); pictures are opened as a folder`,
    );
  return { source: `${scheme}:${path}`, baseDir: folderOf(path) };
}

/** A request for a folder of the host's machine, after a look at what is in it. @throws HostError */
export async function requestForFolder(host: Host, path: string): Promise<DataRequest> {
  const { entries } = await host.call('files.list', { path });
  return { source: `${schemeOfFolder(entries)}:${path}`, baseDir: path };
}

const pieceBytes = 4 * 1024 * 1024;

export interface UploadProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * Copies dropped files into the home and gives the request for them: one table or array by itself, anything else as a
 * folder. @throws HostError, and AbortError when given up
 */
export async function requestForDrop(
  host: Host,
  files: readonly DroppedFile[],
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<DataRequest> {
  const batch = crypto.randomUUID();
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  let done = 0;
  let last: { readonly path: string; readonly folder: string } | undefined;
  for (const { name: given, file } of files) {
    const name = safeName(given);
    for (let offset = 0; offset === 0 || offset < file.size; offset += pieceBytes) {
      signal.throwIfAborted();
      const bytes = new Uint8Array(await file.slice(offset, offset + pieceBytes).arrayBuffer());
      const isLast = offset + pieceBytes >= file.size;
      last = await host.call('files.upload', { batch, name, bytes, offset, last: isLast }, { signal });
      done += bytes.length;
      onProgress({ done, total });
    }
  }
  if (!last) throw new Error('nothing was dropped that holds bytes');
  if (files.length === 1 && schemeOfFile(last.path)) return requestForFile(last.path);
  return requestForFolder(host, topFolder(last.folder, files));
}

/** The dropped folder itself, where all files come from one. */
function topFolder(folder: string, files: readonly DroppedFile[]): string {
  const [top] = safeName(files[0]!.name).split('/');
  const isOne = files.every(({ name }) => safeName(name).startsWith(`${top}/`));
  return isOne ? `${folder}/${top}` : folder;
}
