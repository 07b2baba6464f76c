/** Lists of whole numbers as people write them. */

/**
 * Ascending whole numbers in words, neighbours as ranges: `0, 3–5, 9`.
 * @param most ranges spelt out; the numbers beyond are counted: `0, 3–5 and 7 more`
 */
export function rangesOf(numbers: readonly number[], most = Infinity): string {
  const ranges: { readonly first: number; last: number }[] = [];
  for (const number of numbers) {
    const open = ranges.at(-1);
    if (open && number === open.last + 1) open.last = number;
    else ranges.push({ first: number, last: number });
  }
  const shown = ranges.slice(0, most);
  const words = shown.map(({ first, last }) => {
    if (first === last) return String(first);
    return last === first + 1 ? `${first}, ${last}` : `${first}–${last}`;
  });
  const left = ranges.slice(most).reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return words.join(', ') + (left > 0 ? ` and ${left} more` : '');
}
