/** Writes the comparison as one HTML file into a folder of choice, and says where it is. */
import { useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { FilePicker } from '../../components/files/file-picker.tsx';
import { ProgressBar } from '../../components/progress-bar.tsx';
import { showFault, showToast } from '../../state/toasts.ts';
import type { ComparedRun } from './compared-runs.ts';
import styles from './compare.module.css';

/** What each run draws for the report, the same for all. */
const draw = { seed: 1, count: 64 };

export function ReportDialog({
  runs,
  onClose,
}: {
  readonly runs: readonly ComparedRun[];
  readonly onClose: () => void;
}) {
  const host = useHost();
  const [isBusy, setIsBusy] = useState(false);
  const [path, setPath] = useState<string | null>(null);
  const title = runs
    .map(({ run }) => run.name)
    .join(', ')
    .slice(0, 200);
  const write = async (folder: string): Promise<void> => {
    setIsBusy(true);
    try {
      const { html } = await host.call('runs.report', { runs: runs.map(({ run }) => run.id), folder, title, ...draw });
      setPath(html);
    } catch (fault) {
      showFault('The report was not written', fault);
      onClose();
    }
    setIsBusy(false);
  };
  if (path === null && !isBusy)
    return (
      <FilePicker
        title="Folder for the report"
        kind="open-folder"
        action="Write the report here"
        onChoose={(folder) => void write(folder)}
        onClose={onClose}
      />
    );
  const copy = (): void => {
    navigator.clipboard.writeText(path ?? '').then(
      () => showToast({ tone: 'ok', text: 'The path is copied' }),
      (fault: unknown) => showFault('The path could not be copied', fault),
    );
  };
  const foot = (
    <>
      {path !== null && (
        <Button icon="copy" onPress={copy}>
          Copy the path
        </Button>
      )}
      <Button look="primary" onPress={onClose}>
        {path === null ? 'Go on meanwhile' : 'Done'}
      </Button>
    </>
  );
  return (
    <Dialog
      title={path === null ? 'Writing the report' : 'The report is written'}
      open
      onClose={onClose}
      width={560}
      foot={foot}
    >
      {path === null ? (
        <ProgressBar
          label={`Drawing ${draw.count} samples of each of ${runs.length} runs at seed ${draw.seed}`}
          done={0}
          total={null}
        />
      ) : (
        <>
          <p>
            One HTML file with curves, samples, scores and documents; it needs nothing beside it and opens in any
            browser.
          </p>
          <p className={styles['path']} role="status">
            <code>{path}</code>
          </p>
        </>
      )}
    </Dialog>
  );
}
