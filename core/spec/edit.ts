/** Changes one field of a document's text, leaving every other line, comment and habit of its author as it is. */
import { createScanner, findNodeAtLocation, parseTree, type Node as TextNode, type ParseError } from 'jsonc-parser';
import type { DocumentPath } from '../nn/network.ts';
import { formatPath } from './issue.ts';
import { isRecord } from './schema-walk.ts';

/** Values longer than this are broken over several lines. */
const inlineWidth = 80;

/** One stretch of text and what takes its place. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly content: string;
}

/**
 * The text with the value at `path` set: replaced where it stands, or added after its last sibling, objects around it
 * included. An index equal to a list's length appends.
 * @throws RangeError when the text has syntax errors, or something on the way is no object or list.
 */
export function setField(text: string, path: DocumentPath, value: unknown): string {
  const root = treeOf(text);
  const known = deepestKnown(root, path);
  const style = styleOf(text);
  if (known.length === path.length) {
    const content = formatValue(value, indentAt(text, known.node.offset), style);
    return apply(text, [{ offset: known.node.offset, length: known.node.length, content }]);
  }
  const key = path[known.length];
  const wrapped = path
    .slice(known.length + 1)
    .reduceRight((inner: unknown, name) => (typeof name === 'number' ? [inner] : { [name]: inner }), value);
  const suits = known.node.type === (typeof key === 'number' ? 'array' : 'object');
  if (!suits || (typeof key === 'number' && key !== known.node.children?.length)) {
    throw new RangeError(`${formatPath(path.slice(0, known.length))} has no place for ${JSON.stringify(key)}`);
  }
  return apply(
    text,
    insertion(text, known.node, (indent) => `${keyText(key)}${formatValue(wrapped, indent, style)}`, style),
  );
}

/**
 * The text without the field or list item at `path`; a comment behind it on its line goes with it, all others stay.
 * Unchanged when there is nothing at `path`. @throws RangeError when the text has syntax errors.
 */
export function removeField(text: string, path: DocumentPath): string {
  const root = treeOf(text);
  const value = path.length > 0 ? findNodeAtLocation(root, [...path]) : undefined;
  if (!value) return text;
  const item = value.parent?.type === 'property' ? value.parent : value;
  const siblings = item.parent?.children ?? [];
  const before = siblings[siblings.indexOf(item) - 1];
  const end = item.offset + item.length;
  const comma = commaAfter(text, end);
  const orphan = comma === undefined && before ? commaAfter(text, before.offset + before.length) : undefined;
  const edits = orphan === undefined ? [] : [{ offset: orphan, length: 1, content: '' }];
  return apply(text, [
    ...edits,
    removal(text, item.offset, comma === undefined ? end : comma + 1, comma === undefined),
  ]);
}

/** How an author breaks and indents lines. */
export interface Style {
  readonly eol: string;
  readonly unit: string;
}

/** The line ends and the indentation of a text. */
export function styleOf(text: string): Style {
  const eol = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const unit = /(?:\n|\r)([ \t]+)"/.exec(text)?.[1] ?? '  ';
  return { eol, unit: unit.startsWith('\t') ? '\t' : unit };
}

/** The syntax tree. @throws RangeError when the text has syntax errors. */
export function treeOf(text: string): TextNode {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (!root || errors.length > 0)
    throw new RangeError('the text has syntax errors; correct them before changing fields');
  return root;
}

function deepestKnown(root: TextNode, path: DocumentPath): { readonly node: TextNode; readonly length: number } {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node) return { node, length };
  }
  return { node: root, length: 0 };
}

const keyText = (key: string | number): string => (typeof key === 'number' ? '' : `${JSON.stringify(key)}: `);

