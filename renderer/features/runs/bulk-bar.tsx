/** What can be done with several runs at once. */
import { useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import { Button } from '../../components/button.tsx';
import { Toolbar, ToolbarSpacer } from '../../components/layout.tsx';
import { showFault } from '../../state/toasts.ts';
import { ReportFolder } from './report-folder.tsx';
import type { RunRow } from './run-rows.ts';
import { TagDialog } from './tag-dialog.tsx';
import styles from './runs.module.css';

export interface BulkBarProps {
  readonly rows: readonly RunRow[];
  readonly onCompare: () => void;
  readonly onDelete: () => void;
  readonly onClear: () => void;
}

export function BulkBar({ rows, onCompare, onDelete, onClear }: BulkBarProps) {
  const host = useHost();
  const [open, setOpen] = useState<'tag' | 'report' | null>(null);
  const allPinned = rows.every(({ run }) => run.pinned);
  const pin = async (): Promise<void> => {
    try {
      await Promise.all(rows.map(({ id }) => host.call('runs.edit', { run: id, pinned: !allPinned })));
    } catch (fault) {
      showFault('Not all runs could be pinned', fault);
    }
  };
  return (
    <Toolbar label="Selected runs" className={styles['bulk']!}>
      <strong role="status">{rows.length} selected</strong>
      <Button size="small" look="primary" icon="compare" onPress={onCompare}>
        Compare
      </Button>
      <Button size="small" icon="tag" onPress={() => setOpen('tag')}>
        Tag
      </Button>
      <Button size="small" icon="pin" onPress={() => void pin()}>
        {allPinned ? 'Unpin' : 'Pin'}
      </Button>
      <Button size="small" icon="download" onPress={() => setOpen('report')}>
        Export report
      </Button>
      <Button size="small" icon="trash" look="quiet" onPress={onDelete}>
        Delete
      </Button>
      <ToolbarSpacer />
      <Button size="small" look="quiet" onPress={onClear}>
        Select none
      </Button>
      {open === 'tag' && <TagDialog runs={rows.map(({ run }) => run)} onClose={() => setOpen(null)} />}
      {open === 'report' && <ReportFolder runs={rows.map(({ run }) => run)} onClose={() => setOpen(null)} />}
    </Toolbar>
  );
}
