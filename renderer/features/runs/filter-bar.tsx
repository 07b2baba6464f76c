/** What the Runs table shows: words and fields to filter by, groups, columns. */
import { useMemo } from 'react';
import { IconButton } from '../../components/button.tsx';
import { Toolbar, ToolbarDivider } from '../../components/layout.tsx';
import { Select } from '../../components/select.tsx';
import { ColumnChooser } from '../../components/table/column-chooser.tsx';
import { SearchField } from '../../components/text-field.tsx';
import { Switch } from '../../components/toggles.tsx';
import { fieldIn, type RunFilter, withField } from './run-filter.ts';
import type { RunRow } from './run-rows.ts';
import styles from './runs.module.css';

export type GroupName = 'none' | 'experiment' | 'family' | 'status' | 'tag';

const groupChoices: readonly { readonly value: GroupName; readonly label: string }[] = [
  { value: 'none', label: 'No groups' },
  { value: 'experiment', label: 'By experiment' },
  { value: 'family', label: 'By family' },
  { value: 'status', label: 'By status' },
  { value: 'tag', label: 'By tag' },
];

export interface FilterBarProps {
  /** All of them. */
  readonly rows: readonly RunRow[];
  /** How many the filter leaves. */
  readonly found: number;
  readonly text: string;
  readonly filter: RunFilter;
  readonly onText: (text: string) => void;
  readonly group: GroupName;
  readonly onGroup: (group: GroupName) => void;
  readonly columns: readonly { readonly id: string; readonly title: string }[];
  readonly shown: readonly string[];
  readonly onColumns: (ids: readonly string[]) => void;
  readonly isDiffering: boolean;
  readonly onDiffering: (isDiffering: boolean) => void;
}

const fields = [
  { field: 'status', label: 'Status', valuesOf: ({ run }: RunRow): readonly string[] => [run.status] },
  { field: 'family', label: 'Family', valuesOf: ({ run }: RunRow): readonly string[] => [run.family] },
  { field: 'experiment', label: 'Experiment', valuesOf: ({ run }: RunRow): readonly string[] => [run.experiment] },
  { field: 'tag', label: 'Tag', valuesOf: ({ run }: RunRow): readonly string[] => run.tags },
] as const;

const anyValue = '';

export function FilterBar(props: FilterBarProps) {
  const { rows, found, text, filter, onText, group, onGroup, columns, shown, onColumns, isDiffering, onDiffering } =
    props;
  const values = useMemo(() => fields.map(({ valuesOf }) => [...new Set(rows.flatMap(valuesOf))].sort()), [rows]);
  const shownIds = useMemo(() => new Set(shown), [shown]);
  // A column that is added goes to the end; the others stay where they are.
  const changeColumns = (next: ReadonlySet<string>): void =>
    onColumns([...shown.filter((id) => next.has(id)), ...[...next].filter((id) => !shownIds.has(id))]);
  return (
    <Toolbar label="Filter" className={styles['bar']!}>
      <SearchField
        label="Filter runs"
        placeholder="Words, tag:baseline, loss < 0.1"
        value={text}
        onChange={onText}
        size="small"
        className={styles['search']!}
      />
      {fields.map(({ field, label }, i) =>
        values[i]!.length === 0 ? null : (
          <Select
            key={field}
            label={label}
            hideLabel
            size="small"
            value={fieldIn(filter, field) ?? anyValue}
            onChange={(value) => onText(withField(text, field, value === anyValue ? null : value))}
            choices={[
              { value: anyValue, label: `Any ${label.toLowerCase()}` },
              ...values[i]!.map((value) => ({ value, label: value })),
            ]}
          />
        ),
      )}
      {filter.fault ? (
        <span role="status" className={styles['fault']}>
          {filter.fault}
        </span>
      ) : (
        <span role="status" className={styles['faint']}>
          {found === rows.length
            ? `${rows.length} ${rows.length === 1 ? 'run' : 'runs'}`
            : `${found} of ${rows.length}`}
        </span>
      )}
      <span className={styles['end']}>
        <Switch label="Only what differs" selected={isDiffering} onChange={onDiffering} />
        <ToolbarDivider />
        <Select label="Group" hideLabel size="small" value={group} onChange={onGroup} choices={groupChoices} />
        <ColumnChooser columns={columns} shown={shownIds} onChange={changeColumns} />
        <IconButton icon="refresh" size="small" label="Reset the table" onPress={() => onColumns([])} />
      </span>
    </Toolbar>
  );
}
