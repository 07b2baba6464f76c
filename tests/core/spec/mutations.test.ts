import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { RandomStream } from '../../../core/random/random.ts';
import { builtinDataInfo } from '../../../core/spec/builtin-data.ts';
import { checkDocument } from '../../../core/spec/check.ts';
import { compileDocument } from '../../../core/spec/compile.ts';
import { setField } from '../../../core/spec/edit.ts';
import { parseDocument, type ModelDocument } from '../../../core/spec/parse.ts';

const folder = resolve(import.meta.dirname, '../../../resources/examples');
const names = ['vae', 'gan', 'classifier', 'conditional-vae', 'gan-points', 'diffusion-points', 'autoencoder'];
const texts = globSync(
  names.map((name) => `${name}.lathe.jsonc`),
  { cwd: folder },
)
  .toSorted()
  .map((file) => readFileSync(resolve(folder, file), 'utf8'));

const strange: readonly unknown[] = [
  null,
  -1,
  0,
  1,
  2,
  3.5,
  1e300,
  1_000_000,
  '',
  'x',
  '$x',
  'label',
  'conv2d',
  true,
  [],
  [1],
  [1, 2],
  [[]],
  {},
  { type: 'adam' },
  { x: 1 },
];

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [path, ...keys.flatMap((key) => pathsOf((value as Record<string | number, unknown>)[key], [...path, key]))];
}

/** Checks a text and, when it is found right, compiles it. Gives the number of errors. */
function judge(text: string): number {
  const { issues } = checkDocument(text);
  const errors = issues.filter((issue) => issue.severity === 'error').length;
  const { document } = parseDocument(text);
  const info = document && builtinDataInfo(document.data);
  if (errors === 0 && document && info) compileDocument(document, info);
  return errors;
}

/** The documents as JSON, without what makes compiling slow. */
const documents = texts.map((text) => parseDocument(text).document as ModelDocument);

it('a document with one value replaced by anything is reported, or compiles; nothing throws', () => {
  const random = new RandomStream(1, 'mutations');
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.uniform() * list.length)];
  let refused = 0;
  const rounds = 150;
  for (let round = 0; round < rounds; round++) {
    const document = pick(documents);
    const text = JSON.stringify(document);
    const changed = setField(text, pick(pathsOf(document).slice(1)), pick(strange));
    refused += judge(changed) > 0 ? 1 : 0;
  }
  expect(refused).toBeGreaterThan(rounds / 2);
  expect(refused).toBeLessThan(rounds);
});

it('a text with characters taken out or put in is reported, or compiles; nothing throws', () => {
  const random = new RandomStream(2, 'mutations');
  const below = (limit: number): number => Math.floor(random.uniform() * limit);
  const characters = '{}[]",:/*0-e\\\n\u0000é';
  for (let round = 0; round < 150; round++) {
    let text = texts[below(texts.length)];
    for (let edits = 0; edits <= below(3); edits++) {
      const at = below(text.length);
      text =
        text.slice(0, at) + (below(2) === 0 ? characters[below(characters.length)] : '') + text.slice(at + below(3));
    }
    expect(() => judge(text)).not.toThrow();
  }
});
