/** Data from what a person points at: kinds of source, uploads in pieces, templates that fit by being checked. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtinDataInfo } from '../../core/spec/builtin-data.ts';
import { parseDocument } from '../../core/spec/parse.ts';
import type { DataInfo } from '../../core/data/data-info.ts';
import type { Template } from '../../core/protocol/documents.ts';
import { pageWords } from '../../renderer/features/data/browse-samples.tsx';
import { requestForDrop, requestForFile } from '../../renderer/features/data/bring-data.ts';
import { type DropMeaning, meaningOf, safeName } from '../../renderer/features/data/dropped.ts';
import { withOpened } from '../../renderer/features/data/data-store.ts';
import { shapeWords } from '../../renderer/features/data/data-view.tsx';
import { fittingTemplates, withData } from '../../renderer/features/data/fitting-templates.ts';
import { schemeOfFile, schemeOfFolder, sourceTitle } from '../../renderer/features/data/sources.ts';

const files = (...names: string[]) => names.map((name) => ({ name, kind: 'file' as const }));

describe('kinds of source', () => {
  it('are known by the names that MNIST and CIFAR come with', () => {
    expect(schemeOfFolder(files('train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'))).toBe('idx');
    expect(schemeOfFolder(files('t10k-images-idx3-ubyte'))).toBe('idx');
    expect(schemeOfFolder(files('batches.meta.txt', 'data_batch_1.bin', 'test_batch.bin'))).toBe('cifar');
    expect(schemeOfFolder(files('coarse_label_names.txt', 'train.bin', 'test.bin'))).toBe('cifar');
    expect(schemeOfFolder([{ name: 'cat', kind: 'folder' }])).toBe('images');
  });

  it('of files are known by their endings', () => {
    expect(schemeOfFile('/a/Flowers.CSV')).toBe('table');
    expect(schemeOfFile('x.npy')).toBe('npy');
    expect(schemeOfFile('x.jpg')).toBeUndefined();
    expect(requestForFile('/home/ada/flowers.csv')).toEqual({
      source: 'table:/home/ada/flowers.csv',
      baseDir: '/home/ada',
    });
    expect(() => requestForFile('/home/ada/cat.jpg')).toThrow(/pictures are opened as a folder/);
  });

  it('are listed by their last part, once each, newest first', () => {
    expect(sourceTitle('images:/home/ada/photos/')).toBe('photos');
    expect(sourceTitle('table:C:\\data\\flowers.csv')).toBe('flowers.csv');
    const [a, b] = ['images:/a', 'images:/b'].map((source) => ({ source, baseDir: '/' }));
    expect(withOpened([a!, b!], { ...b!, target: 'x' }).map(({ source, target }) => [source, target])).toEqual([
      ['images:/b', 'x'],
      ['images:/a', undefined],
    ]);
  });
});

describe('dropped files', () => {
  interface Piece {
    readonly name: string;
    readonly bytes: Uint8Array;
    readonly offset: number;
    readonly last: boolean;
  }

  function fakeHost() {
    const pieces: Piece[] = [];
    const call = async (method: string, input: unknown): Promise<unknown> => {
      if (method === 'files.list') return { path: '', parent: null, entries: files('train-images-idx3-ubyte') };
      const piece = input as Piece;
      pieces.push(piece);
      return { path: `/home/imports/x/${piece.name}`, folder: '/home/imports/x' };
    };
    return { pieces, host: { call } as unknown as Parameters<typeof requestForDrop>[0] };
  }
  const still = new AbortController().signal;

  it('reach the host in pieces, in order and whole', async () => {
    const { host, pieces } = fakeHost();
    const bytes = Uint8Array.from({ length: 9 * 1024 * 1024 }, (_, i) => i % 251);
    const told: number[] = [];
    const request = await requestForDrop(
      host,
      [{ name: 'a.npy', file: new File([bytes], 'a.npy') }],
      ({ done }) => told.push(done),
      still,
    );
    expect(request.source).toBe('npy:/home/imports/x/a.npy');
    expect(pieces.map(({ offset }) => offset)).toEqual([0, 4 * 1024 * 1024, 8 * 1024 * 1024]);
    expect(pieces.map(({ last }) => last)).toEqual([false, false, true]);
    expect(Buffer.concat(pieces.map((piece) => piece.bytes)).equals(Buffer.from(bytes))).toBe(true);
    expect(told.at(-1)).toBe(bytes.length);
  });

  it('of one folder mean that folder, empty files included', async () => {
    const { host, pieces } = fakeHost();
    const drop = ['mnist/train-images-idx3-ubyte', 'mnist/notes.txt'].map((name) => ({
      name,
      file: new File([], name),
    }));
    expect((await requestForDrop(host, drop, () => undefined, still)).source).toBe('idx:/home/imports/x/mnist');
    expect(pieces.map(({ name, last }) => [name, last])).toEqual([
      ['mnist/train-images-idx3-ubyte', true],
      ['mnist/notes.txt', true],
    ]);
  });

  it('can be given up', async () => {
    const { host, pieces } = fakeHost();
    await expect(
      requestForDrop(host, [{ name: 'a.npy', file: new File(['x'], 'a.npy') }], () => undefined, AbortSignal.abort()),
    ).rejects.toThrow(/abort/i);
    expect(pieces).toEqual([]);
  });
});

const file = (name: string) => ({ name, file: new File(['x'], name) });
const namesOf = (meaning: DropMeaning) => meaning.kind === 'data' && meaning.files.map(({ name }) => name);

describe('what was dropped', () => {
  it('is a document, a table, pictures, or nothing to begin with', () => {
    expect(meaningOf([file('vae.lathe.jsonc')]).kind).toBe('document');
    expect(meaningOf([file('flowers.csv')]).kind).toBe('data');
    expect(meaningOf([file('codes.npy')]).kind).toBe('data');
    const pets = meaningOf([file('pets/cat/1.PNG'), file('pets/dog/1.jpg'), file('pets/readme.md')]);
    expect(namesOf(pets)).toEqual(['pets/cat/1.PNG', 'pets/dog/1.jpg']);
    expect(meaningOf([file('tales.txt')])).toMatchObject({ kind: 'data' });
    const digits = meaningOf([file('mnist/train-images-idx3-ubyte'), file('mnist/notes.txt')]);
    expect(namesOf(digits)).toHaveLength(2);
    expect(meaningOf([file('film.mov')]).kind).toBe('nothing');
    expect(meaningOf([]).kind).toBe('nothing');
  });

  it('leaves out what systems put into folders', () => {
    const meaning = meaningOf([
      file('pets/.DS_Store'),
      file('__MACOSX/pets/1.png'),
      file('pets/1.png'),
      file('pets/Thumbs.db'),
    ]);
    expect(namesOf(meaning)).toEqual(['pets/1.png']);
  });

  it('gets names that every system takes', () => {
    expect(safeName('../a/./b?.png')).toBe('a/b_.png');
    expect(safeName('pets/cat.')).toBe('pets/cat_');
    expect(safeName('..')).toBe('file');
  });
});

const template = (name: string): Template => {
  const text = readFileSync(new URL(`../../resources/examples/${name}.lathe.jsonc`, import.meta.url), 'utf8');
  return { name, title: name, family: '', about: '', text, baseDir: '/' };
};

describe('templates for a data set', () => {
  const templates = ['vae', 'classifier', 'gan-points', 'diffusion-points'].map(template);
  const glyphs = builtinDataInfo({ source: 'builtin:glyphs' } as Parameters<typeof builtinDataInfo>[0])!;
  const fitting = (info: DataInfo, source: string): readonly string[] =>
    fittingTemplates(templates, { source, baseDir: '/' }, info)
      .filter((fit) => fit.problem === null)
      .map((fit) => fit.template.name);

  it('fit by what their networks can take', () => {
    const photos: DataInfo = { ...glyphs, source: 'images:/photos', target: 'none', classes: [] };
    expect(fitting(glyphs, 'builtin:glyphs')).toEqual(expect.arrayContaining(['vae', 'classifier']));
    expect(fitting(photos, 'images:/photos')).toEqual(['vae']);
    const points = builtinDataInfo({ source: 'builtin:points/moons' } as Parameters<typeof builtinDataInfo>[0])!;
    expect(fitting(points, 'builtin:points/moons')).toEqual(expect.arrayContaining(['gan-points', 'diffusion-points']));
  });

  it('that do not fit say why, after those that do', () => {
    const fits = fittingTemplates(
      templates,
      { source: 'builtin:points/moons', baseDir: '/' },
      builtinDataInfo({ source: 'builtin:points/moons' } as Parameters<typeof builtinDataInfo>[0])!,
    );
    expect(fits.at(-1)!.problem).toMatch(/\w/);
    expect(fits.findLastIndex((fit) => fit.problem === null)).toBeLessThan(
      fits.findIndex((fit) => fit.problem !== null),
    );
  });

  it('keep their comments and take the data’s options in place of their own', () => {
    const { text } = template('table-classifier');
    const comments = text.match(/\/\/.*/g) ?? [];
    const next = withData(text, {
      source: 'table:/data/wine.csv',
      baseDir: '/data',
      target: 'quality',
      split: { test: 0.2 },
    });
    for (const comment of comments) expect(next).toContain(comment);
    const { data } = parseDocument(next).document!;
    expect([data.source, data.target, data.split]).toEqual(['table:/data/wine.csv', 'quality', { test: 0.2 }]);
    expect(
      parseDocument(withData(text, { source: 'images:/photos', baseDir: '/' })).document!.data.target,
    ).toBeUndefined();
  });
});

it('tells what data is in words', () => {
  const info = builtinDataInfo({ source: 'builtin:glyphs' } as Parameters<typeof builtinDataInfo>[0])!;
  expect(shapeWords(info)).toBe('pictures of 28 × 28 in grey, 10 classes');
  expect(pageWords(0, 96, 12_000)).toBe('1 to 96 of 12,000');
  expect(pageWords(96, 96, 100)).toBe('97 to 100 of 100');
  expect(pageWords(0, 96, 0)).toBe('none');
});
