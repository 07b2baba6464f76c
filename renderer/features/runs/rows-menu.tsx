/** What can be done with the rows in hand, where they were clicked with the right button or the Menu key was pressed. */
import { useState } from 'react';
import { ContextMenu, type MenuAction, type MenuPlace } from '../../components/menu.tsx';
import { useCompared } from '../../state/compared-runs.ts';
import { navigate } from '../../state/navigation.ts';
import { ReportFolder } from './report-folder.tsx';
import type { ColumnActions } from './run-columns.tsx';
import { RunDialog, type RunDialogName } from './run-dialog.tsx';
import { runMenuActions } from './run-menu-actions.ts';
import type { RunRow } from './run-rows.ts';
import { TagDialog } from './tag-dialog.tsx';
import { usePinAll } from './use-pin-all.ts';
import { useRunDeeds } from './use-run-deeds.ts';

export interface AskedRows {
  readonly rows: readonly RunRow[];
  readonly place: MenuPlace;
}

export interface RowsMenuProps {
  readonly asked: AskedRows | null;
  readonly actions: ColumnActions;
  /** Opens Compare with the rows in hand. */
  readonly onCompare: () => void;
  readonly onDelete: (ids: readonly string[]) => void;
  readonly onClose: () => void;
}

type Opened = { readonly name: RunDialogName | 'report'; readonly rows: readonly RunRow[] };

/** The menu while it is open, and the window that one of its actions opened. */
export function RowsMenu({ asked, ...rest }: RowsMenuProps) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const rows = asked?.rows ?? [];
  const open = (name: Opened['name']): void => setOpened({ name, rows });
  const [first] = rows;
  return (
    <>
      {asked && first && rows.length === 1 && <OneRowMenu {...rest} row={first} place={asked.place} onDialog={open} />}
      {asked && rows.length > 1 && <ManyRowsMenu {...rest} asked={asked} onDialog={open} />}
      {opened && <OpenedDialog {...opened} onClose={() => setOpened(null)} />}
    </>
  );
}

function OpenedDialog({ name, rows, onClose }: Opened & { readonly onClose: () => void }) {
  const runs = rows.map(({ run }) => run);
  const [first] = runs;
  if (name === 'report') return <ReportFolder runs={runs} onClose={onClose} />;
  if (name === 'tag') return <TagDialog runs={runs} onClose={onClose} />;
  return first ? <RunDialog name={name} run={first} onClose={onClose} /> : null;
}

interface OneRowMenuProps extends Omit<RowsMenuProps, 'asked' | 'onCompare'> {
  readonly row: RunRow;
  readonly place: MenuPlace;
  readonly onDialog: (name: RunDialogName) => void;
}

function OneRowMenu({ row: { id, run }, place, actions, onDialog, onDelete, onClose }: OneRowMenuProps) {
  const deeds = useRunDeeds(run);
  const isCompared = useCompared((state) => state.ids.includes(id));
  return (
    <ContextMenu
      label={`Actions of ${run.name}`}
      place={place}
      onClose={onClose}
      actions={[
        { id: 'open', label: 'Open beside the table', icon: 'info', keys: 'Enter', run: () => actions.onOpen(id) },
        { id: 'train', label: 'Open in Train', icon: 'train', run: () => navigate('train', { run: id }) },
        { id: 'design', label: 'Open in Design', icon: 'design', run: () => void deeds.openInDesign() },
        '-',
        {
          id: 'compare',
          label: isCompared ? 'Leave out of Compare' : 'Show in Compare',
          icon: isCompared ? 'eyeOff' : 'eye',
          run: () => actions.onEye(id, !isCompared),
        },
        {
          id: 'pin',
          label: run.pinned ? 'Unpin' : 'Pin',
          icon: 'pin',
          run: () => actions.onPin(id, !run.pinned),
        },
        { id: 'tag', label: 'Tags…', icon: 'tag', run: () => onDialog('tag') },
        '-',
        ...runMenuActions({ run, deeds, onDialog, onDelete: () => onDelete([id]) }),
      ]}
    />
  );
}

interface ManyRowsMenuProps extends Omit<RowsMenuProps, 'asked' | 'actions'> {
  readonly asked: AskedRows;
  readonly onDialog: (name: Opened['name']) => void;
}

function ManyRowsMenu({ asked: { rows, place }, onCompare, onDialog, onDelete, onClose }: ManyRowsMenuProps) {
  const { allPinned, pinAll } = usePinAll(rows);
  const actions: readonly (MenuAction | '-')[] = [
    { id: 'compare', label: `Compare ${rows.length} runs`, icon: 'compare', run: onCompare },
    { id: 'tag', label: 'Tags…', icon: 'tag', run: () => onDialog('tag') },
    { id: 'pin', label: allPinned ? 'Unpin' : 'Pin', icon: 'pin', run: () => void pinAll() },
    { id: 'report', label: 'Export report…', icon: 'download', run: () => onDialog('report') },
    '-',
    {
      id: 'delete',
      label: `Delete ${rows.length} runs…`,
      icon: 'trash',
      danger: true,
      keys: 'Delete',
      run: () => onDelete(rows.map(({ id }) => id)),
    },
  ];
  return <ContextMenu label={`Actions of ${rows.length} runs`} place={place} onClose={onClose} actions={actions} />;
}
