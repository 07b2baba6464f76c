/** Asks before runs are deleted with everything they made. */
import { useHost } from '../../client/host-context.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { useRuns } from '../../state/runs.ts';
import { showFault, showToast } from '../../state/toasts.ts';

/** The host takes so many at once. */
const mostAtOnce = 1000;

export function DeleteRuns({
  ids,
  onClose,
  onDeleted,
}: {
  readonly ids: readonly string[];
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}) {
  const host = useHost();
  const byId = useRuns((state) => state.byId);
  const runs = ids.flatMap((id) => byId.get(id) ?? []);
  const idle = runs.filter((run) => run.status !== 'running');
  const words = idle.length === 1 ? `“${idle[0]!.name}”` : `${idle.length} runs`;
  const remove = async (): Promise<void> => {
    onClose();
    try {
      for (let at = 0; at < idle.length; at += mostAtOnce)
        await host.call('runs.delete', { runs: idle.slice(at, at + mostAtOnce).map((run) => run.id) });
      showToast({ tone: 'ok', text: `Deleted ${words}` });
      onDeleted();
    } catch (fault) {
      showFault('The runs were not deleted', fault);
    }
  };
  if (idle.length === 0) {
    return (
      <ConfirmDialog title="Running runs stay" open action="Close" onConfirm={onClose} onCancel={onClose}>
        A run at work cannot be deleted: stop it in Train first.
      </ConfirmDialog>
    );
  }
  return (
    <ConfirmDialog
      title={`Delete ${words}?`}
      open
      danger
      action={idle.length === 1 ? 'Delete the run' : `Delete ${idle.length} runs`}
      onConfirm={() => void remove()}
      onCancel={onClose}
    >
      Curves, samples, scores and checkpoints go with {idle.length === 1 ? 'it' : 'them'}; this cannot be undone.
      {idle.length < runs.length && ` ${runs.length - idle.length} at work will stay.`}
    </ConfirmDialog>
  );
}
