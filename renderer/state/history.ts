/** One undo history over every kind of edit: each entry is the smallest stretch of text that changed, with what was selected. */
import type { NodeKey } from '../../core/spec/model-edits/outline.ts';

export interface TextChange {
  readonly offset: number;
  readonly removed: string;
  readonly inserted: string;
}

export interface HistoryEntry {
  /** What was done, as a menu says it: `Add conv2d`. */
  readonly label: string;
  readonly change: TextChange;
  readonly before: readonly NodeKey[];
  readonly after: readonly NodeKey[];
  /** Entries of one kind that follow each other closely become one: letters typed one after the other. */
  readonly joins: string | null;
  readonly atMs: number;
}

export interface History {
  readonly past: readonly HistoryEntry[];
  /** Undone entries, the next to be redone last. */
  readonly future: readonly HistoryEntry[];
}

export const emptyHistory: History = { past: [], future: [] };

/** Letters typed with shorter pauses than this are undone together. */
const joinWithinMs = 1000;
/** Characters kept in all entries together: 64 million are 128 MB. */
const mostCharacters = 64_000_000;

/** What turns one text into another: everything between their common beginning and their common end. */
export function changeBetween(before: string, after: string): TextChange {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  )
    end++;
  return {
    offset: start,
    removed: before.slice(start, before.length - end),
    inserted: after.slice(start, after.length - end),
  };
}

export function applyChange(text: string, { offset, removed, inserted }: TextChange): string {
  return text.slice(0, offset) + inserted + text.slice(offset + removed.length);
}

export const inverted = ({ offset, removed, inserted }: TextChange): TextChange => ({
  offset,
  removed: inserted,
  inserted: removed,
});

/** The history after an edit of `before` to `after`; what was undone can be redone no more. */
export function recorded(
  history: History,
  before: string,
  after: string,
  entry: Omit<HistoryEntry, 'change'>,
): History {
  const change = changeBetween(before, after);
  const last = history.past.at(-1);
  if (last && history.future.length === 0 && continues(last, change, entry)) {
    const start = applyChange(before, inverted(last.change));
    const joined = { ...entry, change: changeBetween(start, after), before: last.before };
    return { past: [...history.past.slice(0, -1), joined], future: [] };
  }
  return bounded({ past: [...history.past, { ...entry, change }], future: [] });
}

function continues(last: HistoryEntry, change: TextChange, entry: Omit<HistoryEntry, 'change'>): boolean {
  if (entry.joins === null || last.joins !== entry.joins || entry.atMs - last.atMs > joinWithinMs) return false;
  const { offset, inserted } = last.change;
  return change.offset + change.removed.length >= offset && change.offset <= offset + inserted.length;
}

function bounded(history: History): History {
  let size = 0;
  for (let index = history.past.length - 1; index >= 0; index--) {
    const { removed, inserted } = history.past[index].change;
    size += removed.length + inserted.length;
    if (size > mostCharacters) return { ...history, past: history.past.slice(index + 1) };
  }
  return history;
}

export interface Step {
  readonly history: History;
  readonly text: string;
  readonly selection: readonly NodeKey[];
  readonly label: string;
}

/** One step back; undefined when there is none. */
export function stepBack(history: History, text: string): Step | undefined {
  const entry = history.past.at(-1);
  if (!entry) return undefined;
  const next = { past: history.past.slice(0, -1), future: [...history.future, entry] };
  return {
    history: next,
    text: applyChange(text, inverted(entry.change)),
    selection: entry.before,
    label: entry.label,
  };
}

/** One step forward again; undefined when nothing was undone. */
export function stepForward(history: History, text: string): Step | undefined {
  const entry = history.future.at(-1);
  if (!entry) return undefined;
  const next = { past: [...history.past, entry], future: history.future.slice(0, -1) };
  return { history: next, text: applyChange(text, entry.change), selection: entry.after, label: entry.label };
}
