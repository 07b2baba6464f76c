import { findNodeAtLocation, parse, parseTree, type ParseError } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../core/random/random.ts';
import { removeField, setField } from '../../../core/spec/edit.ts';
import { sampleDocument } from './sample-document.ts';

const read = (text: string): unknown => {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  expect(errors).toEqual([]);
  return value;
};

describe('setField', () => {
  it('replaces a value and touches nothing else', () => {
    expect(setField(sampleDocument, ['training', 'steps'], 300)).toBe(
      sampleDocument.replace('"steps": 20', '"steps": 300'),
    );
    expect(setField('{"a": /* x */ 1 /* y */}', ['a'], 3)).toBe('{"a": /* x */ 3 /* y */}');
  });

  it('adds a field on a line of its own, behind the comment of the line before', () => {
    expect(setField('{\n  "a": 1 // one\n}\n', ['b'], 2)).toBe('{\n  "a": 1, // one\n  "b": 2\n}\n');
    expect(setField('{\n  "a": 1, // one\n}', ['b'], 2)).toBe('{\n  "a": 1, // one\n  "b": 2,\n}');
  });

  it('adds a field within one line', () => {
    expect(setField('{ "a": { "b": 1 } }', ['a', 'c'], [1, 2])).toBe('{ "a": { "b": 1, "c": [1, 2] } }');
    expect(setField('{"a":1,}', ['b'], 2)).toBe('{"a":1, "b": 2,}');
  });

  it('adds to what is empty', () => {
    expect(setField('{}', ['a', 'b'], 1)).toBe('{ "a": { "b": 1 } }');
    expect(setField('{ "a": [] }', ['a', 0], 1)).toBe('{ "a": [1] }');
    expect(setField('{\n  "a": {\n    // nothing yet\n  }\n}', ['a', 'b'], 1)).toBe(
      '{\n  "a": {\n    // nothing yet\n    "b": 1\n  }\n}',
    );
  });

  it('appends to a list and refuses to leave holes', () => {
    expect(setField('{"a": [1, 2]}', ['a', 2], 3)).toBe('{"a": [1, 2, 3]}');
    expect(() => setField('{"a": [1]}', ['a', 5], 3)).toThrow(RangeError);
    expect(() => setField('{"a": 1}', ['a', 'b'], 3)).toThrow(RangeError);
  });

  it('keeps tabs and line breaks as they are', () => {
    expect(setField('{\r\n\t"a": 1\r\n}', ['b', 'c'], 5)).toBe('{\r\n\t"a": 1,\r\n\t"b": { "c": 5 }\r\n}');
  });

  it('breaks long values over lines with the indentation of their place', () => {
    const layers = Array.from({ length: 3 }, (_, i) => ({ type: 'dense', units: 100 + i, activation: 'relu' }));
    const text = setField('{\n  "a": {\n    "b": 1\n  }\n}', ['a', 'layers'], layers);
    const lines = layers
      .map((layer) => `      { "type": "dense", "units": ${layer.units}, "activation": "relu" }`)
      .join(',\n');
    expect(text).toBe(`{\n  "a": {\n    "b": 1,\n    "layers": [\n${lines}\n    ]\n  }\n}`);
  });

  it('refuses a text with syntax errors', () => {
    expect(() => setField('{"a": }', ['a'], 1)).toThrow('syntax errors');
  });
});

describe('removeField', () => {
  it('takes a line with the comment behind it and leaves the others', () => {
    expect(removeField('{\n  // about a\n  "a": 1, // one\n  "b": 2 // two\n}', ['a'])).toBe(
      '{\n  // about a\n  "b": 2 // two\n}',
    );
    expect(removeField('{\n  "a": 1, // one\n  "b": 2 // two\n}', ['b'])).toBe('{\n  "a": 1 // one\n}');
    expect(removeField('{\n  "a": 1, // one\n  "b": 2, // two\n}', ['b'])).toBe('{\n  "a": 1, // one\n}');
  });

  it('works within one line', () => {
    expect(removeField('{ "a": 1, "b": 2, "c": 3 }', ['b'])).toBe('{ "a": 1, "c": 3 }');
    expect(removeField('{ "a": 1, "b": 2 }', ['b'])).toBe('{ "a": 1 }');
    expect(removeField('[1, 2, 3]', [0])).toBe('[2, 3]');
    expect(removeField('{"a":1,}', ['a'])).toBe('{}');
  });

  it('leaves the text alone when there is nothing at the path', () => {
    expect(removeField(sampleDocument, ['training', 'ema'])).toBe(sampleDocument);
  });
});

/** Random documents with comments everywhere, and random edits of them. */
class Maker {
  readonly #random: RandomStream;
  #comments = 0;

