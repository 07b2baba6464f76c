/** Where the open document comes from and goes to: files, templates, and drafts that outlive the window. */
import { create } from 'zustand';
import type { Draft, OpenedDocument, Template } from '../../core/protocol/documents.ts';
import type { EditOutcome } from '../../core/spec/model-edits.ts';
import { isRecord } from '../../core/spec/schema-walk.ts';
import type { HostPort } from './host-port.ts';
import { showFault, showToast } from './toasts.ts';
import { movedText } from './data-path.ts';
import { connectData } from './workspace-data.ts';
import { applyEdit, closeDocument, isDirty, markSaved, openText, useWorkspace } from './workspace.ts';

interface FilesState {
  /** Edits of an earlier window that were not saved, to be offered. */
  readonly recovered: readonly Draft[];
  /** What another program wrote into the open document's file, to be asked about. */
  readonly changedOutside: OpenedDocument | null;
}

export const useWorkspaceFiles = create<FilesState>()(() => ({ recovered: [], changedOutside: null }));

/** Edits reach the draft after this long without another. */
const draftAfterMs = 1000;
const sessionKey = 'lathe:document';

let host: HostPort | undefined;

/** Connects the workspace to a host: data, drafts, and what an earlier window left. Returns the way to stop. */
export function connectWorkspace(port: HostPort): () => void {
  host = port;
  connectData(port);
  const stopDrafts = keepDrafts();
  void recover();
  const onFocus = (): void => void lookForOtherWriters();
  globalThis.addEventListener?.('focus', onFocus);
  return () => {
    stopDrafts();
    globalThis.removeEventListener?.('focus', onFocus);
    if (host === port) host = undefined;
  };
}

/** The folder a path lies in, on any system. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(1, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))));
}

/** Opens a file in place of the present document, whose unsaved edits stay as a draft. @returns whether it could be read */
export async function openDocument(path: string): Promise<boolean> {
  try {
    const opened = await host!.call('documents.open', { path });
    take({
      id: newId(),
      path: opened.path,
      baseDir: folderOf(opened.path),
      savedText: opened.text,
      modifiedMs: opened.modifiedMs,
    });
    return true;
  } catch (fault) {
    showFault('The document could not be opened', fault);
    return false;
  }
}

/** Starts a document from a template; it belongs to no file yet. */
export function openTemplate(template: Pick<Template, 'text' | 'baseDir'>): void {
  take({ id: newId(), path: null, baseDir: template.baseDir, savedText: template.text, modifiedMs: null });
}

/** Opens what a draft holds, over the file it belongs to. */
export async function openDraft(draft: Draft): Promise<void> {
  useWorkspaceFiles.setState(({ recovered }) => ({ recovered: recovered.filter((other) => other.id !== draft.id) }));
  const file =
    draft.path === null ? undefined : await host!.call('documents.open', { path: draft.path }).catch(() => undefined);
  const home = draft.path === null ? (await host!.call('app.info', {})).home : '';
  const baseDir = draft.path === null ? home : folderOf(draft.path);
  take(
    { id: draft.id, path: draft.path, baseDir, savedText: file?.text ?? '', modifiedMs: file?.modifiedMs ?? null },
    draft.text,
  );
}

/** Forgets edits that were offered. */
export function discardDraft(id: string): void {
  useWorkspaceFiles.setState(({ recovered }) => ({ recovered: recovered.filter((draft) => draft.id !== id) }));
  host?.call('drafts.remove', { id }).catch((fault: unknown) => showFault('The draft could not be removed', fault));
}

/**
 * Saves the document to its file, or to `path` (which then is its file). In another folder it names its data so that it
 * reads the same files as before. When another program wrote the file meanwhile it is asked about first.
 * @returns whether it was saved; false also when there is no file yet
 */
export async function saveDocument(path?: string, overwrite = false): Promise<boolean> {
  const { file, text } = useWorkspace.getState();
  const target = path ?? file?.path;
  if (!file || !host || target === null || target === undefined) return false;
  const known = target === file.path && !overwrite && file.modifiedMs !== null ? { expectedMs: file.modifiedMs } : {};
  try {
    const here = movedText(text, file.baseDir, folderOf(target));
    const saved = await host.call('documents.save', { path: target, text: here, ...known });
    if (here !== text) applyEdit('Name the data from the new folder', (now) => moved(now, file.baseDir, saved.path));
    markSaved(saved.path, here, saved.modifiedMs, folderOf(saved.path));
    useWorkspaceFiles.setState({ changedOutside: null });
    rememberSession();
    dropDraftIfClean();
    const said = here === text ? '' : ' Its data is named anew, so that it reads the same files as before.';
    showToast({ tone: 'ok', text: `Saved ${saved.path}.${said}` });
    return true;
  } catch (fault) {
    if (isFault(fault, 'changed')) await lookForOtherWriters();
    else showFault('The document was not saved', fault);
    return false;
  }
}

const moved = (text: string, from: string, path: string): EditOutcome => ({
  text: movedText(text, from, folderOf(path)),
});

/** Takes what another program wrote in place of the edits here. */
export function takeOutsideChange(): void {
  const { changedOutside } = useWorkspaceFiles.getState();
  const { file } = useWorkspace.getState();
  useWorkspaceFiles.setState({ changedOutside: null });
  if (changedOutside && file) take({ ...file, savedText: changedOutside.text, modifiedMs: changedOutside.modifiedMs });
}

