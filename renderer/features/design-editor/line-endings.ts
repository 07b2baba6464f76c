/** Line endings between a document, which may mix them, and the editor, which has one kind at a time. */
import { changeBetween } from '../../state/history.ts';

/** The text with every line ending as \n, as the editor compares it. */
export const plainLines = (text: string): string => (text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text);

/**
 * The document after an edit made on its plain lines: what was not edited keeps its endings, new lines end as most
 * lines do.
 * @param plain the edited text with \n endings
 */
export function withLines(text: string, plain: string): string {
  if (!text.includes('\r')) return plain;
  const { offset, removed, inserted } = changeBetween(plainLines(text), plain);
  const start = offsetIn(text, offset);
  const end = offsetIn(text, offset + removed.length);
  return text.slice(0, start) + inserted.replaceAll('\n', usualEnding(text)) + text.slice(end);
}

/** Where an offset of the plain lines lies in the text itself; never between \r and \n. */
function offsetIn(text: string, plainOffset: number): number {
  let behind = 0;
  for (const { index } of text.matchAll(/\r\n/g)) {
    if (index - behind >= plainOffset) break;
    behind++;
  }
  return plainOffset + behind;
}

function usualEnding(text: string): string {
  const counts = new Map<string, number>();
  for (const [ending] of text.matchAll(/\r\n?|\n/g)) counts.set(ending, (counts.get(ending) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? '\n';
}
