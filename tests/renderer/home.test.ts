/** Home: templates by family, and the curve that stands for a run. */
import { describe, expect, it } from 'vitest';
import type { Template } from '../../core/protocol/documents.ts';
import { familiesOf, familyTitle, firstSentence } from '../../renderer/features/home/families.ts';
import { mainMetric } from '../../renderer/features/home/main-metric.ts';

const template = (name: string, family: string): Template => ({
  name,
  family,
  title: name,
  about: '',
  text: '',
  baseDir: '',
});

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

describe('sparklines', () => {
  it('show the loss where there is one', () => {
    expect(mainMetric(['accuracy', 'learningRate', 'loss', 'validation.loss'])).toBe('loss');
    expect(mainMetric(['discriminatorLoss', 'fakeScore'])).toBe('discriminatorLoss');
    expect(mainMetric(['gradientNorm.a'])).toBeUndefined();
  });
});
