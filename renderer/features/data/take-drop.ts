/** Does what a drop means: a document opens, data is brought in and shown. */
import { shellBridge } from '../../client/create-client.ts';
import type { HostClient } from '../../client/host-client.ts';
import { navigate } from '../../state/navigation.ts';
import { announce, showFault, showToast } from '../../state/toasts.ts';
import { openDocument, openTemplate } from '../../state/workspace-files.ts';
import { requestForDrop, requestForFile, requestForFolder, type UploadProgress } from './bring-data.ts';
import { keepOpened } from './data-store.ts';
import { type DroppedFile, type DroppedItem, filesOf, meaningOf } from './dropped.ts';
import { type DataRequest, documentEndings, fileEnding, schemeOfFile } from './sources.ts';

type Host = Pick<HostClient, 'call'>;

const largestDocument = 1_000_000;

/** Never throws: what goes wrong is told in a toast. @param signal gives the bringing in up */
export async function takeDrop(
  host: Host,
  items: readonly DroppedItem[],
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (await openWhereItLies(host, items)) return;
    const meaning = meaningOf(await filesOf(items));
    if (meaning.kind === 'nothing') showToast({ tone: 'warning', text: meaning.reason });
    else if (meaning.kind === 'document') await openBytes(host, meaning.file);
    else showData(await requestForDrop(host, meaning.files, onProgress, signal));
  } catch (fault) {
    if (!signal.aborted) showFault('What was dropped could not be brought in', fault);
  }
}

/** In the desktop window a dropped file or folder has a path, and nothing is copied. @returns whether that was so */
async function openWhereItLies(host: Host, items: readonly DroppedItem[]): Promise<boolean> {
  const [item] = items;
  const path = items.length === 1 && item?.file ? (shellBridge()?.pathOfFile(item.file) ?? '') : '';
  if (path === '') return false;
  if (item!.entry?.isDirectory) showData(await requestForFolder(host, path));
  else if (schemeOfFile(path)) showData(requestForFile(path));
  else if (!fileEnding(path, documentEndings)) return false;
  else if (await openDocument(path)) navigate('design');
  return true;
}

function showData(request: DataRequest): void {
  keepOpened(request);
  announce('The data was brought in');
  navigate('data', { source: request.source });
}

async function openBytes(host: Host, { name, file }: DroppedFile): Promise<void> {
  if (file.size > largestDocument)
    throw new Error(`${name} has ${file.size} bytes; a document has at most ${largestDocument}`);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  // A browser does not say where the file lies: it opens as a document of no file yet.
  openTemplate({ text, baseDir: (await host.call('app.info', {})).home });
  navigate('design');
}
