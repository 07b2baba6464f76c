/** What can be done with several runs at once. */
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Toolbar, ToolbarSpacer } from '../../components/layout.tsx';
import { ReportFolder } from './report-folder.tsx';
import type { RunRow } from './run-rows.ts';
import { TagDialog } from './tag-dialog.tsx';
import { usePinAll } from './use-pin-all.ts';
import styles from './runs.module.css';

export interface BulkBarProps {
  readonly rows: readonly RunRow[];
  readonly onCompare: () => void;
  readonly onDelete: () => void;
  readonly onClear: () => void;
}

export function BulkBar({ rows, onCompare, onDelete, onClear }: BulkBarProps) {
  const [open, setOpen] = useState<'tag' | 'report' | null>(null);
  const { allPinned, pinAll } = usePinAll(rows);
  return (
    <Toolbar label="Selected runs" className={styles['bulk']!}>
      <strong role="status">{rows.length} selected</strong>
      <Button size="small" look="primary" icon="compare" onPress={onCompare}>
        Compare
      </Button>
      <Button size="small" icon="tag" onPress={() => setOpen('tag')}>
        Tag
      </Button>
      <Button size="small" icon="pin" onPress={() => void pinAll()}>
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
