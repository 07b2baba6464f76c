/** Keeps a document's data where it is when the document itself goes to another folder. */
import { setField } from '../../core/spec/edit.ts';
import { isRecord } from '../../core/spec/schema-walk.ts';
import { readSource } from '../../core/spec/source-text.ts';

const isAbsolute = (path: string): boolean => /^([/\\]|[A-Za-z]:[/\\])/.test(path);
const partsOf = (path: string): readonly string[] => path.split(/[/\\]/).filter((part) => part !== '' && part !== '.');

/** The parts of a path that is taken from a folder, `..` walked. */
function walked(folder: string, path: string): readonly string[] {
  const parts: string[] = [];
  for (const part of [...partsOf(folder), ...partsOf(path)]) {
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts;
}

/**
 * A data source for a document that moved between folders, naming the same files: relative where they lie below the new
 * folder, absolute elsewhere. Sources that name no files, or name them absolutely, stay as they are.
 */
export function movedSource(source: string, from: string, to: string): string {
  const [, scheme, path] = /^(idx|cifar|images|table|npy):(.+)$/s.exec(source) ?? [];
  if (scheme === undefined || path === undefined || isAbsolute(path)) return source;
  const target = walked(from, path);
  if (walked(to, path).join('/') === target.join('/')) return source;
  const folder = walked(to, '');
  if (folder.length < target.length && folder.every((part, index) => part === target[index]))
    return `${scheme}:${target.slice(folder.length).join('/')}`;
  const separator = from.includes('\\') && !from.startsWith('/') ? '\\' : '/';
  const root = /^[/\\]*/.exec(from)![0];
  return `${scheme}:${root}${target.join(separator)}`;
}

/** The document's text for its new folder; the same text where nothing has to change. */
export function movedText(text: string, from: string, to: string): string {
  const { value } = readSource(text);
  const data = isRecord(value) ? value['data'] : undefined;
  const source = isRecord(data) ? data['source'] : undefined;
  if (typeof source !== 'string') return text;
  const moved = movedSource(source, from, to);
  return moved === source ? text : setField(text, ['data', 'source'], moved);
}
