/** Which line of a table is in hand and which rows are chosen, by mouse and by keys. */
import { type KeyboardEvent, type MouseEvent, useRef } from 'react';
import type { MenuPlace } from '../menu.tsx';
import { idsBetween, type TableLine } from './table-rows.ts';

export interface TableKeysInput<Row> {
  readonly lines: readonly TableLine<Row>[];
  readonly current: number;
  readonly onCurrent: (line: number) => void;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  readonly onOpen: ((row: Row) => void) | undefined;
  /** Asks what can be done with a row; the place is that of the pointer, and unknown when keys asked. */
  readonly onMenu: ((row: Row, line: number, place: MenuPlace | undefined) => void) | undefined;
  readonly onToggleGroup: (name: string) => void;
  /** Lines that are in sight at once. */
  readonly page: number;
}

export interface TableKeys {
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onLineClick: (line: number, event: MouseEvent) => void;
  readonly onLineMenu: (line: number, event: MouseEvent) => void;
}

const bothOf = (a: ReadonlySet<string>, b: readonly string[]): ReadonlySet<string> => new Set([...a, ...b]);

function turned(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** The line a key goes to; undefined for other keys. */
function lineOf(key: string, current: number, page: number, count: number): number | undefined {
  const ways: Readonly<Record<string, number>> = {
    ArrowDown: current + 1,
    ArrowUp: current - 1,
    PageDown: current + page,
    PageUp: current - page,
    Home: 0,
    End: count - 1,
  };
  const to = ways[key];
  return to === undefined ? undefined : Math.max(0, Math.min(count - 1, to));
}

export function useTableKeys<Row>(input: TableKeysInput<Row>): TableKeys {
  const { lines, current, onCurrent, selected, onSelect, onOpen, onMenu, onToggleGroup, page } = input;
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
  /** A row that is not chosen yet is chosen alone; of several chosen ones all are meant. @returns whether there is a menu */
  const askMenu = (to: number, place?: MenuPlace): boolean => {
    const line = lines[to];
    if (!onMenu || line?.type !== 'row') return false;
    if (selected.has(line.id)) onCurrent(to);
    else choose(to, false, false);
    onMenu(line.row, to, place);
    return true;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || lines.length === 0) return;
    const line = lines[current];
    const chord = event.ctrlKey || event.metaKey;
    const to = lineOf(event.key, current, page, lines.length);
    if (to !== undefined) {
      if (chord) onCurrent(to);
      else choose(to, event.shiftKey, false);
    } else if (event.key === ' ') {
      if (line?.type === 'group') onToggleGroup(line.name);
      else choose(current, event.shiftKey, !event.shiftKey);
    } else if (event.key === 'Enter' && line) {
      if (line.type === 'group') onToggleGroup(line.name);
      else onOpen?.(line.row);
    } else if (chord && event.key.toLowerCase() === 'a') onSelect(new Set(idsBetween(lines, 0, lines.length - 1)));
    else if (event.key === 'Escape' && selected.size > 0) onSelect(new Set());
    else if (!isMenuKey(event) || !askMenu(current)) return;
    event.preventDefault();
  };
  const onLineClick = (to: number, event: MouseEvent): void => {
    const line = lines[to];
    if (line?.type === 'group') {
      onCurrent(to);
      onToggleGroup(line.name);
    } else choose(to, event.shiftKey, event.ctrlKey || event.metaKey);
  };
  const onLineMenu = (to: number, event: MouseEvent): void => {
    if (askMenu(to, { x: event.clientX, y: event.clientY })) event.preventDefault();
  };
  return { onKeyDown, onLineClick, onLineMenu };
}

const isMenuKey = ({ key, shiftKey }: KeyboardEvent): boolean => key === 'ContextMenu' || (key === 'F10' && shiftKey);
