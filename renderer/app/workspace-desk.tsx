/** Keeps the open document for as long as the window is there: its commands, its drafts, and questions about its file. */
import { useEffect, useState } from 'react';
import { shellBridge } from '../client/create-client.ts';
import { useHost } from '../client/host-context.tsx';
import { Button } from '../components/button.tsx';
import { ConfirmDialog, Dialog } from '../components/dialog.tsx';
import { agoFigure } from '../components/figures.ts';
import { FilePicker } from '../components/files/file-picker.tsx';
import { navigate } from '../state/navigation.ts';
import {
  connectWorkspace,
  discardDraft,
  keepOwnEdits,
  leaveDocument,
  openDocument,
  openDraft,
  saveDocument,
  takeOutsideChange,
  useWorkspaceFiles,
} from '../state/workspace-files.ts';
import { redo, undo, useDirty, useWorkspace } from '../state/workspace.ts';
import { inEveryPlace, runCommand, useCommands } from './commands.ts';
import { setOpenDocument } from './shell-store.ts';
import styles from './shell.module.css';

type Asking = 'open' | 'saveAs' | null;

export function WorkspaceDesk() {
  const host = useHost();
  const [asking, setAsking] = useState<Asking>(null);
  useEffect(() => connectWorkspace(host), [host]);
  useShownDocument();
  useDocumentCommands(setAsking);
  useEffect(listenToShell, []);
  const close = (): void => setAsking(null);
  return (
    <>
      {asking === 'open' && (
        <FilePicker
          title="Open a document"
          kind="open-file"
          endings={['jsonc', 'json']}
          action="Open"
          onClose={close}
          onChoose={(path) => {
            close();
            void openInDesign(path);
          }}
        />
      )}
      {asking === 'saveAs' && <SaveAs onClose={close} />}
      <ChangedOutside />
      <Recovered />
    </>
  );
}

async function openInDesign(path: string): Promise<void> {
  if (await openDocument(path)) navigate('design');
}

/** The desktop shell's menu runs commands by name, and the system opens documents. */
function listenToShell(): (() => void) | undefined {
  return shellBridge()?.onCommand((command) => {
    if (command.type === 'command') runCommand(command.name);
    else void openInDesign(command.path);
  });
}

function useShownDocument(): void {
  const name = useWorkspace((state) => state.outline?.name || state.file?.path?.split(/[/\\]/).at(-1) || 'Unnamed');
  const isOpen = useWorkspace((state) => state.file !== null);
  const path = useWorkspace((state) => state.file?.path ?? null);
  const dirty = useDirty();
  useEffect(() => setOpenDocument(isOpen ? { name, path, dirty } : null), [name, path, dirty, isOpen]);
}

function useDocumentCommands(ask: (what: Asking) => void): void {
  const isOpen = useWorkspace((state) => state.file !== null);
  const past = useWorkspace((state) => state.history.past.at(-1)?.label);
  const future = useWorkspace((state) => state.history.future.at(-1)?.label);
  const save = async (): Promise<void> => {
    if (useWorkspace.getState().file?.path === null) ask('saveAs');
    else await saveDocument();
  };
  useCommands(
    inEveryPlace([
      { id: 'document.open', title: 'Open a document', group: 'Document', keys: 'Mod+O', run: () => ask('open') },
      { id: 'document.save', title: 'Save', group: 'Document', keys: 'Mod+S', enabled: isOpen, run: () => void save() },
      {
        id: 'document.saveAs',
        title: 'Save as',
        group: 'Document',
        keys: 'Mod+Shift+S',
        enabled: isOpen,
        run: () => ask('saveAs'),
      },
      {
        id: 'document.close',
        title: 'Close the document',
        group: 'Document',
        enabled: isOpen,
        run: leaveDocument,
      },
      {
        id: 'edit.undo',
        title: past ? `Undo: ${past}` : 'Undo',
        group: 'Edit',
        keys: 'Mod+Z',
        enabled: past !== undefined,
        run: undo,
      },
      {
        id: 'edit.redo',
        title: future ? `Redo: ${future}` : 'Redo',
        group: 'Edit',
        keys: 'Mod+Y',
        enabled: future !== undefined,
        run: redo,
      },
      {
        id: 'edit.redoAgain',
        title: future ? `Redo once more: ${future}` : 'Redo (other keys)',
        group: 'Edit',
        keys: 'Mod+Shift+Z',
        enabled: future !== undefined,
        run: redo,
      },
    ]),
  );
}

function SaveAs({ onClose }: { readonly onClose: () => void }) {
  const path = useWorkspace((state) => state.file?.path ?? null);
  const name = useWorkspace((state) => state.outline?.name ?? 'model');
  const proposed =
    path?.split(/[/\\]/).at(-1) ??
    `${
      name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '') || 'model'
    }.lathe.jsonc`;
  return (
    <FilePicker
      title="Save the document"
      kind="save-file"
      name={proposed}
      endings={['lathe.jsonc']}
      action="Save"
      onClose={onClose}
      onChoose={(chosen) => {
        onClose();
        void saveDocument(chosen, true);
      }}
    />
  );
}

function ChangedOutside() {
  const changed = useWorkspaceFiles((state) => state.changedOutside);
  const dirty = useDirty();
  return (
    <ConfirmDialog
      title="Another program changed the file"
      open={changed !== null}
      action={dirty ? 'Take theirs, give up my edits' : 'Take theirs'}
      danger={dirty}
      onConfirm={takeOutsideChange}
      onCancel={keepOwnEdits}
    >
      {changed?.path} was written by another program. {dirty ? 'It differs from your unsaved edits. ' : ''}Cancel keeps
      what is open here; saving then writes over their change.
    </ConfirmDialog>
  );
}

/** Offers edits that an earlier window did not save. */
function Recovered() {
  const drafts = useWorkspaceFiles((state) => state.recovered);
  const [isLater, setLater] = useState(false);
  if (drafts.length === 0 || isLater) return null;
  const restore = async (index: number): Promise<void> => {
    await openDraft(drafts[index]);
    navigate('design');
  };
  return (
    <Dialog
      title="Edits that were not saved"
      open
      onClose={() => setLater(true)}
      foot={<Button onPress={() => setLater(true)}>Decide later</Button>}
    >
      <p>An earlier window went away before these were saved.</p>
      <ul className={styles['drafts']}>
        {drafts.map((draft, index) => (
          <li key={draft.id}>
            <span className={styles['draftName']}>
              {draft.path ?? /"name"\s*:\s*"([^"]*)"/.exec(draft.text)?.[1] ?? 'Never saved'}
            </span>
            <span className={styles['draftTime']}>{agoFigure(draft.changedMs, Date.now())}</span>
            <Button size="small" look="primary" onPress={() => void restore(index)}>
              Restore
            </Button>
            <Button size="small" onPress={() => discardDraft(draft.id)}>
              Discard
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
