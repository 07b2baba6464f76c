/** One line of a table: a row with its cells, or the head of a group. */
import type { MouseEvent } from 'react';
import { classNames } from '../class-names.ts';
import { figure } from '../figures.ts';
import { Icon } from '../icon.tsx';
import type { TableColumn } from './table-column.ts';
import type { SortValue, TableLine } from './table-rows.ts';
import styles from './data-table.module.css';

interface LinePlace {
  readonly id: string;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly isCurrent: boolean;
  readonly onClick: (line: number, event: MouseEvent) => void;
  readonly onMenu: (line: number, event: MouseEvent) => void;
}

interface RowLineProps<Row> extends LinePlace {
  readonly row: Row;
  readonly columns: readonly TableColumn<Row>[];
  readonly widthOf: (column: TableColumn<Row>) => number;
  readonly isSelected: boolean;
  readonly onOpen: ((row: Row) => void) | undefined;
  /** Below the head of a group: 2. */
  readonly level: number | undefined;
}

function cellText(value: SortValue): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'number' ? figure(value) : String(value);
}

/** Whether a click was meant for a control in the row and not for the row. */
const isForControl = (event: MouseEvent): boolean => (event.target as Element).closest('button, input, a') !== null;

export function RowLine<Row>({
  id,
  index,
  top,
  height,
  isCurrent,
  onClick,
  onMenu,
  row,
  columns,
  widthOf,
  isSelected,
  onOpen,
  level,
}: RowLineProps<Row>) {
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      aria-level={level}
      data-current={isCurrent ? '' : undefined}
      className={styles['row']}
      style={{ top, height }}
      onClick={(event) => isForControl(event) || onClick(index, event)}
      onDoubleClick={(event) => isForControl(event) || onOpen?.(row)}
      onContextMenu={(event) => onMenu(index, event)}
    >
      {columns.map((column, i) => (
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={i + 1}
          className={classNames(styles['cell'], column.align === 'end' && styles['end'])}
          style={{ width: widthOf(column) }}
        >
          {column.cell ? column.cell(row) : <span>{cellText(column.value?.(row))}</span>}
        </div>
      ))}
    </div>
  );
}

interface GroupLineProps extends Omit<LinePlace, 'onMenu'> {
  readonly line: Extract<TableLine<unknown>, { readonly type: 'group' }>;
  readonly span: number;
}

export function GroupLine({ id, index, top, height, isCurrent, onClick, line, span }: GroupLineProps) {
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-expanded={line.isOpen}
      aria-level={1}
      data-current={isCurrent ? '' : undefined}
      className={classNames(styles['row'], styles['group'])}
      style={{ top, height }}
      onClick={(event) => onClick(index, event)}
    >
      <span className={styles['chevron']} data-open={line.isOpen ? '' : undefined}>
        <Icon name="chevronRight" size={12} />
      </span>
      <span role="gridcell" aria-colspan={span}>
        {line.name || 'None'} <span className={styles['count']}>{line.count}</span>
      </span>
    </div>
  );
}
