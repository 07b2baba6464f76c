/** A document that is saved elsewhere goes on reading the same files. */
import { posix, win32 } from 'node:path';
import { expect, test } from 'vitest';
import { movedSource, movedText } from '../../renderer/state/data-path.ts';

test.each([
  ['table:flowers.csv', '/app/examples', '/home/ada', 'table:/app/examples/flowers.csv'],
  ['table:../flowers.csv', '/home/ada/models', '/home/ada', 'table:flowers.csv'],
  ['images:./photos', '/home/ada', '/home', 'images:ada/photos'],
  ['images:../photos', '/home/ada/a', '/home/ada/b', 'images:../photos'],
  ['table:/data/x.csv', '/a', '/b', 'table:/data/x.csv'],
  ['builtin:glyphs', '/a', '/b', 'builtin:glyphs'],
  ['npy:x.npy', '/', '/home', 'npy:/x.npy'],
])('%s of %s is written in %s as %s', (source, from, to, expected) => {
  expect(movedSource(source, from, to)).toBe(expected);
  const rest = (words: string) => words.slice(words.indexOf(':') + 1);
  if (!source.startsWith('builtin')) expect(posix.resolve(to, rest(expected))).toBe(posix.resolve(from, rest(source)));
});

test.each([
  ['C:\\models', 'D:\\work', 'table:people.csv'],
  ['C:\\models', 'C:\\models\\deep', 'table:..\\data\\people.csv'],
  ['C:\\models\\deep', 'C:\\models', 'images:photos'],
  ['\\\\server\\share\\models', 'C:\\work', 'images:photos'],
])('paths of Windows from %s to %s lead to the same file', (from, to, source) => {
  const rest = (words: string) => words.slice(words.indexOf(':') + 1);
  expect(win32.resolve(to, rest(movedSource(source, from, to)))).toBe(win32.resolve(from, rest(source)));
});

test('only the source changes in the text', () => {
  const text = '{\n  // the people\n  "data": { "source": "table:people.csv", "target": "age" }, // all\n}\n';
  expect(movedText(text, '/a', '/b')).toBe(text.replace('people.csv', '/a/people.csv'));
  expect(movedText(text, '/a', '/a')).toBe(text);
  expect(movedText('{ not json', '/a', '/b')).toBe('{ not json');
});
