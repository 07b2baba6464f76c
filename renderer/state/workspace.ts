/** The document being edited: its text, what it says, what is wrong with it, what is selected, and one history over all. */
import { create } from 'zustand';
import type { DataInfo } from '../../core/data/data-info.ts';
import { checkDocument, type CheckResult } from '../../core/spec/check.ts';
import type { TextRange } from '../../core/spec/issue.ts';
import type { EditOutcome } from '../../core/spec/model-edits.ts';
import { readOutline, splitKey, type DocumentOutline, type NodeKey } from '../../core/spec/model-edits/outline.ts';
import { emptyHistory, recorded, stepBack, stepForward, type History, type Step } from './history.ts';
import { shared } from './shared.ts';
import { announce, showToast } from './toasts.ts';

export interface WorkspaceFile {
  /** Names its draft; new for each document opened. */
  readonly id: string;
  /** Null when it was never saved. */
  readonly path: string | null;
  /** The folder its relative data paths are taken from. */
  readonly baseDir: string;
  readonly savedText: string;
  /** When the file was last written, as the host said. */
  readonly modifiedMs: number | null;
}

/** What is known of data that is not built in. */
export type DataState =
  | { readonly status: 'known' }
  | { readonly status: 'loading'; readonly source: string }
  | { readonly status: 'failed'; readonly source: string; readonly message: string };

export interface WorkspaceState {
  /** Null while no document is open. */
  readonly file: WorkspaceFile | null;
  readonly text: string;
  /** What the text says, or said when it last could be read. */
  readonly outline: DocumentOutline | null;
  /** Whether the text cannot be read now, so that `outline` is older. */
  readonly isStale: boolean;
  /** Issues of the newest checked text; the summary is the last one there was while shapes are not known. */
  readonly check: CheckResult;
  /** Whether `check` is of the present text. */
  readonly isChecked: boolean;
  readonly data: DataState;
  readonly selection: readonly NodeKey[];
  readonly history: History;
  /** A stretch of text to be shown; `turn` tells two equal requests apart. */
  readonly reveal: { readonly range: TextRange; readonly turn: number } | null;
}

const closed: WorkspaceState = {
  file: null,
  text: '',
  outline: null,
  isStale: false,
  check: { issues: [] },
  isChecked: true,
  data: { status: 'known' },
  selection: [],
  history: emptyHistory,
  reveal: null,
};

export const useWorkspace = create<WorkspaceState>()(() => closed);

export const isDirty = ({ file, text }: Pick<WorkspaceState, 'file' | 'text'>): boolean =>
  file !== null && file.savedText !== text;
export const useDirty = (): boolean => useWorkspace(isDirty);

/** What an edit needs beside the text: how the check learns of data that is not built in, and when checks run. */
interface CheckPorts {
  /** What a document's data is, when it is known; called at each check. */
  dataOf(text: string): DataInfo | undefined;
  /** Runs a check soon, but not within the edit. */
  later(run: () => void): void;
}

const frame = (run: () => void): void => {
  if (typeof requestAnimationFrame === 'undefined') queueMicrotask(run);
  else requestAnimationFrame(() => setTimeout(run));
};

const ports: CheckPorts = { dataOf: () => undefined, later: frame };

/** Gives the check its way to data; the host's side of the workspace does. */
export function provideData(dataOf: CheckPorts['dataOf']): void {
  ports.dataOf = dataOf;
  recheck();
}

/** What a document's data is, when that is known now without being built in. */
export const knownData = (text: string): DataInfo | undefined => ports.dataOf(text);

/** Opens a text as the document, in place of the present one: nothing is asked. */
export function openText(file: WorkspaceFile, text = file.savedText): void {
  useWorkspace.setState({ ...closed, file, text, ...understood(text, null), isChecked: false });
  recheck();
}

export function closeDocument(): void {
  useWorkspace.setState(closed);
}

