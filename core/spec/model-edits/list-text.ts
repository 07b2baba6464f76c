/** Changes the order and number of a list's items in a document's text, taking their comments along. */
import { findNodeAtLocation, type Node as TextNode } from 'jsonc-parser';
import type { DocumentPath } from '../../nn/network.ts';
import {
  apply,
  commaAfter,
  formatValue,
  indentAt,
  isFirstOnLine,
  lineStart,
  restOfLine,
  setField,
  styleOf,
  treeOf,
  type Edit,
} from '../edit.ts';

/** An item as its author wrote it. */
export interface ItemText {
  /** The value's own text. */
  readonly raw: string;
  /** Spaces its lines begin with; those of its second line and on are moved with it. */
  readonly indent: string;
  /** The comment behind it on its line, with its marks; '' when there is none. */
  readonly comment: string;
}

function nodeAt(text: string, path: DocumentPath): TextNode {
  const node = findNodeAtLocation(treeOf(text), [...path]);
  if (!node) throw new RangeError(`there is nothing at ${path.join('.')}`);
  return node;
}

/** The text of the item at `path`. @throws RangeError when there is none. */
export function itemText(text: string, path: DocumentPath): ItemText {
  const node = nodeAt(text, path);
  const end = node.offset + node.length;
  const comma = commaAfter(text, end);
  const from = comma === undefined ? end : comma + 1;
  const lineEnd = restOfLine(text, from);
  const comment = lineEnd !== undefined && isFirstOnLine(text, node.offset) ? text.slice(from, lineEnd).trim() : '';
  return { raw: text.slice(node.offset, end), indent: indentAt(text, node.offset), comment };
}

/** The value as an item that somebody might have written. */
export function writtenItem(text: string, value: unknown): ItemText {
  return { raw: formatValue(value, '', styleOf(text)), indent: '', comment: '' };
}

/** Puts an item into the list at `list` as its `index`th. */
export function insertItem(text: string, list: DocumentPath, index: number, item: ItemText): string {
  const node = nodeAt(text, list);
  const items = node.children ?? [];
  if (items.length === 0) return intoEmptyList(text, node, item);
  const before = items[index - 1];
  return apply(
    text,
    before ? insertionAfter(text, node, before, index === items.length, item) : insertionFirst(text, node, item),
  );
}

/** Renames keys of the object at `path`, if there is one, all at once; values and comments stay. */
export function renamedKeys(text: string, path: DocumentPath, newKeys: ReadonlyMap<string, string>): string {
  const object = findNodeAtLocation(treeOf(text), [...path]);
  const edits = (object?.children ?? []).flatMap((property): readonly Edit[] => {
    const node = property.children?.[0];
    const renamed = newKeys.get(String(node?.value));
    if (!node || renamed === undefined || renamed === node.value) return [];
    return [{ offset: node.offset, length: node.length, content: JSON.stringify(renamed) }];
  });
  return apply(text, edits);
}

/** Sets a field; a new one becomes the first of its object, where readers look for names. */
export function setFirstField(text: string, object: DocumentPath, key: string, value: unknown): string {
  const node = nodeAt(text, object);
  const first = node.children?.[0];
  if (!first || findNodeAtLocation(node, [key])) return setField(text, [...object, key], value);
  const gap = isFirstOnLine(text, first.offset) ? `${styleOf(text).eol}${indentAt(text, first.offset)}` : ' ';
  return apply(text, [
    { offset: first.offset, length: 0, content: `${JSON.stringify(key)}: ${JSON.stringify(value)},${gap}` },
  ]);
}

/** Adds an object under `key` with each of its fields on a line of its own; `parent` is made where it is missing. */
export function addSpread(
  text: string,
  parent: DocumentPath,
  key: string,
  fields: Readonly<Record<string, unknown>>,
): string {
  const opened = openedUp(findNodeAtLocation(treeOf(text), [...parent]) ? text : setField(text, parent, {}), parent);
  const held = setField(opened, [...parent, key], null);
  const node = nodeAt(held, [...parent, key]);
  const { eol, unit } = styleOf(held);
  const isOwnLine = isFirstOnLine(held, node.parent!.offset);
  const outer = indentAt(held, node.offset);
  const lines = Object.entries(fields).map(
    ([name, value]) =>
      `${outer}${unit}${JSON.stringify(name)}: ${formatValue(value, `${outer}${unit}`, styleOf(held))}`,
  );
  const content = isOwnLine
    ? `{${eol}${lines.join(`,${eol}`)}${eol}${outer}}`
    : formatValue(fields, outer, styleOf(held));
  return apply(held, [{ offset: node.offset, length: node.length, content }]);
}

