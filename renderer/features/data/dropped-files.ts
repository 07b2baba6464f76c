/** Files and folders dropped onto the window, as a flat list of files with the way to each. */

export interface DroppedFile {
  /** With forward slashes, from the dropped folder on: `photos/cat/1.jpg`. */
  readonly name: string;
  readonly file: File;
}

/** More than this many files are no drop but a mistake; a folder of any size can be opened where it lies. */
const mostFiles = 200_000;

/** Every file of a drop, folders walked through; hidden ones are left out. */
export async function droppedFiles(transfer: DataTransfer): Promise<readonly DroppedFile[]> {
  // Entries must be taken before the first wait: the browser empties the transfer then.
  const items = [...transfer.items].filter((item) => item.kind === 'file');
  const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  // What another page hands over has bytes but no place in a file system.
  const loose = items.filter((item) => item.webkitGetAsEntry() === null).map((item) => item.getAsFile());
  const found: DroppedFile[] = loose.filter((file) => file !== null).map((file) => ({ name: file.name, file }));
  for (const entry of entries) await walk(entry, found);
  return found;
}

async function walk(entry: FileSystemEntry, found: DroppedFile[]): Promise<void> {
  if (entry.name.startsWith('.')) return;
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
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const inside of some) await walk(inside, found);
  }
}