/** Adds an item behind the last one of an object or list. `write` gives its text for an indentation. */
function insertion(
  text: string,
  container: TextNode,
  write: (indent: string) => string,
  style: Style,
): readonly Edit[] {
  const close = container.offset + container.length - 1;
  const last = container.children?.at(-1);
  const outer = indentAt(text, container.offset);
  const closesOwnLine = text.slice(lineStart(text, close), close).trim() === '';
  if (!last) {
    if (!closesOwnLine) return [{ offset: close, length: 0, content: inlineItem(text, close, write(outer)) }];
    const indent = `${outer}${style.unit}`;
    return [{ offset: lineStart(text, close), length: 0, content: `${indent}${write(indent)}${style.eol}` }];
  }
  const end = last.offset + last.length;
  const comma = commaAfter(text, end);
  const separator = comma === undefined ? [{ offset: end, length: 0, content: ',' }] : [];
  const from = comma === undefined ? end : comma + 1;
  const tail = comma === undefined ? '' : ',';
  const lineEnd = restOfLine(text, from);
  if (lineEnd === undefined || !closesOwnLine) {
    return [...separator, { offset: from, length: 0, content: ` ${write(outer)}${tail}` }];
  }
  const indent = isFirstOnLine(text, last.offset) ? indentAt(text, last.offset) : `${outer}${style.unit}`;
  return [...separator, { offset: lineEnd, length: 0, content: `${style.eol}${indent}${write(indent)}${tail}` }];
}

/** `{}` becomes `{ "a": 1 }` and `[]` becomes `[1]`. */
function inlineItem(text: string, close: number, item: string): string {
  const pad = text[close] === '}' ? ' ' : '';
  return `${/\s/.test(text[close - 1]) ? '' : pad}${item}${pad}`;
}

/** Cuts an item out: its whole lines when nothing else stands on them, else just its own text and one space. */
function removal(text: string, start: number, end: number, isLast: boolean): Edit {
  const lineEnd = restOfLine(text, end);
  const first = lineStart(text, start);
  if (isFirstOnLine(text, start) && lineEnd !== undefined) {
    const next = lineEnd + (/^(\r\n|\n|\r)/.exec(text.slice(lineEnd, lineEnd + 2))?.[0].length ?? 0);
    return { offset: first, length: next - first, content: '' };
  }
  if (isLast) {
    const gap = /[ \t]*$/.exec(text.slice(first, start))?.[0].length ?? 0;
    return { offset: start - gap, length: end - start + gap, content: '' };
  }
  const gap = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  return { offset: start, length: end - start + gap, content: '' };
}

// Tokens of jsonc-parser's SyntaxKind.
const tokens = { comma: 5, lineComment: 12, blockComment: 13, lineBreak: 14, space: 15 } as const;

/** Offset of the comma that follows, with nothing but space and comments before it. */
export function commaAfter(text: string, offset: number): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  return (scanner.scan() as number) === tokens.comma ? scanner.getTokenOffset() : undefined;
}

/** Where the line ends, when only space and comments follow on it; undefined when something else does. */
export function restOfLine(text: string, offset: number): number | undefined {
  const scanner = createScanner(text, false);
  scanner.setPosition(offset);
  for (;;) {
    const token = scanner.scan() as number;
    if (token === tokens.lineBreak) return scanner.getTokenOffset();
    const passes = token === tokens.space || token === tokens.lineComment || token === tokens.blockComment;
    const spansLines = /[\n\r]/.test(scanner.getTokenValue());
    if (!passes || spansLines) return undefined;
  }
}

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
}

/** The space at the start of an offset's line. */
export function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset)))?.[0] ?? '';
}

/** Whether only space stands before an offset on its line. */
export function isFirstOnLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === '';
}

/** JSON on one line while it is short, else one item a line. */
export function formatValue(value: unknown, indent: string, style: Style): string {
  const inline = inlineJson(value);
  if (inline.length <= inlineWidth || typeof value !== 'object' || value === null) return inline;
  const inner = `${indent}${style.unit}`;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const items = Array.isArray(value)
    ? value.map((item) => formatValue(item, inner, style))
    : Object.entries(value).map(([key, item]) => `${keyText(key)}${formatValue(item, inner, style)}`);
  return `${open}${style.eol}${items.map((item) => `${inner}${item}`).join(`,${style.eol}`)}${style.eol}${indent}${close}`;
}

function inlineJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inlineJson).join(', ')}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, item]) => item !== undefined);
  return fields.length === 0
    ? '{}'
    : `{ ${fields.map(([key, item]) => `${keyText(key)}${inlineJson(item)}`).join(', ')} }`;
}

/** Applies edits from the last to the first, so that offsets stay true; at one offset they stand in the order given. */
export function apply(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => a.offset - b.offset)
    .reduceRight(
      (current, { offset, length, content }) => current.slice(0, offset) + content + current.slice(offset + length),
      text,
    );
}
