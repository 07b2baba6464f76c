/** Another name for a run. */
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { Run } from '../../../core/protocol/records.ts';
import { useRunDeeds } from './use-run-deeds.ts';

export function RenameDialog({ run, onClose }: { readonly run: Run; readonly onClose: () => void }) {
  const { rename } = useRunDeeds(run);
  const [typed, setTyped] = useState(run.name);
  const name = typed.trim();
  const apply = (): void => {
    if (name === '') return;
    onClose();
    if (name !== run.name) void rename(name);
  };
  const foot = (
    <>
      <Button onPress={onClose}>Cancel</Button>
      <Button look="primary" isDisabled={name === ''} onPress={apply}>
        Rename
      </Button>
    </>
  );
  return (
    <Dialog title={`Rename ${run.name}`} open onClose={onClose} width={420} foot={foot}>
      <TextField label="Name" value={typed} onChange={setTyped} maxLength={200} autoFocus onEnter={apply} />
    </Dialog>
  );
}