  constructor(seed: number) {
    this.#random = new RandomStream(seed, 'edits');
  }

  below(limit: number): number {
    return Math.floor(this.#random.uniform() * limit);
  }

  value(depth: number): unknown {
    const kind = depth > 3 ? this.below(3) : this.below(5);
    if (kind === 3) return Array.from({ length: this.below(4) }, () => this.value(depth + 1));
    if (kind === 4)
      return Object.fromEntries(Array.from({ length: this.below(4) }, (_, i) => [`k${i}`, this.value(depth + 1)]));
    return [this.below(1000), `t"é😀${this.below(10)}`, this.below(2) === 0][kind];
  }

  /** JSON with comments, either kind of line break, and commas at the end. */
  text(value: unknown, indent: string, eol: string): string {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
    const items = Object.entries(value).map(
      ([key, item]) =>
        `${Array.isArray(value) ? '' : `${JSON.stringify(key)}: `}${this.text(item, `${indent}  `, eol)}`,
    );
    if (items.length === 0) return `${open}${close}`;
    if (this.below(3) === 0)
      return `${open} ${items.map((item) => `${this.#comment('/*', '*/')}${item}`).join(', ')} ${close}`;
    const last = this.below(2) === 0 ? ',' : '';
    const lines = items.map(
      (item, i) => `${indent}  ${item}${i < items.length - 1 ? ',' : last} ${this.#comment('//', '')}${eol}`,
    );
    return `${open} ${this.#comment('//', '')}${eol}${lines.join('')}${indent}  ${this.#comment('//', '')}${eol}${indent}${close}`;
  }

  #comment(open: string, close: string): string {
    return this.below(2) === 0 ? `${open} comment ${this.#comments++} ${close}` : '';
  }
}

/** Every path of a value. */
function pathsOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [path, ...keys.flatMap((key) => pathsOf((value as Record<string | number, unknown>)[key], [...path, key]))];
}

type Holder = Record<string | number, unknown>;

function withChange(
  value: unknown,
  path: readonly (string | number)[],
  change: (holder: Holder, key: string | number) => void,
): unknown {
  const copy: { root: unknown } = structuredClone({ root: value });
  const whole = ['root', ...path];
  const holder = whole.slice(0, -1).reduce<Holder>((here, key) => here[key] as Holder, copy);
  change(holder, whole[whole.length - 1]);
  return copy.root;
}

const comments = (text: string): readonly string[] => text.match(/comment \d+/g) ?? [];

describe('whatever the text and the edit', () => {
  it.each(Array.from({ length: 150 }, (_, seed) => seed))(
    'the value is the one asked for and comments stay (seed %i)',
    (seed) => {
      const make = new Maker(seed);
      const value = { a: make.value(0), b: make.value(0), c: make.value(0) };
      const text = `// comment 0x\n${make.text(value, '', seed % 2 === 0 ? '\n' : '\r\n')}\n`;
      expect(read(text)).toEqual(value);
      const paths = pathsOf(value).slice(1);
      const path = paths[make.below(paths.length)];
      const fresh = make.value(2);

      const replaced = setField(text, path, fresh);
      expect(read(replaced)).toEqual(withChange(value, path, (holder, key) => (holder[key] = fresh)));

      const parent = paths.find((candidate) => isObject(at(value, candidate))) ?? [];
      const added = setField(text, [...parent, 'fresh'], fresh);
      expect(read(added)).toEqual(withChange(value, [...parent, 'fresh'], (holder, key) => (holder[key] = fresh)));
      expect(comments(added)).toEqual(comments(text));

      const removed = removeField(text, path);
      const without = withChange(value, path, (holder, key) =>
        Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key],
      );
      expect(read(removed)).toEqual(without);
      const lost = comments(text).filter((comment) => !comments(removed).includes(comment));
      const [start, end] = extentOf(text, path);
      const outside = lost.filter(
        (comment) => text.indexOf(`${comment} `) < start || text.indexOf(`${comment} `) > end,
      );
      expect(outside).toEqual([]);
    },
  );

  /** From a field's name (or a list's item) to the end of the line it ends on. */
  function extentOf(text: string, path: readonly (string | number)[]): readonly [start: number, end: number] {
    const value = findNodeAtLocation(parseTree(text, [], { allowTrailingComma: true })!, [...path])!;
    const item = value.parent?.type === 'property' ? value.parent : value;
    const end = item.offset + item.length;
    const rest = /[\r\n]/.exec(text.slice(end))?.index ?? text.length;
    return [item.offset, end + rest];
  }

  const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
  const at = (value: unknown, path: readonly (string | number)[]): unknown =>
    path.reduce((here, key) => (here as Holder)[key], value);
});
