/** Home: templates by family, what drops mean, and curves in a few pixels. */
import { describe, expect, it } from 'vitest';
import type { Template } from '../../core/protocol/methods.ts';
import { meaningOf, safeName } from '../../renderer/features/home/dropped.ts';
import { familiesOf, familyTitle, firstSentence } from '../../renderer/features/home/families.ts';
import { mainMetric, sparkPath } from '../../renderer/features/home/spark-path.ts';

const template = (name: string, family: string): Template => ({
  name,
  family,
  title: name,
  about: '',
  text: '',
  baseDir: '',
});
const file = (name: string) => ({ name, file: new Blob(['x']) });

describe('templates', () => {
  it('stand with their family, in their own order', () => {
    const families = familiesOf([template('a', 'vae'), template('b', 'gan'), template('c', 'vae')]);
    expect(families.map(({ name, templates }) => [name, templates.map((each) => each.name)])).toEqual([
      ['vae', ['a', 'c']],
      ['gan', ['b']],
    ]);
  });

  it('have families with names to read', () => {
    expect([familyTitle('vae'), familyTitle('flowMatching'), familyTitle('')]).toEqual([
      'VAE',
      'Flow matching',
      'Others',
    ]);
  });

  it('say the first sentence of what they are', () => {
    expect(firstSentence('A model: it learns. More about it.')).toBe('A model: it learns.');
    expect(firstSentence('')).toBe('');
  });
});

describe('what was dropped', () => {
  it('is a document, a table, pictures, or nothing to begin with', () => {
    expect(meaningOf([file('vae.lathe.jsonc')]).kind).toBe('document');
    expect(meaningOf([file('flowers.csv')])).toMatchObject({ kind: 'data', what: 'table' });
    expect(meaningOf([file('pets/cat/1.PNG'), file('pets/dog/1.jpg'), file('pets/readme.md')])).toMatchObject({
      kind: 'data',
      what: 'images',
    });
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
    expect(meaning.kind === 'data' && meaning.files.map(({ name }) => name)).toEqual(['pets/1.png']);
  });

  it('gets names that every system takes', () => {
    expect(safeName('../a/./b?.png')).toBe('a/b_.png');
    expect(safeName('pets/cat.')).toBe('pets/cat_');
    expect(safeName('..')).toBe('file');
  });
});

describe('sparklines', () => {
  it('show the loss where there is one', () => {
    expect(mainMetric(['accuracy', 'learningRate', 'loss', 'validation.loss'])).toBe('loss');
    expect(mainMetric(['discriminatorLoss', 'fakeScore'])).toBe('discriminatorLoss');
    expect(mainMetric(['gradientNorm.a'])).toBeUndefined();
  });

  it('span their box, lowest at the bottom', () => {
    expect(sparkPath([2, 0, 1], 10, 12)).toBe('M0.0 1.0L5.0 11.0L10.0 6.0');
    expect(sparkPath([1], 10, 12)).toBe('');
    expect(sparkPath([1, 1], 10, 12)).toBe('M0.0 6.0L10.0 6.0');
  });
});
