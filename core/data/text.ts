/** Text as numbers: the vocabulary of a text data set, and the way from text to tokens and back. */

/** What the tokens of a text stand for: characters of the data, or the bytes of its UTF-8. */
export interface Vocabulary {
  readonly unit: 'character' | 'byte';
  /** For characters: the characters, in the order of their tokens. For bytes: empty, a token is a byte. */
  readonly characters: readonly string[];
}

/** Printable ASCII and the line feed: what text made by code uses. */
export const asciiVocabulary: Vocabulary = {
  unit: 'character',
  characters: ['\n', ...Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at))],
};

/** Characters a model sees at once where the document does not say how many. */
export const defaultContext = 128;

/** Beyond so many different characters a text is read as bytes. */
export const mostCharacters = 256;

export const byteVocabulary: Vocabulary = { unit: 'byte', characters: [] };

/** How many different tokens there are. */
export function vocabularySize({ unit, characters }: Vocabulary): number {
  return unit === 'byte' ? 256 : characters.length;
}

/** Turns text to tokens; made once for a vocabulary, used for many texts. */
export class TextEncoding {
  readonly #tokens: ReadonlyMap<string, number> | undefined;

  constructor({ unit, characters }: Vocabulary) {
    this.#tokens = unit === 'byte' ? undefined : new Map(characters.map((character, token) => [character, token]));
  }

  /** The tokens of a text, and the characters of it that the vocabulary lacks, which are left out. */
  encode(text: string): { readonly tokens: number[]; readonly unknown: readonly string[] } {
    if (!this.#tokens) return { tokens: [...new TextEncoder().encode(text)], unknown: [] };
    const unknown = new Set<string>();
    const tokens: number[] = [];
    for (const character of text) {
      const token = this.#tokens.get(character);
      if (token === undefined) unknown.add(character);
      else tokens.push(token);
    }
    return { tokens, unknown: [...unknown] };
  }
}

/** The text that tokens stand for; a token outside the vocabulary, and bytes that are no UTF-8, show as �. */
export function decodeTokens({ unit, characters }: Vocabulary, tokens: ArrayLike<number>): string {
  if (unit === 'byte') return new TextDecoder().decode(Uint8Array.from(tokens));
  let text = '';
  for (let i = 0; i < tokens.length; i++) text += characters[tokens[i]] ?? '\u{FFFD}';
  return text;
}