/** Whose files changed outside: what is on disk now is known to be this. */
export function markSaved(path: string, savedText: string, modifiedMs: number, baseDir: string): void {
  const { file } = useWorkspace.getState();
  if (file) useWorkspace.setState({ file: { ...file, path, savedText, modifiedMs, baseDir } });
}

/** The text as a person types it in the editor: letters typed together are undone together. */
export function typeText(text: string): void {
  change('Typing', text, null, 'typing');
}

/**
 * Makes an edit of the document, undoable under its label. When it cannot be made its reason is shown.
 * @returns whether it was made
 */
export function applyEdit(label: string, edit: (text: string) => EditOutcome, joins: string | null = null): boolean {
  const { file, text } = useWorkspace.getState();
  if (!file) return false;
  const outcome = edit(text);
  if ('reason' in outcome) {
    showToast({ tone: 'warning', text: outcome.reason });
    announce(outcome.reason);
    return false;
  }
  change(label, outcome.text, outcome.select ?? null, joins);
  return true;
}

function change(label: string, next: string, select: readonly NodeKey[] | null, joins: string | null): void {
  const { file, text, outline, selection, history } = useWorkspace.getState();
  if (!file) return;
  const after = select ?? selection;
  if (next === text) {
    if (select) useWorkspace.setState({ selection: after });
    return;
  }
  const atMs = Date.now();
  const meant = understood(next, outline);
  const kept = meant.outline === outline ? after : existing(after, meant.outline);
  useWorkspace.setState({
    text: next,
    ...meant,
    selection: kept,
    isChecked: false,
    history: recorded(history, text, next, { label, before: selection, after: kept, joins, atMs }),
  });
  recheck();
}

/** Takes the last edit back, whatever made it. */
export function undo(): void {
  walk(stepBack(useWorkspace.getState().history, useWorkspace.getState().text), 'Undone');
}

/** Makes the last edit that was taken back once more. */
export function redo(): void {
  walk(stepForward(useWorkspace.getState().history, useWorkspace.getState().text), 'Redone');
}

function walk(step: Step | undefined, word: string): void {
  if (!step) return;
  const { history, text, selection, label } = step;
  const meant = understood(text, useWorkspace.getState().outline);
  useWorkspace.setState({ history, text, ...meant, selection: existing(selection, meant.outline), isChecked: false });
  announce(`${word}: ${label}`);
  recheck();
}

export function select(selection: readonly NodeKey[]): void {
  const now = useWorkspace.getState().selection;
  if (now.length === selection.length && now.every((key, index) => key === selection[index])) return;
  useWorkspace.setState({ selection });
}

/** Asks the text view to show and mark a stretch of text. */
export function revealText(range: TextRange): void {
  useWorkspace.setState(({ reveal }) => ({ reveal: { range, turn: (reveal?.turn ?? 0) + 1 } }));
}

function understood(text: string, last: DocumentOutline | null): Pick<WorkspaceState, 'outline' | 'isStale'> {
  const outline = readOutline(text);
  return outline ? { outline: shared(last, outline), isStale: false } : { outline: last, isStale: true };
}

/** The keys that still stand for something. */
function existing(keys: readonly NodeKey[], outline: DocumentOutline | null): readonly NodeKey[] {
  const known = new Set(outline?.scopes.flatMap((scope) => [...scope.layers, ...scope.inputs].map((node) => node.key)));
  return keys.filter((key) => known.has(key) || splitKey(key).scope === '');
}

let isWaiting = false;

/** Checks the present text soon; several edits within one frame are checked once. */
export function recheck(): void {
  if (isWaiting || useWorkspace.getState().file === null) return;
  isWaiting = true;
  ports.later(() => {
    isWaiting = false;
    const { file, text, check } = useWorkspace.getState();
    if (!file) return;
    const found = checkDocument(text, ports.dataOf(text));
    const summary = found.summary ?? check.summary;
    const next = { issues: found.issues, ...(summary && { summary }) };
    useWorkspace.setState({ check: shared(check, next), isChecked: true });
  });
}
