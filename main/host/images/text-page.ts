/** Texts as files: a page to look at, plain text and JSON. */
import sharp from 'sharp';
import { decodeTokens, type Vocabulary } from '../../../core/data/text.ts';
import type { SampleOutput } from '../../../core/tasks/task.ts';
import { escape } from '../report/html.ts';

/** One written text, and how much of it was given. */
export interface WrittenText {
  readonly prompt: string;
  readonly continuation: string;
}

/** The texts of an output of kind `text`. */
export function textsOf({ data, reference }: SampleOutput, vocabulary: Vocabulary): readonly WrittenText[] {
  const [count, length] = data.shape;
  const given = reference?.shape[1] ?? 0;
  return Array.from({ length: count }, (_, i) => {
    const tokens = data.data.subarray(i * length, (i + 1) * length);
    return {
      prompt: decodeTokens(vocabulary, tokens.subarray(0, given)),
      continuation: decodeTokens(vocabulary, tokens.subarray(given)),
    };
  });
}

/** All texts one after another, each under its number. */
export function plainTexts(texts: readonly WrittenText[]): string {
  return texts.map(({ prompt, continuation }, i) => `--- ${i + 1} ---\n${prompt}${continuation}\n`).join('\n');
}

const columns = 64;
const mostLines = 60;
const lineHeight = 16;
const characterWidth = 7.3;

/** Lines of a text cut to the page's width. */
function wrapped(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const characters = Array.from(line);
    const parts = Math.max(1, Math.ceil(characters.length / columns));
    return Array.from({ length: parts }, (_, i) => characters.slice(i * columns, (i + 1) * columns).join(''));
  });
}

/** What XML cannot hold, control characters above all, is shown as a box. */
const drawable = (text: string): string => escape(text.replaceAll(/[^\P{C}\t]/gu, '\u25A1'));

/** The beginning of the texts as a PNG file's bytes, black on white. */
export function encodeTextPage(texts: readonly WrittenText[]): Promise<Uint8Array> {
  const lines = texts.flatMap(({ prompt, continuation }, i) => [
    ...(i > 0 ? [''] : []),
    ...wrapped(prompt + continuation),
  ]);
  const shown = lines.slice(0, mostLines);
  const rows = shown.map(
    (line, i) => `<text x="12" y="${(i + 1) * lineHeight + 8}" xml:space="preserve">${drawable(line)}</text>`,
  );
  const width = Math.ceil(columns * characterWidth) + 24;
  const height = shown.length * lineHeight + 24;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#fff"/>` +
    `<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="12" fill="#1b1f24">${rows.join('')}</g></svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: '#ffffff' }).png({ palette: true }).toBuffer();
}
