/** What can be done with one run. */
import { useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import { Button, IconButton } from '../../components/button.tsx';
import { FilePicker } from '../../components/files/file-picker.tsx';
import { Toolbar, ToolbarSpacer } from '../../components/layout.tsx';
import { Menu } from '../../components/menu.tsx';
import type { Run, RunStatus } from '../../../core/protocol/records.ts';
import { markCompared, useCompared } from '../../state/compared-runs.ts';
import { withCpuHelp } from '../../state/cpu-help.ts';
import { navigate } from '../../state/navigation.ts';
import { closeToast, showFault, showToast } from '../../state/toasts.ts';
import { openTemplate } from '../../state/workspace-files.ts';
import { ForkDialog } from './fork-dialog.tsx';
import { ReplayDialog } from './replay-dialog.tsx';
import styles from './runs.module.css';

const resumable: readonly RunStatus[] = ['interrupted', 'stopped', 'diverged', 'failed'];
/** As many samples, from the same seed, for every run: their scores may then be ranked. */
const evaluation = { count: 1000, seed: 1 };

export function RunActions({ run, onDelete }: { readonly run: Run; readonly onDelete: () => void }) {
  const host = useHost();
  const isCompared = useCompared((state) => state.ids.includes(run.id));
  const [open, setOpen] = useState<'fork' | 'replay' | 'export' | null>(null);
  const tried = async (what: string, act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
    } catch (fault) {
      showFault(what, fault);
    }
  };
  const design = (): Promise<void> =>
    tried('The document could not be opened', async () => {
      openTemplate({ text: (await host.call('runs.get', { run: run.id })).document, baseDir: run.baseDir });
      navigate('design');
    });
  const resume = (): Promise<void> =>
    tried('The run could not be resumed', async () => {
      const resumed = await withCpuHelp((consent) => host.call('runs.resume', { run: run.id, ...consent }));
      if (resumed) navigate('train', { run: run.id });
    });
  const evaluate = async (): Promise<void> => {
    const busy = showToast({ tone: 'info', text: `Scoring ${run.name} with ${evaluation.count} samples` });
    await tried(`${run.name} could not be scored`, async () => {
      await host.call('runs.evaluate', { run: run.id, ...evaluation });
      showToast({ tone: 'ok', text: `${run.name} is scored` });
    });
    closeToast(busy);
  };
  const exportTo = async (folder: string): Promise<void> => {
    setOpen(null);
    await tried('The model could not be exported', async () => {
      await host.call('runs.export', { run: run.id, folder });
      showToast({ tone: 'ok', text: `Exported to ${folder}` });
    });
  };
  return (
    <Toolbar label="Actions" className={styles['actions']!}>
      <Button size="small" icon="train" onPress={() => navigate('train', { run: run.id })}>
        Open in Train
      </Button>
      <Button size="small" icon="design" onPress={() => void design()}>
        Open in Design
      </Button>
      <Button size="small" icon={isCompared ? 'eye' : 'eyeOff'} onPress={() => markCompared([run.id], !isCompared)}>
        {isCompared ? 'In Compare' : 'Compare'}
      </Button>
      <ToolbarSpacer />
      <Menu
        label={`More about ${run.name}`}
        trigger={<IconButton icon="more" size="small" label="More actions" />}
        actions={[
          {
            id: 'resume',
            label: 'Resume',
            icon: 'play',
            disabled: !resumable.includes(run.status),
            run: () => void resume(),
          },
          { id: 'fork', label: 'Fork from a checkpoint', icon: 'fork', run: () => setOpen('fork') },
          {
            id: 'replay',
            label: 'Replay…',
            icon: 'refresh',
            disabled: run.currentStep === 0 || run.status === 'running' || run.status === 'queued',
            run: () => setOpen('replay'),
          },
          { id: 'evaluate', label: 'Score it', icon: 'check', run: () => void evaluate() },
          {
            id: 'generate',
            label: 'Generate samples',
            icon: 'generate',
            run: () => navigate('generate', { run: run.id }),
          },
          { id: 'export', label: 'Export the model', icon: 'download', run: () => setOpen('export') },
          '-',
          {
            id: 'delete',
            label: 'Delete',
            icon: 'trash',
            danger: true,
            disabled: run.status === 'running',
            run: onDelete,
          },
        ]}
      />
      {open === 'fork' && <ForkDialog run={run} onClose={() => setOpen(null)} />}
      {open === 'replay' && <ReplayDialog run={run} onClose={() => setOpen(null)} />}
      {open === 'export' && (
        <FilePicker
          title="Folder for the model"
          kind="open-folder"
          action="Export here"
          onChoose={(folder) => void exportTo(folder)}
          onClose={() => setOpen(null)}
        />
      )}
    </Toolbar>
  );
}
