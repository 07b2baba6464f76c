/** Writes a report of runs into a folder of choice, and says where it is. */
import { useHost } from '../../client/host-context.tsx';
import { FilePicker } from '../../components/files/file-picker.tsx';
import type { Run } from '../../../core/protocol/records.ts';
import { closeToast, showFault, showToast } from '../../state/toasts.ts';

/** A report holds so many runs. */
const mostRuns = 50;
const draw = { seed: 1, count: 64 };

export function ReportFolder({ runs, onClose }: { readonly runs: readonly Run[]; readonly onClose: () => void }) {
  const host = useHost();
  const write = async (folder: string): Promise<void> => {
    onClose();
    const taken = runs.slice(0, mostRuns);
    const busy = showToast({ tone: 'info', text: `Writing a report of ${taken.length} runs` });
    try {
      const { html } = await host.call('runs.report', {
        runs: taken.map((run) => run.id),
        folder,
        title: taken
          .map((run) => run.name)
          .join(', ')
          .slice(0, 200),
        ...draw,
      });
      showToast({
        tone: 'ok',
        text: `The report is written: ${html}`,
        hint: runs.length > mostRuns ? `Of the first ${mostRuns} runs.` : undefined,
      });
    } catch (fault) {
      showFault('The report was not written', fault);
    }
    closeToast(busy);
  };
  return (
    <FilePicker
      title="Folder for the report"
      kind="open-folder"
      action="Write the report here"
      onChoose={(folder) => void write(folder)}
      onClose={onClose}
    />
  );
}
