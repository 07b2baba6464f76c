/** The rows of the compiled graph: only those in sight are drawn; arrow keys walk and fold them as in any tree. */
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Icon } from '../../components/icon.tsx';
import { classNames } from '../../components/class-names.ts';
import { levelOf, parentId, type Row } from './compiled-rows.ts';
import styles from './compiled.module.css';

const rowHeight = 24;
/** Rows drawn above and below those in sight. */
const margin = 8;

export interface CompiledTreeProps {
  readonly rows: readonly Row[];
  readonly open: ReadonlySet<string>;
  /** Opens or closes a row with children. */
  readonly onToggle: (id: string, isOpen: boolean) => void;
  /** The row in hand. */
  readonly active: string | undefined;
  readonly onActivate: (row: Row) => void;
  /** Rows that stand for what is selected on the canvas. */
  readonly isMarked: (row: Row) => boolean;
}

export function CompiledTree({ rows, open, onToggle, active, onActivate, isMarked }: CompiledTreeProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const index = rows.findIndex((row) => row.id === active);
  useEffect(() => {
    const box = frame.current!;
    const observer = new ResizeObserver(() => setView({ top: box.scrollTop, height: box.clientHeight }));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const box = frame.current!;
    if (index < 0) return;
    const top = index * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight - box.clientHeight;
  }, [active, index]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = rowByKey(event.key, rows, index, open, onToggle);
    if (next === undefined) return;
    event.preventDefault();
    if (next !== null) onActivate(next);
  };
  const first = Math.max(0, Math.floor(view.top / rowHeight) - margin);
  const shown = rows.slice(first, Math.ceil((view.top + view.height) / rowHeight) + margin);
  return (
    <div
      ref={frame}
      role="tree"
      aria-label="Nodes of the training step"
      tabIndex={0}
      className={styles['tree']}
      onKeyDown={onKeyDown}
      onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
      {...(shown.some((row) => row.id === active) && { 'aria-activedescendant': domId(active!) })}
    >
      <div role="presentation" style={{ height: rows.length * rowHeight }}>
        <div role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {shown.map((row) => (
            <TreeRow
              key={row.id}
              row={row}
              isOpen={isOpenIn(rows, row, open)}
              isActive={row.id === active}
              isMarked={isMarked(row)}
              onToggle={onToggle}
              onActivate={onActivate}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

const domId = (id: string): string => `compiled-${id.replaceAll(/[^\w-]/g, '_')}`;

/** A search opens rows that are not in `open`: what counts is whether a child follows. */
function isOpenIn(rows: readonly Row[], row: Row, open: ReadonlySet<string>): boolean {
  if (open.has(row.id)) return true;
  const next = rows[rows.indexOf(row) + 1];
  return next !== undefined && levelOf(next) > levelOf(row);
}

/** The row a key leads to; null when it folded one; undefined when it means nothing here. */
function rowByKey(
  key: string,
  rows: readonly Row[],
  index: number,
  open: ReadonlySet<string>,
  onToggle: CompiledTreeProps['onToggle'],
): Row | null | undefined {
  const row = rows[index];
  const isOpen = row && row.kind !== 'node' && isOpenIn(rows, row, open);
  switch (key) {
    case 'ArrowDown':
      return rows[Math.min(rows.length - 1, index + 1)] ?? null;
    case 'ArrowUp':
      return rows[Math.max(0, index - 1)] ?? null;
    case 'Home':
      return rows[0] ?? null;
    case 'End':
      return rows.at(-1) ?? null;
    case 'ArrowRight':
      if (!row || row.kind === 'node') return null;
      if (isOpen) return rows[index + 1] ?? null;
      onToggle(row.id, true);
      return null;
    case 'ArrowLeft':
      if (!row) return null;
      if (isOpen) return (onToggle(row.id, false), null);
      return rows.find((other) => other.id === parentId(row)) ?? null;
    case 'Enter':
    case ' ':
      if (!row) return null;
      if (row.kind !== 'node') onToggle(row.id, !isOpen);
      return row;
    default:
      return undefined;
  }
}

interface TreeRowProps extends Pick<CompiledTreeProps, 'onToggle' | 'onActivate'> {
  readonly row: Row;
  readonly isOpen: boolean;
  readonly isActive: boolean;
  readonly isMarked: boolean;
}

function TreeRow({ row, isOpen, isActive, isMarked, onToggle, onActivate }: TreeRowProps) {
  const hasChildren = row.kind !== 'node';
  return (
    <div
      id={domId(row.id)}
      role="treeitem"
      aria-level={levelOf(row)}
      aria-selected={isActive}
      {...(hasChildren && { 'aria-expanded': isOpen })}
      className={classNames(
        styles['row'],
        styles[row.kind],
        isActive && styles['active'],
        isMarked && styles['marked'],
      )}
      style={{ height: rowHeight }}
      onClick={() => onActivate(row)}
      onDoubleClick={() => hasChildren && onToggle(row.id, !isOpen)}
    >
      {hasChildren && (
        <span
          className={styles['fold']}
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            onToggle(row.id, !isOpen);
          }}
        >
          <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} size={12} />
        </span>
      )}
      <RowWords row={row} />
    </div>
  );
}

const counted = (count: number): string => count.toLocaleString('en-GB');
const phaseNames = { forward: 'Forward', backward: 'Backward', optimizer: 'Optimizer' } as const;

function RowWords({ row }: { readonly row: Row }) {
  if (row.kind === 'node') {
    const { op, outputs, multiplyAdds } = row.node;
    const [output] = outputs;
    return (
      <>
        <span className={styles['op']}>{op}</span>
        <span className={styles['value']}>{output?.name}</span>
        <span className={styles['shape']}>{output && `${output.dtype} ${output.shape || 'scalar'}`}</span>
        <span className={styles['cost']}>{multiplyAdds > 0 ? counted(multiplyAdds) : ''}</span>
      </>
    );
  }
  const title = row.kind === 'phase' ? phaseNames[row.phase] : row.origin || 'the task itself';
  return (
    <>
      <span className={styles['title']}>{title}</span>
      <span className={styles['count']}>{counted(row.count)}</span>
      <span className={styles['cost']}>{row.multiplyAdds > 0 ? counted(row.multiplyAdds) : ''}</span>
    </>
  );
}
