/** The head of a table: titles that sort, borders that make columns wider. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { classNames } from '../class-names.ts';
import { Icon } from '../icon.tsx';
import type { TableColumn } from './table-column.ts';
import type { SortState } from './table-rows.ts';
import styles from './data-table.module.css';

export interface TableHeadProps<Row> {
  readonly columns: readonly TableColumn<Row>[];
  readonly widthOf: (column: TableColumn<Row>) => number;
  readonly onWidth: (column: string, width: number) => void;
  readonly sort: SortState | null;
  readonly onSort: (sort: SortState) => void;
  readonly total: number;
}

export function TableHead<Row>({ columns, widthOf, onWidth, sort, onSort, total }: TableHeadProps<Row>) {
  return (
    <div role="rowgroup" className={styles['head']} style={{ minWidth: total }}>
      <div role="row" aria-rowindex={1} style={{ display: 'flex' }}>
        {columns.map((column, i) => {
          const isSorted = sort?.column === column.id;
          const width = widthOf(column);
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-colindex={i + 1}
              aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : column.value ? 'none' : undefined}
              className={classNames(styles['headCell'], column.align === 'end' && styles['end'])}
              style={{ width }}
            >
              <button
                type="button"
                className={styles['sort']}
                disabled={!column.value}
                title={column.help}
                onClick={() =>
                  onSort({ column: column.id, descending: isSorted ? !sort.descending : column.align === 'end' })
                }
              >
                <span>{column.title}</span>
                {isSorted && <Icon name={sort.descending ? 'arrowDown' : 'arrowUp'} size={11} />}
              </button>
              <ColumnBorder title={column.title} width={width} onWidth={(next) => onWidth(column.id, next)} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

const least = 40;
const most = 800;

function ColumnBorder({
  title,
  width,
  onWidth,
}: {
  readonly title: string;
  readonly width: number;
  readonly onWidth: (width: number) => void;
}) {
  const from = useRef<{ readonly x: number; readonly width: number } | null>(null);
  const apply = (next: number): void => onWidth(Math.max(least, Math.min(most, next)));
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, width };
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (from.current) apply(from.current.width + event.clientX - from.current.x);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const way = event.key === 'ArrowLeft' ? -16 : event.key === 'ArrowRight' ? 16 : 0;
    if (way === 0) return;
    event.preventDefault();
    apply(width + way);
  };
  const release = (): void => {
    from.current = null;
  };
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={`Width of ${title}`}
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={most}
      className={styles['resize']}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={release}
      onPointerCancel={release}
      onKeyDown={onKeyDown}
    />
  );
}
