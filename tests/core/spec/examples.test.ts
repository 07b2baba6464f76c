import { globSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import type { DataInfo } from '../../../core/data/data-info.ts';
import { builtinDataInfo } from '../../../core/spec/builtin-data.ts';
import { checkDocument } from '../../../core/spec/check.ts';
import { compileDocument } from '../../../core/spec/compile.ts';
import { documentSchema } from '../../../core/spec/document-schema.ts';
import { parseDocument } from '../../../core/spec/parse.ts';
import { taskTable } from '../../../core/tasks/task-table.ts';

const folder = resolve(import.meta.dirname, '../../../resources/examples');
const files = globSync('*.lathe.jsonc', { cwd: folder }).toSorted();
const textOf = (file: string): string => readFileSync(resolve(folder, file), 'utf8');

/** What the table beside the examples holds: four measurements, a colour of four, three kinds. */
const flowers: DataInfo = {
  source: 'table:flowers.csv',
  kind: 'table',
  shape: [8],
  target: 'class',
  classes: ['alpine', 'marsh', 'meadow'],
  counts: { train: 210, validation: 45, test: 45 },
  contentHash: '',
};

describe.each(files)('%s', (file) => {
  const text = textOf(file);
  const { document, issues } = parseDocument(text);

  it('is a document without errors or warnings, and fits its data', () => {
    expect(issues).toEqual([]);
    expect(checkDocument(text, builtinDataInfo(document!.data) ?? flowers).issues).toEqual([]);
  });

  it('passes the whole schema, which editors use, with the same result', () => {
    expect(documentSchema.safeParse(document).error).toBeUndefined();
  });

  it('compiles', () => {
    const model = compileDocument(document!, builtinDataInfo(document!.data) ?? flowers);
    expect(model.train.outputs.some((output) => output.target.kind === 'metric')).toBe(true);
  });

  it('says in comments what it is', () => {
    expect(text.startsWith('// ')).toBe(true);
  });
});

/** What an input stands for whatever the data is: `image`, `points`, `table` and `text` are words for data. */
const kindOfWord = (word: string): string =>
  ['image', 'points', 'table', 'text'].includes(word) ? 'data' : word === 'noise' ? 'latent' : word;

it.each(files)('%s gives each network the inputs its family says it takes, and a label at most on top', (file) => {
  const { networks, task } = parse(textOf(file), [], { allowTrailingComma: true }) as {
    readonly networks: Readonly<Record<string, { readonly inputs: Readonly<Record<string, string>> }>>;
    readonly task: { readonly type: string };
  };
  const written = Object.entries(networks).map(([name, { inputs }]) => [
    name,
    Object.values(inputs)
      .map(kindOfWord)
      .filter((kind) => kind !== 'label')
      .toSorted(),
  ]);
  const declared = Object.entries(taskTable[task.type].networks).map(([name, { inputs }]) => [
    name,
    Object.values(inputs).toSorted(),
  ]);
  expect(Object.fromEntries(declared)).toEqual(Object.fromEntries(written));
});

it('every family has an example', () => {
  const types = files.map((file) => parseDocument(textOf(file)).document!.task.type);
  expect(Object.keys(taskTable).filter((type) => !types.includes(type))).toEqual([]);
  expect(new Set(files.map((file) => basename(file))).size).toBeGreaterThanOrEqual(11);
});
