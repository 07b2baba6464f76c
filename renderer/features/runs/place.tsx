/** Runs: every run in one table, filtered, sorted, grouped and acted on; the one in hand in a panel beside it. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useHost } from '../../client/host-context.tsx';
import { useCommands } from '../../app/commands.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState, PlaceFrame } from '../../components/layout.tsx';
import { SplitPane } from '../../components/split-pane.tsx';
import { DataTable } from '../../components/table/data-table.tsx';
import type { SortState } from '../../components/table/table-rows.ts';
import { markCompared, mostCompared } from '../../state/compared-runs.ts';
import { navigate, setParams, useParam } from '../../state/navigation.ts';
import { differingKeys } from '../../state/run-params.ts';
import { useRuns } from '../../state/runs.ts';
import { changeSettings, useSettings } from '../../state/settings.ts';
import { showFault, showToast } from '../../state/toasts.ts';
import { BulkBar } from './bulk-bar.tsx';
import { DeleteRuns } from './delete-runs.tsx';
import { FilterBar, type GroupName } from './filter-bar.tsx';
import { allColumns, type ColumnActions, defaultColumns, tableColumns } from './run-columns.tsx';
import { filteredRows, parseFilter } from './run-filter.ts';
import { type AskedRows, RowsMenu } from './rows-menu.tsx';
import { RunPanel } from './run-panel.tsx';
import { knownColumns, type RunRow, rowsOf } from './run-rows.ts';
import { useRunFacts } from './use-run-facts.ts';
import styles from './runs.module.css';

const groups: Readonly<Record<GroupName, ((row: RunRow) => string) | undefined>> = {
  none: undefined,
  experiment: ({ run }) => run.experiment,
  family: ({ run }) => run.family,
  status: ({ run }) => run.status,
  tag: ({ run }) => run.tags.join(', ') || 'No tag',
};

/** More columns than a window holds say little; the rest is in Compare. */
const mostDiffering = 24;
const isPinned = ({ run }: RunRow): boolean => run.pinned;
const idOf = (row: RunRow): string => row.id;
const noIds: ReadonlySet<string> = new Set();

/** Rows with everything known of them; unchanged ones stay the same objects. */
function useRows(): readonly RunRow[] {
  const runs = useRuns((state) => state.runs);
  const facts = useRunFacts();
  const before = useRef<ReadonlyMap<string, RunRow>>(new Map());
  return useMemo(() => {
    const rows = rowsOf(runs, facts, before.current);
    before.current = new Map(rows.map((row) => [row.id, row]));
    return rows;
  }, [runs, facts]);
}

/** Eye, pin and name of a row. */
function useColumnActions(onOpen: (id: string) => void): ColumnActions {
  const host = useHost();
  return useMemo(
    () => ({
      onEye: (id, shown) => {
        if (!markCompared([id], shown))
          showToast({
            tone: 'warning',
            text: `Compare holds at most ${mostCompared} runs`,
            hint: 'Leave one out first.',
          });
      },
      onPin: (id, pinned) =>
        void host
          .call('runs.edit', { run: id, pinned })
          .catch((fault: unknown) => showFault('The run could not be pinned', fault)),
      onOpen,
    }),
    [host, onOpen],
  );
}

/** The columns a person chose, or those in which the found runs differ. */
function useShownColumns(
  rows: ReturnType<typeof useRows>,
  found: ReturnType<typeof useRows>,
  isDiffering: boolean,
  actions: ReturnType<typeof useColumnActions>,
) {
  const chosen = useSettings((state) => state.settings.runColumns);
  const known = useMemo(() => knownColumns(rows), [rows]);
  const usual = chosen.length > 0 ? chosen : defaultColumns(known);
  const differing = useMemo(
    () => (isDiffering ? differingKeys(found.map((row) => row.params)).slice(0, mostDiffering) : []),
    [found, isDiffering],
  );
  const ids = isDiffering
    ? [...usual.filter((id) => !id.startsWith('param:') && !wide.has(id)), ...differing.map((key) => `param:${key}`)]
    : usual;
  const columns = useMemo(() => tableColumns(ids, actions), [ids.join('\n'), actions]);
  return { known, usual, columns };
}

function useRunsCommands(
  selected: ReadonlySet<string>,
  compare: () => void,
  onDelete: (ids: readonly string[]) => void,
  isFiltered: boolean,
): void {
  useCommands([
    { id: 'runs.compare', title: 'Compare the selected runs', group: 'Runs', enabled: selected.size > 0, run: compare },
    {
      id: 'runs.delete',
      title: 'Delete the selected runs',
      group: 'Runs',
      enabled: selected.size > 0,
      run: () => onDelete([...selected]),
    },
    {
      id: 'runs.all',
      title: 'Show all runs',
      group: 'Runs',
      enabled: isFiltered,
      run: () => setParams({ filter: null }),
    },
  ]);
}

