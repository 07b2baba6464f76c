/** What a person dropped onto the window, and what it means. */
import { documentEndings, fileEnding, schemeOfFile, schemeOfFolder } from './sources.ts';

/** A file with its place in what was dropped, with forward slashes: `photos/cat/1.jpg`. */
export interface DroppedFile {
  readonly name: string;
  readonly file: File;
}

export type DropMeaning =
  | { readonly kind: 'document'; readonly file: DroppedFile }
  | { readonly kind: 'data'; readonly files: readonly DroppedFile[] }
  | { readonly kind: 'nothing'; readonly reason: string };

const picture = /\.(png|jpe?g|webp|gif|bmp|tiff?)$/i;
/** Names that systems leave in folders. */
const litter = /(^|\/)(\.[^/]*|__MACOSX\/.*|Thumbs\.db|desktop\.ini)$/i;
/** More than this many files are no drop but a mistake; a folder of any size can be opened where it lies. */
const mostFiles = 200_000;

/** One document opens; a table, a text, an array, pictures, and folders of them or of MNIST's and CIFAR's files become data. */
export function meaningOf(dropped: readonly DroppedFile[]): DropMeaning {
  const files = dropped.filter(({ name }) => !litter.test(name));
  const [first] = files;
  if (!first) return { kind: 'nothing', reason: 'There was no file in what was dropped.' };
  if (files.length === 1 && fileEnding(first.name, documentEndings)) return { kind: 'document', file: first };
  if (files.length === 1 && schemeOfFile(first.name)) return { kind: 'data', files };
  const names = files.map(({ name }) => ({ name: name.slice(name.lastIndexOf('/') + 1), kind: 'file' as const }));
  if (schemeOfFolder(names) !== 'images') return { kind: 'data', files };
  const pictures = files.filter(({ name }) => picture.test(name));
  if (pictures.length > 0) return { kind: 'data', files: pictures };
  const what = files.length === 1 ? `${first.name} is neither` : `None of the ${files.length} files is`;
  return {
    kind: 'nothing',
    reason: `${what} a model document (.lathe.jsonc), a table (.csv), a text (.txt), an array (.npy) ${files.length === 1 ? 'nor' : 'or'} a picture.`,
  };
}

/** A name the home takes: parts between slashes without characters that some system keeps for itself. */
export function safeName(name: string): string {
  const parts = name
    .split('/')
    .filter((part) => part !== '' && !/^\.+$/.test(part))
    .map((part) =>
      part
        .replaceAll(/[\\:*?"<>|\p{Cc}]/gu, '_')
        .replace(/[. ]+$/, '_')
        .slice(-200),
    );
  return parts.join('/') || 'file';
}

/** One thing that was dropped: a file, or a folder to be walked through. */
export interface DroppedItem {
  readonly file: File | null;
  readonly entry: FileSystemEntry | null;
}

/** What was dropped; must be called while the event is handled, for the browser empties the transfer then. */
export function itemsOf(transfer: DataTransfer): readonly DroppedItem[] {
  return [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => ({ file: item.getAsFile(), entry: item.webkitGetAsEntry() }));
}

/** Every file of a drop, folders walked through, in an order that does not depend on the system. @throws for too many */
export async function filesOf(items: readonly DroppedItem[]): Promise<readonly DroppedFile[]> {
  const found: DroppedFile[] = [];
  for (const { file, entry } of items) {
    if (entry) await walk(entry, found);
    // What another page hands over has bytes but no place in a file system.
    else if (file) found.push({ name: file.name, file });
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function walk(entry: FileSystemEntry, found: DroppedFile[]): Promise<void> {
  if (found.length >= mostFiles)
    throw new Error(
      `more than ${mostFiles.toLocaleString('en-GB')} files were dropped: open the folder where it lies instead`,
    );
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ name: entry.fullPath.replace(/^\//, ''), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader gives a hundred entries at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const inside of some) await walk(inside, found);
  }
}