/** An empty object of one line on two, so that what is put in gets lines of its own. */
function openedUp(text: string, path: DocumentPath): string {
  const node = nodeAt(text, path);
  if (!/^\{\s*\}$/.test(text.slice(node.offset, node.offset + node.length))) return text;
  return apply(text, [
    { offset: node.offset, length: node.length, content: `{${styleOf(text).eol}${indentAt(text, node.offset)}}` },
  ]);
}

/** Sets several fields of one object whose values are short, at once: long lists of them take no longer than one. */
export function setFields(text: string, object: DocumentPath, values: ReadonlyMap<string, unknown>): string {
  const node = findNodeAtLocation(treeOf(text), [...object]);
  if (!node || (node.children ?? []).length === 0) return setField(text, object, Object.fromEntries(values));
  const known = new Map(
    (node.children ?? []).map((property) => [String(property.children?.[0]?.value), property.children?.[1]]),
  );
  const style = styleOf(text);
  const edits: Edit[] = [];
  const fresh: [string, unknown][] = [];
  for (const [key, value] of values) {
    const old = known.get(key);
    if (old) edits.push({ offset: old.offset, length: old.length, content: formatValue(value, '', style) });
    else fresh.push([key, value]);
  }
  const changed = apply(text, edits);
  const [first, ...rest] = fresh;
  if (!first) return changed;
  const added = setField(changed, [...object, first[0]], first[1]);
  const property = nodeAt(added, [...object, first[0]]).parent!;
  const gap = isFirstOnLine(added, property.offset) ? `${style.eol}${indentAt(added, property.offset)}` : ' ';
  const content = rest
    .map(([key, value]) => `,${gap}${JSON.stringify(key)}: ${formatValue(value, '', style)}`)
    .join('');
  return apply(added, [{ offset: property.offset + property.length, length: 0, content }]);
}

function intoEmptyList(text: string, node: TextNode, item: ItemText): string {
  const style = styleOf(text);
  const close = node.offset + node.length - 1;
  const outer = indentAt(text, node.offset);
  const indent = `${outer}${style.unit}`;
  const line = `${indent}${reindented(item, indent)},${behind(item)}${style.eol}`;
  const opensOwnLine = text.slice(lineStart(text, close), close).trim() === '';
  if (opensOwnLine) return apply(text, [{ offset: lineStart(text, close), length: 0, content: line }]);
  // what stands between the brackets can only be space and comments that end on this line
  return apply(text, [{ offset: close, length: 0, content: `${style.eol}${line}${outer}` }]);
}

function insertionFirst(text: string, list: TextNode, item: ItemText): readonly Edit[] {
  const first = list.children![0];
  const lineEnd = restOfLine(text, list.offset + 1);
  if (lineEnd === undefined || !isFirstOnLine(text, first.offset)) {
    return [{ offset: first.offset, length: 0, content: `${inline(item)}, ` }];
  }
  const indent = indentAt(text, first.offset);
  return [
    { offset: lineEnd, length: 0, content: `${styleOf(text).eol}${indent}${reindented(item, indent)},${behind(item)}` },
  ];
}

function insertionAfter(
  text: string,
  list: TextNode,
  before: TextNode,
  isLast: boolean,
  item: ItemText,
): readonly Edit[] {
  const end = before.offset + before.length;
  const comma = commaAfter(text, end);
  const separator = comma === undefined ? [{ offset: end, length: 0, content: ',' }] : [];
  const from = comma === undefined ? end : comma + 1;
  const tail = !isLast || comma !== undefined ? ',' : '';
  const close = list.offset + list.length - 1;
  const lineEnd = restOfLine(text, from);
  const closesOwnLine = text.slice(lineStart(text, close), close).trim() === '';
  if (lineEnd === undefined || (isLast && !closesOwnLine) || !isFirstOnLine(text, before.offset)) {
    return [...separator, { offset: from, length: 0, content: ` ${inline(item)}${tail}` }];
  }
  const indent = indentAt(text, before.offset);
  const content = `${styleOf(text).eol}${indent}${reindented(item, indent)}${tail}${behind(item)}`;
  return [...separator, { offset: lineEnd, length: 0, content }];
}

const behind = (item: ItemText): string => (item.comment === '' ? '' : ` ${item.comment}`);

/** The item where more follows on its line: a comment to the line's end becomes one that closes. */
function inline(item: ItemText): string {
  const { comment } = item;
  if (comment === '') return reindented(item, item.indent);
  if (!comment.includes('//')) return `${item.raw} ${comment}`;
  return `${item.raw} /* ${comment.replace(/\/\/|\/\*|\*\//g, '').trim()} */`;
}

/** The item's lines moved to another indentation. Texts hold no line breaks in JSON, so no value is touched. */
function reindented({ raw, indent }: ItemText, to: string): string {
  const [first, ...rest] = raw.split(/(?<=\n|\r(?!\n))/);
  return [first, ...rest.map((line) => (line.startsWith(indent) ? to + line.slice(indent.length) : line))].join('');
}
