/** What can be done with one run. */
import { useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { Toolbar, ToolbarSpacer } from '../../components/layout.tsx';
import { Menu } from '../../components/menu.tsx';
import type { Run } from '../../../core/protocol/records.ts';
import { markCompared, useCompared } from '../../state/compared-runs.ts';
import { navigate } from '../../state/navigation.ts';
import { RunDialog, type RunDialogName } from './run-dialog.tsx';
import { runMenuActions } from './run-menu-actions.ts';
import { useRunDeeds } from './use-run-deeds.ts';
import styles from './runs.module.css';

export function RunActions({ run, onDelete }: { readonly run: Run; readonly onDelete: () => void }) {
  const deeds = useRunDeeds(run);
  const isCompared = useCompared((state) => state.ids.includes(run.id));
  const [dialog, setDialog] = useState<RunDialogName | null>(null);
  return (
    <Toolbar label="Actions" className={styles['actions']!}>
      <Button size="small" icon="train" onPress={() => navigate('train', { run: run.id })}>
        Open in Train
      </Button>
      <Button size="small" icon="design" onPress={() => void deeds.openInDesign()}>
        Open in Design
      </Button>
      <Button size="small" icon={isCompared ? 'eye' : 'eyeOff'} onPress={() => markCompared([run.id], !isCompared)}>
        {isCompared ? 'In Compare' : 'Compare'}
      </Button>
      <ToolbarSpacer />
      <Menu
        label={`More about ${run.name}`}
        trigger={<IconButton icon="more" size="small" label="More actions" />}
        actions={runMenuActions({ run, deeds, onDialog: setDialog, onDelete })}
      />
      {dialog && <RunDialog name={dialog} run={run} onClose={() => setDialog(null)} />}
    </Toolbar>
  );
}
