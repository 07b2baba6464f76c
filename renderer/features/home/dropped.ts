/** What a person dropped onto the window, and what it means. */

/** A file with its place in what was dropped: `photos/cats/1.png`. */
export interface DroppedFile {
  readonly name: string;
  readonly file: Blob;
}

export type DropMeaning =
  | { readonly kind: 'document'; readonly file: DroppedFile }
  /** `source`: how a document names it, given the folder or path it was brought to. */
  | { readonly kind: 'data'; readonly what: 'images' | 'table'; readonly files: readonly DroppedFile[] }
  | { readonly kind: 'nothing'; readonly reason: string };

const pictures = /\.(png|jpe?g|webp|gif|bmp|tiff?)$/i;
const tables = /\.(csv|tsv|txt)$/i;
const documents = /\.jsonc?$/i;
/** Names that systems leave in folders. */
const litter = /(^|\/)(\.[^/]*|__MACOSX\/.*|Thumbs\.db|desktop\.ini)$/i;

/** One document opens; a table, or pictures in folders, become data. */
export function meaningOf(dropped: readonly DroppedFile[]): DropMeaning {
  const files = dropped.filter(({ name }) => !litter.test(name));
  const [first] = files;
  if (!first) return { kind: 'nothing', reason: 'There was no file in what was dropped.' };
  if (files.length === 1 && documents.test(first.name)) return { kind: 'document', file: first };
  if (files.length === 1 && tables.test(first.name)) return { kind: 'data', what: 'table', files };
  const images = files.filter(({ name }) => pictures.test(name));
  if (images.length > 0) return { kind: 'data', what: 'images', files: images };
  return {
    kind: 'nothing',
    reason: `${first.name} is neither a model document (.lathe.jsonc), a table (.csv), nor a folder of pictures.`,
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

/** Every file of a drop, folders walked through, in an order that does not depend on the system. */
export async function filesOf(items: DataTransferItemList): Promise<readonly DroppedFile[]> {
  // Entries must be taken while the event is being handled.
  const taken = [...items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found = await Promise.all(taken.filter((entry) => entry !== null).map((entry) => walked(entry)));
  return found.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function walked(entry: FileSystemEntry | File): Promise<readonly DroppedFile[]> {
  if (entry instanceof File) return [{ name: entry.name, file: entry }];
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ name: entry.fullPath.replace(/^\//, ''), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: DroppedFile[] = [];
  for (;;) {
    // A reader gives a hundred entries at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    for (const child of some) all.push(...(await walked(child)));
  }
}
