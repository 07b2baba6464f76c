/** The windows that actions of one run open. */
import { FilePicker } from '../../components/files/file-picker.tsx';
import type { Run } from '../../../core/protocol/records.ts';
import { ForkDialog } from './fork-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { ReplayDialog } from './replay-dialog.tsx';
import { TagDialog } from './tag-dialog.tsx';
import { useRunDeeds } from './use-run-deeds.ts';

export type RunDialogName = 'rename' | 'tag' | 'fork' | 'replay' | 'export';

export interface RunDialogProps {
  readonly name: RunDialogName;
  readonly run: Run;
  readonly onClose: () => void;
}

export function RunDialog({ name, run, onClose }: RunDialogProps) {
  const { exportTo } = useRunDeeds(run);
  switch (name) {
    case 'rename':
      return <RenameDialog run={run} onClose={onClose} />;
    case 'tag':
      return <TagDialog runs={[run]} onClose={onClose} />;
    case 'fork':
      return <ForkDialog run={run} onClose={onClose} />;
    case 'replay':
      return <ReplayDialog run={run} onClose={onClose} />;
    case 'export':
      return (
        <FilePicker
          title="Folder for the model"
          kind="open-folder"
          action="Export here"
          onChoose={(folder) => {
            onClose();
            void exportTo(folder);
          }}
          onClose={onClose}
        />
      );
  }
}
