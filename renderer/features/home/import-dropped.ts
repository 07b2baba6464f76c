/** Brings what was dropped into the home: a document opens, data goes to Data with its source. */
import type { HostPort } from '../../state/host-port.ts';
import { navigate } from '../../state/navigation.ts';
import { announce, showFault, showToast } from '../../state/toasts.ts';
import { openTemplate } from '../../state/workspace-files.ts';
import { type DropMeaning, type DroppedFile, safeName } from './dropped.ts';

/** Bytes of one piece. */
const pieceSize = 4 * 1024 * 1024;
const largestDocument = 1_000_000;

export interface UploadProgress {
  readonly done: number;
  readonly total: number;
}

/** Sends files in pieces. @returns where the last file lies, and the folder of all @throws with the host's words */
async function upload(
  host: HostPort,
  files: readonly DroppedFile[],
  signal: AbortSignal,
  onProgress: (progress: UploadProgress) => void,
): Promise<{ readonly path: string; readonly folder: string }> {
  const batch = crypto.randomUUID();
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  let done = 0;
  let placed = { path: '', folder: '' };
  for (const { name, file } of files) {
    let offset = 0;
    do {
      signal.throwIfAborted();
      const bytes = new Uint8Array(await file.slice(offset, offset + pieceSize).arrayBuffer());
      const last = offset + bytes.length >= file.size;
      placed = await host.call('files.upload', { batch, name: safeName(name), bytes, offset, last });
      offset += bytes.length;
      done += bytes.length;
      onProgress({ done, total });
    } while (offset < file.size);
  }
  return placed;
}

/** The folder that holds everything that was dropped: one dropped folder is meant itself. */
function imagesFolder(folder: string, files: readonly DroppedFile[]): string {
  const tops = new Set(
    files.map(({ name }) => safeName(name)).map((name) => (name.includes('/') ? name.slice(0, name.indexOf('/')) : '')),
  );
  const [top] = tops;
  return tops.size === 1 && top ? `${folder}/${top}` : folder;
}

/** Does what a drop means. */
export async function importDropped(
  host: HostPort,
  meaning: DropMeaning,
  signal: AbortSignal,
  onProgress: (progress: UploadProgress) => void,
): Promise<void> {
  try {
    if (meaning.kind === 'nothing') showToast({ tone: 'warning', text: meaning.reason });
    else if (meaning.kind === 'document') await openDropped(host, meaning.file);
    else {
      const { path, folder } = await upload(host, meaning.files, signal, onProgress);
      const source = meaning.what === 'table' ? `table:${path}` : `images:${imagesFolder(folder, meaning.files)}`;
      announce('The data was brought in');
      navigate('data', { source });
    }
  } catch (fault) {
    if (!signal.aborted) showFault('What was dropped could not be brought in', fault);
  }
}

async function openDropped(host: HostPort, { name, file }: DroppedFile): Promise<void> {
  if (file.size > largestDocument)
    throw new Error(`${name} has ${file.size} bytes; a document has at most ${largestDocument}`);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  // A browser does not say where the file lies: it opens as a document of no file yet.
  openTemplate({ text, baseDir: (await host.call('app.info', {})).home });
  navigate('design');
}