export function Place() {
  const rows = useRows();
  const loaded = useRuns((state) => state.loaded);
  const filterText = useParam('filter') ?? '';
  const group = useParam('group') as GroupName | undefined;
  const open = useParam('run');
  const [sort, setSort] = useState<SortState | null>({ column: 'created', descending: true });
  const [marked, setMarked] = useState<ReadonlySet<string>>(() => (open ? new Set([open]) : noIds));
  const openRun = useCallback((id: string): void => {
    setMarked(new Set([id]));
    setParams({ run: id });
  }, []);
  const actions = useColumnActions(openRun);
  // A run named by the address is the one in hand.
  useEffect(() => {
    if (open) setMarked((before) => (before.has(open) ? before : new Set([open])));
  }, [open]);
  const [isDiffering, setIsDiffering] = useState(false);
  const [doomed, setDoomed] = useState<readonly string[] | null>(null);
  const [asked, setAsked] = useState<AskedRows | null>(null);
  const filter = useMemo(() => parseFilter(filterText), [filterText]);
  const found = useMemo(() => filteredRows(rows, filter), [rows, filter]);
  const { known, usual, columns } = useShownColumns(rows, found, isDiffering, actions);
  const selected = useMemo(() => new Set(found.filter((row) => marked.has(row.id)).map(idOf)), [found, marked]);
  /** An open panel follows the one run that is chosen. */
  const select = (next: ReadonlySet<string>): void => {
    setMarked(next);
    const [only] = next;
    if (open && only && next.size === 1) setParams({ run: only });
  };
  const compare = (): void => {
    markCompared([...selected], true);
    navigate('compare');
  };
  useRunsCommands(selected, compare, setDoomed, filterText !== '');
  const opened = rows.find((row) => row.id === open);
  return (
    <PlaceFrame>
      <h1 className="visually-hidden">Runs</h1>
      <FilterBar
        rows={rows}
        found={found.length}
        text={filterText}
        filter={filter}
        onText={(text) => setParams({ filter: text || null })}
        group={group ?? 'none'}
        onGroup={(name) => setParams({ group: name === 'none' ? null : name })}
        columns={allColumns(known)}
        shown={usual}
        onColumns={(next) => void changeSettings({ runColumns: [...next] })}
        isDiffering={isDiffering}
        onDiffering={setIsDiffering}
      />
      {selected.size > 1 && (
        <BulkBar
          rows={found.filter((row) => selected.has(row.id))}
          onCompare={compare}
          onDelete={() => setDoomed([...selected])}
          onClear={() => setMarked(noIds)}
        />
      )}
      <SplitPane
        label="Width of the run’s panel"
        storageKey="run-panel"
        fixed="second"
        initial={440}
        min={320}
        max={760}
        first={
          <div
            className={styles['table']}
            onKeyDown={(event) => event.key === 'Delete' && selected.size > 0 && setDoomed([...selected])}
          >
            <DataTable
              label="Runs"
              rows={found}
              idOf={idOf}
              columns={columns}
              sort={sort}
              onSort={setSort}
              selected={selected}
              onSelect={select}
              onOpen={(row) => openRun(row.id)}
              onMenu={(row, place) =>
                setAsked({ place, rows: selected.has(row.id) ? found.filter(({ id }) => selected.has(id)) : [row] })
              }
              groupOf={groups[group ?? 'none']}
              isPinned={isPinned}
              empty={<Nothing loaded={loaded} hasRuns={rows.length > 0} />}
            />
          </div>
        }
        second={
          opened ? (
            <RunPanel row={opened} onClose={() => setParams({ run: null })} onDelete={() => setDoomed([opened.id])} />
          ) : null
        }
      />
      <RowsMenu
        asked={asked}
        actions={actions}
        onCompare={compare}
        onDelete={setDoomed}
        onClose={() => setAsked(null)}
      />
      {doomed && <DeleteRuns ids={doomed} onClose={() => setDoomed(null)} onDeleted={() => setMarked(noIds)} />}
    </PlaceFrame>
  );
}

/** Columns that make room for the fields that differ. */
const wide: ReadonlySet<string> = new Set(['notes', 'tags', 'duration', 'created']);

function Nothing({ loaded, hasRuns }: { readonly loaded: boolean; readonly hasRuns: boolean }) {
  if (!loaded) return <EmptyState title="Loading the runs" />;
  if (hasRuns) {
    return (
      <EmptyState
        title="No run matches"
        icon="filter"
        actions={<Button onPress={() => setParams({ filter: null })}>Show all runs</Button>}
      >
        Words match names, tags, notes and experiments; fields narrow further, as in status:finished or loss &lt; 0.1.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="No runs yet"
      icon="runs"
      actions={
        <Button look="primary" onPress={() => navigate('home')}>
          Choose a template to train
        </Button>
      }
    >
      Every training run is kept here with its document, curves, samples, scores and checkpoints.
    </EmptyState>
  );
}
