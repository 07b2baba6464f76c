/**
 * A table of thousands of rows of which only those in sight are drawn: sorted, grouped, chosen by mouse and keys, with
 * columns that can be made wider.
 */
import { type ReactNode, type UIEvent, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { EmptyState } from '../layout.tsx';
import type { MenuPlace } from '../menu.tsx';
import { TableHead } from './table-head.tsx';
import { GroupLine, RowLine } from './table-lines.tsx';
import { sortedRows, type SortState, tableLines } from './table-rows.ts';
import { useTableKeys } from './use-table-keys.ts';
import type { TableColumn } from './table-column.ts';
import styles from './data-table.module.css';

export interface DataTableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly columns: readonly TableColumn<Row>[];
  readonly sort: SortState | null;
  readonly onSort: (sort: SortState) => void;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  /** Enter or a double click. */
  readonly onOpen?: (row: Row) => void;
  /** A right click or the Menu key, at this place. Several chosen rows stay chosen when one of them is meant. */
  readonly onMenu?: (row: Row, place: MenuPlace) => void;
  readonly groupOf?: ((row: Row) => string) | undefined;
  /** Rows that stay above the others however they are sorted. */
  readonly isPinned?: (row: Row) => boolean;
  /** In place of the rows when there are none. */
  readonly empty?: ReactNode;
  readonly rowHeight?: number;
}

const defaultWidth = 140;
const headHeight = 30;
const beyondSight = 6;

/** Pinned rows first, each part sorted by the column. */
function arranged<Row>({ rows, columns, sort, isPinned }: DataTableProps<Row>): readonly Row[] {
  const valueOf = columns.find((column) => column.id === sort?.column)?.value;
  const sorted = sort && valueOf ? sortedRows(rows, valueOf, sort.descending) : rows;
  return isPinned ? [...sorted.filter(isPinned), ...sorted.filter((row) => !isPinned(row))] : sorted;
}

/** Rows in their order and groups, those of closed groups left out. */
function useTableLines<Row>(props: DataTableProps<Row>) {
  const { rows, idOf, columns, sort, groupOf, isPinned } = props;
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const sorted = useMemo(() => arranged(props), [rows, columns, sort, isPinned]);
  const lines = useMemo(() => tableLines(sorted, idOf, groupOf, closed), [sorted, groupOf, closed]);
  const toggleGroup = (name: string): void =>
    setClosed((before) =>
      before.has(name) ? new Set([...before].filter((each) => each !== name)) : new Set([...before, name]),
    );
  return { lines, toggleGroup };
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, sort, onSort, selected, onSelect, onOpen, onMenu, groupOf, empty, rowHeight = 30 } = props;
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const [widths, setWidths] = useState<Readonly<Record<string, number>>>({});
  const [current, setCurrent] = useState(0);
  const { lines, toggleGroup } = useTableLines(props);
  const widthOf = (column: TableColumn<Row>): number => widths[column.id] ?? column.width ?? defaultWidth;
  const page = Math.max(1, Math.floor((view.height - headHeight) / rowHeight) - 1);
  const line = Math.min(current, Math.max(0, lines.length - 1));
  const goTo = (next: number): void => {
    setCurrent(next);
    keepInSight(frame.current, next * rowHeight, rowHeight);
  };
  const keys = useTableKeys<Row>({
    lines,
    current: line,
    onCurrent: goTo,
    selected,
    onSelect,
    onOpen,
    onMenu: onMenu && ((row, to, place) => onMenu(row, place ?? placeBelow(frame.current, `${id}-${to}`))),
    onToggleGroup: toggleGroup,
    page,
  });
  useLayoutEffect(() => measure(frame.current, setView), []);
  useEffect(() => {
    if (frame.current) frame.current.scrollTop = 0;
  }, [sort]);
  const from = Math.max(0, Math.floor(view.top / rowHeight) - beyondSight);
  const to = Math.min(lines.length, Math.ceil((view.top + view.height) / rowHeight) + beyondSight);
  const total = columns.reduce((sum, column) => sum + widthOf(column), 0);
  const onScroll = (event: UIEvent<HTMLDivElement>): void =>
    setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight });
  return (
    <div
      ref={frame}
      className={styles['frame']}
      role={groupOf ? 'treegrid' : 'grid'}
      tabIndex={0}
      aria-label={label}
      aria-rowcount={lines.length + 1}
      aria-colcount={columns.length}
      aria-multiselectable
      aria-activedescendant={lines.length > 0 ? `${id}-${line}` : undefined}
      onScroll={onScroll}
      onKeyDown={keys.onKeyDown}
    >
      <TableHead
        columns={columns}
        widthOf={widthOf}
        onWidth={(column, width) => setWidths((before) => ({ ...before, [column]: width }))}
        sort={sort}
        onSort={onSort}
        total={total}
      />
      {lines.length === 0 && (
        <div role="row">
          <div role="gridcell">{empty ?? <EmptyState title="Nothing to show" />}</div>
        </div>
      )}
      <div role="rowgroup" className={styles['body']} style={{ height: lines.length * rowHeight, width: total }}>
        {lines.slice(from, to).map((each, offset) => {
          const index = from + offset;
          const place = {
            id: `${id}-${index}`,
            index,
            top: index * rowHeight,
            height: rowHeight,
            isCurrent: index === line,
            onClick: keys.onLineClick,
          };
          return each.type === 'group' ? (
            <GroupLine key={`group ${each.name}`} {...place} line={each} span={columns.length} />
          ) : (
            <RowLine
              key={each.id}
              {...place}
              onMenu={keys.onLineMenu}
              row={each.row}
              columns={columns}
              widthOf={widthOf}
              isSelected={selected.has(each.id)}
              onOpen={onOpen}
              level={groupOf ? 2 : undefined}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Below a line, or at the top of the table while the line is out of sight. */
function placeBelow(frame: HTMLElement | null, lineId: string): MenuPlace {
  const line = frame?.querySelector(`#${CSS.escape(lineId)}`);
  const left = frame?.getBoundingClientRect().left ?? 0;
  const bottom = line?.getBoundingClientRect().bottom ?? (frame?.getBoundingClientRect().top ?? 0) + headHeight;
  return { x: left + headHeight, y: bottom };
}

function keepInSight(frame: HTMLElement | null, top: number, rowHeight: number): void {
  if (!frame) return;
  const bottom = top + rowHeight + headHeight;
  if (top < frame.scrollTop) frame.scrollTop = top;
  else if (bottom > frame.scrollTop + frame.clientHeight) frame.scrollTop = bottom - frame.clientHeight;
}

function measure(frame: HTMLElement | null, take: (view: { top: number; height: number }) => void): () => void {
  const observer = new ResizeObserver(() => frame && take({ top: frame.scrollTop, height: frame.clientHeight }));
  if (frame) observer.observe(frame);
  return () => observer.disconnect();
}
