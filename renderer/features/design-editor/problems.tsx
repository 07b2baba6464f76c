/** What is wrong with the document: each fault with its line, what to do, and the way to its node and its text. */
import type { Issue } from '../../../core/spec/issue.ts';
import type { DocumentOutline, NodeKey } from '../../../core/spec/model-edits/outline.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { DataTable } from '../../components/table/data-table.tsx';
import type { TableColumn } from '../../components/table/table-column.ts';
import type { SortState } from '../../components/table/table-rows.ts';
import { revealText, select, useWorkspace } from '../../state/workspace.ts';
import { retryData } from '../../state/workspace-data.ts';
import { useState } from 'react';
import { showSide, useDesignView } from './design-view.ts';
import styles from './foot.module.css';

const noRows: ReadonlySet<string> = new Set();

const idOf = (issue: Issue): string => `${issue.line}:${issue.column}:${issue.message}`;

/** The node an issue is about, when it is about one. */
function nodeOf(outline: DocumentOutline | null, { path }: Pick<Issue, 'path'>): NodeKey | undefined {
  const scope = outline?.scopes.find((each) => each.path[0] === path[0] && each.path[1] === path[1]);
  if (path[2] === 'layers' && typeof path[3] === 'number') return scope?.layers[path[3]]?.key;
  if (path[2] === 'inputs') return scope?.inputs.find((input) => input.name === path[3])?.key;
  return undefined;
}

const columns: readonly TableColumn<Issue>[] = [
  {
    id: 'severity',
    title: 'Severity',
    width: 92,
    value: (issue) => issue.severity,
    cell: (issue) => (
      <span className={styles[issue.severity]}>
        <Icon name={issue.severity === 'error' ? 'error' : 'warning'} size={13} />
        {issue.severity}
      </span>
    ),
  },
  {
    id: 'message',
    title: 'Problem',
    width: 560,
    value: (issue) => issue.message,
    cell: (issue) => <span title={issue.message}>{issue.message}</span>,
  },
  {
    id: 'hint',
    title: 'What to do',
    width: 260,
    value: (issue) => issue.hint ?? '',
    cell: (issue) => <span title={issue.hint}>{issue.hint}</span>,
  },
  {
    id: 'place',
    title: 'Line',
    width: 72,
    align: 'end',
    value: (issue) => issue.line,
    cell: (issue) => `${issue.line}:${issue.column}`,
  },
];

export function Problems() {
  const issues = useWorkspace((state) => state.check.issues);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(noRows);
  const [sort, setSort] = useState<SortState | null>(null);
  const go = (issue: Issue | undefined): void => {
    if (!issue) return;
    const node = nodeOf(useWorkspace.getState().outline, issue);
    if (node) select([node]);
    revealText(issue);
    if (useDesignView.getState().side === 'compiled') showSide('text');
  };
  const onSelect = (ids: ReadonlySet<string>): void => {
    setChosen(ids);
    const added = [...ids].findLast((id) => !chosen.has(id));
    go(issues.find((issue) => idOf(issue) === added));
  };
  if (issues.length === 0)
    return (
      <>
        <DataNotice />
        <p className={styles['none']}>
          <Icon name="check" size={14} />
          No problems
        </p>
      </>
    );
  return (
    <>
      <DataNotice />
      <DataTable
        label="Problems"
        rows={issues}
        idOf={idOf}
        columns={columns}
        sort={sort}
        onSort={setSort}
        selected={chosen}
        onSelect={onSelect}
        onOpen={go}
        rowHeight={26}
      />
    </>
  );
}

/** Why shapes are not checked, while what the data is is not known. */
function DataNotice() {
  const data = useWorkspace((state) => state.data);
  if (data.status === 'known') return null;
  if (data.status === 'loading')
    return (
      <p className={styles['notice']}>Reading {data.source}: shapes are checked when it is known what it holds.</p>
    );
  return (
    <p className={styles['noticeFault']} role="alert">
      {data.source} could not be read, so shapes are not checked: {data.message}
      <Button size="small" onPress={retryData}>
        Try again
      </Button>
    </p>
  );
}
