/** What changed from one text to another, line by line. */
import type { CodeLine } from '../../components/code-view.tsx';

export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
  /** Line numbers from 1; null where the line is only on the other side. */
  readonly before: number | null;
  readonly after: number | null;
}

/** Longer stretches that differ are shown as removed and added whole: the table of their lines would not fit in memory. */
const mostCells = 16_000_000;

/**
 * The shortest way from `before` to `after` by removing and adding lines: a longest common subsequence (Wagner and
 * Fischer 1974) of what lies between their common beginning and end. Removed lines come before added ones.
 */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const a = before.split('\n');
  const b = after.split('\n');
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const same = (i: number, j: number): DiffLine => ({ kind: 'same', text: a[i]!, before: i + 1, after: j + 1 });
  const head = Array.from({ length: start }, (_, i) => same(i, i));
  const tail = Array.from({ length: end }, (_, i) => same(a.length - end + i, b.length - end + i));
  const middle = diffMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const placed = middle.map((line) => ({
    ...line,
    before: line.before === null ? null : line.before + start,
    after: line.after === null ? null : line.after + start,
  }));
  return [...head, ...placed, ...tail];
}

function diffMiddle(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  const removed = (i: number): DiffLine => ({ kind: 'removed', text: a[i]!, before: i + 1, after: null });
  const added = (j: number): DiffLine => ({ kind: 'added', text: b[j]!, before: null, after: j + 1 });
  if (a.length * b.length > mostCells) return [...a.map((_, i) => removed(i)), ...b.map((_, j) => added(j))];
  const common = commonLengths(a, b);
  const width = b.length + 1;
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j])
      lines.push({ kind: 'same', text: a[i]!, before: ++i, after: ++j });
    else if (j === b.length || (i < a.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!))
      lines.push(removed(i++));
    else lines.push(added(j++));
  }
  return lines;
}

/** [i, j]: the most lines that `a` from i and `b` from j have in common, in order. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] =
        a[i] === b[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  return common;
}

/** The lines to show: changes with `around` lines beside them; what is left out becomes one line that says how much. */
export function foldedLines(lines: readonly DiffLine[], around: number): readonly CodeLine[] {
  const near = new Uint8Array(lines.length);
  lines.forEach((line, at) => {
    if (line.kind !== 'same') near.fill(1, Math.max(0, at - around), at + around + 1);
  });
  const shown: CodeLine[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (near[at])
      shown.push({
        text: line.text,
        number: line.kind === 'removed' ? line.before : line.after,
        ...(line.kind !== 'same' && { mark: line.kind }),
      });
    else {
      let until = at;
      while (until < lines.length && !near[until]) until++;
      shown.push({ text: `⋯ ${until - at} equal ${until - at === 1 ? 'line' : 'lines'}`, number: null });
      at = until - 1;
    }
  }
  return shown;
}
