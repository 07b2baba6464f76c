/** Data as a document names it, from what a person points at: which kind of source a file or a folder is. */
import type { FolderEntry } from '../../../core/protocol/documents.ts';
import type { MethodInput } from '../../../core/protocol/methods.ts';

/** What data the host is asked for. */
export type DataRequest = MethodInput<'data.info'>;

export type Scheme = 'idx' | 'cifar' | 'images' | 'table' | 'text' | 'npy';

const fileSchemes: readonly (readonly [RegExp, Scheme])[] = [
  [/\.(csv|tsv)$/i, 'table'],
  [/\.(txt|md)$/i, 'text'],
  [/\.npy$/i, 'npy'],
];

/** The kind of source a file is; undefined for what cannot be read. */
export function schemeOfFile(name: string): Scheme | undefined {
  return fileSchemes.find(([ending]) => ending.test(name))?.[1];
}

/**
 * The kind of source a folder is by the names in it: IDX and CIFAR files have names of their own, anything else is a
 * folder of pictures, whose own words then tell what is missing.
 */
export function schemeOfFolder(entries: readonly Pick<FolderEntry, 'name' | 'kind'>[]): Scheme {
  const files = entries.filter((entry) => entry.kind === 'file').map((entry) => entry.name.toLowerCase());
  if (files.some((name) => /-(images|labels)[-.]idx[13]-ubyte(\.gz)?$/.test(name))) return 'idx';
  if (files.some((name) => /^(data_batch_\d|test_batch|train|test)\.bin$/.test(name))) return 'cifar';
  return 'images';
}

/** Endings of files that a document can name by themselves. */
export const dataFileEndings = ['csv', 'tsv', 'txt', 'md', 'npy'] as const;
/** Endings of documents. */
export const documentEndings = ['jsonc', 'json'] as const;

/** Whether a name ends in one of the endings. */
export const fileEnding = (name: string, endings: readonly string[]): boolean =>
  endings.some((ending) => name.toLowerCase().endsWith(`.${ending}`));

/** What a source is called in a list: its last part without its kind. */
export function sourceTitle(source: string): string {
  const path = source.slice(source.indexOf(':') + 1);
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}
