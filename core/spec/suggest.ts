/** What to say beside a word that is not known: the one probably meant, or all there are. */
import { didYouMean } from '../nn/nearest-name.ts';

/** `did you mean 'units'?`, or the whole list when nothing is near: `known are units, useBias`. */
export function suggestion(word: string, candidates: readonly string[]): string | undefined {
  return didYouMean(word, candidates) ?? (candidates.length > 0 ? `known are ${candidates.join(', ')}` : undefined);
}
