/** Text files: windows, vocabularies and splits agree with what was worked out by hand; hostile files are named in one sentence. */
import { describe, expect, it } from 'vitest';
import { decodeTokens, type Vocabulary } from '../../../core/data/text.ts';
import type { Dataset } from '../../../main/host/data/dataset.ts';
import { all, failureOf, openIn, put, scratch } from './helpers.ts';

const texts = (set: Dataset, split: 'train' | 'validation' | 'test'): readonly string[] =>
  all(set, split).map(({ x }) => decodeTokens(set.info.vocabulary as Vocabulary, x));

describe('text', () => {
  it('is cut into windows of context + 1 characters, overlapping by half in training, divided by position', async () => {
    const folder = scratch();
    put(folder, 't.txt', '0123456789abcdefghijklmno');
    const split = { validation: 1, test: 1 };
    const set = await openIn(folder, 'text:t.txt', { context: 4, split });
    // 25 characters hold 6 windows of 4 and their next ones: 4 to train on, then 1, then 1.
    expect(set.info).toMatchObject({
      kind: 'text',
      shape: [5],
      target: 'none',
      counts: { train: 7, validation: 1, test: 1 },
    });
    expect(texts(set, 'train')).toEqual(['01234', '23456', '45678', '6789a', '89abc', 'abcde', 'cdefg']);
    expect(texts(set, 'validation')).toEqual(['ghijk']);
    expect(texts(set, 'test')).toEqual(['klmno']);
  });

  it('has its characters in the order of their code points, with line feeds alone and without a byte order mark', async () => {
    const folder = scratch();
    put(folder, 't.txt', '\ufeffbÉ𝄞a\r\nb');
    const set = await openIn(folder, 'text:t.txt', { context: 2, split: { validation: 0, test: 0 } });
    expect(set.info.vocabulary).toEqual({ unit: 'character', characters: ['\n', 'a', 'b', 'É', '𝄞'] });
    expect(texts(set, 'train')[0]).toBe('bÉ𝄞');
  });

  it('of more than 256 different characters is read as bytes', async () => {
    const folder = scratch();
    const characters = Array.from({ length: 257 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('');
    put(folder, 't.txt', characters);
    const set = await openIn(folder, 'text:t.txt', { context: 32, split: { validation: 0, test: 0 } });
    expect(set.info.vocabulary).toEqual({ unit: 'byte', characters: [] });
    expect(set.info.counts.train).toBeGreaterThan(40);
    expect(texts(set, 'train')[0].startsWith('一丁丂')).toBe(true);
  });

  it('may be one line of a million characters', async () => {
    const folder = scratch();
    put(folder, 't.txt', 'ab'.repeat(500_000));
    const set = await openIn(folder, 'text:t.txt', { context: 1000, split: { validation: 0.1, test: 0.1 } });
    expect(set.info.counts).toMatchObject({ validation: 100, test: 100 });
  });

  it.each([
    ['empty', new Uint8Array(0), 'is empty'],
    ['binary', Uint8Array.of(0x61, 0x62, 0, 0x63), 'is no text: byte 2 is 0'],
    ['not UTF-8', Uint8Array.of(0x61, 0xff, 0x62), 'is not UTF-8 text'],
    ['shorter than a window', 'abc', 'holds 3 characters, expected at least 9 for a context of 8'],
    [
      'too short to divide',
      'abcdefghij',
      'holds 1 samples to divide, which leaves none for training after 1 for validation',
    ],
  ])('says in one sentence that a file is %s', async (_, bytes, problem) => {
    const folder = scratch();
    const file = put(folder, 't.txt', bytes);
    const failure = await failureOf(folder, 'text:t.txt', { context: 8, split: { validation: 1, test: 0 } });
    expect(failure.message).toContain(`${file}: ${problem}`);
    expect(failure.message).not.toContain('\n');
  });

  it('is missing, a folder, or no text at all for a context', async () => {
    const folder = scratch();
    put(folder, 'inner/t.csv', 'a\n1\n2\n');
    expect((await failureOf(folder, 'text:none.txt')).message).toContain('does not exist');
    expect((await failureOf(folder, 'text:inner')).message).toContain('is a folder where a file was expected');
    expect((await failureOf(folder, 'table:inner/t.csv', { context: 8 })).message).toContain(
      'is no text, so a context means',
    );
    expect((await failureOf(folder, 'builtin:glyphs', { context: 8 })).message).toContain(
      'is no text, so a context means',
    );
  });

  it('made by code is what its description says without it', async () => {
    const set = await openIn(scratch(), 'builtin:text', { context: 16, split: { validation: 10, test: 10 } });
    expect(set.info.counts).toEqual({ train: 21_980, validation: 10, test: 10 });
    expect(texts(set, 'test')[0]).toHaveLength(17);
  });
});
