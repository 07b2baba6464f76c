/** Reads a document's text: plain values, syntax faults, and where in the text each value stands. */
import {
  createScanner,
  findNodeAtLocation,
  parseTree,
  printParseErrorCode,
  type Node as TextNode,
  type ParseError,
} from 'jsonc-parser';
import type { DocumentPath } from '../nn/network.ts';
import { formatPath, type Finding, type Issue, type TextRange } from './issue.ts';

/** Characters; a document of a thousand layers is about a tenth of it. */
const largestText = 1_000_000;
/** Levels of objects and lists; the deepest field of the document is at about ten. */
const deepestNesting = 64;
/** Issues listed for one document. */
const mostIssues = 500;

export interface SourceText {
  /** The document as plain data; undefined when nothing could be read. */
  readonly value: unknown;
  /** The text's own structure, with offsets; undefined as `value` is. */
  readonly root: TextNode | undefined;
  readonly issues: readonly Issue[];
  /** Gives a finding its place in the text: that of its path, or of the nearest part around it that exists. */
  readonly locate: (finding: Finding) => Issue;
}

/** The last text that was read: an edit is looked at from many sides at once, and read once for all of them. */
let last: { readonly text: string; readonly source: SourceText } | undefined;

/** Reads JSON with comments and trailing commas. Never throws: what is wrong is in `issues`. */
export function readSource(text: string): SourceText {
  if (last?.text !== text) last = { text, source: readAnew(text) };
  return last.source;
}

function readAnew(text: string): SourceText {
  const rangeOf = lineRanges(text);
  const refused = text.length > largestText ? tooLarge(text) : tooDeep(text);
  if (refused) {
    const issue = toIssue(refused.finding, rangeOf(refused.offset, 1));
    const locate = (finding: Finding): Issue => toIssue(finding, rangeOf(0, 0));
    return { value: undefined, root: undefined, issues: [issue], locate };
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: false });
  const issues = errors.map((error) => syntaxIssue(text, error, rangeOf));
  const value =
    root && plainValue(root, [], (finding, node) => issues.push(toIssue(finding, rangeOf(node.offset, node.length))));
  const locate = (finding: Finding): Issue => {
    const node = nodeFor(root, finding);
    return toIssue(finding, node ? rangeOf(node.offset, node.length) : rangeOf(0, 0));
  };
  return { value, root, issues, locate };
}

/** Sorts issues by place, drops repetitions, and cuts the list where nobody would read on. */
export function orderIssues(issues: readonly Issue[]): readonly Issue[] {
  const seen = new Set<string>();
  const unique = issues.filter((issue) => {
    const key = `${issue.line}:${issue.column}:${issue.message}`;
    return !seen.has(key) && seen.add(key);
  });
  const sorted = unique.sort((a, b) => a.line - b.line || a.column - b.column);
  if (sorted.length <= mostIssues) return sorted;
  const first = sorted[mostIssues];
  const message = `and ${sorted.length - mostIssues} more issues from here on`;
  return [...sorted.slice(0, mostIssues), { ...first, code: 'tooManyIssues', severity: 'error', message, path: [] }];
}

type RangeOf = (offset: number, length: number) => TextRange;

/** Turns offsets to lines and columns; a line ends with \n, \r\n or \r. */
function lineRanges(text: string): RangeOf {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  const place = (offset: number): readonly [line: number, column: number] => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return [low + 1, offset - starts[low] + 1];
  };
  return (offset, length) => {
    const [line, column] = place(Math.min(offset, text.length));
    const [endLine, endColumn] = place(Math.min(offset + length, text.length));
    return { line, column, endLine, endColumn };
  };
}

function toIssue({ severity = 'error', code, message, path, expected, found, hint }: Finding, range: TextRange): Issue {
  return {
    severity,
    code,
    message,
    path,
    ...range,
    ...(expected && { expected }),
    ...(found && { found }),
    ...(hint && { hint }),
  };
}

interface Refusal {
  readonly finding: Finding;
  readonly offset: number;
}

function tooLarge(text: string): Refusal {
  const message = `the document has ${text.length} characters, at most ${largestText} are read`;
  return { finding: { code: 'documentTooLarge', message, path: [] }, offset: 0 };
}

/** Counts brackets before anything recursive sees the text, so that a hostile one cannot exhaust the stack. */
function tooDeep(text: string): Refusal | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  // Tokens of jsonc-parser's SyntaxKind: 1 {, 2 }, 3 [, 4 ], 17 end of text.
  for (let token = scanner.scan() as number; token !== 17; token = scanner.scan() as number) {
    if (token === 1 || token === 3) depth++;
    else if (token === 2 || token === 4) depth--;
    if (depth > deepestNesting) {
      const message = `objects and lists are nested more than ${deepestNesting} deep`;
      return { finding: { code: 'nestingTooDeep', message, path: [] }, offset: scanner.getTokenOffset() };
    }
  }
  return undefined;
}

const syntaxWords: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is neither a value nor punctuation of JSON; texts need double quotes',
  InvalidNumberFormat: 'this is not a number as JSON writes them',
  PropertyNameExpected: "expected a field's name in double quotes",
  ValueExpected: 'expected a value',
  ColonExpected: "expected ':' after the field's name",
  CommaExpected: "expected ',' before this",
  CloseBraceExpected: "expected '}'",
  CloseBracketExpected: "expected ']'",
  EndOfFileExpected: 'expected nothing after the end of the document',
  InvalidCommentToken: 'this comment cannot stand here',
  UnexpectedEndOfComment: "a comment is not closed with '*/'",
  UnexpectedEndOfString: 'a text is not closed with a double quote',
  UnexpectedEndOfNumber: 'a number ends before it is complete',
  InvalidUnicode: 'expected four hexadecimal digits after \\u',
  InvalidEscapeCharacter: 'this is not an escape that JSON knows; a backslash is written \\\\',
  InvalidCharacter: 'a text holds a control character; write it as an escape such as \\n',
};

function syntaxIssue(text: string, error: ParseError, rangeOf: RangeOf): Issue {
  const words =
    text.trim() === ''
      ? 'the document is empty'
      : (syntaxWords[printParseErrorCode(error.error)] ?? 'this is not valid JSON');
  return toIssue({ code: 'syntax', message: words, path: [] }, rangeOf(error.offset, error.length));
}

type Report = (finding: Finding, node: TextNode) => void;

/** Plain data of a node. Of duplicate keys the first counts; a key without a value (a syntax fault) reads as undefined. */
function plainValue(node: TextNode, path: DocumentPath, report: Report): unknown {
  if (node.type === 'array')
    return (node.children ?? []).map((child, index) => plainValue(child, [...path, index], report));
  if (node.type !== 'object') return node.value;
  const object: Record<string, unknown> = {};
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (!key) continue;
    const name = String(key.value);
    const place = [...path, name];
    if (name === '__proto__') {
      report(
        { code: 'forbiddenKey', message: `${formatPath(path)}: '__proto__' cannot be used as a key`, path: place },
        key,
      );
    } else if (Object.hasOwn(object, name)) {
      const message = `${formatPath(path)}: '${name}' appears twice`;
      report({ code: 'duplicateKey', message, path: place, hint: 'remove one of them' }, key);
    } else {
      object[name] = value ? plainValue(value, place, report) : undefined;
    }
  }
  return object;
}

/** The text that a finding is about: its key or value, or the nearest part around it. */
function nodeFor(root: TextNode | undefined, { path, atKey }: Finding): TextNode | undefined {
  for (let length = path.length; root && length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (!node) continue;
    const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
    return atKey && length === path.length ? (key ?? node) : node;
  }
  return root;
}
