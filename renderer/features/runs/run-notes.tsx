/** Notes of a run, kept when the person leaves the field. */
import { useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { Run } from '../../../core/protocol/records.ts';
import { showFault } from '../../state/toasts.ts';

export function RunNotes({ run }: { readonly run: Run }) {
  const host = useHost();
  const [typed, setTyped] = useState<string | null>(null);
  const keep = async (): Promise<void> => {
    if (typed === null || typed === run.notes) return;
    try {
      await host.call('runs.edit', { run: run.id, notes: typed });
      setTyped(null);
    } catch (fault) {
      showFault('The notes were not kept', fault);
    }
  };
  return (
    <TextField
      label="Notes"
      rows={2}
      maxLength={20_000}
      value={typed ?? run.notes}
      onChange={setTyped}
      onBlur={() => void keep()}
      placeholder="What was tried, what came of it"
    />
  );
}
