/** Text as tokens, and the text made by code: it keeps its own rules, and broken lines do not. */
import { describe, expect, it } from 'vitest';
import {
  asciiVocabulary,
  byteVocabulary,
  decodeTokens,
  TextEncoding,
  vocabularySize,
} from '../../../core/data/text.ts';
import { keepsRules, madeText } from '../../../core/data/made-text.ts';

describe('a vocabulary', () => {
  it('of printable ASCII has 96 characters, the line feed first', () => {
    expect(vocabularySize(asciiVocabulary)).toBe(96);
    expect(new TextEncoding(asciiVocabulary).encode('\n ~').tokens).toEqual([0, 1, 95]);
  });

  it('gives a text back as it was, characters and bytes alike', () => {
    const characters = { unit: 'character', characters: ['é', '𝄞', 'a'] } as const;
    for (const [vocabulary, text] of [
      [characters, 'a𝄞éa'],
      [byteVocabulary, 'naïve 𝄞 €'],
    ] as const) {
      const { tokens, unknown } = new TextEncoding(vocabulary).encode(text);
      expect(unknown).toEqual([]);
      expect(decodeTokens(vocabulary, tokens)).toBe(text);
    }
    expect(new TextEncoding(byteVocabulary).encode('€').tokens).toEqual([0xe2, 0x82, 0xac]);
  });

  it('tells which characters it lacks', () => {
    expect(new TextEncoding(asciiVocabulary).encode('naïve ï').unknown).toEqual(['ï']);
  });

  it('shows half a character of bytes, and tokens it does not have, as �', () => {
    expect(decodeTokens(byteVocabulary, [0x61, 0xe2, 0x82])).toBe('a\u{FFFD}');
    expect(decodeTokens(asciiVocabulary, [0, 96])).toBe('\n\u{FFFD}');
  });
});

describe('the made text', () => {
  const whole = Array.from({ length: 200 }, (_, index) => madeText(index, 129).split('\n').slice(1, -1)).flat();

  it('repeats exactly, has the length asked for, and only characters of the vocabulary', () => {
    expect(madeText(7, 65)).toBe(madeText(7, 65));
    expect(madeText(7, 129).startsWith(madeText(7, 65))).toBe(true);
    for (const index of [0, 1, 21_999]) {
      expect(madeText(index, 129)).toHaveLength(129);
      expect(new TextEncoding(asciiVocabulary).encode(madeText(index, 129)).unknown).toEqual([]);
    }
  });

  it('keeps its own rules in every whole line', () => {
    expect(whole.length).toBeGreaterThan(500);
    expect(whole.filter((line) => !keepsRules(line))).toEqual([]);
  });

  it('is of three kinds: sentences, sums and brackets', () => {
    const share = (pattern: RegExp): number => whole.filter((line) => pattern.test(line)).length / whole.length;
    expect(share(/^[A-Z]/)).toBeGreaterThan(0.4);
    expect(share(/^\d/)).toBeGreaterThan(0.12);
    expect(share(/^[([{<]/)).toBeGreaterThan(0.12);
  });

  it.each([
    'The small cats sees a dog.',
    'The cat that the dogs sees finds a fox.',
    'Many robot need the bird.',
    'the cat sees a dog.',
    'The cat sees a dog',
    '7 + 35 = 43',
    '7 - 35 = 28',
    '([)]',
    '<{}',
    '()x',
    '',
  ])('does not allow %j', (line) => {
    expect(keepsRules(line)).toBe(false);
  });

  it.each([
    'The cat that the dogs see finds a fox.',
    'Many robots need the old bird.',
    '7 + 35 = 42',
    '42 - 35 = 7',
    '([{}])<>',
  ])('allows %j', (line) => {
    expect(keepsRules(line)).toBe(true);
  });
});
