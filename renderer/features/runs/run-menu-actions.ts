/** The actions of one run that stand in menus: behind its panel's button, and where its row is clicked with the right button. */
import type { MenuAction } from '../../components/menu.tsx';
import type { Run, RunStatus } from '../../../core/protocol/records.ts';
import { navigate } from '../../state/navigation.ts';
import type { RunDialogName } from './run-dialog.tsx';
import type { RunDeeds } from './use-run-deeds.ts';

const resumable: readonly RunStatus[] = ['interrupted', 'stopped', 'diverged', 'failed'];

export interface RunMenuContext {
  readonly run: Run;
  readonly deeds: RunDeeds;
  readonly onDialog: (name: RunDialogName) => void;
  readonly onDelete: () => void;
}

export function runMenuActions({ run, deeds, onDialog, onDelete }: RunMenuContext): readonly (MenuAction | '-')[] {
  return [
    { id: 'rename', label: 'Rename…', icon: 'edit', run: () => onDialog('rename') },
    {
      id: 'resume',
      label: 'Resume',
      icon: 'play',
      disabled: !resumable.includes(run.status),
      run: () => void deeds.resume(),
    },
    { id: 'fork', label: 'Fork from a checkpoint…', icon: 'fork', run: () => onDialog('fork') },
    {
      id: 'replay',
      label: 'Replay…',
      icon: 'refresh',
      disabled: run.currentStep === 0 || run.status === 'running' || run.status === 'queued',
      run: () => onDialog('replay'),
    },
    { id: 'score', label: 'Score it', icon: 'check', run: () => void deeds.score() },
    {
      id: 'generate',
      label: 'Generate samples',
      icon: 'generate',
      run: () => navigate('generate', { run: run.id }),
    },
    { id: 'export', label: 'Export the model…', icon: 'download', run: () => onDialog('export') },
    '-',
    {
      id: 'delete',
      label: 'Delete…',
      icon: 'trash',
      danger: true,
      disabled: run.status === 'running',
      run: onDelete,
    },
  ];
}