/** Keeps the edits here; the next save writes over what another program wrote. */
export function keepOwnEdits(): void {
  const { changedOutside } = useWorkspaceFiles.getState();
  const { file, text } = useWorkspace.getState();
  useWorkspaceFiles.setState({ changedOutside: null });
  if (changedOutside && file)
    useWorkspace.setState({
      file: { ...file, savedText: changedOutside.text, modifiedMs: changedOutside.modifiedMs },
      text,
    });
}

function take(file: NonNullable<ReturnType<typeof useWorkspace.getState>['file']>, text?: string): void {
  flushDraft();
  openText(file, text);
  rememberSession();
  holdDraft(file.id);
}

const newId = (): string => crypto.randomUUID();

const isFault = (fault: unknown, code: string): boolean => isRecord(fault) && fault['code'] === code;

async function lookForOtherWriters(): Promise<void> {
  const { file } = useWorkspace.getState();
  if (!file?.path || !host || useWorkspaceFiles.getState().changedOutside) return;
  const found = await host.call('documents.open', { path: file.path }).catch(() => undefined);
  const now = useWorkspace.getState();
  if (!found || now.file?.id !== file.id || found.modifiedMs === now.file.modifiedMs) return;
  if (found.text === now.file.savedText) markSaved(found.path, found.text, found.modifiedMs, now.file.baseDir);
  else useWorkspaceFiles.setState({ changedOutside: found });
}

/* Drafts. */

let draftTimer: ReturnType<typeof setTimeout> | undefined;
let draftWritten = '';

function keepDrafts(): () => void {
  return useWorkspace.subscribe((now, before) => {
    if (now.text === before.text && now.file === before.file) return;
    clearTimeout(draftTimer);
    draftTimer = setTimeout(writeDraft, draftAfterMs);
  });
}

function flushDraft(): void {
  clearTimeout(draftTimer);
  writeDraft();
}

function writeDraft(): void {
  const { file, text } = useWorkspace.getState();
  if (!file || !host) return;
  const mark = `${file.id} ${text}`;
  if (!isDirty({ file, text })) return dropDraftIfClean();
  if (mark === draftWritten) return;
  draftWritten = mark;
  host.call('drafts.save', { id: file.id, path: file.path, text }).catch((fault: unknown) => {
    draftWritten = '';
    if (!isFault(fault, 'lost-host')) showFault('Unsaved edits could not be kept aside', fault);
  });
}

function dropDraftIfClean(): void {
  const { file, text } = useWorkspace.getState();
  if (!file || isDirty({ file, text }) || !draftWritten.startsWith(`${file.id} `)) return;
  draftWritten = '';
  host?.call('drafts.remove', { id: file.id }).catch(() => undefined);
}

/** Which document this window shows, kept over a reload of it. */
function rememberSession(): void {
  const { file } = useWorkspace.getState();
  try {
    if (file)
      sessionStorage.setItem(
        sessionKey,
        JSON.stringify({
          id: file.id,
          path: file.path,
          baseDir: file.baseDir,
          savedText: file.path === null ? file.savedText : null,
        }),
      );
    else sessionStorage.removeItem(sessionKey);
  } catch {
    // Without storage a reload offers the draft instead.
  }
}

function remembered():
  | { readonly id: string; readonly path: string | null; readonly baseDir: string; readonly savedText: string | null }
  | undefined {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(sessionKey) ?? 'null');
    return isRecord(value) && typeof value['id'] === 'string'
      ? (value as unknown as ReturnType<typeof remembered>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Brings this window's own document back after a reload, and offers what windows that are gone left unsaved. */
async function recover(): Promise<void> {
  const drafts = await host!.call('drafts.list', {}).catch(() => []);
  const session = useWorkspace.getState().file ? undefined : remembered();
  const own = session && drafts.find((draft) => draft.id === session.id);
  if (session?.path) {
    const opened = await host!.call('documents.open', { path: session.path }).catch(() => undefined);
    if (opened || own)
      take(
        { ...session, savedText: opened?.text ?? '', modifiedMs: opened?.modifiedMs ?? null },
        own?.text ?? opened?.text,
      );
  } else if (session) {
    take({ ...session, savedText: session.savedText ?? '', modifiedMs: null }, own?.text ?? session.savedText ?? '');
  }
  const held = await heldDrafts();
  useWorkspaceFiles.setState({ recovered: drafts.filter((draft) => draft !== own && !held.has(draft.id)) });
}

/* A lock of the browser per draft says which ones living windows work on. */

let releaseDraft: (() => void) | undefined;

function holdDraft(id: string): void {
  releaseDraft?.();
  releaseDraft = undefined;
  void globalThis.navigator?.locks?.request(`lathe-draft:${id}`, { ifAvailable: true }, (lock) =>
    lock ? new Promise<void>((resolve) => void (releaseDraft = resolve)) : undefined,
  );
}

async function heldDrafts(): Promise<ReadonlySet<string>> {
  const locks = await globalThis.navigator?.locks?.query().catch(() => undefined);
  return new Set(
    (locks?.held ?? []).flatMap((lock) =>
      lock.name?.startsWith('lathe-draft:') ? [lock.name.slice('lathe-draft:'.length)] : [],
    ),
  );
}

/** Closes the document; unsaved edits stay as a draft. */
export function leaveDocument(): void {
  flushDraft();
  releaseDraft?.();
  closeDocument();
  rememberSession();
}
