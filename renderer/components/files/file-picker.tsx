/** Choosing a file or folder of the machine the host runs on: by the system's dialog, or by browsing in a browser. */
import { useEffect, useEffectEvent, useState } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import type { FolderEntry, FolderListing } from '../../../core/protocol/documents.ts';
import { shellBridge } from '../../client/create-client.ts';
import { useCall } from '../../client/host-context.tsx';
import { Button, IconButton } from '../button.tsx';
import { Dialog } from '../dialog.tsx';
import { agoFigure, bytesFigure } from '../figures.ts';
import { Icon } from '../icon.tsx';
import { EmptyState } from '../layout.tsx';
import { TextField } from '../text-field.tsx';
import { showFault } from '../../state/toasts.ts';
import { askSystem } from './native-dialog.ts';
import { baseName, pathIn, withEnding } from './paths.ts';
import styles from './file-picker.module.css';

export interface FilePickerProps {
  readonly title: string;
  readonly kind: 'open-file' | 'open-folder' | 'save-file';
  /** Folder it begins in; absent: the person's own. */
  readonly start?: string;
  /** Of a file to be saved. */
  readonly name?: string;
  /** Endings without a dot; none: every file. */
  readonly endings?: readonly string[];
  /** The verb of its button. */
  readonly action: string;
  readonly onChoose: (path: string) => void;
  readonly onClose: () => void;
}

const anyEnding: readonly string[] = [];

export function FilePicker(props: FilePickerProps) {
  return shellBridge() ? <SystemPicker {...props} /> : <BrowsingPicker {...props} />;
}

/** Shows nothing of its own: the dialog is the system's. */
function SystemPicker(props: FilePickerProps) {
  const ask = useEffectEvent(async () => {
    const chosen = await askSystem(shellBridge()!, props).catch((fault: unknown) => {
      showFault('The file dialog could not be shown', fault);
      return null;
    });
    if (chosen === null) props.onClose();
    else props.onChoose(chosen);
  });
  useEffect(() => {
    // Not at once: in development an effect is run twice, and one dialog is wanted.
    const timer = setTimeout(() => void ask());
    return () => clearTimeout(timer);
  }, []);
  return null;
}

function BrowsingPicker(props: FilePickerProps) {
  const { title, kind, start = '', endings = anyEnding, action, onChoose, onClose } = props;
  const [folder, setFolder] = useState(start);
  const [typed, setTyped] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState(props.name ?? '');
  const { data, error } = useCall('files.list', { path: folder, ...(endings.length > 0 && { endings: [...endings] }) });
  const go = (path: string): void => {
    setFolder(path);
    setTyped(null);
    setChosen(null);
  };
  const result = data ? resultOf(kind, data, chosen, name, endings) : null;
  const isThere =
    kind === 'save-file' && data?.entries.some((entry) => result === pathIn(data.path, entry.name)) === true;
  const enter = (entry: FolderEntry): void => {
    if (!data) return;
    if (entry.kind === 'folder') go(pathIn(data.path, entry.name));
    else if (kind === 'open-file') onChoose(pathIn(data.path, entry.name));
    else setName(entry.name);
  };
  const foot = (
    <>
      <Button onPress={onClose}>Cancel</Button>
      <Button
        look={isThere ? 'danger' : 'primary'}
        isDisabled={result === null}
        onPress={() => result !== null && onChoose(result)}
      >
        {isThere ? 'Replace' : action}
      </Button>
    </>
  );
  return (
    <Dialog title={title} open onClose={onClose} width={620} foot={foot}>
      <div className={styles['path']}>
        <IconButton
          icon="arrowUp"
          label="Folder above"
          isDisabled={!data?.parent}
          onPress={() => data?.parent && go(data.parent)}
        />
        <TextField
          label="Folder"
          hideLabel
          value={typed ?? data?.path ?? folder}
          onChange={setTyped}
          fault={error?.message}
          onEnter={() => typed !== null && go(typed)}
        />
      </div>
      {data && <Entries listing={data} kind={kind} chosen={chosen} onChosen={setChosen} onEnter={enter} />}
      {kind === 'save-file' && (
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          autoFocus
          help={isThere ? `${baseName(result!)} is already there: it would be replaced.` : undefined}
        />
      )}
    </Dialog>
  );
}

/** What the button would give; null while there is nothing to give. */
function resultOf(
  kind: FilePickerProps['kind'],
  listing: FolderListing,
  chosen: string | null,
  name: string,
  endings: readonly string[],
): string | null {
  const entry = listing.entries.find((each) => each.name === chosen);
  switch (kind) {
    case 'open-folder':
      return entry?.kind === 'folder' ? pathIn(listing.path, entry.name) : listing.path;
    case 'open-file':
      return entry?.kind === 'file' ? pathIn(listing.path, entry.name) : null;
    case 'save-file':
      return name.trim() === '' ? null : pathIn(listing.path, withEnding(name.trim(), endings));
  }
}

interface EntriesProps {
  readonly listing: FolderListing;
  readonly kind: FilePickerProps['kind'];
  readonly chosen: string | null;
  readonly onChosen: (name: string | null) => void;
  readonly onEnter: (entry: FolderEntry) => void;
}

function Entries({ listing, kind, chosen, onChosen, onEnter }: EntriesProps) {
  const entries = listing.entries.toSorted(
    (a, b) =>
      Number(b.kind === 'folder') - Number(a.kind === 'folder') ||
      a.name.localeCompare(b.name, 'en', { numeric: true }),
  );
  const now = Date.now();
  return (
    <ListBox
      key={listing.path}
      aria-label="Folder contents"
      items={entries.map((entry) => ({ ...entry, id: entry.name }))}
      selectionMode="single"
      selectionBehavior="replace"
      selectedKeys={chosen === null ? [] : [chosen]}
      onSelectionChange={(keys) => onChosen(keys === 'all' ? null : (([...keys][0] as string | undefined) ?? null))}
      onAction={(key) => {
        const entry = entries.find((each) => each.name === key);
        if (entry) onEnter(entry);
      }}
      renderEmptyState={() => <EmptyState title="Nothing here" icon="folder" />}
      className={styles['list']!}
    >
      {(entry) => (
        <ListBoxItem
          id={entry.name}
          textValue={entry.name}
          isDisabled={kind === 'open-folder' && entry.kind === 'file'}
          className={styles['item']!}
        >
          <Icon name={entry.kind} size={15} />
          <span className={styles['name']}>{entry.name}</span>
          <span className={styles['fact']}>{entry.kind === 'file' ? bytesFigure(entry.bytes) : ''}</span>
          <span className={styles['fact']}>{agoFigure(entry.modifiedMs, now)}</span>
        </ListBoxItem>
      )}
    </ListBox>
  );
}
