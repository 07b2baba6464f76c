/** Edits of documents whose lines end in several ways. */
import { expect, test } from 'vitest';
import { plainLines, withLines } from '../../renderer/features/design-editor/line-endings.ts';

const mixed = 'a\r\nb\nc\rd\r\ne';

test('plain lines end in one way only', () => {
  expect(plainLines(mixed)).toBe('a\nb\nc\nd\ne');
  expect(plainLines('a\nb')).toBe('a\nb');
});

test('a text that was not edited is the same byte for byte', () => {
  for (const text of [mixed, 'a\r\nb\r\n', 'a\nb\n', '', '\r\n', '\r\r\n\n'])
    expect(withLines(text, plainLines(text))).toBe(text);
});

test.each([
  ['a\nbX\nc\nd\ne', 'a\r\nbX\nc\rd\r\ne'],
  ['Xa\nb\nc\nd\ne', 'Xa\r\nb\nc\rd\r\ne'],
  ['a\nb\nc\nd\neX', 'a\r\nb\nc\rd\r\neX'],
  // A new line ends as most do.
  ['a\nb\nc\nd\nnew\ne', 'a\r\nb\nc\rd\r\nnew\r\ne'],
  ['a\nc\nd\ne', 'a\r\nc\rd\r\ne'],
  ['ab\nc\nd\ne', 'ab\nc\rd\r\ne'],
  ['', ''],
])('an edit to %j leaves the endings around it', (plain, expected) => expect(withLines(mixed, plain)).toBe(expected));

test('any edit gives the lines it was to give', () => {
  const pieces = ['a', '\r\n', '\n', '\r', 'b', 'ab'];
  let seed = 7;
  const next = (bound: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % bound;
  };
  for (let turn = 0; turn < 2000; turn++) {
    const text = Array.from({ length: next(12) }, () => pieces[next(pieces.length)]!).join('');
    const plain = plainLines(text);
    const [from, to] = [next(plain.length + 1), next(plain.length + 1)].toSorted((a, b) => a - b);
    const edited = plain.slice(0, from) + ['', 'x', '\n', 'x\ny'][next(4)]! + plain.slice(to);
    expect(plainLines(withLines(text, edited))).toBe(edited);
  }
});
