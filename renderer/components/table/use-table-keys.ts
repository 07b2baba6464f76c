/** Which line of a table is in hand and which rows are chosen, by mouse and by keys. */
import { type KeyboardEvent, type MouseEvent, useRef } from 'react';
import { idsBetween, type TableLine } from './table-rows.ts';

export interface TableKeysInput<Row> {
  readonly lines: readonly TableLine<Row>[];
  readonly current: number;
  readonly onCurrent: (line: number) => void;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  readonly onOpen: ((row: Row) => void) | undefined;
  readonly onToggleGroup: (name: string) => void;
  /** Lines that are in sight at once. */
  readonly page: number;
}

export interface TableKeys {
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onLineClick: (line: number, event: MouseEvent) => void;
}

const bothOf = (a: ReadonlySet<string>, b: readonly string[]): ReadonlySet<string> => new Set([...a, ...b]);

function turned(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

export function useTableKeys<Row>(input: TableKeysInput<Row>): TableKeys {
  const { lines, current, onCurrent, selected, onSelect, onOpen, onToggleGroup, page } = input;
  const anchor = useRef(0);
  const choose = (to: number, extend: boolean, add: boolean): void => {
    onCurrent(to);
    const line = lines[to];
    if (extend)
      onSelect(
        add ? bothOf(selected, idsBetween(lines, anchor.current, to)) : new Set(idsBetween(lines, anchor.current, to)),
      );
    else {
      anchor.current = to;
      if (line?.type === 'row') onSelect(add ? turned(selected, line.id) : new Set([line.id]));
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || lines.length === 0) return;
    const line = lines[current];
    const chord = event.ctrlKey || event.metaKey;
    const ways: Readonly<Record<string, number>> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: lines.length - 1,
    };
    const to = ways[event.key];
    if (to !== undefined) {
      const bounded = Math.max(0, Math.min(lines.length - 1, to));
      if (chord) onCurrent(bounded);
      else choose(bounded, event.shiftKey, false);
    } else if (event.key === ' ') {
      if (line?.type === 'group') onToggleGroup(line.name);
      else choose(current, event.shiftKey, !event.shiftKey);
    } else if (event.key === 'Enter' && line) {
      if (line.type === 'group') onToggleGroup(line.name);
      else onOpen?.(line.row);
    } else if (chord && event.key.toLowerCase() === 'a') onSelect(new Set(idsBetween(lines, 0, lines.length - 1)));
    else if (event.key === 'Escape' && selected.size > 0) onSelect(new Set());
    else return;
    event.preventDefault();
  };
  const onLineClick = (to: number, event: MouseEvent): void => {
    const line = lines[to];
    if (line?.type === 'group') {
      onCurrent(to);
      onToggleGroup(line.name);
    } else choose(to, event.shiftKey, event.ctrlKey || event.metaKey);
  };
  return { onKeyDown, onLineClick };
}
