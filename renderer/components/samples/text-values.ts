/** Text samples as a person reads them. */
import { byteVocabulary, decodeTokens, type Vocabulary } from '../../../core/data/text.ts';
import type { Samples } from '../../../core/protocol/samples.ts';
import { sampleAt, sampleCount } from './pixels.ts';

/** One text: what it was given to begin with, and what was written after it. */
export function textAt(
  samples: Samples,
  index: number,
  vocabulary: Vocabulary = byteVocabulary,
): { readonly given: string; readonly written: string } {
  const tokens = sampleAt(samples.data, samples.shape, index);
  const start = samples.referenceShape?.[0] ?? 0;
  return {
    given: decodeTokens(vocabulary, tokens.subarray(0, start)),
    written: decodeTokens(vocabulary, tokens.subarray(start)),
  };
}

/** All texts one after another, each under its number. */
export function textFile(samples: Samples, vocabulary: Vocabulary | undefined): string {
  return Array.from({ length: sampleCount(samples.data, samples.shape) }, (_, index) => {
    const { given, written } = textAt(samples, index, vocabulary);
    return `--- ${index + 1} ---\n${given}${written}\n`;
  }).join('\n');
}
