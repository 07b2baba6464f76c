/** Paths as text, of either system's separators. */

/** A name inside a folder. */
export function pathIn(folder: string, name: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  return folder.endsWith(separator) ? folder + name : folder + separator + name;
}

/** The last part: `photos` of `/home/ada/photos`. */
export const baseName = (path: string): string => path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;

/** The folder a path lies in. */
export function folderOf(path: string): string {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return at <= 0 ? path.slice(0, at + 1) : path.slice(0, at);
}

/** The name with an ending, unless it has one of those allowed. */
export function withEnding(name: string, endings: readonly string[]): string {
  const has = endings.length === 0 || endings.some((ending) => name.toLowerCase().endsWith(`.${ending.toLowerCase()}`));
  return has ? name : `${name}.${endings[0]}`;
}
